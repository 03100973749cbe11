/** What a MIP platform is told: its address, its login, its database, its notebooks. */
import type { ExposeSettings } from "./exposureObjects";
import type { DeclaredNode } from "./gpuTypes";

/** The Keycloak that users log in at. It is outside: realm and client are made there by its admin. */
export interface MipKeycloak {
  /** Host, such as `iam.example.org`, with a port if need be; no scheme and no path: `/auth/` is the chart's. */
  host: string;
  /** `https`, or `http` for trying out. @default "https" */
  protocol?: string;
  realm: string;
  clientId: string;
  /**
   * Whether the Secret `keycloak-credentials` is in the namespace already, with the keys `client-id` and
   * `client-secret`. @default false: it is made of `clientId` and the component's `clientSecret`
   */
  existingSecret?: boolean;
}

/** The platform's Postgres. It shares a pod with the backend. */
export interface MipDatabase {
  /** Role that the backend logs in with; the chart makes it a superuser. @default "portal" */
  user?: string;
  /**
   * Role that the database is set up with. Another one than `user` is for databases that have it already: its
   * password is set when the database is made, and never changed again. @default `user`
   */
  adminUser?: string;
  /** Raise it to have another generated password; the data stays. @default 1 */
  passwordRevision?: number;
  /**
   * Whether the Secret `mip-secret` is in the namespace already, with all four keys of the chart's generation.
   * @default false: it is made
   */
  existingSecret?: boolean;
  /** Image with tag. Another major version does not read the data of this one. @default the chart's */
  image?: string;
  /** @default "1Gi" */
  size?: string;
}

/** The three volumes: the database's, the backend's files, its logs. They are kept when the platform is removed. */
export interface MipStorage {
  /** Class of the volumes. @default the cluster's default class; unmanaged: microk8s's `microk8s-hostpath` */
  storageClass?: string;
  /**
   * Folder of the master node that the volumes are below, on unmanaged clusters up to chart 9.0.2.
   * @default "/opt/mip-deployment/<namespace>"
   */
  folder?: string;
  /** Size of the volume with the backend's files. @default "100Mi" */
  dataSize?: string;
  /** Size of the volume with the backend's logs. @default "1Gi" */
  logsSize?: string;
}

/** Images with tags. */
export interface MipImages {
  /** @default the chart's */
  ui?: string;
  /** @default the chart's */
  backend?: string;
}

/** The data catalogue that the user interface links to. Up to chart 9.0.2. */
export interface MipDataCatalogue {
  /** Host, such as `catalogue.example.org`, without a scheme. */
  host: string;
  /** `https` or `http`. @default "https" */
  protocol?: string;
}

/** The variables that the user interface's guide is made with. From chart 9.2.0. */
export interface MipGuide {
  /** @default "Sex" */
  covariate?: string;
  /** @default "Age" */
  variable?: string;
}

/** Notebooks within the platform. Chart 6f8b2c7 takes a JupyterHub beside it, 9.2.0 brings one. */
export interface MipNotebook {
  /** Image with tag of users' servers. @default the hub's */
  image?: string;
  /** Class of users' volumes. @default `storage.storageClass` */
  storageClass?: string;
  /** Size of each user's volume. @default chart 6f8b2c7: "10Gi"; 9.2.0: "2Gi" */
  size?: string;
  /** Promised CPU of a user's server. @default chart 6f8b2c7: none; 9.2.0: "500m" */
  cpuGuarantee?: string;
  /** @default chart 6f8b2c7: none; 9.2.0: "1" */
  cpuLimit?: string;
  /** @default chart 6f8b2c7: the hub's, 1G; 9.2.0: "1G" */
  memoryGuarantee?: string;
  /** @default chart 6f8b2c7: none; 9.2.0: "4G" */
  memoryLimit?: string;
  /** Groups whose users may log in to the hub. Chart 6f8b2c7. @default every user of the realm */
  allowedGroups?: string[];
  /** Helm's name of the hub beside the platform. Chart 6f8b2c7. @default "jupyterhub" */
  releaseName?: string;
}

/** A MIP platform; all plain. */
export interface MipSettings {
  /** Namespace, made when absent and left on destroy. Each holds one platform at most. @default "mip" */
  namespace?: string;
  /** Helm's name of it. @default "mip" */
  releaseName?: string;
  /** Whether the cluster is a provider's, with storage classes, rather than microk8s on machines. @default false */
  managedCluster?: boolean;
  /** Host that users reach it by, such as `mip.lab.example.org`; no scheme. */
  publicHost: string;
  /** What users see as its name. Up to chart 9.0.2. @default "MIP" */
  displayName?: string;
  keycloak: MipKeycloak;
  /** The engine's controller. @default "http://exaflow-controller-service:5000": the engine of the namespace */
  engineUrl?: string;
  /** Version of the engine that users are shown. Up to chart 9.0.2. @default the chart's */
  engineVersion?: string;
  dataCatalogue?: MipDataCatalogue;
  guide?: MipGuide;
  database?: MipDatabase;
  storage?: MipStorage;
  images?: MipImages;
  /** `TRACE`, `DEBUG`, `INFO`, `WARN` or `ERROR`. @default "INFO" */
  logLevel?: string;
  /** The same for the libraries. @default "INFO" */
  frameworkLogLevel?: string;
  /** Seconds between two looks at which algorithms the engine has. @default 60 */
  algorithmUpdateSeconds?: number;
  /** Notebooks; `{}` for the defaults. @default none */
  notebook?: MipNotebook;
  /** How the cluster exposes it. @default an Ingress of class nginx; unmanaged: of microk8s's class `public` */
  expose?: ExposeSettings;
  /** Path that `/` sends users on to, such as `/home`. With ingress-nginx alone. @default none */
  redirectRootTo?: string;
  /** The nodes of the cluster: an unmanaged one needs a `master`. @default not checked */
  nodes?: Record<string, DeclaredNode>;
}
