/** Connects a stack to its clusters: one explicit provider each, refused when it is another cluster. */
import * as pulumi from "@pulumi/pulumi";
import {
  KubeconfigCluster,
  type KubeconfigClusterArgs,
} from "../components/cluster/kubeconfigCluster";
import type { EksClusters } from "./eks/clusters";
import type { LinkedKubeconfigs } from "./linkedClusters";
import type { PlatformConfig } from "./platformConfig";
import { kubeconfigPath } from "./preflight/clusterSource";

/** The clusters of a stack by name. */
export type Clusters = Record<string, KubeconfigCluster>;

/** Where the credentials of one cluster come from. */
function sourceOf(
  name: string,
  config: PlatformConfig,
  linked: LinkedKubeconfigs,
  eks: EksClusters,
): KubeconfigClusterArgs {
  const cluster = config.clusters[name]!;
  const { context, embedCertificates } = cluster;
  if (cluster.eks !== undefined) {
    return { kubeconfig: eks[name]!.kubeconfig };
  }
  return cluster.stack === undefined
    ? { path: kubeconfigPath(config.root, cluster), context, embedCertificates }
    : { kubeconfig: pulumi.secret(linked[name]!), context, embedCertificates };
}

/** Makes a provider for every cluster that the config names. */
export function connectClusters(
  config: PlatformConfig,
  linked: LinkedKubeconfigs,
  eks: EksClusters,
): Clusters {
  return Object.fromEntries(
    Object.keys(config.clusters).map((name) => [
      name,
      new KubeconfigCluster(name, sourceOf(name, config, linked, eks)),
    ]),
  );
}
