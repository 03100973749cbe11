/** The local workers of a federation, over all of its clusters, by the names that their data is laid out by. */
import type { DataExpectation } from "../../components/model/federationData";
import type { FederationConfig } from "../sections/federations";

/** What is known of a declared node. */
export interface PlacedNode {
  cluster?: string;
  roles?: string[];
}

/** The nodes of one cluster that are workers: those that the federation names, else those with the role. */
function workerNodes(
  named: readonly string[] | undefined,
  cluster: string,
  nodes: Record<string, PlacedNode>,
  defaultCluster: string,
): string[] {
  if (named !== undefined) {
    return [...named];
  }
  return Object.entries(nodes)
    .filter(
      ([, node]) =>
        (node.cluster ?? defaultCluster) === cluster && (node.roles ?? []).includes("worker"),
    )
    .map(([name]) => name);
}

/** A managed cluster's workers read volumes of their own, by number. */
function podNames(count: number, prefix: string): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}exaflow-localworker-${i}`);
}

/** What one federation of a stack expects of its data. */
export function dataExpectation(
  name: string,
  config: FederationConfig,
  nodes: Record<string, PlacedNode>,
  defaultCluster: string,
): DataExpectation {
  const own = config.cluster ?? defaultCluster;
  const places = [[own, config] as const, ...Object.entries(config.furtherClusters ?? {})];
  const workers = places.flatMap(([cluster, place]) => {
    const found = workerNodes(place.roles?.worker, cluster, nodes, defaultCluster);
    if (place.managedCluster ?? config.managedCluster ?? false) {
      const count = place.localWorkers ?? Math.max(found.length, 1);
      return podNames(count, cluster === own ? "" : `${cluster}.`);
    }
    return found;
  });
  return { federation: name, pathologies: config.pathologies, workers };
}
