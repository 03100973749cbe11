/** A small client of the API server: JSON over one kept-alive connection, the server's certificate verified. */
import { Agent, request } from "node:https";
import type { IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import type { Credentials } from "./kubeconfig";

/** An object as the API server sends it. */
export interface ApiObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
}

/** An answer that is not a success. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** How a request's body is meant. */
export type BodyType =
  "application/json" | "application/merge-patch+json" | "application/apply-patch+yaml";

export interface RequestOptions {
  body?: unknown;
  type?: BodyType;
  /** Gives up, in milliseconds. Default 10 000; 0: never. */
  timeout?: number;
  signal?: AbortSignal;
}

/** How the stand signs its changes (`managedFields`). */
const FIELD_MANAGER = "science-platform-stand";

/** The API server of one cluster, for one of its users. */
export class ApiClient {
  private readonly agent: Agent;

  constructor(private readonly credentials: Credentials) {
    this.agent = new Agent({
      keepAlive: true,
      ca: credentials.authority,
      cert: credentials.certificate,
      key: credentials.key,
    });
  }

  /** Closes the connections that are kept open. */
  close(): void {
    this.agent.destroy();
  }

  private open(method: string, path: string, options: RequestOptions): Promise<IncomingMessage> {
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    return new Promise((resolve, reject) => {
      const call = request(
        new URL(path, this.credentials.server),
        {
          method,
          agent: this.agent,
          signal: options.signal,
          headers: {
            accept: "application/json",
            ...(body === undefined
              ? {}
              : {
                  "content-type": options.type ?? "application/json",
                  "content-length": Buffer.byteLength(body),
                }),
          },
        },
        resolve,
      );
      call.setTimeout(options.timeout ?? 10_000, () =>
        call.destroy(new Error(`${method} ${path}: no answer`)),
      );
      call.on("error", reject);
      call.end(body);
    });
  }

  /**
   * One request.
   *
   * @returns the answer's JSON; a text answer as a string.
   * @throws ApiError on an answer other than 2xx.
   */
  async call<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    const response = await this.open(method, path, options);
    const text = await textOf(response);
    const status = response.statusCode ?? 0;
    const json = (response.headers["content-type"] ?? "").includes("json");
    const content: unknown = json ? JSON.parse(text) : text;
    if (status < 200 || status > 299) {
      const message = json ? (content as { message?: string }).message : text;
      throw new ApiError(status, `${method} ${path}: ${status}: ${message ?? "no reason given"}`);
    }
    return content as T;
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>("GET", path);
  }

  /** The object at a path, or nothing when there is none. */
  async find<T>(path: string): Promise<T | undefined> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) {
        return undefined;
      }
      throw error;
    }
  }

  /** Server-side apply as the stand. @param force whether to take over fields of other managers */
  apply(path: string, object: unknown, force: boolean): Promise<ApiObject> {
    const query = `fieldManager=${FIELD_MANAGER}&force=${force}`;
    return this.call("PATCH", `${path}?${query}`, {
      body: object,
      type: "application/apply-patch+yaml",
    });
  }

  mergePatch(path: string, patch: unknown): Promise<ApiObject> {
    return this.call("PATCH", `${path}?fieldManager=${FIELD_MANAGER}`, {
      body: patch,
      type: "application/merge-patch+json",
    });
  }

  /** The events of a watch, until the server ends it or the signal is aborted. */
  async *watch<T>(path: string, signal: AbortSignal): AsyncGenerator<{ type: string; object: T }> {
    const response = await this.open("GET", path, { timeout: 0, signal });
    if (response.statusCode !== 200) {
      throw new ApiError(response.statusCode ?? 0, `watch ${path}: ${await textOf(response)}`);
    }
    for await (const line of createInterface({ input: response })) {
      yield JSON.parse(line) as { type: string; object: T };
    }
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding("utf8");
  let text = "";
  for await (const part of response) {
    text += String(part);
  }
  return text;
}

/**
 * Whether `https://127.0.0.1:<port><path>` answers 200 with a certificate of that authority.
 *
 * @param path default `/healthz`
 */
export async function isHealthy(
  authority: string,
  port: number,
  path = "/healthz",
): Promise<boolean> {
  const url = new URL(path, `https://127.0.0.1:${port}`);
  return new Promise((resolve) => {
    const call = request(url, { ca: authority, agent: false, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on("timeout", () => call.destroy());
    call.on("error", () => resolve(false));
    call.end();
  });
}
