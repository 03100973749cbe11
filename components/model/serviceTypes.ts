/** What a tenant's deployment is, as plain data: made from the record and its YAML, rendered to objects. */
import type { ExposeSettings } from "./exposureObjects";
import type { GpuToleration } from "./gpuPlacement";
import type { DeclaredNode, GpuClass } from "./gpuTypes";
import type { ServiceLimits } from "./serviceLimits";

export type { ServiceLimits } from "./serviceLimits";

/** Whose deployment it is. */
export interface ServiceTenant {
  /** Value of the label `science-platform/tenant`. */
  name: string;
  namespace: string;
}

/** The record of the seed's collection `deployments`, with its key names. */
export interface ServiceRecord {
  title: string;
  /** The YAML document. */
  data: string;
  /** Name of the container that the web address leads to. */
  exposed_service?: string;
  /** A port of that container. */
  exposed_port?: number;
  /** First label of the web address, below the operator's domain. Absent: not exposed. */
  exposed_hostname?: string;
}

export interface ServicePort {
  /** A port name, 15 characters at most. */
  name: string;
  /** 1 to 65535. */
  port: number;
}

/** An environment variable; exactly one of the three says what it is. */
export interface ServiceVariable {
  name: string;
  value?: string;
  /** Key of the deployment's Secret. */
  fromSecret?: string;
  /** Key of the deployment's ConfigMap. */
  fromConfig?: string;
}

export interface ServiceMount {
  /** Name of the volume. */
  volume: string;
  mountPath: string;
  readOnly: boolean;
}

/** GPUs of one container. */
export interface ServiceGpu {
  /** What the tenant wrote: a resource such as `nvidia.com/gpu`, or a class of `gpus`. */
  name: string;
  /** The extended resource that is requested. */
  resource: string;
  count: number;
}

/** A container, with every default filled in. */
export interface ServiceContainer {
  name: string;
  image: string;
  /** @default the image's */
  command?: string[];
  /** @default the image's */
  args?: string[];
  ports: ServicePort[];
  environment: ServiceVariable[];
  mounts: ServiceMount[];
  /** Cores: request and limit. */
  cpu: number;
  /** GiB: request and limit. */
  memory: number;
  gpu?: ServiceGpu;
  /** User of its processes; never 0. */
  user: number;
  /** Group of its processes. @default the image's */
  group?: number;
}

/** A volume: a claim, or memory. */
export interface ServiceVolume {
  name: string;
  /** Of a claim: its size, such as `1Gi`. */
  size?: string;
  /** Of a claim: `ReadWriteOnce` or `ReadWriteMany`. */
  type?: string;
  /** Of memory: its size in MiB; it counts as memory of the containers that write to it. */
  memorySize?: number;
}

/** Where the pods may run, because of their GPUs. */
export interface ServicePlacement {
  nodeSelector: Record<string, string>;
  tolerations: GpuToleration[];
}

/** What the web address leads to. */
export interface ServiceAddress {
  /** Name of the container. */
  container: string;
  port: number;
  /** First label of the host. */
  hostname: string;
  /** The full host: `<hostname>.<domain>`. */
  host: string;
}

/** One deployment. */
export interface ServiceSpec {
  containers: ServiceContainer[];
  /** Run one after the other before the containers start; without ports. */
  initContainers: ServiceContainer[];
  volumes: ServiceVolume[];
  /** How many pods the document asks for. */
  replicas: number;
  /** Group that volumes belong to. */
  fsGroup: number;
  /** Whether a volume is left alone whose top folder belongs to the group already. */
  changeGroupOnMismatch: boolean;
  placement: ServicePlacement;
  address?: ServiceAddress;
}

/** How deployments are exposed: one domain, below which every tenant's host names are. */
export interface ServiceExposure extends ExposeSettings {
  /** Domain of every host, such as `apps.lab.example.org`: not one that other applications have cookies for. */
  domain: string;
  /** Host names that no tenant gets, besides those of `RESERVED_HOSTNAMES`. @default none */
  reservedHosts?: string[];
}

/** What parsing and rendering must know of the cluster and of the operator's choices. */
export interface ServiceSite {
  limits: ServiceLimits;
  /** The GPU vocabulary, as everywhere: classes by name, and which node offers them. */
  gpus: Record<string, GpuClass>;
  nodes: Record<string, DeclaredNode>;
  /** User of containers that do not say, and group of volumes. @default 1000 */
  defaultUser?: number;
  /** Whether every container must say its user. @default false */
  requireUser?: boolean;
  /** Storage class of claims. @default the cluster's default class */
  storageClass?: string;
  /** Absent: nothing can be exposed. */
  exposure?: ServiceExposure;
}

/** One thing that is wrong, or worth knowing, as the API answers it. */
export interface ServiceError {
  /** Path in the document or record, such as `containers[0].cpu`; `line 3, column 7` in broken YAML; empty for the whole. */
  path: string;
  /** What is wrong, what was found, what is allowed and what to do. Never a secret. */
  message: string;
}

/** A value, or everything that is wrong with it. */
export type Checked<T> =
  { ok: true; value: T; warnings: ServiceError[] } | { ok: false; errors: ServiceError[] };
