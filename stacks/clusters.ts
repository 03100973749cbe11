/** Connects a stack to its clusters: one explicit provider each, refused when it is another cluster. */
import * as pulumi from "@pulumi/pulumi";
import { KubeconfigCluster } from "../components/cluster/kubeconfigCluster";
import type { LinkedKubeconfigs } from "./linkedClusters";
import type { PlatformConfig } from "./platformConfig";
import { kubeconfigPath } from "./preflight/clusterSource";

/** The clusters of a stack by name. */
export type Clusters = Record<string, KubeconfigCluster>;

/** Makes a provider for every cluster that the config names. */
export function connectClusters(config: PlatformConfig, linked: LinkedKubeconfigs): Clusters {
  return Object.fromEntries(
    Object.entries(config.clusters).map(([name, cluster]) => [
      name,
      new KubeconfigCluster(name, {
        ...(cluster.stack === undefined
          ? { path: kubeconfigPath(config.root, cluster) }
          : { kubeconfig: pulumi.secret(linked[name]!) }),
        context: cluster.context,
        embedCertificates: cluster.embedCertificates,
      }),
    ]),
  );
}
