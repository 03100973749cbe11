/** Where the API server is, and what we show it: a pod's service account, or a kubeconfig. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  accessOf,
  embedFiles,
  mergeKubeconfigs,
  parseKubeconfig,
  resolvePaths,
  type Kubeconfig,
} from "../../components/model/kubeconfig";
import { Problems } from "../../components/model/problems";

/** Files are written anew when tokens and certificates are renewed; this is how long a read holds. */
const REREAD_MS = 60_000;

/** What a connection needs. The functions are called as often as there are requests or connections. */
export interface ApiAccess {
  /** Address, with a path where the server stands behind one. */
  server: URL;
  /** Bearer token. */
  token(): string | undefined;
  /** Fields of Node's `tls.connect`. */
  tls(): {
    ca?: string | Buffer;
    cert?: string | Buffer;
    key?: string | Buffer;
    servername?: string;
    rejectUnauthorized?: boolean;
  };
}

/** The content of a file, read again when it is older than a minute. */
function reread(file: string, now: () => number = Date.now): () => string {
  let content = "";
  let readAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (now() - readAt >= REREAD_MS) {
      content = fs.readFileSync(file, "utf8").trim();
      readAt = now();
    }
    return content;
  };
}

/**
 * Access with a pod's service account.
 *
 * @param folder where the kubelet puts token and certificate authority
 */
export function serviceAccountAccess(
  env: NodeJS.ProcessEnv = process.env,
  folder = "/var/run/secrets/kubernetes.io/serviceaccount",
): ApiAccess {
  const { KUBERNETES_SERVICE_HOST: host = "", KUBERNETES_SERVICE_PORT: port = "443" } = env;
  const token = reread(path.join(folder, "token"));
  const ca = reread(path.join(folder, "ca.crt"));
  return {
    server: new URL(`https://${host.includes(":") ? `[${host}]` : host}:${port}`),
    token,
    tls: () => ({ ca: ca() }),
  };
}

function readFiles(files: readonly string[], problems: Problems): Kubeconfig[] {
  return files.flatMap((file) => {
    const config = parseKubeconfig(fs.readFileSync(file, "utf8"), problems, file);
    return config === undefined ? [] : [resolvePaths(config, path.dirname(file))];
  });
}

function text(fields: Record<string, unknown>, key: string): string | undefined {
  const value = fields[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function decoded(fields: Record<string, unknown>, key: string): Buffer | undefined {
  const value = text(fields, key);
  return value === undefined ? undefined : Buffer.from(value, "base64");
}

/**
 * Access with the current context of kubeconfigs, for development. Programs that make credentials (`exec`) are
 * not run: the endpoint is meant to have an identity of its own.
 *
 * @param list paths, joined as in `KUBECONFIG`
 * @throws ProblemsError when they are wrong or have no credentials that can be used
 */
export function kubeconfigAccess(list: string): ApiAccess {
  const problems = new Problems("KUBECONFIG");
  const files = list.split(path.delimiter).filter((file) => file !== "");
  const merged = mergeKubeconfigs(
    readFiles(
      files.map((file) => path.resolve(file)),
      problems,
    ),
  );
  const found = accessOf(merged, undefined, problems, "");
  problems.throwIfAny();
  const named = found!.files.filter(({ key }) => key !== "tokenFile");
  const contents = new Map(named.map(({ file }) => [file, fs.readFileSync(file)]));
  const { cluster, user, server } = embedFiles(found!, contents);
  if (user["exec"] !== undefined) {
    problems.add({
      path: "",
      reason: "the user's credentials come from a program (exec), which the endpoint does not run",
      remedy: "Give it a kubeconfig with a token or a client certificate.",
    });
    problems.throwIfAny();
  }
  const tokenFile = text(user, "tokenFile");
  const fixed = text(user, "token");
  const tls = {
    ca: decoded(cluster, "certificate-authority-data"),
    cert: decoded(user, "client-certificate-data"),
    key: decoded(user, "client-key-data"),
    servername: text(cluster, "tls-server-name"),
    ...(cluster["insecure-skip-tls-verify"] === true ? { rejectUnauthorized: false } : {}),
  };
  return {
    server: new URL(server),
    token: tokenFile === undefined ? () => fixed : reread(tokenFile),
    tls: () => tls,
  };
}

/** As client-go does: `KUBECONFIG` where it is set, else the pod's service account, else `~/.kube/config`. */
export function findAccess(env: NodeJS.ProcessEnv = process.env): ApiAccess {
  const list = env["KUBECONFIG"] ?? "";
  if (list === "" && env["KUBERNETES_SERVICE_HOST"] !== undefined) {
    return serviceAccountAccess(env);
  }
  return kubeconfigAccess(list === "" ? path.join(os.homedir(), ".kube", "config") : list);
}
