/** Where the kubeconfig of a cluster is that is to be looked at. */
import * as fs from "node:fs";
import * as path from "node:path";
import type { KubeconfigSource } from "../../components/cluster/credentials";
import { kubeconfigFiles } from "../../components/cluster/kubeconfigFile";
import { joinPath, type Problems } from "../../components/model/problems";
import type { ClusterConfig } from "../configSchema";
import type { LinkedKubeconfigs } from "../linkedClusters";

/** Where the kubeconfig of a cluster lies, absolute; nothing when another stack has it. */
export function kubeconfigPath(root: string, cluster: ClusterConfig): string | undefined {
  return cluster.kubeconfig === undefined ? undefined : path.resolve(root, cluster.kubeconfig);
}

/**
 * The kubeconfig of a cluster; nothing where it is absent: a file's absence becomes a problem, another stack's
 * has become one where that was read. A cluster that this stack makes has none before it ran.
 */
export function sourceOf(
  root: string,
  name: string,
  cluster: ClusterConfig,
  linked: LinkedKubeconfigs,
  problems: Problems,
): KubeconfigSource | undefined {
  if (cluster.eks !== undefined) {
    return undefined;
  }
  const { context } = cluster;
  if (cluster.stack !== undefined) {
    const contents = linked[name];
    return contents === undefined ? undefined : { cluster: name, contents, context };
  }
  return reportMissingKubeconfig(root, name, cluster, problems)
    ? undefined
    : { cluster: name, path: kubeconfigPath(root, cluster), context };
}

function reportMissingKubeconfig(
  root: string,
  name: string,
  cluster: ClusterConfig,
  problems: Problems,
): boolean {
  const missing = kubeconfigFiles(kubeconfigPath(root, cluster)).find(
    (file) => !fs.existsSync(file),
  );
  if (missing === undefined) {
    return false;
  }
  const isOfStand = !path.relative(path.join(root, ".local"), missing).startsWith("..");
  problems.add({
    path: `${joinPath("clusters", [name])}.kubeconfig`,
    reason: "does not exist",
    value: cluster.kubeconfig ?? missing,
    remedy: isOfStand
      ? "Run `make cluster` to start the embedded cluster, which writes it."
      : "Name a kubeconfig that exists; paths are relative to the project.",
  });
  return true;
}
