/** What went wrong on the wire, in words for the person who runs this. */
import { ClusterAccessError } from "./accessError";

const UNREACHABLE: Record<string, string> = {
  ECONNREFUSED: "the connection is refused",
  ECONNRESET: "the connection is cut",
  EHOSTUNREACH: "there is no way to the host",
  ENETUNREACH: "there is no way to the network",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name cannot be looked up now",
};

/** Codes of Node and OpenSSL for a certificate that is not accepted. */
const TLS = /CERT|SSL|TLS|ISSUER|SIGNED|SIGNATURE|EPROTO/;

function isProxied(): boolean {
  return ["HTTPS_PROXY", "https_proxy"].some((name) => (process.env[name] ?? "") !== "");
}

/**
 * A connection that failed before there was an answer.
 *
 * @param cluster its name, for the message
 * @param timeout longest silence that was waited for, in milliseconds
 */
export function connectionError(
  cluster: string,
  server: URL,
  timeout: number,
  error: NodeJS.ErrnoException,
): ClusterAccessError {
  const code = error.code ?? "";
  const options = { cause: error };
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return new ClusterAccessError(
      "tls",
      `cluster ${cluster} at ${server.origin}: its certificate is for another host`,
      "Use a host that the certificate names, or name one as tls-server-name in the kubeconfig.",
      options,
    );
  }
  if (code === "CERT_HAS_EXPIRED") {
    return new ClusterAccessError(
      "tls",
      `cluster ${cluster} at ${server.origin}: its certificate has expired`,
      "Renew the API server's certificate, and check this machine's clock.",
      options,
    );
  }
  const unreachable =
    code === "ETIMEDOUT" ? `there is no answer within ${timeout / 1000} s` : UNREACHABLE[code];
  if (unreachable !== undefined) {
    const proxy = isProxied() ? " HTTPS_PROXY is not used for this request." : "";
    return new ClusterAccessError(
      "unreachable",
      `cluster ${cluster} cannot be reached at ${server.origin}: ${unreachable}`,
      `Start the cluster (the embedded one: \`make cluster\`), or correct the server in its kubeconfig.${proxy}`,
      options,
    );
  }
  if (TLS.test(code)) {
    return new ClusterAccessError(
      "tls",
      `cluster ${cluster} at ${server.origin}: its certificate is not signed by the kubeconfig's certificate authority, or the connection is not TLS (${code})`,
      "The cluster may have been made anew: write the kubeconfig anew.",
      options,
    );
  }
  return new ClusterAccessError(
    "failed",
    `cluster ${cluster} at ${server.origin} gives no answer: ${error.message}`,
    undefined,
    options,
  );
}
