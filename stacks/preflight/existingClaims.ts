/** Whether the claims that workspaces bring along exist, and are not somebody else's alone. */
import { nearest, oneOf } from "../../components/model/problems";
import { workspaceNames } from "../../components/model/names";
import { WORKSPACE_LABEL } from "../../components/model/workspaceLabels";
import type { ExistingVolume } from "../../components/model/workspaceTypes";
import type { LiveCluster } from "./liveCluster";
import { keyOf, type LivePod } from "./liveObjects";
import { isOfThisRun, type Check, type Placement } from "./placement";

/** Every mount of an existing claim, with its place in the JSON. */
interface Mount {
  placement: Placement;
  volume: ExistingVolume;
  path: string;
  /** `namespace/claim`. */
  key: string;
}

function mountsOf(placements: readonly Placement[]): Mount[] {
  return placements.flatMap((placement) =>
    (placement.spec.existingVolumes ?? []).map((volume, index) => ({
      placement,
      volume,
      path: `existing_persistent_volume[${index}].name`,
      key: `${placement.spec.namespace}/${volume.claim}`,
    })),
  );
}

/** The access modes of each claim that exists or that this run makes. */
function modesOf(
  placements: readonly Placement[],
  claims: NonNullable<LiveCluster["claims"]>,
): Map<string, string[]> {
  const made = placements.flatMap(({ spec, names }) =>
    (spec.volumes ?? []).map(({ accessMode }, index): [string, string[]] => [
      `${spec.namespace}/${names.claim(index)}`,
      [accessMode],
    ]),
  );
  const live = claims.map((claim): [string, string[]] => [
    keyOf(claim),
    claim.spec.accessModes ?? [],
  ]);
  return new Map([...made, ...live]);
}

/** The workspaces of this run that use each claim, the one that it was made for included. */
function usersOf(placements: readonly Placement[]): Map<string, Set<string>> {
  const users = new Map<string, Set<string>>();
  const use = (key: string, user: string): void => {
    users.set(key, (users.get(key) ?? new Set()).add(user));
  };
  for (const { spec, names } of placements) {
    const own = (spec.volumes ?? []).map((_, index) => names.claim(index));
    const existing = (spec.existingVolumes ?? []).map(({ claim }) => claim);
    for (const claim of [...own, ...existing]) {
      use(`${spec.namespace}/${claim}`, spec.name);
    }
  }
  return users;
}

function isShareable(modes: readonly string[], { volume }: Mount): boolean {
  return (
    modes.includes("ReadWriteMany") || (modes.includes("ReadOnlyMany") && volume.readOnly === true)
  );
}

/** The namespaces in which pods must be looked at: where a claim may have one user alone. */
export function namespacesOfUnshared({ placements, live }: Check): string[] {
  const modes = modesOf(placements, live.claims ?? []);
  const unshared = mountsOf(placements).filter((mount) => {
    const found = modes.get(mount.key);
    return found !== undefined && !isShareable(found, mount);
  });
  return [...new Set(unshared.map(({ placement }) => placement.spec.namespace))].sort();
}

/** Adds a problem for each claim that is absent, on its way out, or in use by others and not for sharing. */
export function checkExistingClaims(check: Check): void {
  const { placements, live } = check;
  if (live.claims === undefined) {
    return;
  }
  const modes = modesOf(placements, live.claims);
  const users = usersOf(placements);
  for (const mount of mountsOf(placements)) {
    const found = modes.get(mount.key);
    if (found === undefined) {
      // One that is to be made may be missing here for what is wrong elsewhere.
      if (check.claimsKnown) {
        reportAbsent(mount, modes, live.cluster);
      }
    } else if (isBeingDeleted(mount, live)) {
      report(
        mount,
        `claim on cluster ${live.cluster} is being deleted`,
        "Name another claim, or wait until it is gone and make it anew.",
      );
    } else if (!isShareable(found, mount)) {
      reportOthers(mount, found, users.get(mount.key) ?? new Set(), check);
    }
  }
}

function isBeingDeleted({ key }: Mount, { claims }: LiveCluster): boolean {
  return (claims ?? []).some(
    (claim) => keyOf(claim) === key && claim.metadata.deletionTimestamp !== undefined,
  );
}

function report({ placement, volume, path }: Mount, reason: string, remedy: string): void {
  placement.problems.add({ path, reason, value: volume.claim, remedy });
}

function reportAbsent(mount: Mount, modes: Map<string, string[]>, cluster: string): void {
  const { placement, volume, path } = mount;
  const prefix = `${placement.spec.namespace}/`;
  const names = [...modes.keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length))
    .sort();
  const near = nearest(volume.claim, names);
  placement.problems.add({
    path,
    reason: `namespace ${placement.spec.namespace} on cluster ${cluster} has no such claim`,
    value: volume.claim,
    allowed: names.length === 0 ? "it has none" : oneOf(names),
    remedy:
      near === undefined
        ? "Create the claim first, or ask for a new one with persistent_volume."
        : `Did you mean ${near}?`,
  });
}

function reportOthers(
  mount: Mount,
  modes: readonly string[],
  users: ReadonlySet<string>,
  check: Check,
): void {
  const { spec } = mount.placement;
  const workspaces = [...users].filter((name) => name !== spec.name).sort();
  const pods = (check.live.pods ?? [])
    .filter((pod) => pod.metadata.namespace === spec.namespace && mounts(pod, mount.volume.claim))
    .filter((pod) => !isPodOfThisRun(pod, check))
    .map(({ metadata }) => metadata.name)
    .sort();
  const others = [
    ...workspaces.map((name) => `workspace ${name}`),
    ...pods.map((name) => `pod ${name}`),
  ];
  if (others.length > 0) {
    report(
      mount,
      `claim on cluster ${check.live.cluster} is also used by ${others.join(", ")}, and its access mode ${modes.join(", ")} does not allow sharing`,
      "Only a claim with ReadWriteMany can be mounted by several.",
    );
  }
}

function mounts({ metadata, spec, status }: LivePod, claim: string): boolean {
  const ended = status?.phase === "Succeeded" || status?.phase === "Failed";
  return (
    !ended &&
    metadata.deletionTimestamp === undefined &&
    (spec?.volumes ?? []).some((volume) => volume.persistentVolumeClaim?.claimName === claim)
  );
}

function isPodOfThisRun({ metadata }: LivePod, check: Check): boolean {
  const name = metadata.labels?.[WORKSPACE_LABEL];
  const namespace = metadata.namespace ?? "";
  return (
    name !== undefined && isOfThisRun(check, namespace, workspaceNames({ namespace, name }).full)
  );
}
