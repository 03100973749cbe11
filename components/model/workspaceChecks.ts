/** Checks of workspaces against the clusters that they go to, and against each other. */
import { workspaceNames } from "./names";
import { nearest, oneOf, type Problems, type Soundness } from "./problems";
import { checkConflicts, nameOf, Taken, type Entry } from "./workspaceConflicts";
import { checkOnSite } from "./workspaceSiteChecks";
import type { WorkspaceParts, WorkspaceSite, WorkspaceSpec } from "./workspaceTypes";

/** A workspace, or what is known of one whose JSON has problems, and where its further problems go. */
export interface CheckedWorkspace {
  spec: WorkspaceParts;
  /** Its `source` names the file, also in what is said of other workspaces. */
  problems: Problems;
  /** What of the spec can be relied on, by the paths of the JSON. @default all of it */
  isSound?: Soundness;
}

/** The clusters that a workspace runs on: those it names, else the default one. */
export function clustersOf(
  spec: Pick<WorkspaceParts, "clusters">,
  defaultCluster: string,
): string[] {
  return spec.clusters?.length ? spec.clusters : [defaultCluster];
}

/** What a user should know of a workspace that is valid. */
export function workspaceWarnings(spec: WorkspaceSpec): string[] {
  return (spec.tag ?? "latest") === "latest"
    ? [
        `tag: ${spec.image}:latest changes from day to day: name a version, so that a restart runs the same image`,
      ]
    : [];
}

/** The clusters of a workspace that can be relied on, with each one's place in the list. */
function soundClusters({ spec, isSound }: Entry, defaultCluster: string): [string, number][] {
  const given = (spec.clusters ?? []).length > 0;
  return clustersOf(spec, defaultCluster)
    .map((cluster, i): [string, number] => [cluster, i])
    .filter(([, i]) => isSound(given ? `clusters[${i}]` : "clusters"));
}

/** The sites of the clusters that are known; a problem for each that is not. */
function sitesOf(
  entry: Entry,
  sites: Record<string, WorkspaceSite>,
  defaultCluster: string,
): WorkspaceSite[] {
  const known = Object.keys(sites);
  return soundClusters(entry, defaultCluster).flatMap(([cluster, i]) => {
    if (Object.hasOwn(sites, cluster)) {
      return [sites[cluster]!];
    }
    const near = nearest(cluster, known);
    entry.problems.add({
      path: entry.spec.clusters?.length ? `clusters[${i}]` : "clusters",
      reason: "a cluster that the stack does not have",
      value: cluster,
      allowed: oneOf(known),
      remedy: near === undefined ? "Name one of these." : `Did you mean ${near}?`,
    });
    return [];
  });
}

/** The access modes of the claims that the workspaces make, by cluster, namespace and name. */
function claimModes(entries: readonly Entry[], defaultCluster: string): Map<string, string> {
  return new Map(
    entries.flatMap((entry) => {
      const named = nameOf(entry);
      return soundClusters(entry, defaultCluster).flatMap(([cluster]) =>
        (entry.spec.volumes ?? []).flatMap(({ accessMode }, i) =>
          named !== undefined && entry.isSound(`persistent_volume[${i}].access_mode`)
            ? [
                [
                  `${cluster}/${named.namespace}/${workspaceNames(named).claim(i)}`,
                  accessMode,
                ] as const,
              ]
            : [],
        ),
      );
    }),
  );
}

function checkSharedClaims(entry: Entry, cluster: string, modes: Map<string, string>): void {
  const { spec, problems, isSound } = entry;
  spec.existingVolumes?.forEach(({ claim }, i) => {
    const path = `existing_persistent_volume[${i}].name`;
    const mode = isSound("namespace", path)
      ? modes.get(`${cluster}/${spec.namespace}/${claim}`)
      : undefined;
    if (mode?.startsWith("ReadWriteOnce")) {
      problems.add({
        path,
        reason: `another workspace's claim, which has access mode ${mode}`,
        value: claim,
        allowed: "a claim that is ReadWriteMany",
        remedy: "Give the claim access mode ReadWriteMany where it is made.",
      });
    }
  });
}

/**
 * Checks workspaces against the clusters, their nodes, GPUs and domains, and against each other: names, hosts,
 * node ports and claims. What is wrong in a workspace's own JSON leads to no further problem here. Each
 * workspace's problems go to its own list; nothing is thrown.
 *
 * @param sites every cluster of the stack, by name
 * @param defaultCluster where workspaces go that name no cluster
 */
export function checkWorkspaces(
  checked: readonly CheckedWorkspace[],
  sites: Record<string, WorkspaceSite>,
  defaultCluster: string,
): void {
  const entries = checked.map((one): Entry => ({ isSound: () => true, ...one }));
  const taken = new Taken();
  const modes = claimModes(entries, defaultCluster);
  for (const entry of entries) {
    for (const site of sitesOf(entry, sites, defaultCluster)) {
      checkOnSite(entry.spec, site, entry.problems, entry.isSound);
      checkConflicts(entry, site, taken);
      checkSharedClaims(entry, site.cluster, modes);
    }
  }
}
