/** `covalent`: what Covalent's Kubernetes executor gets. What the values mean is checked by the component's rules. */
import { z } from "zod";
import { quotaSchema } from "./namespaceLimits";

const name = z.string().min(1);
const quantity = z.union([z.string(), z.number()]).transform(String);

const quota = quotaSchema.describe("What all tasks together may request.");

const registry = z
  .strictObject({
    url: name
      .optional()
      .describe(
        "Host of the registry, with a path or without; `localhost` loads images into minikube. Default: the EKS cluster's, else localhost.",
      ),
    repository: name
      .optional()
      .describe("Repository below it. Default: the path of `url`, else covalent-eks-task."),
    region: name.optional().describe("AWS region of a registry in ECR. Default: as its host says."),
    username: name.optional().describe("User of a registry that is not in ECR."),
    password: name
      .optional()
      .describe("The user's password, by which the cluster pulls, too. Set with --secret."),
    credentialsFile: name
      .optional()
      .describe(
        "File of the dispatcher's machine: AWS shared credentials for ECR, else TOML with `username` and `password`.",
      ),
  })
  .describe("Where task images go.");

const claim = z
  .strictObject({
    existingClaim: name.optional().describe("Name of a claim that exists. This or `size`."),
    size: quantity.optional().describe("Size of the claim that is made; it is kept on destroy."),
    storageClass: name.optional().describe("Default: the cluster's default one."),
    accessModes: z.array(name).optional().describe("Default: [ReadWriteMany]."),
  })
  .describe("Claim that tasks mount as `/data`. Default: the folder `/data` of their node.");

const dataStore = z
  .strictObject({
    path: name
      .optional()
      .describe(
        "Folder of the dispatcher's machine, absolute or below `~/`; tasks see the same files as `/data`.",
      ),
    bucket: name.optional().describe("Or an S3 bucket. Default: the EKS cluster's."),
    claim: claim.optional(),
  })
  .describe("Where functions and results are handed over.");

/** The section. */
export const covalentSchema = z
  .strictObject({
    cluster: name.optional().describe("Cluster that tasks run on. Default: `defaultCluster`."),
    namespace: name.optional().describe("Namespace of the tasks. Default: covalent."),
    context: name
      .optional()
      .describe(
        "Context of the cluster's kubeconfig; on EKS the cluster's ARN. Default: the current one.",
      ),
    baseImage: name
      .optional()
      .describe(
        "Image that task images are built on; its Python must be the dispatcher's. Default: python:3.11-slim-bookworm.",
      ),
    vcpu: quantity.optional().describe("CPU that a task requests. Default: 500m."),
    memory: quantity.optional().describe("Memory that a task requests. Default: 1G."),
    cacheDir: name
      .optional()
      .describe(
        "Folder of the dispatcher's machine, absolute or below `~/`. Default: ~/.cache/covalent.",
      ),
    pollSeconds: z.int().optional().describe("Seconds between two looks at a task. Default: 10."),
    ttlSeconds: z
      .int()
      .optional()
      .describe("Seconds that finished tasks stay in the cluster. Default: 3600."),
    registry: registry.optional(),
    dataStore: dataStore.optional(),
    quota: quota.optional(),
    taskRoleArn: name
      .optional()
      .describe(
        "IAM role that task pods take on by their service account. Default: the EKS cluster's, where it has IRSA.",
      ),
    plainPlugin: z
      .boolean()
      .optional()
      .describe(
        "Let PyPI's plugin be used as it is, too: its Jobs are in namespace `default`. Default: false.",
      ),
    cleanerImage: name
      .optional()
      .describe("Image of what removes those Jobs. Default: python:3.13-alpine."),
    tokenName: name
      .optional()
      .describe(
        "Secret with the dispatcher's token; another name makes a new token and ends the old one.",
      ),
    minikube: z
      .strictObject({ profile: name.optional().describe("Default: minikube.") })
      .optional()
      .describe("The cluster is a minikube on this machine, with `dataStore.path` mounted."),
    outputFolder: name
      .optional()
      .describe("Where the dispatcher's files are written. Default: .local/covalent/<cluster>."),
  })
  .describe("Covalent's Kubernetes executor.");

/** The section, parsed. */
export type CovalentConfig = z.infer<typeof covalentSchema>;

/** Whether the value at a path of the config is secret, and is left out of messages. */
export function isCovalentSecret(path: string): boolean {
  return path === "covalent.registry.password";
}
