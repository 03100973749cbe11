/** `workspaces`: where the configs are, and what their namespaces get. */
import { z } from "zod";
import { limitsSchema, quotaSchema } from "./namespaceLimits";

const name = z.string().min(1);
const words = z.record(z.string(), z.string());

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

const quota = quotaSchema.describe("ResourceQuota of the namespace.");

const limits = limitsSchema.describe("LimitRange of the namespace.");

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

/** The section's shape. */
export const workspacesSchema = z
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
