/** The API server in memory, as far as the endpoint's small parts need it: objects by path, written and listed. */
import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { HttpFault, type ApiResult, type Kubernetes } from "../../endpoint/seams";

/** An object as it is kept. */
export interface Kept {
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    deletionTimestamp?: string;
  };
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
}

/** One call, as it came in. */
export interface Call {
  method: string;
  path: string;
  body?: unknown;
}

interface Preconditions {
  preconditions?: { uid?: string; resourceVersion?: string };
}

function matches(kept: Kept, selector: string): boolean {
  return selector.split(",").every((term) => {
    const [key = "", value] = term.split("=");
    return kept.metadata.labels?.[key] === value;
  });
}

/** Empty until a test puts something in. */
export class FakeKubernetes implements Kubernetes {
  readonly objects = new Map<string, Kept>();
  calls: Call[] = [];
  /** Answers in place of the usual, by method and path; what returns nothing leaves the usual. */
  intercept: (call: Call) => ApiResult | undefined = () => undefined;
  private version = 0;

  /** Calls as `METHOD path`. */
  get lines(): string[] {
    return this.calls.map(({ method, path }) => `${method} ${path}`);
  }

  /** Keeps an object, as somebody else's. */
  put(path: string, object: Kept): Kept {
    this.version += 1;
    const { metadata } = object;
    const kept = {
      ...object,
      metadata: {
        ...metadata,
        uid: metadata.uid ?? randomUUID(),
        resourceVersion: String(this.version),
      },
    };
    this.objects.set(path, kept);
    return kept;
  }

  async request(
    method: string,
    path: string,
    { body }: { body?: unknown } = {},
  ): Promise<ApiResult> {
    const call = { method, path, ...(body === undefined ? {} : { body }) };
    this.calls.push(call);
    // As with a real one, others come in between.
    await new Promise((resolve) => setImmediate(resolve));
    return this.intercept(call) ?? this.answer(method, path, body);
  }

  apply(path: string, object: unknown): Promise<ApiResult> {
    return this.request("APPLY", path, { body: object });
  }

  stream(): Promise<Readable> {
    throw new HttpFault(503, [{ message: "nothing streams here" }]);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private answer(method: string, asked: string, body: unknown): ApiResult {
    const { pathname: path, searchParams: query } = new URL(asked, "http://kubernetes");
    const live = this.objects.get(path);
    switch (method) {
      case "GET":
        return live === undefined ? this.listed(path, query) : { status: 200, body: live };
      case "POST": {
        const { metadata } = body as Kept;
        const at = `${path}/${metadata.name}`;
        return this.objects.has(at)
          ? { status: 409, body: { reason: "AlreadyExists" } }
          : { status: 201, body: this.put(at, body as Kept) };
      }
      case "APPLY":
        return { status: live === undefined ? 201 : 200, body: this.put(path, body as Kept) };
      case "PATCH":
        return this.patched(path, live, body as Kept);
      case "DELETE":
        return this.deleted(path, live, body ?? {});
      default:
        return { status: 405, body: undefined };
    }
  }

  private listed(path: string, query: URLSearchParams): ApiResult {
    const last = path.split("/").at(-1) ?? "";
    const isCollection = last.endsWith("s") && !/\/namespaces\/[^/]+$/.test(path);
    if (!isCollection || /\/(nodes|leases)\/[^/]+$/.test(path)) {
      return { status: 404, body: { reason: "NotFound" } };
    }
    const selector = query.get("labelSelector");
    const items = [...this.objects]
      .filter(([at]) => at.startsWith(`${path}/`) && !at.slice(path.length + 1).includes("/"))
      .map(([, kept]) => kept)
      .filter((kept) => selector === null || matches(kept, selector));
    return { status: 200, body: { items } };
  }

  private patched(path: string, live: Kept | undefined, change: Kept): ApiResult {
    if (live === undefined) {
      return { status: 404, body: undefined };
    }
    const wanted = change.metadata?.resourceVersion;
    if (wanted !== undefined && wanted !== live.metadata.resourceVersion) {
      return { status: 409, body: { reason: "Conflict" } };
    }
    return {
      status: 200,
      body: this.put(path, { ...live, spec: { ...live.spec, ...change.spec } }),
    };
  }

  private deleted(path: string, live: Kept | undefined, options: Preconditions): ApiResult {
    const { uid, resourceVersion } = options.preconditions ?? {};
    if (live === undefined) {
      return { status: 404, body: undefined };
    }
    if (
      (uid ?? live.metadata.uid) !== live.metadata.uid ||
      (resourceVersion ?? live.metadata.resourceVersion) !== live.metadata.resourceVersion
    ) {
      return { status: 409, body: { reason: "Conflict" } };
    }
    this.objects.delete(path);
    return { status: 200, body: undefined };
  }
}

/** A tenant for tests. */
export function tenant(name = "alice"): {
  name: string;
  namespace: string;
  subject: string;
  groups: string[];
} {
  return { name, namespace: `user-${name}`, subject: name, groups: [] };
}
