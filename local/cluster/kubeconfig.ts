/** Kubeconfig files: one cluster, one user, one context, with everything embedded. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dump, load } from "js-yaml";
import type { ClientName } from "./pki";

/** The parts of a kubeconfig that a client needs. */
export interface Credentials {
  /** `https://127.0.0.1:<port>` */
  server: string;
  /** PEM texts. */
  authority: string;
  certificate: string;
  key: string;
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/**
 * The text of a kubeconfig.
 *
 * @param name name of the cluster and of the single context
 * @param user name of the user
 */
export function kubeconfigText(name: string, user: string, credentials: Credentials): string {
  return dump({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [
      {
        name,
        cluster: {
          server: credentials.server,
          "certificate-authority-data": base64(credentials.authority),
        },
      },
    ],
    users: [
      {
        name: user,
        user: {
          "client-certificate-data": base64(credentials.certificate),
          "client-key-data": base64(credentials.key),
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user } }],
  });
}

/** The credentials of one of the cluster's own users. */
export function credentialsOf(pki: string, client: ClientName, port: number): Credentials {
  const read = (file: string): string => readFileSync(join(pki, file), "utf8");
  return {
    server: `https://127.0.0.1:${port}`,
    authority: read("ca.crt"),
    certificate: read(`${client}.crt`),
    key: read(`${client}.key`),
  };
}

interface WrittenKubeconfig {
  clusters: { cluster: { server: string; "certificate-authority-data": string } }[];
  users: { user: { "client-certificate-data": string; "client-key-data": string } }[];
}

/** Reads a kubeconfig that `kubeconfigText` wrote. */
export function readCredentials(path: string): Credentials {
  const { clusters, users } = load(readFileSync(path, "utf8")) as WrittenKubeconfig;
  const cluster = clusters[0]?.cluster;
  const user = users[0]?.user;
  if (cluster === undefined || user === undefined) {
    throw new Error(`${path} is not a kubeconfig of the stand`);
  }
  const decode = (value: string): string => Buffer.from(value, "base64").toString("utf8");
  return {
    server: cluster.server,
    authority: decode(cluster["certificate-authority-data"]),
    certificate: decode(user["client-certificate-data"]),
    key: decode(user["client-key-data"]),
  };
}
