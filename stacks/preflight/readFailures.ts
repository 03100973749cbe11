/** What went wrong on the wire, in words for the person who runs this. */
import type { Connection } from "./credentials";
import { ReadError } from "./readError";

const UNREACHABLE: Record<string, string> = {
  ECONNREFUSED: "the connection is refused",
  ECONNRESET: "the connection is cut",
  EHOSTUNREACH: "there is no way to the host",
  ENETUNREACH: "there is no way to the network",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name cannot be looked up now",
  ETIMEDOUT: "there is no answer within 10 s",
};

/** Codes of Node and OpenSSL for a certificate that is not accepted. */
const TLS = /CERT|SSL|TLS|ISSUER|SIGNED|SIGNATURE|EPROTO/;

function isProxied(): boolean {
  return ["HTTPS_PROXY", "https_proxy"].some((name) => (process.env[name] ?? "") !== "");
}

/** A connection that failed before there was an answer. */
export function connectionError(
  cluster: string,
  { server }: Connection,
  error: NodeJS.ErrnoException,
): ReadError {
  const code = error.code ?? "";
  const options = { cause: error };
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return new ReadError(
      "tls",
      `cluster ${cluster} at ${server.origin}: its certificate is for another host`,
      "Use a host that the certificate names, or name one as tls-server-name in the kubeconfig.",
      options,
    );
  }
  if (code === "CERT_HAS_EXPIRED") {
    return new ReadError(
      "tls",
      `cluster ${cluster} at ${server.origin}: its certificate has expired`,
      "Renew the API server's certificate, and check this machine's clock.",
      options,
    );
  }
  if (code in UNREACHABLE) {
    const proxy = isProxied() ? " HTTPS_PROXY is not used for this read." : "";
    return new ReadError(
      "unreachable",
      `cluster ${cluster} cannot be reached at ${server.origin}: ${UNREACHABLE[code]}`,
      `Start the cluster (the embedded one: \`make cluster\`), or correct the server in its kubeconfig.${proxy}`,
      options,
    );
  }
  if (TLS.test(code)) {
    return new ReadError(
      "tls",
      `cluster ${cluster} at ${server.origin}: its certificate is not signed by the kubeconfig's certificate authority, or the connection is not TLS (${code})`,
      "The cluster may have been made anew: write the kubeconfig anew.",
      options,
    );
  }
  return new ReadError(
    "failed",
    `cluster ${cluster} at ${server.origin} cannot be read: ${error.message}`,
    undefined,
    options,
  );
}

function said(body: unknown): { isStatus: boolean; message: string } {
  const { kind, message } = (body ?? {}) as { kind?: unknown; message?: unknown };
  return {
    isStatus: kind === "Status",
    message: typeof message === "string" ? message : "",
  };
}

/** An answer other than 200; nothing for an object that does not exist. */
export function statusError(
  cluster: string,
  { server }: Connection,
  path: string,
  status: number,
  body: unknown,
): ReadError | undefined {
  const { isStatus, message } = said(body);
  const where = `cluster ${cluster} at ${server.origin}`;
  if (status === 404 && isStatus) {
    return undefined;
  }
  if (status === 401 || (status === 403 && message.includes("system:anonymous"))) {
    return new ReadError(
      "unauthorised",
      `${where} does not accept the kubeconfig's credentials`,
      "They may have expired: log in again, or write the kubeconfig anew.",
    );
  }
  if (status === 403) {
    return new ReadError(
      "forbidden",
      `${where} does not let the kubeconfig's user read ${path}`,
      "Ask for a role that may read it.",
    );
  }
  if (!isStatus) {
    return new ReadError(
      "failed",
      `${where} does not answer like a Kubernetes API server`,
      "Correct the server in its kubeconfig.",
    );
  }
  return new ReadError("failed", `${where} answers ${status} to ${path}: ${message}`);
}
