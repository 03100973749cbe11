/** The `jupyterhub` section. What the values mean is checked by the component's rules. */
import { z } from "zod";

const name = z.string().min(1);
const quantity = z.union([z.string(), z.number()]).transform(String);
const words = z.record(z.string(), z.string());

const oidc = z
  .strictObject({
    issuer: name.optional().describe("OIDC issuer, https only; required without `changeValues`."),
    clientId: name
      .optional()
      .describe("Client that the issuer knows the hub by; required without `changeValues`."),
    clientSecret: name
      .optional()
      .describe("Its secret. Set with --secret, or give `existingSecret`."),
    existingSecret: z
      .strictObject({
        name,
        key: name.optional().describe("Default: client-secret."),
      })
      .optional()
      .describe("Secret of the hub's namespace that holds it."),
    callbackUrl: name
      .optional()
      .describe("Where the issuer sends users back to. Default: `<url>/hub/oauth_callback`."),
    scopes: z.array(name).optional().describe("Default: openid, profile, email."),
    usernameClaim: name
      .optional()
      .describe("Claim that names the user. Default: preferred_username."),
    groupsClaim: name.optional().describe("Claim that holds the groups. Default: groups."),
    allowedGroups: z
      .array(name)
      .optional()
      .describe("Groups whose users may log in; required unless `anyUser`."),
    anyUser: z
      .boolean()
      .optional()
      .describe("Waive the groups: every user of the issuer may log in. Default: false."),
    adminGroups: z.array(name).optional().describe("Groups whose users administer the hub."),
    authorizeUrl: name
      .optional()
      .describe("Default: what the issuer says of itself; so the next two."),
    tokenUrl: name.optional(),
    userdataUrl: name.optional(),
    authState: z
      .boolean()
      .optional()
      .describe("Keep the issuer's tokens, encrypted, in the hub's database. Default: false."),
  })
  .describe("Login by OpenID Connect.");

const remote = z
  .strictObject({
    host: name.optional().describe("JHUB_HOST. Default: `hostname`."),
    port: z.int().optional().describe("JHUB_PORT. Default: 443."),
    url: name.optional().describe("JHUB_URL. Default: `https://<hostname><baseUrl>`."),
    apiUrl: name.optional().describe("JHUB_API_URL. Default: `<url>/hub/api`."),
  })
  .describe("What servers outside the cluster are told of the hub.");

const database = z
  .strictObject({
    size: quantity.optional().describe("Default: 1Gi."),
    storageClass: name.optional().describe("Default: the cluster's."),
    hostPath: name
      .optional()
      .describe("In place of a class: a folder on `node`, made when absent."),
    node: name.optional().describe("Node that has `hostPath`; required with it."),
    ownerImage: name
      .optional()
      .describe("Image that gives `hostPath` to the hub's user. Default: busybox."),
  })
  .describe("The volume of the hub's database, which is kept on destroy.");

const userStorage = z
  .strictObject({
    enabled: z
      .boolean()
      .optional()
      .describe("Default: true; servers on virtual nodes never have any."),
    storageClass: name.optional().describe("Class of each user's claim. Default: the cluster's."),
    size: quantity.optional().describe("Size of each user's claim. Default: 10Gi."),
    existingClaim: name.optional().describe("One claim for all users, in place of one each."),
    subPath: name.optional().describe("A user's folder in it. Default: {username}."),
    mountPath: name.optional().describe("Default: /home/jovyan."),
  })
  .describe("Where users' files are.");

const profile = z
  .strictObject({
    name: name.describe("What users see."),
    slug: name.optional().describe("What it is known by. Default: made of the name."),
    description: z.string().optional(),
    default: z.boolean().optional().describe("Chosen already. Default: false."),
    groups: z
      .array(name)
      .optional()
      .describe("Groups whose users may start it, enforced by the hub. Default: every user."),
    image: name.optional().describe("Image with tag. Default: the hub's `image`."),
    cpuLimit: quantity.optional(),
    cpuGuarantee: quantity.optional(),
    memoryLimit: quantity.optional(),
    memoryGuarantee: quantity.optional(),
    gpu: z
      .strictObject({
        class: name.optional(),
        type: name.optional(),
        vram: quantity.optional(),
        product: name.optional(),
        count: z.int().min(1).optional().describe("Default: 1."),
      })
      .optional()
      .describe("GPUs, by the vocabulary of `gpus` and `nodes`."),
    node: name.optional().describe("One declared node; a virtual one makes the profile remote."),
    environment: words.optional(),
    annotations: words.optional(),
    labels: words.optional(),
    maxLifetime: name
      .optional()
      .describe("The server is stopped when it is this old: a number with s, m, h or d."),
  })
  .describe("One choice in the form that starts a server.");

