/**
 * What can be done with deployments, whoever asks: the routes and the page call the same functions.
 *
 * Every function throws HttpFault with the words for the person who asked: 400 for what is wrong with the input,
 * 404 for what this tenant does not have, 409 where another is in the way, 503 where the cluster gives no answer.
 */
import type { Readable } from "node:stream";
import type { ServiceEvent, ServiceStatus } from "../components/model/serviceStatus";
import type { ServiceRecord } from "../components/model/serviceTypes";
import type { GpuCapacity, Tenant } from "./seams";

export type { ServiceRecord } from "../components/model/serviceTypes";
export type { ServiceEvent, ServiceStatus } from "../components/model/serviceStatus";

/** A record with its id, as the collection gives it. */
export interface ServiceItem extends ServiceRecord {
  id: string;
}

/** A deployment in the list of a tenant's. */
export interface DeploymentSummary {
  id: string;
  title: string;
  /** Whether PUT was called for it; else there is a record alone. */
  deployed: boolean;
  /** Where it is reached from outside, when it is exposed. */
  url?: string;
  /** Absent while it is not deployed. */
  status?: ServiceStatus;
}

/** What PUT made. */
export interface PutAnswer {
  /** Whether there was no such deployment before. */
  created: boolean;
  /** The document as it was understood, defaults filled in. */
  spec: Record<string, unknown>;
  /** For `get`: it answers once it knows of what PUT did. */
  resourceVersion: string;
  /** What works but should not stay so, such as `latest` in an image. */
  warnings: readonly string[];
}

/** What DELETE did: `kind/name` of each object. */
export interface RemoveAnswer {
  removed: readonly string[];
  /** Volumes that stay. */
  kept: readonly string[];
}

/** Which part of a log. */
export interface LogOptions {
  /** @default the pod's only container */
  container?: string;
  sinceSeconds?: number;
  /** Lines from the end. */
  tailLines?: number;
  /** The log of the run before the last restart. */
  previous?: boolean;
  timestamps?: boolean;
  /** Whether the log goes on as long as the pod does. */
  follow?: boolean;
}

/** Values that environment variables of a deployment take with `fromConfig` and `fromSecret`. */
export type ServiceValues = Record<string, string>;

/** Which set of values. */
export type ValuesKind = "config" | "secret";

/** The deployments of all tenants; each function sees those of one alone. */
export interface Service {
  /** The tenant's deployments and records, by id. Makes one call to the API server. */
  list(tenant: Tenant): Promise<DeploymentSummary[]>;
  /**
   * Deploys a record, or brings a deployment up to it.
   *
   * @param record as it came in; nothing applies the kept one
   */
  put(tenant: Tenant, id: string, record?: unknown): Promise<PutAnswer>;
  /**
   * Makes no call to the API server.
   *
   * @param resourceVersion waits until what led to this version is known here, for 5 s at most, then throws 503
   */
  get(tenant: Tenant, id: string, resourceVersion?: string): Promise<ServiceStatus>;
  /** Sets the number of replicas; 0 stops the deployment. Returns a version for `get`. */
  scale(tenant: Tenant, id: string, replicas: number): Promise<{ resourceVersion: string }>;
  /** Starts its pods anew, one after the other. Returns a version for `get`. */
  restart(tenant: Tenant, id: string): Promise<{ resourceVersion: string }>;
  /** @param options `keepVolumes`: @default the operator's setting */
  remove(tenant: Tenant, id: string, options?: { keepVolumes?: boolean }): Promise<RemoveAnswer>;

  /** @param signal ends the stream */
  logs(
    tenant: Tenant,
    id: string,
    pod: string,
    options: LogOptions,
    signal: AbortSignal,
  ): Promise<Readable>;
  /** The latest last. */
  events(tenant: Tenant, id: string, pod: string): Promise<ServiceEvent[]>;
  /** Deletes a pod; another takes its place. */
  deletePod(tenant: Tenant, id: string, pod: string): Promise<void>;

  values(tenant: Tenant, id: string, kind: ValuesKind): Promise<ServiceValues>;
  /** @param input `{ data }`, which is YAML text or an object; returns it as it was kept, each value as text */
  setValues(
    tenant: Tenant,
    id: string,
    kind: ValuesKind,
    input: unknown,
  ): Promise<{ created: boolean; data: ServiceValues }>;

  items(tenant: Tenant): Promise<ServiceItem[]>;
  item(tenant: Tenant, id: string): Promise<ServiceItem>;
  /** Keeps a record without deploying it. @param input the record; its `id` is made up where it has none */
  createItem(tenant: Tenant, input: unknown): Promise<ServiceItem>;
  /** Changes fields of a record; `null` removes one. The deployment follows at the next PUT. */
  updateItem(tenant: Tenant, id: string, change: unknown): Promise<ServiceItem>;
  /** Removes a record, which must not be deployed. */
  removeItem(tenant: Tenant, id: string): Promise<void>;

  /** GPUs of the cluster, by class. */
  capacity(tenant: Tenant): Promise<readonly GpuCapacity[]>;
}
