/** What a hub is told: its address, its login, its storage and what users may start. */
import type { ExposeSettings } from "./exposureObjects";
import type { DeclaredNode, GpuClass, GpuSelector } from "./gpuTypes";

/** A key of an existing Secret, in the hub's namespace. */
export interface JupyterHubSecretKey {
  name: string;
  /** @default "client-secret" */
  key?: string;
}

/** Login by OpenID Connect. The client's secret is given beside it, or in an existing Secret. */
export interface JupyterHubLogin {
  /** Issuer, such as `https://keycloak.example.org/realms/lab`. */
  issuer: string;
  /** Client that the issuer knows the hub by. */
  clientId: string;
  /** Secret that holds the client's secret. Required unless `clientSecret` is given. */
  existingSecret?: JupyterHubSecretKey;
  /** Address that the issuer sends users back to. @default `<hub's url>/hub/oauth_callback` */
  callbackUrl?: string;
  /** Scopes to ask for. @default openid, profile, email */
  scopes?: string[];
  /** Claim that names the user. @default "preferred_username" */
  usernameClaim?: string;
  /** Claim that holds the groups. @default "groups" */
  groupsClaim?: string;
  /** Users of one of these groups may log in. Required unless `anyUser`. */
  allowedGroups?: string[];
  /** Waives the groups: every user of the issuer may log in. @default false */
  anyUser?: boolean;
  /** Users of one of these groups administer the hub. @default none */
  adminGroups?: string[];
  /** @default what the issuer says of itself */
  authorizeUrl?: string;
  /** @default what the issuer says of itself */
  tokenUrl?: string;
  /** @default what the issuer says of itself */
  userdataUrl?: string;
  /** Keep the issuer's tokens, encrypted, in the hub's database. @default false */
  authState?: boolean;
}

/** What pods outside the cluster are told of the hub; each follows from `hostname`. */
export interface JupyterHubRemote {
  /** `JHUB_HOST`: where the ssh tunnel ends. @default the hub's hostname */
  host?: string;
  /** `JHUB_PORT`. @default 443 */
  port?: number;
  /** `JHUB_URL`. @default `https://<hostname><baseUrl>` */
  url?: string;
  /** `JHUB_API_URL`. @default `<url>/hub/api` */
  apiUrl?: string;
}

/** The volume of the hub's database. It is kept when the hub is removed. */
export interface JupyterHubDatabase {
  /** @default "1Gi" */
  size?: string;
  /** @default the cluster's default class */
  storageClass?: string;
  /** In place of a class: an absolute path on a node, made when absent and owned by the hub's user. */
  hostPath?: string;
  /** Node that has `hostPath`. Required with it: on another node the hub would find an empty database. */
  node?: string;
  /** Image of the container that gives `hostPath` to the hub's user. @default busybox */
  ownerImage?: string;
}

/** Where users' files are. */
export interface JupyterHubUserStorage {
  /** Whether users have any; profiles on virtual nodes never do. @default true */
  enabled?: boolean;
  /** Class of the claim made per user. @default the cluster's default class */
  storageClass?: string;
  /** Size of the claim made per user. @default "10Gi" */
  size?: string;
  /** One existing claim for all users, in place of one each. */
  existingClaim?: string;
  /** Folder of a user within the existing claim. @default "{username}" */
  subPath?: string;
  /** @default "/home/jovyan" */
  mountPath?: string;
}

/** The GPUs of a profile: every key given must agree with the class. */
export interface JupyterHubProfileGpu extends GpuSelector {
  /** @default 1 */
  count?: number;
}

/** One choice in the form that starts a server. */
export interface JupyterHubProfile {
  /** What users see. */
  name: string;
  /** What the profile is known by. @default made of the name: `Big GPU` gives `big-gpu` */
  slug?: string;
  description?: string;
  /** Whether it is chosen already. @default false */
  default?: boolean;
  /** Groups whose users may start it. @default every user */
  groups?: string[];
  /** Image with tag. @default the hub's `image` */
  image?: string;
  /** Most CPU, such as `4` or `500m`. @default none */
  cpuLimit?: string;
  /** Promised CPU. @default Kubernetes takes the limit */
  cpuGuarantee?: string;
  /** Most memory, such as `16Gi`. @default none */
  memoryLimit?: string;
  /** Promised memory. @default the limit, else the chart's 1 GiB */
  memoryGuarantee?: string;
  /** GPUs by class, type, memory or product. @default none */
  gpu?: JupyterHubProfileGpu;
  /** One declared node, by name: a virtual one makes the profile remote. @default any that fits */
  node?: string;
  environment?: Record<string, string>;
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
  /** The server is stopped when it is this old, such as `4h`: a number with s, m, h or d. @default never */
  maxLifetime?: string;
}

