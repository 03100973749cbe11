/** The endpoint as a component deploys it: from what an operator says to the settings file. */
import type { EndpointOptions, EndpointRules, GpuReservation } from "./endpointTypes";
import type { ExposeSettings } from "./exposureObjects";

/** How people log in at the page. */
export interface EndpointLogin {
  /** Client that the issuer knows the page by; its tokens must be for `audience`. */
  clientId: string;
  /** @default "openid profile email" */
  scope?: string;
}

/** The LLP's collection of records. */
export interface EndpointCollection {
  /** Address of the collection, https only; a record is at `<url>/<id>`. */
  url: string;
  /** Field that names the owner: it must be the token's subject. @default "user_created" */
  ownerField?: string;
  /** Whether the host may have a private address. @default false */
  allowPrivateNetworks?: boolean;
}

/** What one replica requests, and may use. */
export interface EndpointResources {
  /** @default "250m" */
  cpuRequest?: string;
  /** @default "2" */
  cpuLimit?: string;
  /** Request and limit; a status cache of 5,000 pods fits. @default "512Mi" */
  memory?: string;
}

/** One endpoint on a cluster. */
export interface EndpointSpec extends EndpointRules {
  /** Host that the API and the page answer at, such as `services.lab.example.org`. */
  hostname: string;
  /** How the endpoint itself is exposed. @default an Ingress of the class nginx */
  expose?: ExposeSettings;
  /** Image of `endpoint/Dockerfile`, with tag or digest. */
  image: string;
  /** Secrets with the credentials of the image's registry. @default none */
  imagePullSecrets?: string[];
  /** @default "endpoint" */
  namespace?: string;
  /** @default 2 */
  replicas?: number;
  resources?: EndpointResources;
  /** Authority of the issuer's and the collection's certificates, PEM. @default the public ones alone */
  caCertificate?: string;
  /** The page for people. @default none */
  login?: EndpointLogin;
  /** Where records are, in place of the bodies of PUT. @default there */
  collection?: EndpointCollection;
  /** GPUs by tenant; tenants then have these and no others. A change of them restarts nothing. @default none */
  reservations?: GpuReservation[];
  /**
   * With `createNamespaces: false`: tenants whose namespaces are made here, by what the tenant's claim says.
   *
   * @default none
   */
  tenants?: string[];
  /** Namespace that may read the metrics. @default "monitoring" */
  monitoringNamespace?: string;
  /** Whether Grafana's dashboard is made, as a ConfigMap that its sidecar finds. @default true */
  dashboard?: boolean;
}

/** Ports within the pod. */
export const ENDPOINT_PORT = 8080;
export const ENDPOINT_METRICS_PORT = 9090;

/** Where the pod has its files. */
export const SETTINGS_FOLDER = "/etc/endpoint/settings";
export const SECRETS_FOLDER = "/etc/endpoint/secrets";
export const RESERVATIONS_FOLDER = "/etc/endpoint/reservations";

/** Files of these folders: keys of ConfigMaps and of the Secret. */
export const SETTINGS_FILE = "settings.json";
export const AUTHORITY_FILE = "ca.crt";
export const RESERVATIONS_FILE = "reservations.json";
export const CLIENT_SECRET_FILE = "client-secret";
export const COOKIE_KEY_FILE = "cookie-key";
export const COLLECTION_TOKEN_FILE = "collection-token";

/** Name of the service account and of what belongs to it. */
export const ENDPOINT_NAME = "endpoint";

/** Which secrets are given beside the spec. */
export interface EndpointSecrets {
  clientSecret: boolean;
  collectionToken: boolean;
}

/** The ClusterRole that is bound in tenants' namespaces; its name is the whole cluster's. */
export function tenantClusterRole(namespace: string): string {
  return `${namespace}-${ENDPOINT_NAME}-tenant`;
}

/** The keys of the operator's rules: all others are of the deployment, and not in the settings file. */
const RULES: Record<keyof EndpointRules, true> = {
  issuer: true,
  audience: true,
  jwksUri: true,
  algorithms: true,
  clockTolerance: true,
  tenantClaim: true,
  tenantPrefix: true,
  groupsClaim: true,
  requiredGroup: true,
  namespacePrefix: true,
  createNamespaces: true,
  quota: true,
  tenantQuotas: true,
  containerLimits: true,
  networkPolicy: true,
  exposure: true,
  limits: true,
  gpus: true,
  nodes: true,
  defaultUser: true,
  requireUser: true,
  storageClass: true,
  keepVolumes: true,
  rateLimit: true,
  drainSeconds: true,
};

function rulesOf(spec: EndpointSpec): EndpointRules {
  const entries = Object.entries(spec).filter(
    ([key, value]) => Object.hasOwn(RULES, key) && value !== undefined,
  );
  return Object.fromEntries(entries) as unknown as EndpointRules;
}

/** The settings file of a spec, as an operator would write it. */
export function endpointOptions(spec: EndpointSpec, secrets: EndpointSecrets): EndpointOptions {
  const { hostname, namespace = ENDPOINT_NAME, login, collection, reservations } = spec;
  const secretFile = (file: string): string => `${SECRETS_FOLDER}/${file}`;
  const options: EndpointOptions = {
    ...rulesOf(spec),
    listen: { host: "0.0.0.0", port: ENDPOINT_PORT },
    metricsPort: ENDPOINT_METRICS_PORT,
    namespace,
    access: { serviceAccount: ENDPOINT_NAME, clusterRole: tenantClusterRole(namespace) },
  };
  if (reservations !== undefined) {
    options.reservationsFile = `${RESERVATIONS_FOLDER}/${RESERVATIONS_FILE}`;
  }
  if (collection !== undefined) {
    options.recordSource = {
      ...collection,
      tokenFile: secrets.collectionToken ? secretFile(COLLECTION_TOKEN_FILE) : undefined,
    };
  }
  if (login !== undefined) {
    options.page = {
      ...login,
      url: `https://${hostname}`,
      cookieKeyFile: secretFile(COOKIE_KEY_FILE),
      clientSecretFile: secrets.clientSecret ? secretFile(CLIENT_SECRET_FILE) : undefined,
    };
  }
  // Without keys that are undefined, as it is written.
  return JSON.parse(JSON.stringify(options)) as EndpointOptions;
}
