/** A thin client of the endpoint over `fetch`, with the types that are generated from its OpenAPI. */
import type { components, paths } from "./api";

type Shapes = components["schemas"];

export type ApiRecord = Shapes["DeploymentRecord"];
export type ApiItem = Shapes["Item"];
export type ApiStatus = Shapes["DeploymentStatus"];
export type ApiDeployment = Shapes["Deployment"];
export type ApiSpec = Shapes["DeploymentSpec"];
export type ApiEvent = Shapes["PodEvent"];
export type ApiGpu = Shapes["Gpu"];
export type ApiRemoved = Shapes["Removed"];

/** Parameters of a log. */
export type ApiLogOptions = NonNullable<
  paths["/kubernetes/deployments/{id}/logs/{pod}"]["get"]["parameters"]["query"]
>;

/** An answer that is a refusal. */
export class EndpointError extends Error {
  override readonly name = "EndpointError";
  constructor(
    readonly status: number,
    readonly errors: Shapes["Errors"]["errors"],
    /** Seconds after which to try again. */
    readonly retryAfter?: number,
  ) {
    super(errors.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join("\n"));
  }
}

/** How the endpoint is reached. */
export interface ClientOptions {
  /** Address, without a slash at the end. */
  url: string;
  /** A token, or what gives one for each request. */
  token: string | (() => string | Promise<string>);
  /** @default the global one */
  fetch?: typeof fetch;
}

interface Call {
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  signal?: AbortSignal;
}

/** What changes something answers with a version, which `get` can wait for. */
export interface Versioned {
  resourceVersion: string;
}

function isErrors(value: unknown): value is Shapes["Errors"] {
  return (
    typeof value === "object" && value !== null && Array.isArray((value as Shapes["Errors"]).errors)
  );
}

function warningsOf(header: string | null): string[] {
  return [...(header ?? "").matchAll(/299 - "([^"]*)"/g)].map(([, text]) => text!);
}

/** The deployments of whoever the token is of. All throw EndpointError for what is refused. */
export class EndpointClient {
  constructor(private readonly options: ClientOptions) {}

  async list(): Promise<ApiDeployment[]> {
    return (await this.call("GET", "/kubernetes/deployments")).json() as Promise<ApiDeployment[]>;
  }

  /** @param record nothing applies the kept one */
  async put(
    id: string,
    record?: ApiRecord,
  ): Promise<Versioned & { created: boolean; spec: ApiSpec; warnings: string[] }> {
    const answer = await this.call("PUT", this.path(id), { body: record });
    return {
      created: answer.status === 201,
      spec: (await answer.json()) as ApiSpec,
      resourceVersion: versionOf(answer),
      warnings: warningsOf(answer.headers.get("warning")),
    };
  }

  /** @param resourceVersion of what must be known to whoever answers */
  async get(id: string, resourceVersion?: string): Promise<ApiStatus> {
    const answer = await this.call("GET", this.path(id), { query: { resourceVersion } });
    return answer.json() as Promise<ApiStatus>;
  }

  async scale(id: string, replicas: number): Promise<Versioned> {
    const answer = await this.call("PATCH", this.path(id), { query: { scale: replicas } });
    return { resourceVersion: versionOf(answer) };
  }

  async restart(id: string): Promise<Versioned> {
    const answer = await this.call("POST", `${this.path(id)}/hooks/restart`);
    return { resourceVersion: versionOf(answer) };
  }

  async remove(id: string, options: { keepVolumes?: boolean } = {}): Promise<ApiRemoved> {
    const answer = await this.call("DELETE", this.path(id), { query: { ...options } });
    return answer.json() as Promise<ApiRemoved>;
  }

  /** The log as it comes in. */
  async logs(
    id: string,
    pod: string,
    query: ApiLogOptions = {},
    signal?: AbortSignal,
  ): Promise<ReadableStream<Uint8Array>> {
    const path = `${this.path(id)}/logs/${encodeURIComponent(pod)}`;
    const { body } = await this.call("GET", path, { query, signal });
    return body ?? new ReadableStream({ start: (controller) => controller.close() });
  }

  async events(id: string, pod: string): Promise<ApiEvent[]> {
    const answer = await this.call("GET", `${this.path(id)}/events/${encodeURIComponent(pod)}`);
    return answer.json() as Promise<ApiEvent[]>;
  }

  async deletePod(id: string, pod: string): Promise<void> {
    await this.call("DELETE", `${this.path(id)}/pods/${encodeURIComponent(pod)}`);
  }

  async values(id: string, kind: "config" | "secret"): Promise<Shapes["Data"]> {
    const answer = await this.call("GET", `${this.path(id)}/${kind}`);
    return ((await answer.json()) as Shapes["KeptValues"]).data;
  }

  async setValues(
    id: string,
    kind: "config" | "secret",
    data: Shapes["Values"]["data"],
  ): Promise<{ created: boolean; data: Shapes["Data"] }> {
    const answer = await this.call("PUT", `${this.path(id)}/${kind}`, { body: { data } });
    return { created: answer.status === 201, data: (await answer.json()) as Shapes["Data"] };
  }

  async items(): Promise<ApiItem[]> {
    return this.records("GET", "");
  }

  async item(id: string): Promise<ApiItem> {
    return this.records("GET", id);
  }

  async createItem(item: Shapes["NewItem"]): Promise<ApiItem> {
    return this.records("POST", "", item);
  }

  async updateItem(id: string, change: Shapes["RecordChange"]): Promise<ApiItem> {
    return this.records("PATCH", id, change);
  }

  async removeItem(id: string): Promise<void> {
    await this.call("DELETE", `/items/deployments/${encodeURIComponent(id)}`);
  }

  async capacity(): Promise<ApiGpu[]> {
    return (await this.call("GET", "/kubernetes/capacity")).json() as Promise<ApiGpu[]>;
  }

  private path(id: string): string {
    return `/kubernetes/deployments/${encodeURIComponent(id)}`;
  }

  private async records<T>(method: string, id: string, body?: unknown): Promise<T> {
    const path = `/items/deployments${id === "" ? "" : `/${encodeURIComponent(id)}`}`;
    return ((await (await this.call(method, path, { body })).json()) as { data: T }).data;
  }

  private async call(method: string, path: string, call: Call = {}): Promise<Response> {
    const { url, token, fetch: send = fetch } = this.options;
    const { query = {}, body, signal } = call;
    const search = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined) {
        search.set(key, String(value));
      }
    }
    const target = `${url}${path}${search.size > 0 ? `?${search.toString()}` : ""}`;
    const answer = await send(target, {
      method,
      signal,
      // A token is for one address.
      redirect: "error",
      headers: {
        authorization: `Bearer ${typeof token === "string" ? token : await token()}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!answer.ok) {
      const said: unknown = await answer.json().catch(() => undefined);
      const errors = isErrors(said) ? said.errors : [{ message: `HTTP ${answer.status}` }];
      const retryAfter = answer.headers.get("retry-after");
      throw new EndpointError(
        answer.status,
        errors,
        retryAfter === null ? undefined : Number(retryAfter),
      );
    }
    return answer;
  }
}

function versionOf(answer: Response): string {
  return answer.headers.get("resource-version") ?? "0";
}
