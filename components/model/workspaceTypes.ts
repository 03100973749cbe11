/** What a workspace is, as plain data: made from MAIAKubeGate's JSON, or written as component arguments. */
import type { ExposeSettings } from "./exposureObjects";
import type { DeclaredNode, GpuClass, GpuSelector } from "./gpuTypes";

export interface WorkspacePort {
  /** Port name, a DNS label of 15 characters at most. */
  name: string;
  /** 1 to 65535. */
  port: number;
  /** 30000 to 32767; only with service type NodePort. @default chosen by the cluster */
  nodePort?: number;
}

/** A claim of the workspace's own. */
export interface WorkspaceVolume {
  mountPath: string;
  /** Quantity, such as `100Gi`. */
  size: string;
  /** `ReadWriteOnce`, `ReadOnlyMany`, `ReadWriteMany` or `ReadWriteOncePod`. */
  accessMode: string;
  /** A key of the site's `storage`, else the name of a storage class (`pvc_type`). */
  storage: string;
  /** @default false */
  readOnly?: boolean;
}

/** A claim that exists already. */
export interface ExistingVolume {
  /** Name of the claim. */
  claim: string;
  mountPath: string;
  /** @default false */
  readOnly?: boolean;
}

/** A file mounted through a ConfigMap. */
export interface MountedFile {
  /** Name of the file in the JSON: a label for messages and the ConfigMap's key. */
  name: string;
  /** Where the file is read from, relative to the JSON file's folder or the stack's `filesRoot`. */
  localPath: string;
  /** Absolute path in the container. */
  mountPath: string;
  /** @default false: ConfigMap files are read-only in effect all the same */
  readOnly?: boolean;
}

export interface WorkspaceIngress {
  /** Full host name, within the cluster's domain. */
  host: string;
  /** A port that `ports` offers. */
  port: number;
  /** @default "/" */
  path?: string;
  /** Host of the oauth2-proxy in front, such as `oauth.my-namespace`. */
  oauthUrl?: string;
  /** cert-manager ClusterIssuer for the nginx form. @default the stack's */
  nginxIssuer?: string;
  /** Certificate resolver for the traefik form. */
  traefikResolver?: string;
  /** Middleware for the traefik form. */
  traefikMiddleware?: string;
}

/** One workspace. Numbers are numbers here, whatever the JSON had. */
export interface WorkspaceSpec {
  namespace: string;
  /** MAIAKubeGate's `chart_name`: the release's name. */
  name: string;
  /** `docker_image` without tag. */
  image: string;
  /** @default "latest" */
  tag?: string;
  /** Names of clusters to run on; empty: the stack's default cluster. */
  clusters?: string[];
  memoryRequest?: string;
  cpuRequest?: string;
  /** @default the request */
  memoryLimit?: string;
  /** @default the request */
  cpuLimit?: string;
  /** Number of GPUs. @default 0 */
  gpuRequest?: number;
  gpuSelector?: GpuSelector;
  /** How long a Job may run, in seconds. Required unless `deployment`. */
  allocationSeconds?: number;
  /** A Deployment without an end in place of a Job. @default false */
  deployment?: boolean;
  command?: string[];
  /** Name of a registry Secret in the namespace. */
  imagePullSecret?: string;
  ports?: WorkspacePort[];
  /** `ClusterIP`, `NodePort` or `LoadBalancer`. @default "ClusterIP" */
  serviceType?: string;
  volumes?: WorkspaceVolume[];
  existingVolumes?: ExistingVolume[];
  files?: MountedFile[];
  /** Value of the node's label kubernetes.io/hostname. */
  nodeSelector?: string;
  ingress?: WorkspaceIngress;
  env?: Record<string, string>;
  /** Names of Secrets, one per user. */
  userSecrets?: string[];
  /** Keys of those Secrets that become environment variables. */
  userSecretParams?: string[];
}

/** What is known of a workspace while some of its keys are wrong. */
export type WorkspaceParts = Partial<WorkspaceSpec>;

/** Where a claim of one `pvc_type` comes from; exactly one of the three. */
export interface WorkspaceStorage {
  /** Name of a storage class. */
  storageClass?: string;
  /** Folder on the node below which every claim gets one of its own. */
  hostPath?: string;
  /** NFS server and exported path, below which every claim gets a folder of its own. */
  nfs?: NfsExport;
}

export interface NfsExport {
  server: string;
  path: string;
}

/** How the cluster exposes web applications. */
export interface IngressSettings {
  /** Ingress class. @default "nginx" */
  className?: string;
  /** `nginx` or `traefik`: which annotations are understood. @default by the class's name, else nginx */
  controller?: string;
  /** cert-manager ClusterIssuer. */
  issuer?: string;
  /** Traefik certificate resolver. */
  resolver?: string;
  /** Domain that every host must be in, such as `lab.example.org`. */
  domain?: string;
}

/** What a renderer must know of the cluster that a workspace goes to. */
export interface WorkspaceSite {
  /** Cluster name, for messages. */
  cluster: string;
  gpus?: Record<string, GpuClass>;
  nodes?: Record<string, DeclaredNode>;
  storage?: Record<string, WorkspaceStorage>;
  ingress?: ExposeSettings;
  /** Hosts that may stand open without authentication, each waived by name. */
  unauthenticatedHosts?: string[];
  /** Name of the stack that holds the workspace: the workload's annotation `science-platform/stack`. */
  stack?: string;
  /** `restricted` or `baseline` pod security. @default "restricted" */
  podSecurity?: string;
  /** Group that owns mounted volumes under `restricted`. @default 100: Jupyter's `users` */
  fsGroup?: number;
}
