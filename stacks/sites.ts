/** What the config says of one cluster: its nodes, and what a workspace's renderer must know of it. */
import type { DeclaredNode } from "../components/model/gpuTypes";
import type { WorkspaceSite } from "../components/model/workspaceTypes";
import { nodeGroupNodes } from "./eks/settings";
import type { PlatformConfig } from "./platformConfig";

/** The entries of `nodes` that are in one cluster. */
export function declaredNodesOf(
  config: PlatformConfig,
  cluster: string,
): Record<string, DeclaredNode> {
  return Object.fromEntries(
    Object.entries(config.nodes ?? {}).filter(
      ([, node]) => (node.cluster ?? config.defaultCluster) === cluster,
    ),
  );
}

/** The nodes of one cluster: the declared ones, and one for each node group of a cluster that the stack makes. */
export function nodesOf(config: PlatformConfig, cluster: string): Record<string, DeclaredNode> {
  return { ...nodeGroupNodes(config, cluster), ...declaredNodesOf(config, cluster) };
}

/** Those that are there before the stack runs: not the node groups and virtual nodes that it makes itself. */
export function existingNodesOf(
  config: PlatformConfig,
  cluster: string,
): Record<string, DeclaredNode> {
  const made =
    config.layers.includes("platform") && cluster === config.defaultCluster
      ? Object.keys(config.interlink?.virtualNodes ?? {})
      : [];
  return Object.fromEntries(
    Object.entries(declaredNodesOf(config, cluster)).filter(([name]) => !made.includes(name)),
  );
}

/** What a renderer must know of one cluster. */
export function siteOf(config: PlatformConfig, cluster: string, stack: string): WorkspaceSite {
  const { storage, unauthenticatedHosts, podSecurity, fsGroup } = config.workspaces ?? {};
  const domain = config.clusters[cluster]?.domain ?? config.expose?.domain;
  const logins = Object.entries(config.workspaces?.namespaces ?? {}).flatMap(
    ([namespace, { authProxy }]) =>
      authProxy === undefined ? [] : [[namespace, authProxy] as const],
  );
  return {
    cluster,
    stack,
    gpus: config.gpus,
    nodes: nodesOf(config, cluster),
    storage,
    ingress: config.expose && { ...config.expose, domain, logins: Object.fromEntries(logins) },
    unauthenticatedHosts,
    podSecurity,
    fsGroup,
  };
}

/** The same for every cluster of the stack. */
export function sitesOf(config: PlatformConfig, stack: string): Record<string, WorkspaceSite> {
  return Object.fromEntries(
    Object.keys(config.clusters).map((name) => [name, siteOf(config, name, stack)]),
  );
}
