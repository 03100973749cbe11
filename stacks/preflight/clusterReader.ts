/** Reads a cluster's API over HTTPS with a kubeconfig's credentials. It only ever sends GET. */
import * as http from "node:http";
import * as https from "node:https";
import * as tls from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import { connectionOf, type Connection, type KubeconfigSource } from "./credentials";
import { ReadError } from "./readError";
import { connectionError, statusError } from "./readFailures";

export { ReadError } from "./readError";
export type { KubeconfigSource } from "./credentials";

/** Longest silence of a server, in milliseconds. */
const TIMEOUT_MS = 10_000;

/** How often a server that says it is busy is asked again. */
const RETRIES = 3;

const LONGEST_PAUSE_S = 5;

/** How an answer is wanted: whole, or only the metadata (no Secret's content, and far less to send). */
export type ReadForm = "whole" | "metadata" | "metadataList";

const ACCEPT: Record<ReadForm, string> = {
  whole: "application/json",
  metadata: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
  metadataList: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
};

/** Read access to one cluster. Nothing is contacted before the first read. */
export interface ClusterReader {
  /** Name of the cluster, for messages. */
  readonly cluster: string;
  /**
   * The object or list at a path such as `/api/v1/nodes`; nothing when there is none.
   *
   * @throws ReadError, or ProblemsError when the kubeconfig is missing or wrong
   */
  read<T>(path: string, form?: ReadForm): Promise<T | undefined>;
  /** The time by the server's clock, as its last answer had it; our own before the first. */
  now(): Date;
  /** What works but should not stay so, such as an unverified certificate; complete after the first read. */
  warnings(): readonly string[];
  /** Ends its connections, and reads that are still under way. */
  close(): void;
}

interface Answer {
  status: number;
  body: unknown;
  headers: http.IncomingHttpHeaders;
}

/** `https://host/k8s/clusters/c-1/` and `/api/v1/nodes`: a server may stand behind a path. */
function urlOf(server: URL, path: string): URL {
  return new URL(server.origin + server.pathname.replace(/\/+$/, "") + path);
}

function newAgent(connection: Connection, cluster: string): http.Agent {
  const pool = { keepAlive: true, maxSockets: 8 };
  const { authority, clientCertificate, clientKey, serverName, insecure, server } = connection;
  if (server.protocol === "http:") {
    return new http.Agent(pool);
  }
  try {
    const secureContext = tls.createSecureContext({
      ca: authority,
      cert: clientCertificate,
      key: clientKey,
    });
    return new https.Agent({
      ...pool,
      secureContext,
      rejectUnauthorized: !insecure,
      ...(serverName === undefined ? {} : { servername: serverName }),
    });
  } catch (error) {
    throw new ReadError(
      "kubeconfig",
      `cluster ${cluster}: the kubeconfig's certificates and key cannot be used (${(error as NodeJS.ErrnoException).code ?? "unknown"})`,
      "Write the kubeconfig anew.",
      { cause: error },
    );
  }
}

class HttpReader implements ClusterReader {
  readonly cluster: string;
  private connecting: Promise<{ connection: Connection; agent: http.Agent }> | undefined;
  private agent: http.Agent | undefined;
  private connection: Connection | undefined;
  private clockOffset = 0;

  constructor(private readonly source: KubeconfigSource) {
    this.cluster = source.cluster;
  }

  async read<T>(path: string, form: ReadForm = "whole"): Promise<T | undefined> {
    this.connecting ??= this.connect();
    const { connection, agent } = await this.connecting;
    const url = urlOf(connection.server, path);
    for (let attempt = 0; ; attempt++) {
      const answer = await this.get(url, connection, agent, ACCEPT[form]);
      const pause = Number(answer.headers["retry-after"]);
      if (attempt < RETRIES && pause >= 0 && (answer.status === 429 || answer.status >= 500)) {
        await sleep(Math.min(pause, LONGEST_PAUSE_S) * 1000);
        continue;
      }
      if (answer.status === 200) {
        return answer.body as T;
      }
      const error = statusError(this.cluster, connection, path, answer.status, answer.body);
      if (error === undefined) {
        return undefined;
      }
      throw error;
    }
  }

  now(): Date {
    return new Date(Date.now() + this.clockOffset);
  }

  warnings(): readonly string[] {
    return this.connection?.warnings ?? [];
  }

  close(): void {
    this.agent?.destroy();
  }

  private async connect(): Promise<{ connection: Connection; agent: http.Agent }> {
    const connection = await connectionOf(this.source);
    this.connection = connection;
    this.agent = newAgent(connection, this.cluster);
    return { connection, agent: this.agent };
  }

  private get(
    url: URL,
    connection: Connection,
    agent: http.Agent,
    accept: string,
  ): Promise<Answer> {
    const headers = {
      Accept: accept,
      "User-Agent": "science-platform-preflight",
      ...connection.impersonation,
      ...(connection.token === undefined ? {} : { Authorization: `Bearer ${connection.token}` }),
    };
    const request = url.protocol === "http:" ? http.request : https.request;
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(connectionError(this.cluster, connection, error));
      const sent = request(url, { method: "GET", agent, headers, timeout: TIMEOUT_MS });
      sent.on("timeout", () => {
        sent.destroy(Object.assign(new Error("timed out"), { code: "ETIMEDOUT" }));
      });
      sent.on("error", fail);
      sent.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", fail);
        response.on("end", () => {
          this.readClock(response.headers.date);
          try {
            const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
            resolve({ status: response.statusCode ?? 0, body, headers: response.headers });
          } catch {
            resolve({
              status: response.statusCode === 200 ? 0 : (response.statusCode ?? 0),
              body: undefined,
              headers: response.headers,
            });
          }
        });
      });
      sent.end();
    });
  }

  private readClock(date: string | undefined): void {
    const server = Date.parse(date ?? "");
    // The header has whole seconds, so a smaller difference is none.
    if (!Number.isNaN(server) && Math.abs(server - Date.now()) > 1000) {
      this.clockOffset = server - Date.now();
    }
  }
}

/** Opens read access to a cluster; the caller closes it. */
export function openReader(source: KubeconfigSource): ClusterReader {
  return new HttpReader(source);
}

/**
 * The uid of the cluster's `kube-system` namespace: what tells it from every other cluster.
 *
 * @throws ReadError, or ProblemsError when the kubeconfig is missing or wrong
 */
export async function readClusterUid(reader: ClusterReader): Promise<string> {
  const namespace = await reader.read<{ metadata: { uid: string } }>(
    "/api/v1/namespaces/kube-system",
    "metadata",
  );
  if (namespace === undefined) {
    throw new ReadError(
      "failed",
      `cluster ${reader.cluster} has no namespace kube-system, so it cannot be told from others`,
      "Check that the kubeconfig's server is a Kubernetes API server.",
    );
  }
  return namespace.metadata.uid;
}
