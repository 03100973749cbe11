/** What an answer that is no object says went wrong, in words for the person who runs this. */
import { ClusterAccessError } from "../../components/cluster/accessError";

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
  server: URL,
  path: string,
  status: number,
  body: unknown,
): ClusterAccessError | undefined {
  const { isStatus, message } = said(body);
  const where = `cluster ${cluster} at ${server.origin}`;
  if (status === 404 && isStatus) {
    return undefined;
  }
  if (status === 401 || (status === 403 && message.includes("system:anonymous"))) {
    return new ClusterAccessError(
      "unauthorised",
      `${where} does not accept the kubeconfig's credentials`,
      "They may have expired: log in again, or write the kubeconfig anew.",
    );
  }
  if (status === 403) {
    return new ClusterAccessError(
      "forbidden",
      `${where} does not let the kubeconfig's user read ${path}`,
      "Ask for a role that may read it.",
    );
  }
  if (!isStatus) {
    return new ClusterAccessError(
      "failed",
      `${where} does not answer like a Kubernetes API server`,
      "Correct the server in its kubeconfig.",
    );
  }
  return new ClusterAccessError("failed", `${where} answers ${status} to ${path}: ${message}`);
}
