/** Checks of workspaces against the clusters that they go to, and against each other. */
import { workspaceNames } from "./names";
import { nearest, oneOf, type Problems } from "./problems";
import { checkOnSite } from "./workspaceSiteChecks";
import type { WorkspaceSite, WorkspaceSpec } from "./workspaceTypes";

/** A workspace, and where its problems go. */
export interface CheckedWorkspace {
  spec: WorkspaceSpec;
  /** Its `source` names the file, also in what is said of other workspaces. */
  problems: Problems;
}

/** The clusters that a workspace runs on: those it names, else the default one. */
export function clustersOf(spec: WorkspaceSpec, defaultCluster: string): string[] {
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

/** The sites of the clusters that are known; a problem for each that is not. */
function sitesOf(
  { spec, problems }: CheckedWorkspace,
  sites: Record<string, WorkspaceSite>,
  defaultCluster: string,
): WorkspaceSite[] {
  const known = Object.keys(sites);
  return clustersOf(spec, defaultCluster).flatMap((cluster, i) => {
    if (Object.hasOwn(sites, cluster)) {
      return [sites[cluster]!];
    }
    const near = nearest(cluster, known);
    problems.add({
      path: spec.clusters?.length ? `clusters[${i}]` : "clusters",
      reason: "a cluster that the stack does not have",
      value: cluster,
      allowed: oneOf(known),
      remedy: near === undefined ? "Name one of these." : `Did you mean ${near}?`,
    });
    return [];
  });
}

/** Things that a cluster has once, and which workspace has each. */
class Taken {
  private readonly owners = new Map<string, CheckedWorkspace>();

  /** Takes it for `entry`; returns who had it before. */
  take(key: string, entry: CheckedWorkspace): CheckedWorkspace | undefined {
    const owner = this.owners.get(key);
    if (owner === undefined) {
      this.owners.set(key, entry);
    }
    return owner;
  }
}

/** How messages call another workspace. */
function called({ spec, problems }: CheckedWorkspace): string {
  return `${spec.namespace}/${spec.name} (${problems.source})`;
}

/** @returns whether the name was free */
function checkName(entry: CheckedWorkspace, cluster: string, taken: Taken): boolean {
  const { spec, problems } = entry;
  const { full } = workspaceNames(spec);
  const other = taken.take(`${cluster} name ${spec.namespace}/${full}`, entry);
  if (other !== undefined) {
    problems.add({
      path: "chart_name",
      reason: `${called(other)} on cluster ${cluster} has the name ${full} in this namespace already`,
      value: spec.name,
      remedy: "Choose another name or namespace.",
    });
  }
  return other === undefined;
}

/** One host belongs to one namespace, which may divide it by paths. */
function checkHost(entry: CheckedWorkspace, cluster: string, taken: Taken): void {
  const { ingress, namespace } = entry.spec;
  if (ingress === undefined) {
    return;
  }
  const { host, path = "/" } = ingress;
  const first = taken.take(`${cluster} host ${host}`, entry);
  const same = taken.take(`${cluster} host ${host}${path}`, entry);
  const other = first?.spec.namespace === namespace ? same : first;
  if (other !== undefined) {
    entry.problems.add({
      path: "ingress.host",
      reason: `${called(other)} on cluster ${cluster} has this host already`,
      value: path === "/" ? host : `${host}${path}`,
      remedy: "Choose another host; in one namespace another path will do.",
    });
  }
}

function checkNodePorts(entry: CheckedWorkspace, cluster: string, taken: Taken): void {
  for (const { name, nodePort } of entry.spec.ports ?? []) {
    const other =
      nodePort === undefined ? undefined : taken.take(`${cluster} nodePort ${nodePort}`, entry);
    if (other !== undefined) {
      entry.problems.add({
        path: `ports.${name}[1]`,
        reason: `${called(other)} on cluster ${cluster} has this node port already`,
        value: nodePort,
        remedy: "Choose another, or leave it to the cluster.",
      });
    }
  }
}

/** Volumes are cluster-wide: `a` with `b-c` and `a-b` with `c` would name theirs alike. */
function checkVolumeNames(entry: CheckedWorkspace, site: WorkspaceSite, taken: Taken): void {
  const { spec, problems } = entry;
  spec.volumes?.forEach(({ storage }, i) => {
    const kind = Object.hasOwn(site.storage ?? {}, storage) ? site.storage![storage]! : {};
    if (kind.hostPath === undefined && kind.nfs === undefined) {
      return;
    }
    const volume = workspaceNames(spec).volume(i);
    const other = taken.take(`${site.cluster} volume ${volume}`, entry);
    if (other !== undefined) {
      problems.add({
        path: `persistent_volume[${i}]`,
        reason: `its volume would be named ${volume}, which ${called(other)} on cluster ${site.cluster} has`,
        remedy: "Choose another chart_name.",
      });
    }
  });
}

/** The access modes of the claims that the workspaces make, by cluster, namespace and name. */
function claimModes(
  entries: readonly CheckedWorkspace[],
  defaultCluster: string,
): Map<string, string> {
  return new Map(
    entries.flatMap(({ spec }) =>
      clustersOf(spec, defaultCluster).flatMap((cluster) =>
        (spec.volumes ?? []).map(
          ({ accessMode }, i) =>
            [`${cluster}/${spec.namespace}/${workspaceNames(spec).claim(i)}`, accessMode] as const,
        ),
      ),
    ),
  );
}

function checkSharedClaims(
  { spec, problems }: CheckedWorkspace,
  cluster: string,
  modes: Map<string, string>,
): void {
  spec.existingVolumes?.forEach(({ claim }, i) => {
    const mode = modes.get(`${cluster}/${spec.namespace}/${claim}`);
    if (mode?.startsWith("ReadWriteOnce")) {
      problems.add({
        path: `existing_persistent_volume[${i}].name`,
        reason: `another workspace's claim, which has access mode ${mode}`,
        value: claim,
        allowed: "a claim that is ReadWriteMany",
        remedy: "Give the claim access mode ReadWriteMany where it is made.",
      });
    }
  });
}

/**
 * Checks workspaces that parsed against the clusters, their nodes, GPUs and domains, and against each other:
 * names, hosts, node ports and claims. Each workspace's problems go to its own list; nothing is thrown.
 *
 * @param sites every cluster of the stack, by name
 * @param defaultCluster where workspaces go that name no cluster
 */
export function checkWorkspaces(
  entries: readonly CheckedWorkspace[],
  sites: Record<string, WorkspaceSite>,
  defaultCluster: string,
): void {
  const taken = new Taken();
  const modes = claimModes(entries, defaultCluster);
  for (const entry of entries) {
    for (const site of sitesOf(entry, sites, defaultCluster)) {
      checkOnSite(entry.spec, site, entry.problems);
      // What has the same name would only repeat that it has the same volumes.
      if (checkName(entry, site.cluster, taken)) {
        checkVolumeNames(entry, site, taken);
      }
      checkHost(entry, site.cluster, taken);
      checkNodePorts(entry, site.cluster, taken);
      checkSharedClaims(entry, site.cluster, modes);
    }
  }
}
