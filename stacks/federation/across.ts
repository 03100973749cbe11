/** What no single federation shows: clusters that are not there, and what two of them cannot both have. */
import { CONTROLLER_NODE_PORT } from "../../components/model/exaflowGeneration";
import { joinPath, nearest, oneOf, type Problems } from "../../components/model/problems";
import type { FederationConfig } from "../sections/federations";
import type { PlatformConfig } from "../platformConfig";
import type { FederationEntry } from "./args";

function checkCluster(cluster: string, path: string, known: string[], problems: Problems): void {
  if (!known.includes(cluster)) {
    const near = nearest(cluster, known);
    problems.add({
      path,
      reason: "names a cluster that `clusters` does not have",
      value: cluster,
      allowed: oneOf(known),
      ...(near === undefined ? {} : { remedy: `Did you mean ${near}?` }),
    });
  }
}

function checkClusters(
  name: string,
  own: FederationConfig,
  config: PlatformConfig,
  problems: Problems,
): void {
  const base = joinPath("federations", [name]);
  const known = Object.keys(config.clusters);
  const main = own.cluster ?? config.defaultCluster;
  if (own.cluster !== undefined) {
    checkCluster(own.cluster, `${base}.cluster`, known, problems);
  }
  const further = Object.keys(own.furtherClusters ?? {});
  for (const cluster of further) {
    const path = joinPath(`${base}.furtherClusters`, [cluster]);
    checkCluster(cluster, path, known, problems);
    if (cluster === main) {
      const reason = "is the federation's own cluster";
      problems.add({ path, reason, remedy: "Name its nodes in `roles` of the federation." });
    }
  }
  const aggregates = own.aggregationServer?.enabled ?? true;
  if (further.length > 0 && aggregates && own.aggregationDns === undefined) {
    problems.add({
      path: `${base}.aggregationDns`,
      reason: "required with furtherClusters: their workers send what is to be added up there",
      remedy: "Give the DNS name by which they reach the aggregation server, or turn that off.",
    });
  }
}

/** A place, name or port that only one can have. */
function checkOnce(
  entries: readonly FederationEntry[],
  key: (entry: FederationEntry) => string | undefined,
  tell: (
    entry: FederationEntry,
    other: FederationEntry,
  ) => { path: string; reason: string; remedy: string },
  problems: Problems,
): void {
  const seen = new Map<string, FederationEntry>();
  for (const entry of entries) {
    const id = key(entry);
    const other = id === undefined ? undefined : seen.get(id);
    if (other !== undefined) {
      const { path, reason, remedy } = tell(entry, other);
      const base = joinPath("federations", [entry.name]);
      problems.add({ path: path === "" ? base : `${base}.${path}`, reason, remedy });
    } else if (id !== undefined) {
      seen.set(id, entry);
    }
  }
}

/** Adds the problems between federations, and between one and the clusters of the stack. */
export function checkAcross(
  config: PlatformConfig,
  entries: readonly FederationEntry[],
  problems: Problems,
): void {
  for (const [name, own] of Object.entries(config.federations ?? {})) {
    checkClusters(name, own, config, problems);
  }
  checkOnce(
    entries,
    ({ cluster, args }) => `${cluster} ${args.namespace ?? args.federation}`,
    ({ path }, other) => ({
      path: [path, "namespace"].filter((part) => part !== "").join("."),
      reason: `is that of federation ${other.name} on the same cluster, and a namespace holds one engine`,
      remedy: "Give each its own.",
    }),
    problems,
  );
  checkOnce(
    entries,
    ({ cluster, args }) => (args.managedCluster === true ? undefined : cluster),
    ({ path }, other) => ({
      path,
      reason:
        `is a second unmanaged engine on its cluster, beside ${other.name}'s: ` +
        `both would take port ${CONTROLLER_NODE_PORT} of every node, which the chart does not let us change`,
      remedy: "Set managedCluster on them, or use another cluster.",
    }),
    problems,
  );
  checkOnce(
    entries,
    ({ args }) => args.platform?.publicHost,
    (_, other) => ({
      path: "platform.publicHost",
      reason: `is that of federation ${other.name}`,
      remedy: "Give each its own host.",
    }),
    problems,
  );
}
