/** What the parts of the endpoint know of each other: who asks, how the cluster is reached, how a request is refused. */
import type { Readable } from "node:stream";

/** Who asks: made from a verified token, never from anything else in a request. */
export interface Tenant {
  /** The tenant's name, as its objects are labelled with it. */
  name: string;
  /** The namespace that holds all of the tenant's objects. */
  namespace: string;
  /** `sub` of the token. */
  subject: string;
  groups: readonly string[];
}

/** An answer of the API server, of whatever status. */
export interface ApiResult {
  status: number;
  /** Parsed JSON; text where it is none, nothing where it is empty. */
  body: unknown;
}

/** The API server, over one pool of connections that are kept open. */
export interface Kubernetes {
  /**
   * @param path below the server, with query
   * @param options `type` is the content type of `body`, which is sent as JSON. @default application/json.
   *   `repeatable`: whether it may be sent again though it may have been carried out. @default all but POST
   * @throws HttpFault 503 when there was no answer, or none but that the server is busy or broken
   */
  request(
    method: string,
    path: string,
    options?: {
      body?: unknown;
      type?: string;
      signal?: AbortSignal;
      timeoutMs?: number;
      repeatable?: boolean;
    },
  ): Promise<ApiResult>;
  /**
   * An answer as it comes in: logs that are followed, watches.
   *
   * @param signal ends the request
   * @throws HttpFault with the API server's status and message where it refused
   */
  stream(path: string, signal: AbortSignal): Promise<Readable>;
  /**
   * Server-side apply with our field manager; unknown fields are refused.
   *
   * @param options `force` takes fields over from other managers. @default true
   */
  apply(
    path: string,
    object: unknown,
    options?: { dryRun?: boolean; force?: boolean },
  ): Promise<ApiResult>;
  /** Ends its connections; requests under way are let finish. */
  close(): Promise<void>;
}

/** Tells who asks. */
export interface Authenticator {
  /**
   * @param authorization the header's value
   * @throws HttpFault 401, or 503 while the issuer's keys cannot be had
   */
  tenantOf(authorization: string | undefined): Promise<Tenant>;
  close(): void;
}

/** The namespaces of tenants. */
export interface TenantNamespaces {
  /** Makes namespace, quota, limits, pod security and network policy where they are not yet; cached, idempotent. */
  ensure(tenant: Tenant): Promise<void>;
}

/** Host names, which are unique in the cluster. */
export interface Hostnames {
  /**
   * Claims a host name for a deployment, in one atomic step; one that it has already stays its own, and another
   * that it had is given up.
   *
   * @throws HttpFault 409 when another deployment has it, 400 when it is reserved
   */
  claim(tenant: Tenant, id: string, hostname: string): Promise<void>;
  /** Gives up what the deployment has claimed, if anything. */
  release(tenant: Tenant, id: string): Promise<void>;
}

/** One thing that is wrong with a request. */
export interface Fault {
  /** Where: a path in the document, or a parameter's name. */
  path?: string;
  message: string;
}

/** A request that is refused, with the words for the person who sent it. */
export class HttpFault extends Error {
  override readonly name = "HttpFault";
  constructor(
    public readonly status: number,
    public readonly errors: readonly Fault[],
    public readonly headers?: Record<string, string>,
  ) {
    super(errors.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join("; "));
  }
}

/** What the cluster has of one GPU class. */
export interface GpuCapacity {
  class: string;
  resource: string;
  total: number;
  used: number;
  free: number;
}

/** GPUs that are free, and those that a tenant may have. */
export interface Capacity {
  free(): readonly GpuCapacity[];
  /**
   * @param wanted what the deployment would have in all, replicas counted
   * @throws HttpFault 400 where it is more than the tenant has reserved
   */
  check(tenant: Tenant, wanted: { resource: string; count: number }[]): Promise<void>;
}

/** Where records are kept when that is not in the tenant's namespace, such as the collection of an LLP. */
export interface RecordSource {
  /**
   * The record as it came, which is not checked yet.
   *
   * @throws HttpFault 404 where there is none, 502 or 503 where the source gives no good answer
   */
  recordOf(tenant: Tenant, id: string): Promise<unknown>;
}
