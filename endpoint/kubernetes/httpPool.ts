/** Requests to the API server over connections that are kept open. */
import type { Readable } from "node:stream";
import { buildConnector, Pool, type Dispatcher } from "undici";
import { HttpFault, type ApiResult, type Kubernetes } from "../seams";
import type { ApiAccess } from "./access";
import { messageOf, noAnswer } from "./answers";
import { retrying, type Outcome } from "./retry";

/** Who owns the fields that the endpoint applies. */
export const FIELD_MANAGER = "science-platform-endpoint";

export const APPLY_PATCH = "application/apply-patch+yaml";
export const MERGE_PATCH = "application/merge-patch+json";

/** Requests under way at once; more wait. Below what the API server gives one client its share of. */
const CONNECTIONS = 32;

/** How long a connection is kept without a request. */
const IDLE_MS = 60_000;

/** Longest wait for the first try's answer; doubled from try to try. */
const FIRST_TIMEOUT_MS = 2_500;

/** A watch gets a bookmark every minute: one that is silent for longer is dead. */
const SILENCE_MS = 150_000;

/** Told of what was sent, for metrics. */
export interface ApiObserver {
  /** @param status 0 where there was no answer */
  answered(method: string, status: number, seconds: number): void;
  retried(method: string, reason: string): void;
}

const NOBODY: ApiObserver = { answered: () => undefined, retried: () => undefined };

function connector(access: ApiAccess): buildConnector.connector {
  // Certificates are read anew for each connection: they are renewed while the endpoint runs.
  return (options, callback) =>
    buildConnector({ ...access.tls(), timeout: 5_000 })(options, callback);
}

function parsed(text: string): unknown {
  if (text === "") {
    return undefined;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function seconds(header: string | string[] | undefined): number | undefined {
  const value = Number(header);
  return header !== undefined && value >= 0 ? value : undefined;
}

/** The connections to the API server: some for requests, and one for each stream. */
export class HttpPool implements Kubernetes {
  private readonly requests: Pool;
  private readonly streams: Pool;
  private readonly prefix: string;

  constructor(
    private readonly access: ApiAccess,
    private readonly observer: ApiObserver = NOBODY,
  ) {
    const common = { connect: connector(access), keepAliveTimeout: IDLE_MS };
    const { origin, pathname } = access.server;
    this.prefix = pathname.replace(/\/+$/, "");
    this.requests = new Pool(origin, { ...common, connections: CONNECTIONS });
    this.streams = new Pool(origin, { ...common, bodyTimeout: SILENCE_MS });
  }

  async request(
    method: string,
    path: string,
    {
      body,
      type = "application/json",
      signal,
      timeoutMs = FIRST_TIMEOUT_MS,
      // All that is sent with other methods may be carried out twice: patches are applied, or set fixed values.
      repeatable = method !== "POST",
    }: Parameters<Kubernetes["request"]>[2] = {},
  ): Promise<ApiResult> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      ...this.headers(),
      ...(payload === undefined ? {} : { "content-type": type }),
    };
    const once = (attempt: number): Promise<Outcome<ApiResult>> => {
      const patience = timeoutMs * 2 ** (attempt - 1);
      return this.once({
        method,
        path: this.prefix + path,
        headers,
        body: payload,
        signal,
        headersTimeout: patience,
        bodyTimeout: patience,
      });
    };
    const outcome = await retrying(once, repeatable, ({ status, code }) =>
      this.observer.retried(method, String(status ?? code)),
    );
    const { result } = outcome;
    if (signal?.aborted === true) {
      throw new HttpFault(499, [{ message: "The request was given up." }]);
    }
    if (result === undefined || result.status === 429 || result.status >= 500) {
      throw noAnswer(outcome);
    }
    return result;
  }

  async stream(path: string, signal: AbortSignal): Promise<Readable> {
    let answer: Dispatcher.ResponseData;
    try {
      answer = await this.streams.request({
        method: "GET",
        path: this.prefix + path,
        headers: this.headers(),
        signal,
        headersTimeout: 10_000,
      });
    } catch (error) {
      throw noAnswer({ code: (error as NodeJS.ErrnoException).code });
    }
    if (answer.statusCode !== 200) {
      const body = parsed(await answer.body.text());
      throw answer.statusCode >= 500
        ? noAnswer({ status: answer.statusCode, result: { status: answer.statusCode, body } })
        : new HttpFault(answer.statusCode, [{ message: messageOf(body) }]);
    }
    return answer.body;
  }

  apply(
    path: string,
    object: unknown,
    { dryRun = false, force = true }: { dryRun?: boolean; force?: boolean } = {},
  ): Promise<ApiResult> {
    const query = `fieldManager=${FIELD_MANAGER}&fieldValidation=Strict&force=${force}${dryRun ? "&dryRun=All" : ""}`;
    return this.request("PATCH", `${path}?${query}`, { body: object, type: APPLY_PATCH });
  }

  async close(): Promise<void> {
    await Promise.all([this.requests.close(), this.streams.destroy()]);
  }

  private headers(): Record<string, string> {
    const token = this.access.token();
    return {
      accept: "application/json",
      "user-agent": FIELD_MANAGER,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
  }

  private async once(options: Dispatcher.RequestOptions): Promise<Outcome<ApiResult>> {
    const start = performance.now();
    let status = 0;
    try {
      const answer = await this.requests.request(options);
      const body = parsed(await answer.body.text());
      status = answer.statusCode;
      return {
        status,
        retryAfter: seconds(answer.headers["retry-after"]),
        result: { status, body },
      };
    } catch (error) {
      return { code: (error as NodeJS.ErrnoException).code ?? (error as Error).name };
    } finally {
      this.observer.answered(options.method, status, (performance.now() - start) / 1000);
    }
  }
}
