/** The sections of the stack config: their shape, in the words that `docs/config.md` prints. */
import { z } from "zod";
import { addonsSchema, exposeSchema } from "./sections/addons";
import { chartsSchema } from "./sections/charts";
import { interlinkSchema } from "./sections/interlink";
import { jupyterhubSchema } from "./sections/jupyterhub";

const name = z.string().min(1);
const quantity = z.union([z.string(), z.number()]).transform(String);
const words = z.record(z.string(), z.string());

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

const taint = z.strictObject({
  key: name,
  value: z.string().optional(),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]),
});

const gpuClass = z
  .strictObject({
    resource: name.describe("Extended resource that a pod requests, such as `nvidia.com/gpu`."),
    product: name.describe("Product as GPU feature discovery names it."),
    type: name.describe("Short type that users select by, such as `A100`."),
    vram: quantity.describe("Memory of one unit, such as `40G`."),
    count: z
      .int()
      .min(1)
      .optional()
      .describe("Units per node where the node does not say. Default: 1."),
    mig: name.optional().describe("MIG profile behind the resource, such as `1g.10gb`."),
    sharing: z
      .int()
      .min(1)
      .optional()
      .describe("Pods that share one unit by time-slicing. Default: 1."),
    taint: taint.optional().describe("Taint that keeps other pods off nodes of this class."),
  })
  .describe("One class of GPU that users ask for by name.");

const node = z
  .strictObject({
    cluster: name.optional().describe("Cluster that it is in. Default: `defaultCluster`."),
    gpus: z
      .array(z.strictObject({ class: name, count: z.int().min(1).optional() }))
      .optional()
      .describe("Classes that it offers, with the units of each."),
    roles: z.array(name).optional().describe("Each becomes the label `<role>=true`."),
    labels: words.optional().describe("Further labels of ours."),
    cpu: quantity.optional().describe("Allocatable CPU; a larger request is refused early."),
    memory: quantity.optional().describe("Allocatable memory; a larger request is refused early."),
    virtual: z.boolean().optional().describe("A virtual kubelet's node. Default: false."),
    applyTaints: z
      .boolean()
      .optional()
      .describe("Set the classes' taints on this existing node. Default: false."),
  })
  .describe("One existing node of which we own some labels.");

const storage = z
  .strictObject({
    storageClass: name.optional(),
    hostPath: z.string().startsWith("/", "must be an absolute path").optional(),
    nfs: z
      .strictObject({ server: name, path: z.string().startsWith("/", "must be an absolute path") })
      .optional(),
  })
  .refine(
    (it) => Object.keys(it).length === 1,
    "must have exactly one of storageClass, hostPath and nfs",
  )
  .describe("What a `pvc_type` means: a storage class, a folder on the node, or an NFS export.");

const quota = z
  .strictObject({
    cpu: quantity.optional(),
    memory: quantity.optional(),
    storage: quantity.optional().describe("Sum over all claims."),
    claims: z.int().min(0).optional(),
    pods: z.int().min(0).optional(),
    gpus: z
      .record(z.string(), z.int().min(0))
      .optional()
      .describe("Class name to number of units."),
  })
  .describe("ResourceQuota of the namespace.");

const limits = z
  .strictObject({
    cpu: quantity.optional().describe("Default limit of a container."),
    memory: quantity.optional(),
    cpuRequest: quantity.optional().describe("Default request of a container."),
    memoryRequest: quantity.optional(),
    maxCpu: quantity.optional().describe("Largest limit of a container."),
    maxMemory: quantity.optional(),
  })
  .describe("LimitRange of the namespace.");

const networkPolicy = z
  .strictObject({
    ingressNamespace: name
      .optional()
      .describe(
        "Namespace of the ingress controller, which may reach every pod. Default: ingress-nginx.",
      ),
    allowPrivateNetworks: z
      .boolean()
      .optional()
      .describe("Let pods reach private address ranges. Default: false."),
    openPorts: z
      .array(z.int().min(1).max(65535))
      .optional()
      .describe("Ports that anyone may reach, such as those behind a NodePort."),
  })
  .describe(
    "Default-deny NetworkPolicy with what a workspace needs: DNS, its namespace, the ingress controller, the internet.",
  );

