/** Reads a cluster's API over HTTPS with a kubeconfig's credentials. It only ever sends GET. */
import { setTimeout as sleep } from "node:timers/promises";
import { ClusterAccessError } from "../../components/cluster/accessError";
import type { KubeconfigSource } from "../../components/cluster/credentials";
import { HttpConnection, type HttpAnswer } from "../../components/cluster/httpConnection";
import { statusError } from "./readFailures";

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
   * @throws ClusterAccessError, or ProblemsError when the kubeconfig is missing or wrong
   */
  read<T>(path: string, form?: ReadForm): Promise<T | undefined>;
  /** The time by the server's clock, as its last answer had it; our own before the first. */
  now(): Date;
  /** What works but should not stay so, such as an unverified certificate; complete after the first read. */
  warnings(): readonly string[];
  /** Ends its connections, and reads that are still under way. */
  close(): void;
}

/** The object in an answer; nothing in what is not JSON. */
function objectIn({ text }: HttpAnswer): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

class HttpReader implements ClusterReader {
  readonly cluster: string;
  private connecting: Promise<HttpConnection> | undefined;
  private connection: HttpConnection | undefined;
  private clockOffset = 0;

  constructor(private readonly source: KubeconfigSource) {
    this.cluster = source.cluster;
  }

  async read<T>(path: string, form: ReadForm = "whole"): Promise<T | undefined> {
    this.connecting ??= this.connect();
    const connection = await this.connecting;
    for (let attempt = 0; ; attempt++) {
      const answer = await this.get(connection, path, ACCEPT[form]);
      const { status, headers } = answer;
      const pause = Number(headers["retry-after"]);
      if (attempt < RETRIES && pause >= 0 && (status === 429 || status >= 500)) {
        await sleep(Math.min(pause, LONGEST_PAUSE_S) * 1000);
        continue;
      }
      const object = objectIn(answer);
      if (status === 200 && object !== undefined) {
        return object as T;
      }
      const error = statusError(this.cluster, connection.server, path, status, object);
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
    this.connection?.close();
  }

  private async connect(): Promise<HttpConnection> {
    this.connection = await HttpConnection.open(this.source);
    return this.connection;
  }

  private async get(connection: HttpConnection, path: string, accept: string): Promise<HttpAnswer> {
    const answer = await connection.send({
      method: "GET",
      path,
      headers: { Accept: accept, "User-Agent": "science-platform-preflight" },
      timeout: TIMEOUT_MS,
    });
    this.readClock(answer.headers.date);
    return answer;
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
 * @throws ClusterAccessError, or ProblemsError when the kubeconfig is missing or wrong
 */
export async function readClusterUid(reader: ClusterReader): Promise<string> {
  const namespace = await reader.read<{ metadata: { uid: string } }>(
    "/api/v1/namespaces/kube-system",
    "metadata",
  );
  if (namespace === undefined) {
    throw new ClusterAccessError(
      "failed",
      `cluster ${reader.cluster} has no namespace kube-system, so it cannot be told from others`,
      "Check that the kubeconfig's server is a Kubernetes API server.",
    );
  }
  return namespace.metadata.uid;
}
