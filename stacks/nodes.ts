/** The `cluster` layer: our labels, and where asked our taints, on the nodes of every cluster. */
import { NodeLabels } from "../components/nodes/nodeLabels";
import type { Clusters } from "./clusters";
import type { PlatformConfig } from "./platformConfig";
import { existingNodesOf } from "./sites";

/** Labels the declared nodes; returns the names of the nodes by cluster. */
export function clusterLayer(config: PlatformConfig, clusters: Clusters): Record<string, string[]> {
  const labelled: Record<string, string[]> = {};
  for (const [name, cluster] of Object.entries(clusters)) {
    const nodes = existingNodesOf(config, name);
    if (Object.keys(nodes).length === 0) {
      continue;
    }
    new NodeLabels(
      `${name}-nodes`,
      { nodes, gpus: config.gpus, rules: config.nodeRules, kubeconfig: cluster.kubeconfig },
      { provider: cluster.provider },
    );
    labelled[name] = Object.keys(nodes).sort();
  }
  return labelled;
}
