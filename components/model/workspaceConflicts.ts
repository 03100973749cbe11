/** What a cluster has once, and two workspaces want: names, volumes, hosts and node ports. */
import { workspaceNames } from "./names";
import { joinPath, type Problems, type Soundness } from "./problems";
import type { WorkspaceParts, WorkspaceSite } from "./workspaceTypes";

/** A workspace, with what of it can be relied on. */
export interface Entry {
  spec: WorkspaceParts;
  problems: Problems;
  isSound: Soundness;
}

/** A workspace that can be named, since nothing is wrong with its name. */
export function nameOf({
  spec,
  isSound,
}: Pick<Entry, "spec" | "isSound">): { namespace: string; name: string } | undefined {
  const { namespace, name } = spec;
  return namespace !== undefined && name !== undefined && isSound("namespace", "chart_name")
    ? { namespace, name }
    : undefined;
}

/** Things that a cluster has once, and which workspace has each. */
export class Taken {
  private readonly owners = new Map<string, Entry>();

  /** Takes it for `entry`; returns who had it before. */
  take(key: string, entry: Entry): Entry | undefined {
    const owner = this.owners.get(key);
    if (owner === undefined) {
      this.owners.set(key, entry);
    }
    return owner;
  }
}

/** How messages call another workspace. */
function called(entry: Entry): string {
  const named = nameOf(entry);
  const { source } = entry.problems;
  return named === undefined ? source : `${named.namespace}/${named.name} (${source})`;
}

/** @returns whether the name was free */
function checkName(entry: Entry, cluster: string, taken: Taken): boolean {
  const named = nameOf(entry);
  if (named === undefined) {
    return false;
  }
  const { full } = workspaceNames(named);
  const other = taken.take(`${cluster} name ${named.namespace}/${full}`, entry);
  if (other !== undefined) {
    entry.problems.add({
      path: "chart_name",
      reason: `${called(other)} on cluster ${cluster} has the name ${full} in this namespace already`,
      value: named.name,
      remedy: "Choose another name or namespace.",
    });
  }
  return other === undefined;
}

/** One host belongs to one namespace, which may divide it by paths. */
function checkHost(entry: Entry, cluster: string, taken: Taken): void {
  const { ingress, namespace } = entry.spec;
  if (
    ingress === undefined ||
    !entry.isSound("namespace") ||
    !entry.isSound("ingress.host", "ingress.path")
  ) {
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

function checkNodePorts(entry: Entry, cluster: string, taken: Taken): void {
  for (const { name, nodePort } of entry.spec.ports ?? []) {
    const path = `${joinPath("ports", [name])}[1]`;
    const other =
      nodePort === undefined || !entry.isSound(path)
        ? undefined
        : taken.take(`${cluster} nodePort ${nodePort}`, entry);
    if (other !== undefined) {
      entry.problems.add({
        path,
        reason: `${called(other)} on cluster ${cluster} has this node port already`,
        value: nodePort,
        remedy: "Choose another, or leave it to the cluster.",
      });
    }
  }
}

/** Volumes are cluster-wide: `a` with `b-c` and `a-b` with `c` would name theirs alike. */
function checkVolumeNames(entry: Entry, site: WorkspaceSite, taken: Taken): void {
  const named = nameOf(entry);
  if (named === undefined) {
    return;
  }
  entry.spec.volumes?.forEach(({ storage }, i) => {
    const kind = Object.hasOwn(site.storage ?? {}, storage) ? site.storage![storage]! : {};
    if (kind.hostPath === undefined && kind.nfs === undefined) {
      return;
    }
    const volume = workspaceNames(named).volume(i);
    const other = taken.take(`${site.cluster} volume ${volume}`, entry);
    if (other !== undefined) {
      entry.problems.add({
        path: `persistent_volume[${i}]`,
        reason: `its volume would be named ${volume}, which ${called(other)} on cluster ${site.cluster} has`,
        remedy: "Choose another chart_name.",
      });
    }
  });
}

/**
 * Takes for a workspace what it wants of a cluster, and adds a problem for each thing that another took before.
 * Places of the workspace that are wrong themselves take nothing.
 */
export function checkConflicts(entry: Entry, site: WorkspaceSite, taken: Taken): void {
  // What has the same name would only repeat that it has the same volumes.
  if (checkName(entry, site.cluster, taken)) {
    checkVolumeNames(entry, site, taken);
  }
  checkHost(entry, site.cluster, taken);
  checkNodePorts(entry, site.cluster, taken);
}