const ssh = z
  .strictObject({
    enabled: z.boolean().optional().describe("Default: whether a profile is on a virtual node."),
    nodePort: z.int().optional().describe("30000 to 32767. Default: 31022."),
    service: z
      .boolean()
      .optional()
      .describe("Whether the NodePort Service is made; without, give `port`. Default: true."),
    port: z.int().optional().describe("Port that remote servers are told. Default: `nodePort`."),
    userService: z
      .boolean()
      .optional()
      .describe("A Service for each tunnelled server. Default: true."),
    servicePrefix: name.optional().describe("What their names begin with. Default: ssh-."),
    openListener: z
      .boolean()
      .optional()
      .describe(
        "Let user pods reach the listener, and through it all that the hub can. Default: false.",
      ),
    forwarderImage: name.optional(),
    listenerImage: name.optional(),
    redisImage: name.optional(),
  })
  .describe("The tunnel to servers on virtual nodes.");

/** The section's shape. */
export const jupyterhubSchema = z
  .strictObject({
    cluster: name.optional().describe("Cluster that it runs on. Default: `defaultCluster`."),
    changeValues: words
      .optional()
      .describe(
        "Variables of interlink-jhub's change-values script (HOSTNAME, IAM_SERVER, …); the keys here win.",
      ),
    hostname: name
      .optional()
      .describe("Host that users reach it by; required without `changeValues`."),
    baseUrl: name
      .optional()
      .describe("Path that it answers below, with its leading slash. Default: /."),
    namespace: name.optional().describe("Default: jupyterhub."),
    releaseName: name.optional().describe("Default: jupyterhub."),
    oidc: oidc.optional(),
    ownLogin: z
      .boolean()
      .optional()
      .describe("`values.hub.config` configures the login, in place of `oidc`. Default: false."),
    remote: remote.optional(),
    image: name
      .optional()
      .describe("Image of servers whose profile names none. Default: the chart's."),
    startTimeout: name
      .optional()
      .describe(
        "How long a server may take to start. Default: 10m with a remote profile, else 5m.",
      ),
    database: database.optional(),
    userStorage: userStorage.optional(),
    profiles: z.array(profile).optional(),
    ssh: ssh.optional(),
    sharedFolders: z
      .array(
        z.strictObject({
          claim: name.describe("Existing claim of the hub's namespace."),
          mountPath: name.optional().describe("Default: /home/jovyan/shared."),
          readOnly: z.boolean().optional().describe("Default: false."),
        }),
      )
      .optional()
      .describe("Folders that all users share."),
    idleTimeout: name
      .optional()
      .describe("Servers without activity are stopped after this time, or `never`. Default: 1h."),
    prePull: z
      .boolean()
      .optional()
      .describe("Whether nodes pull images beforehand. Default: true."),
    userScheduler: z
      .boolean()
      .optional()
      .describe("The chart's scheduler, for clusters that grow and shrink. Default: false."),
    readNodes: z
      .boolean()
      .optional()
      .describe("Let the hub read nodes, for hub python of your own. Default: false."),
    podSecurity: z
      .enum(["restricted", "baseline", "privileged"])
      .optional()
      .describe("What the namespace enforces. Default: baseline."),
    values: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("Further values of the chart, merged over ours. No secrets."),
    timeoutSeconds: z.int().min(1).optional().describe("Default: 600."),
  })
  .describe("JupyterHub, on zero-to-jupyterhub's chart.");

/** The section after validation. */
export type JupyterHubConfig = z.infer<typeof jupyterhubSchema>;
