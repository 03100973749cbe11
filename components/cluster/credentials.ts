/** How one cluster is reached, and as whom: what a kubeconfig's context comes to. */
import * as fs from "node:fs";
import type { ClusterAccess } from "../model/kubeconfig";
import { isFields, type Fields } from "../model/kubeconfigText";
import { ClusterAccessError } from "./accessError";
import { runExecPlugin } from "./execPlugin";
import { readKubeconfigFile, readKubeconfigText } from "./kubeconfigFile";

/** Where the kubeconfig of a cluster is: its content, or its file. */
export interface KubeconfigSource {
  /** Name of the cluster, for messages. */
  cluster: string;
  /** Content of a kubeconfig. @default the content of `path` */
  contents?: string;
  /** Path of a kubeconfig. @default the files that `KUBECONFIG` lists, else `~/.kube/config` */
  path?: string;
  /** @default the kubeconfig's current context */
  context?: string;
}

/** All that a connection needs. */
export interface Connection {
  server: URL;
  /** PEM; without it the authorities that Node trusts. */
  authority?: Buffer;
  /** Name that the server's certificate must be for. @default the server's host */
  serverName?: string;
  /** Whether the kubeconfig says not to look at the server's certificate. */
  insecure: boolean;
  /** PEM. */
  clientCertificate?: string | Buffer;
  /** PEM. */
  clientKey?: string | Buffer;
  token?: string;
  /** Headers that make the server act as another user. */
  impersonation: Record<string, string | string[]>;
  warnings: string[];
}

function text(fields: Fields, key: string): string | undefined {
  const value = fields[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function data(fields: Fields, key: string): Buffer | undefined {
  const value = text(fields, key);
  return value === undefined ? undefined : Buffer.from(value, "base64");
}

function tokenIn(user: Fields, cluster: string): string | undefined {
  const file = text(user, "tokenFile");
  if (file === undefined) {
    const provider = user["auth-provider"];
    const config = isFields(provider) ? provider["config"] : undefined;
    return text(user, "token") ?? (isFields(config) ? text(config, "id-token") : undefined);
  }
  try {
    return fs.readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new ClusterAccessError(
      "kubeconfig",
      `cluster ${cluster}: the kubeconfig's tokenFile ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`,
      "Check the path, and who may read it.",
    );
  }
}

function impersonation(user: Fields): Record<string, string | string[]> {
  const [as, uid, groups] = [text(user, "as"), text(user, "as-uid"), user["as-groups"]];
  return {
    ...(as === undefined ? {} : { "Impersonate-User": as }),
    ...(uid === undefined ? {} : { "Impersonate-Uid": uid }),
    ...(Array.isArray(groups) ? { "Impersonate-Group": groups.map(String) } : {}),
  };
}

function refuseWhatCannotWork({ cluster, user }: ClusterAccess, name: string): void {
  if (cluster["proxy-url"] !== undefined) {
    throw new ClusterAccessError(
      "unsupported",
      `cluster ${name} is reached through a proxy (proxy-url), which requests outside the Kubernetes provider do not support`,
    );
  }
  if (user["username"] !== undefined || user["password"] !== undefined) {
    throw new ClusterAccessError(
      "kubeconfig",
      `cluster ${name}: the kubeconfig has a user name and password, which Kubernetes no longer takes since 1.19`,
      "Write the kubeconfig anew, with a client certificate, a token or an exec entry.",
    );
  }
}

/**
 * Reads a kubeconfig and gets the credentials that it names, running its `exec` program where it has one.
 *
 * @throws ProblemsError when the kubeconfig is missing or wrong, ClusterAccessError when its credentials cannot be had
 */
export async function connectionOf(source: KubeconfigSource): Promise<Connection> {
  const { cluster: name, contents, path, context } = source;
  const options = { context, embedCertificates: true };
  const access =
    contents === undefined
      ? readKubeconfigFile(name, path, options)
      : readKubeconfigText(name, contents, options);
  refuseWhatCannotWork(access, name);
  const { cluster, user } = access;
  const own = {
    clientCertificate: data(user, "client-certificate-data"),
    clientKey: data(user, "client-key-data"),
    token: tokenIn(user, name),
  };
  // As in kubectl, what stands in the kubeconfig itself wins.
  const isKnown = own.token !== undefined || own.clientCertificate !== undefined;
  const exec = user["exec"];
  return {
    server: new URL(access.server),
    authority: data(cluster, "certificate-authority-data"),
    serverName: text(cluster, "tls-server-name"),
    insecure: cluster["insecure-skip-tls-verify"] === true,
    ...(isFields(exec) && !isKnown ? await runExecPlugin(exec, name, cluster) : own),
    impersonation: impersonation(user),
    warnings: access.warnings,
  };
}
