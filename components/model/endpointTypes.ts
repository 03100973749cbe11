/** What an operator says of the endpoint: the words of its settings file, and of the component that deploys it. */
import type { DeclaredNode, GpuClass } from "./gpuTypes";
import type { ContainerLimits, NamespaceQuota } from "./namespaceObjects";
import type { NetworkAccess } from "./networkPolicies";
import type { ServiceLimits } from "./serviceLimits";
import type { ServiceExposure } from "./serviceTypes";

/** Where the endpoint listens. */
export interface EndpointListen {
  /** @default "0.0.0.0" */
  host?: string;
  /** @default 8080 */
  port?: number;
}

/** Requests that one replica of the endpoint takes. */
export interface EndpointRateLimit {
  /** Reads per minute and subject. @default 600 */
  reads?: number;
  /** Writes per minute and subject. @default 120 */
  writes?: number;
  /** Requests without a valid token per minute and address. @default 60 */
  refused?: number;
  /** Log streams that a subject may follow at once. @default 8 */
  streams?: number;
  /** Requests that are under way at once, of all subjects. @default 64 */
  inFlight?: number;
}

/** The collection of the LLP that holds the records, in place of the bodies of PUT. */
export interface EndpointRecordSource {
  /** Address of the collection, https only; a record is at `<url>/<id>`. */
  url: string;
  /** File with the token that the endpoint shows there. No tenant's token is ever sent. @default none */
  tokenFile?: string;
  /** Field that names the owner: it must be the token's subject. @default "user_created" */
  ownerField?: string;
  /** Whether the host may have a private address. @default false */
  allowPrivateNetworks?: boolean;
}

/** The page for people, and how they log in there. */
export interface EndpointPage {
  /** Where people reach it, without a slash at the end; the issuer sends them back to below it. */
  url: string;
  /** Client that the issuer knows the page by; its tokens must be for `audience`. */
  clientId: string;
  /** File with the client's secret. @default a public client, with PKCE alone */
  clientSecretFile?: string;
  /** File with 32 random bytes or more, which the sessions' cookies are encrypted with; the same for all replicas. */
  cookieKeyFile: string;
  /** @default "openid profile email" */
  scope?: string;
}

/** What the endpoint's account may do in the namespaces that it makes. */
export interface EndpointAccess {
  serviceAccount: string;
  /** ClusterRole that it is bound to in each tenant's namespace. */
  clusterRole: string;
}

/** What an operator decides, wherever the endpoint runs. */
export interface EndpointRules {
  /** OIDC issuer: exactly the `iss` of its tokens. https, or http on loopback. */
  issuer: string;
  /** The `aud` that tokens must have. */
  audience: string;
  /** Where the issuer has its keys. @default what the issuer's discovery document says */
  jwksUri?: string;
  /** Signatures that are taken: asymmetric ones alone. @default RS256, PS256, ES256 and EdDSA */
  algorithms?: string[];
  /** Seconds that clocks may differ, 30 at most. @default 5 */
  clockTolerance?: number;
  /** Claim that names the tenant: a string, or a list with exactly one name that has `tenantPrefix`. @default "sub" */
  tenantClaim?: string;
  /** What a name in `tenantClaim` must begin with; it is cut off. @default "" */
  tenantPrefix?: string;
  /** Claim that holds the groups. @default "groups" */
  groupsClaim?: string;
  /** Group that a user must be in. @default none */
  requiredGroup?: string;
  /** What the namespaces of tenants begin with. @default "user-" */
  namespacePrefix?: string;
  /** Whether a tenant's namespace is made on first use; else the operator makes it. @default true */
  createNamespaces?: boolean;
  /** What each tenant may have in all. @default nothing is counted */
  quota?: NamespaceQuota;
  /** Quotas of single tenants, by name, in place of `quota`. @default none */
  tenantQuotas?: Record<string, NamespaceQuota>;
  /** Defaults and bounds of the containers in a tenant's namespace. @default none of ours */
  containerLimits?: ContainerLimits;
  /** Exceptions to default deny in tenants' namespaces. @default the ingress controller, DNS and the internet */
  networkPolicy?: NetworkAccess;
  /** @default services cannot be exposed */
  exposure?: ServiceExposure;
  /** Limits of a deployment. @default the seed's */
  limits?: Partial<ServiceLimits>;
  /** The GPU vocabulary. @default no GPUs */
  gpus?: Record<string, GpuClass>;
  /** Which node offers which class. @default none */
  nodes?: Record<string, DeclaredNode>;
  /** User that containers run as where they name none; never 0. @default 1000 */
  defaultUser?: number;
  /** Whether a container must name its user; `defaultUser` is not used then. @default false */
  requireUser?: boolean;
  /** Storage class of claims. @default the cluster's */
  storageClass?: string;
  /** Whether DELETE keeps the claims unless it says otherwise. @default false */
  keepVolumes?: boolean;
  rateLimit?: EndpointRateLimit;
  /** Seconds for requests under way when the endpoint is told to stop. @default 10 */
  drainSeconds?: number;
}

/** The settings file as an operator writes it. */
export interface EndpointOptions extends EndpointRules {
  listen?: EndpointListen;
  /** Port of the metrics, apart from the API. @default none are served */
  metricsPort?: number;
  /** Namespace of the endpoint itself, in which host names are claimed. @default "endpoint" */
  namespace?: string;
  /** @default the endpoint may write in every namespace already, as with an administrator's kubeconfig */
  access?: EndpointAccess;
  /** File of reservations: a tenant then has the GPUs that are reserved for it, and no others. @default none */
  reservationsFile?: string;
  /** @default records come in the bodies of PUT */
  recordSource?: EndpointRecordSource;
  /** @default no page */
  page?: EndpointPage;
}

/** GPUs that a tenant may use, for a time or for good. One entry of the reservations file, a JSON list. */
export interface GpuReservation {
  /** The tenant's name, as its namespace has it after the prefix. */
  tenant: string;
  /** Class of the vocabulary. */
  class: string;
  count: number;
  /** RFC 3339. @default since ever */
  from?: string;
  /** RFC 3339. @default for ever */
  until?: string;
}
