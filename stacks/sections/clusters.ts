/** `clusters`: how each cluster of a stack is reached. */
import { z } from "zod";

const name = z.string().min(1);

const cluster = z
  .strictObject({
    kubeconfig: name
      .optional()
      .describe(
        "Path of a kubeconfig, relative to the project. Default: $KUBECONFIG, then ~/.kube/config.",
      ),
    context: name.optional().describe("Context within it. Default: its current context."),
    embedCertificates: z
      .boolean()
      .optional()
      .describe(
        "Copy the certificates that the kubeconfig names by path (minikube's) into state. Default: false.",
      ),
    stack: name
      .optional()
      .describe(
        "Stack of this project whose output `kubeconfigs` holds this cluster, in place of a file.",
      ),
    domain: name
      .optional()
      .describe("Domain that every host on this cluster must be in. Default: `expose.domain`."),
  })
  .describe("One cluster: a kubeconfig and context, or another stack's output.");

/** The section's shape: clusters by name. */
export const clustersSchema = z
  .record(
    z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be letters, digits and - (a DNS label)"),
    cluster,
  )
  .describe("Clusters by name, a DNS label.");

export type ClusterConfig = z.infer<typeof cluster>;
