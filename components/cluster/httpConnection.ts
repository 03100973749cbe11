/** Requests over HTTPS with a kubeconfig's credentials, and their answers as they come. */
import * as http from "node:http";
import * as https from "node:https";
import * as tls from "node:tls";
import { ClusterAccessError } from "./accessError";
import { connectionError } from "./connectionError";
import { connectionOf, type Connection, type KubeconfigSource } from "./credentials";

/** One request; the credentials are added to it. */
export interface HttpRequest {
  method: string;
  /** Path below the server, with its query. */
  path: string;
  headers?: http.OutgoingHttpHeaders;
  /** @default nothing is sent */
  payload?: string;
  /** Longest silence of the server, in milliseconds. */
  timeout: number;
}

/** What came back, whatever its status. */
export interface HttpAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
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
    throw new ClusterAccessError(
      "kubeconfig",
      `cluster ${cluster}: the kubeconfig's certificates and key cannot be used (${(error as NodeJS.ErrnoException).code ?? "unknown"})`,
      "Write the kubeconfig anew.",
      { cause: error },
    );
  }
}

function credentialHeaders({ token, impersonation }: Connection): http.OutgoingHttpHeaders {
  return {
    ...impersonation,
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
  };
}

/** `https://host/k8s/clusters/c-1/` and `/api/v1/nodes`: a server may stand behind a path. */
function urlOf(server: URL, path: string): URL {
  return new URL(server.origin + server.pathname.replace(/\/+$/, "") + path);
}

/** The connections to one cluster; they are kept open between requests. */
export class HttpConnection {
  private constructor(
    /** Name of the cluster, for messages. */
    readonly cluster: string,
    private readonly connection: Connection,
    private readonly agent: http.Agent,
  ) {}

  /**
   * Gets the credentials; nothing is sent to the cluster yet.
   *
   * @throws ProblemsError when the kubeconfig is missing or wrong, ClusterAccessError when it cannot be used
   */
  static async open(source: KubeconfigSource): Promise<HttpConnection> {
    const connection = await connectionOf(source);
    return new HttpConnection(source.cluster, connection, newAgent(connection, source.cluster));
  }

  get server(): URL {
    return this.connection.server;
  }

  /** What works but should not stay so, such as an unverified certificate. */
  get warnings(): readonly string[] {
    return this.connection.warnings;
  }

  /** @throws ClusterAccessError when there was no answer */
  send({ method, path, headers, payload, timeout }: HttpRequest): Promise<HttpAnswer> {
    const url = urlOf(this.server, path);
    const request = url.protocol === "http:" ? http.request : https.request;
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void =>
        reject(connectionError(this.cluster, this.server, timeout, error));
      const sent = request(url, {
        method,
        agent: this.agent,
        timeout,
        headers: { ...headers, ...credentialHeaders(this.connection) },
      });
      sent.on("timeout", () => {
        sent.destroy(Object.assign(new Error("timed out"), { code: "ETIMEDOUT" }));
      });
      sent.on("error", fail);
      sent.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", fail);
        response.on("end", () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString("utf8"),
          });
        });
      });
      sent.end(payload);
    });
  }

  /** Ends its connections, and requests that are still under way. */
  close(): void {
    this.agent.destroy();
  }
}