const authProxy = z
  .strictObject({
    existing: z
      .boolean()
      .optional()
      .describe("Somebody else has made it in this namespace; none is made here. Default: false."),
    host: name.describe("Host that the proxy answers at, within the domain."),
    issuer: z.url().describe("OIDC issuer."),
    clientId: name,
    existingSecret: name.describe(
      "Secret of the namespace with keys client-secret and cookie-secret.",
    ),
    groupsClaim: name.optional().describe("Claim that holds the groups. Default: groups."),
    scope: name.optional().describe("Scopes to ask for. Default: openid email profile."),
    groups: z.array(name).optional().describe("Groups that may pass; required unless `anyUser`."),
    anyUser: z
      .boolean()
      .optional()
      .describe("Waive the group: every user of the issuer passes. Default: false."),
  })
  .describe("oauth2-proxy in front of the namespace's ingresses.");

const namespacePolicy = z.strictObject({
  quota: quota.optional(),
  limits: limits.optional(),
  networkPolicy: networkPolicy.optional(),
  authProxy: authProxy.optional(),
});

const workspaces = z
  .strictObject({
    folder: name.optional().describe("Folder of MAIAKubeGate JSON files, relative to the project."),
    files: z.array(name).optional().describe("Single JSON files, relative to the project."),
    inline: z
      .array(z.record(z.string(), z.unknown()))
      .optional()
      .describe("MAIAKubeGate configs written into the stack config."),
    filesRoot: name
      .optional()
      .describe("Folder that `mount_files` may read below. Default: the JSON file's folder."),
    storage: z.record(z.string(), storage).optional(),
    namespaces: z
      .record(z.string(), namespacePolicy)
      .optional()
      .describe("Quota, limits and policies per namespace."),
    unauthenticatedHosts: z
      .array(name)
      .optional()
      .describe("Hosts whose ingress may stand without authentication."),
    podSecurity: z
      .enum(["restricted", "baseline"])
      .optional()
      .describe(
        "Pod security of workspaces; `baseline` for images that start as root. Default: restricted.",
      ),
    fsGroup: z.int().min(1).optional().describe("Group that owns mounted volumes. Default: 100."),
    userSecrets: z
      .record(z.string(), z.record(z.string(), words))
      .optional()
      .describe(
        "Namespace, Secret name, key: the user accounts that `user_secret` names. Set with --secret.",
      ),
  })
  .describe("Workspaces of the stack.");

const nodeRule = z
  .strictObject({ selector: words, labels: words })
  .describe("Labels for every declared node whose own labels match the selector.");

/** All sections; each is one key of the stack config, `science-platform:<section>`. */
export const sections = {
  layers: z
    .array(z.enum(["cluster", "platform", "workspaces"]))
    .min(1)
    .describe(
      "What this stack runs: `cluster` (labels of nodes), `platform` (add-ons, interLink, hub), `workspaces`.",
    ),
  clusters: z
    .record(
      z
        .string()
        .regex(
          /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
          "must be letters, digits and - (a DNS label)",
        ),
      cluster,
    )
    .describe("Clusters by name, a DNS label."),
  defaultCluster: name
    .optional()
    .describe("Cluster that is meant where none is named. Default: the only one."),
  gpus: z.record(z.string(), gpuClass).optional().describe("The GPU vocabulary: classes by name."),
  nodes: z.record(z.string(), node).optional().describe("Which node offers what, by node name."),
  nodeRules: z.array(nodeRule).optional().describe("Labels for several declared nodes at once."),
  charts: chartsSchema.optional(),
  addons: addonsSchema.optional(),
  expose: exposeSchema.optional(),
  interlink: interlinkSchema.optional(),
  jupyterhub: jupyterhubSchema.optional(),
  workspaces: workspaces.optional(),
};

/** The whole config of a stack. */
export const stackSchema = z.strictObject(sections);

/** A stack's config after validation. */
export type StackConfig = z.infer<typeof stackSchema>;
export type ClusterConfig = z.infer<typeof cluster>;
