/** The `federations` section. What the values mean is checked by the component's rules. */
import { z } from "zod";
import { engineKeys } from "./federationEngine";
import { platformSchema } from "./federationPlatform";

const name = z.string().min(1);
const quantity = z.union([z.string(), z.number()]).transform(String);

const roles = z
  .strictObject({
    master: z
      .array(name)
      .optional()
      .describe("Controller, global worker, aggregation server; unmanaged: the platform, too."),
    worker: z.array(name).optional().describe("Local workers, one a node."),
    smpcPlayer: z.array(name).optional().describe("Players of secure computation: three nodes."),
  })
  .describe("Names of nodes by role; each gets the role's label.");

const data = z
  .strictObject({
    folder: name
      .optional()
      .describe(
        "Folder on each worker node, with a folder for each pathology. Unmanaged. Default: /data/<federation>.",
      ),
    storageClass: name
      .optional()
      .describe("Class of the workers' volumes, ReadWriteMany. Managed: required there."),
    size: quantity.optional().describe("Size of each worker's volume. Managed. Default: 4Gi."),
  })
  .describe("Where the data of pathologies is.");

const network = z
  .strictObject({
    isolated: z
      .boolean()
      .optional()
      .describe("Network policies keep other namespaces out. Default: true."),
    ingressNamespace: name
      .optional()
      .describe("Namespace of the ingress controller. Default: ingress-nginx; unmanaged: ingress."),
    allowPrivateNetworks: z
      .boolean()
      .optional()
      .describe("Let pods reach private addresses outside, such as Keycloak's. Default: false."),
    openPorts: z
      .array(z.int().min(1).max(65535))
      .optional()
      .describe("Ports that anyone may reach, such as those behind a NodePort."),
  })
  .describe("Who reaches the federation's pods, and whom they reach.");

const nodeSetup = z
  .strictObject({
    user: name.optional().describe("User that owns the data. Default: mipadmin."),
    groups: z.array(name).optional().describe("Default: sudo, microk8s."),
    channel: name.optional().describe("Channel of the microk8s snap. Default: 1.32/stable."),
    addons: z.array(name).optional().describe("Default: dns, helm3, ingress, hostpath-storage."),
  })
  .describe("The scripts that set up machines for an unmanaged cluster.");

const recovery = z
  .strictObject({
    outOfServiceAfterSeconds: z
      .int()
      .describe(
        "After so many seconds, 30 to 180, a node that is not heard of is taken out of service, and put back when it returns. Only for machines that are off when they are not heard of: else two pods may write one volume.",
      ),
    image: name.optional().describe("Image with Python. Default: python:3.13-alpine."),
  })
  .describe(
    "What is done about lost nodes beyond what Kubernetes does. Default: pods of StatefulSets wait for their node.",
  );

const furtherCluster = z
  .strictObject({
    namespace: name.optional().describe("Default: the federation's."),
    managedCluster: z.boolean().optional().describe("Default: the federation's."),
    roles: roles.optional(),
    localWorkers: z.int().min(1).optional(),
    data: data.optional(),
    network: network.optional(),
    storage: engineKeys.storage,
    workersDns: name.describe(
      "DNS name that the federation's controller finds this cluster's workers by.",
    ),
  })
  .describe("Workers in a further cluster.");

const federation = z
  .strictObject({
    cluster: name.optional().describe("Cluster that it runs on. Default: `defaultCluster`."),
    namespace: name.optional().describe("Default: the federation's name."),
    managedCluster: z
      .boolean()
      .optional()
      .describe("A provider's cluster with storage classes, not microk8s. Default: false."),
    pathologies: z.array(name).min(1).describe("Names of the pathologies' folders."),
    roles: roles.optional(),
    data: data.optional(),
    ...engineKeys,
    platform: platformSchema.optional(),
    network: network.optional(),
    nodeSetup: nodeSetup.optional(),
    recovery: recovery.optional(),
    furtherClusters: z
      .record(z.string(), furtherCluster)
      .optional()
      .describe("Clusters of `clusters` that have workers of this federation, too."),
    aggregationDns: name
      .optional()
      .describe(
        "How workers of further clusters reach the aggregation server; required with these unless it is off.",
      ),
    chartVersions: z
      .strictObject({ exaflow: name.optional(), mip: name.optional() })
      .optional()
      .describe("Versions for this federation, in place of those of `charts.versions`."),
    values: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("Further values of the engine's chart, merged over ours. No secrets."),
    platformValues: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("The same of the platform's chart."),
    timeoutSeconds: z.int().min(1).optional().describe("For each release. Default: 600."),
  })
  .describe("An Exaflow engine with its data, and a MIP in front of it.");

/** The section's shape: federations by name. */
export const federationsSchema = z
  .record(z.string(), federation)
  .describe("MIP federations by name, a DNS label.");

/** One federation after validation. */
export type FederationConfig = z.infer<typeof federation>;

/** The section after validation. */
