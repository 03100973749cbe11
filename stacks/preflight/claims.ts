/** Whether a workspace's own claims can be what is asked for, without losing what is on them. */
import type { KubernetesObject } from "../../components/model/kubernetesObject";
import { nearest, oneOf, type Problem } from "../../components/model/problems";
import { parseQuantity } from "../../components/model/quantity";
import { claimObjects } from "../../components/model/workspaceStorage";
import type { WorkspaceVolume } from "../../components/model/workspaceTypes";
import type { LiveCluster } from "./liveCluster";
import type { LiveClaim, LiveVolume } from "./liveObjects";
import type { Check, Placement } from "./placement";

/** Why a change is refused, and the way around it. */
const KEEP =
  "Keep it as it is; for a new kind of storage add an entry at the end of persistent_volume and copy the data.";

type WantedClaim = LiveClaim["spec"];

/** One of the claims as rendered, with its volume where storage is a folder or an NFS export. */
interface Rendered {
  name: string;
  claim: WantedClaim;
  volume?: KubernetesObject;
}

function rendered({ spec, site, names }: Placement, index: number): Rendered {
  const objects = claimObjects(spec, site);
  const name = names.claim(index);
  const claim = objects.find(
    ({ kind, metadata }) => kind === "PersistentVolumeClaim" && metadata.name === name,
  );
  return {
    name,
    claim: claim!.spec as WantedClaim,
    volume: objects.find(
      ({ kind, metadata }) => kind === "PersistentVolume" && metadata.name === names.volume(index),
    ),
  };
}

/** Adds a problem for each claim whose storage class is missing, or whose change Kubernetes or we refuse. */
export function checkOwnClaims({ placements, live }: Check): void {
  if (live.claims === undefined) {
    return;
  }
  for (const placement of placements) {
    for (const [index, volume] of (placement.spec.volumes ?? []).entries()) {
      const wanted = rendered(placement, index);
      const found = live.claims.find(
        ({ metadata }) =>
          metadata.name === wanted.name && metadata.namespace === placement.spec.namespace,
      );
      const problem =
        found === undefined
          ? missingClass(wanted, volume, placement, live)
          : changed(found, wanted, volume, live);
      if (problem !== undefined) {
        const path = [`persistent_volume[${index}]`, problem.path].filter((part) => part !== "");
        placement.problems.add({ ...problem, path: path.join(".") });
      }
    }
  }
}

function missingClass(
  { claim }: Rendered,
  volume: WorkspaceVolume,
  { site }: Placement,
  { cluster, storageClasses }: LiveCluster,
): Problem | undefined {
  const wanted = claim.storageClassName ?? "";
  const names = storageClasses?.map(({ metadata }) => metadata.name).sort();
  if (names === undefined || wanted === "" || names.includes(wanted)) {
    return undefined;
  }
  const near = nearest(wanted, names);
  const byTable = Object.hasOwn(site.storage ?? {}, volume.storage);
  const table = Object.keys(site.storage ?? {});
  return {
    path: "pvc_type",
    reason: byTable
      ? `means storage class ${wanted} by workspaces.storage, which cluster ${cluster} does not have`
      : `cluster ${cluster} has no such storage class, and workspaces.storage no such entry`,
    value: volume.storage,
    allowed: oneOf([...new Set([...names, ...table])]),
    remedy: near === undefined ? "Choose one of these." : `Did you mean ${near}?`,
  };
}

/** The first reason why a claim that exists cannot become what is wanted. */
function changed(
  found: LiveClaim,
  wanted: Rendered,
  volume: WorkspaceVolume,
  live: LiveCluster,
): Problem | undefined {
  const what = `claim ${wanted.name} on cluster ${live.cluster}`;
  if (found.metadata.deletionTimestamp !== undefined) {
    return {
      path: "",
      reason: `${what} is being deleted`,
      remedy: "Wait until it is gone, then run again.",
    };
  }
  return (
    changedClass(found, wanted, volume, what) ??
    changedSource(wanted, volume, what, live.volumes) ??
    changedMode(found, volume, what) ??
    changedSize(found, volume, what, live)
  );
}

function changedClass(
  found: LiveClaim,
  wanted: Rendered,
  volume: WorkspaceVolume,
  what: string,
): Problem | undefined {
  const [has, wants] = [found.spec.storageClassName ?? "", wanted.claim.storageClassName ?? ""];
  if (has === wants) {
    return undefined;
  }
  const name = (storageClass: string): string =>
    storageClass === "" ? "no storage class" : `storage class ${storageClass}`;
  return {
    path: "pvc_type",
    reason: `${what} has ${name(has)}; with ${name(wants)} it would be replaced and its data lost`,
    value: volume.storage,
    remedy: KEEP,
  };
}

function changedSource(
  { volume: wanted }: Rendered,
  volume: WorkspaceVolume,
  what: string,
  volumes: readonly LiveVolume[] | undefined,
): Problem | undefined {
  const found = volumes?.find(({ metadata }) => metadata.name === wanted?.metadata.name);
  const place = ({ hostPath, nfs }: LiveVolume["spec"]): string =>
    nfs === undefined ? `folder ${hostPath?.path ?? "?"}` : `NFS ${nfs.server}:${nfs.path}`;
  if (found === undefined || wanted === undefined) {
    return undefined;
  }
  const [has, wants] = [place(found.spec), place(wanted.spec as LiveVolume["spec"])];
  return has === wants
    ? undefined
    : {
        path: "pvc_type",
        reason: `${what} is stored in ${has}; in ${wants} it would be without its data`,
        value: volume.storage,
        remedy: KEEP,
      };
}

function changedMode(found: LiveClaim, volume: WorkspaceVolume, what: string): Problem | undefined {
  const modes = found.spec.accessModes ?? [];
  return modes.length === 1 && modes[0] === volume.accessMode
    ? undefined
    : {
        path: "access_mode",
        reason: `${what} has ${oneOf(modes)}; with another access mode it would be replaced and its data lost`,
        value: volume.accessMode,
        remedy: KEEP,
      };
}

function changedSize(
  found: LiveClaim,
  volume: WorkspaceVolume,
  what: string,
  { storageClasses }: LiveCluster,
): Problem | undefined {
  const size = found.spec.resources?.requests?.storage ?? "0";
  const [has, wants] = [parseQuantity(size) ?? 0, parseQuantity(volume.size) ?? 0];
  const refused = (reason: string, remedy: string): Problem => ({
    path: "size",
    reason,
    value: volume.size,
    allowed: size,
    remedy,
  });
  if (wants < has) {
    return refused(`${what} has ${size}, and a claim cannot shrink`, KEEP);
  }
  if (wants === has) {
    return undefined;
  }
  if (found.status?.phase !== "Bound") {
    return refused(
      `${what} is not bound to a volume yet, and cannot grow before`,
      "Wait until it is bound, then run again.",
    );
  }
  const storageClass = found.spec.storageClassName ?? "";
  const known = storageClasses?.find(({ metadata }) => metadata.name === storageClass);
  if (storageClass === "") {
    return refused(`${what} is of fixed size: a folder or an NFS export cannot grow`, KEEP);
  }
  return known !== undefined && known.allowVolumeExpansion !== true
    ? refused(
        `${what} cannot grow: storage class ${storageClass} does not have allowVolumeExpansion`,
        "Ask for the class to allow it, or keep the size.",
      )
    : undefined;
}
