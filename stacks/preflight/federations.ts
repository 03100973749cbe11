/** Whether the nodes that federations name exist: labelling one that does not would fail half-way. */
import { joinPath, nearest, oneOf, type Problems } from "../../components/model/problems";
import type { PlatformConfig } from "../platformConfig";
import type { LiveCluster } from "./liveCluster";

/** A node that a federation names on one cluster. */
export interface NamedNode {
  /** Where the config says so. */
  path: string;
  name: string;
}

/** The nodes that federations name in `roles` on a cluster; none where the stack does not make them. */
export function federationNodes(config: PlatformConfig, cluster: string): NamedNode[] {
  if (!config.layers.includes("federation")) {
    return [];
  }
  return Object.entries(config.federations ?? {}).flatMap(([federation, own]) => {
    const base = joinPath("federations", [federation]);
    const further = Object.entries(own.furtherClusters ?? {}).map(
      ([name, { roles }]) => [name, roles, joinPath(`${base}.furtherClusters`, [name])] as const,
    );
    const places = [[own.cluster ?? config.defaultCluster, own.roles, base] as const, ...further];
    return places
      .filter(([name]) => name === cluster)
      .flatMap(([, roles = {}, place]) =>
        Object.entries(roles).flatMap(([role, names = []]) =>
          names.map((name, index) => ({ path: joinPath(`${place}.roles`, [role, index]), name })),
        ),
      );
  });
}

/** Adds a problem for each that does not exist. */
export function checkFederationNodes(
  named: readonly NamedNode[],
  { nodes, cluster }: LiveCluster,
  problems: Problems,
): void {
  if (nodes === undefined) {
    return;
  }
  const names = nodes.map(({ metadata }) => metadata.name).sort();
  for (const { path, name } of named.filter((one) => !names.includes(one.name))) {
    const near = nearest(name, names);
    problems.add({
      path,
      reason: `cluster ${cluster} has no such node`,
      value: name,
      allowed: oneOf(names),
      remedy: near === undefined ? "Name a node that exists." : `Did you mean ${near}?`,
    });
  }
}
