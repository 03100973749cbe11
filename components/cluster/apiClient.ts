/**
 * Single requests to an API server with a kubeconfig's credentials, for the few things that the
 * provider cannot do.
 */
import { HttpConnection } from "./httpConnection";

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
   * @throws ClusterAccessError when there was no answer
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

/**
 * Makes a client for the context of a kubeconfig that has one.
 *
 * @param cluster its name, for messages
 * @param kubeconfig content
 * @throws ProblemsError when the kubeconfig is wrong, ClusterAccessError when it cannot be used
 */
export async function connect(cluster: string, kubeconfig: string): Promise<ApiClient> {
  const connection = await HttpConnection.open({ cluster, contents: kubeconfig });
  return {
    async request(method, path, content) {
      const payload = content === undefined ? undefined : JSON.stringify(content.body);
      const headers = {
        Accept: "application/json",
        ...(payload === undefined
          ? {}
          : {
              "Content-Type": content?.type ?? "application/json",
              "Content-Length": Buffer.byteLength(payload),
            }),
      };
      const { status, text } = await connection.send({
        method,
        path,
        headers,
        payload,
        timeout: TIMEOUT_MS,
      });
      return { status, body: parsed(text) };
    },
    close: () => connection.close(),
  };
}
