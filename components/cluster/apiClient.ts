/**
 * Single requests to an API server with a kubeconfig's credentials, for the few things that the
 * provider cannot do. It loads nothing but Node.
 */
import * as http from "node:http";
import * as https from "node:https";
import type { ClusterAccess } from "../model/kubeconfig";
import { credentialsOf, pem } from "./credentials";
import { readKubeconfigText } from "./kubeconfigFile";

/** An answer of the API server. */
export interface ApiAnswer {
  status: number;
  /** Parsed JSON, or nothing where the answer was empty. */
  body: unknown;
}

/** What may be sent with a request. */
export interface ApiContent {
  body: unknown;
  /** @default "application/json" */
  type?: string;
}

/** Requests to one cluster. */
export interface ApiClient {
  /**
   * Sends one request.
   *
   * @param path below the server, with its query
   * @returns whatever was answered, errors of the API included
   * @throws Error when there was no answer
   */
  request(method: string, path: string, content?: ApiContent): Promise<ApiAnswer>;
  /** Closes the connections that are kept open. */
  close(): void;
}

/** Longer than any single object takes; shorter than someone who watches an `up` waits. */
const TIMEOUT_MS = 30_000;

function parsed(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    return { message: text };
  }
}

/** What an answer's `Status` object says went wrong. */
export function messageOf({ status, body }: ApiAnswer): string {
  const message =
    typeof body === "object" && body !== null ? (Reflect.get(body, "message") as unknown) : "";
  return typeof message === "string" && message !== "" ? message : `HTTP ${status}`;
}

function send(
  access: ClusterAccess,
  agent: http.Agent,
  method: string,
  path: string,
  headers: http.OutgoingHttpHeaders,
  payload: string | undefined,
): Promise<ApiAnswer> {
  const url = new URL(access.server.replace(/\/+$/, "") + path);
  const transport = url.protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    const request = transport.request(
      url,
      { method, headers, agent, timeout: TIMEOUT_MS },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const body = parsed(Buffer.concat(chunks).toString("utf8"));
          resolve({ status: response.statusCode ?? 0, body });
        });
      },
    );
    request.on("timeout", () => request.destroy(new Error("no answer in time")));
    request.on("error", (error) => {
      reject(new Error(`context ${access.context}, ${access.server}: ${error.message}`));
    });
    request.end(payload);
  });
}

/** Makes a client for the context of a kubeconfig that has one. */
export async function connect(cluster: string, kubeconfig: string): Promise<ApiClient> {
  const access = readKubeconfigText(cluster, kubeconfig);
  if (access.cluster["proxy-url"] !== undefined) {
    throw new Error(`cluster ${cluster}: proxy-url in a kubeconfig is not supported here`);
  }
  const { cert, key, authorization } = await credentialsOf(access);
  const serverName = access.cluster["tls-server-name"];
  const agent = access.server.startsWith("https:")
    ? new https.Agent({
        keepAlive: true,
        ca: pem(access.cluster, "certificate-authority"),
        cert,
        key,
        rejectUnauthorized: access.cluster["insecure-skip-tls-verify"] !== true,
        ...(typeof serverName === "string" ? { servername: serverName } : {}),
      })
    : new http.Agent({ keepAlive: true });
  return {
    request(method, path, content) {
      const payload = content === undefined ? undefined : JSON.stringify(content.body);
      const headers: http.OutgoingHttpHeaders = {
        accept: "application/json",
        ...(authorization === undefined ? {} : { authorization }),
        ...(payload === undefined
          ? {}
          : {
              "content-type": content?.type ?? "application/json",
              "content-length": Buffer.byteLength(payload),
            }),
      };
      return send(access, agent, method, path, headers, payload);
    },
    close: () => agent.destroy(),
  };
}