/** The tunnel by which servers on virtual nodes are reached. */
export interface JupyterHubSsh {
  /** @default whether a profile is on a virtual node */
  enabled?: boolean;
  /** Port of every node that the tunnel is reached by, 30000 to 32767. @default 31022 */
  nodePort?: number;
  /** Whether the NodePort Service is made; without, `port` says where the tunnel is. @default true */
  service?: boolean;
  /** Port that remote pods are told, where something stands in front. @default `nodePort` */
  port?: number;
  /** Whether the hub makes a Service for each tunnelled server. @default true */
  userService?: boolean;
  /** What the names of those Services begin with. @default "ssh-" */
  servicePrefix?: string;
  /**
   * Whether user pods of this hub may reach the listener (port 8122). Who has a token can then reach
   * whatever the hub's pod can. @default false
   */
  openListener?: boolean;
  /** @default ghcr.io/comp-dev-cms-ita/ssh-forwarder:v0.0.3 */
  forwarderImage?: string;
  /** @default ghcr.io/comp-dev-cms-ita/ssh-listener:v0.0.3 */
  listenerImage?: string;
  /** The forwarder keeps its routes there, within the hub's pod. @default redis:6.2.5 */
  redisImage?: string;
}

/** A folder that all users share: an existing claim of the hub's namespace. */
export interface JupyterHubSharedFolder {
  claim: string;
  /** @default "/home/jovyan/shared" */
  mountPath?: string;
  /** @default false */
  readOnly?: boolean;
}

/** A JupyterHub; all plain. */
export interface JupyterHubSettings {
  /** Made when absent, and left on destroy. @default "jupyterhub" */
  namespace?: string;
  /** Helm's name of it; one hub per namespace. @default "jupyterhub" */
  releaseName?: string;
  /** Host that users reach it by, such as `hub.lab.example.org`. */
  hostname: string;
  /** Path that it answers below; begins with a slash. @default "/" */
  baseUrl?: string;
  /** How users log in. Required unless `ownLogin`. */
  oidc?: JupyterHubLogin;
  /** Says that `values.hub.config` configures the login instead. @default false */
  ownLogin?: boolean;
  remote?: JupyterHubRemote;
  /** Image with tag of servers whose profile names none. @default the chart's */
  image?: string;
  /** How long a server may take to start, such as `10m`. @default 10m with a remote profile, else 5m */
  startTimeout?: string;
  database?: JupyterHubDatabase;
  userStorage?: JupyterHubUserStorage;
  /** @default one server without a choice */
  profiles?: JupyterHubProfile[];
  /** The GPU vocabulary that profiles are looked up in. */
  gpus?: Record<string, GpuClass>;
  /** The nodes of the hub's cluster. */
  nodes?: Record<string, DeclaredNode>;
  ssh?: JupyterHubSsh;
  sharedFolders?: JupyterHubSharedFolder[];
  /** A server without activity is stopped after this time; `never` turns it off. @default "1h" */
  idleTimeout?: string;
  /** Whether nodes pull the images before the hub starts and when they join. @default true */
  prePull?: boolean;
  /** The chart's scheduler, which packs users onto few nodes. @default false: for small clusters */
  userScheduler?: boolean;
  /** Whether the hub may read nodes: for hub python of your own; ours does not. @default false */
  readNodes?: boolean;
  /** What Pod Security admission enforces in the namespace. @default "baseline" */
  podSecurity?: string;
  /** How the cluster exposes it. @default an Ingress of class nginx without an issuer */
  expose?: ExposeSettings;
  /** Whether it has an Ingress or HTTPRoute of its own; without, something else hands on to its proxy. @default true */
  exposed?: boolean;
}
