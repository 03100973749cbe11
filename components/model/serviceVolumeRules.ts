/** Rules of a deployment's volumes, and of where containers mount them. */
import { checkMounts, plainPath } from "./mountPaths";
import { isDnsLabel } from "./names";
import { nearest, oneOf } from "./problems";
import { compareQuantities } from "./quantity";
import { checkName, checkOnce, checkRange, checkSame, type PlacedContainer } from "./serviceChecks";
import type { ServiceProblems } from "./serviceProblems";
import type { TypedDocument, VolumeYaml } from "./serviceSchema";
import type { ServiceLimits } from "./serviceTypes";

/** What a claim is where nothing is said: one node has it at a time. */
export const READ_WRITE_ONCE = "ReadWriteOnce";

const TYPES = [READ_WRITE_ONCE, "ReadWriteMany"];
const SIZE = /^[1-9]\d{0,2}(Mi|Gi)$/;
const SHARED_MEMORY = "/dev/shm";

/** Where types of one volume are said: at the volume itself, or at any mount of it. */
interface SaidType {
  path: string;
  volume: string;
  value: string | undefined;
}

function saidTypes(document: TypedDocument, containers: readonly PlacedContainer[]): SaidType[] {
  return [
    ...document.volumes.flatMap((volume, i) =>
      volume === undefined
        ? []
        : [{ path: `volumes[${i}].type`, volume: volume.name, value: volume.type }],
    ),
    ...containers.flatMap(({ path, container: { volumeMounts = [] } }) =>
      volumeMounts.map(({ name, type }, i) => ({
        path: `${path}.volumeMounts[${i}].type`,
        volume: name,
        value: type,
      })),
    ),
  ];
}

/** The type of a claim, wherever the document says it. */
export function volumeType(
  name: string,
  document: TypedDocument,
  containers: readonly PlacedContainer[],
): string {
  const said = saidTypes(document, containers).filter(({ volume }) => volume === name);
  return said.find(({ value }) => value !== undefined)?.value ?? READ_WRITE_ONCE;
}

function checkSize(
  path: string,
  size: string,
  { maxVolumeSize }: ServiceLimits,
  problems: ServiceProblems,
): void {
  if (!SIZE.test(size)) {
    problems.add({
      path,
      reason: "not a size",
      value: size,
      allowed: "1 to 999 with Gi or Mi, such as 10Gi",
      remedy: /^[1-9]\d{0,2}\s*[GM]i?B?$/i.test(size)
        ? `Write it as ${/^\d+/.exec(size)?.[0]}${/g/i.test(size) ? "Gi" : "Mi"}.`
        : "Correct it.",
    });
  } else if (compareQuantities(size, maxVolumeSize) > 0) {
    const allowed = `${maxVolumeSize} at most`;
    problems.add({ path, reason: "out of range", value: size, allowed, remedy: "Ask for less." });
  }
}

function checkVolume(
  path: string,
  { name, size, emptyDir }: VolumeYaml,
  limits: ServiceLimits,
  problems: ServiceProblems,
): void {
  checkName(`${path}.name`, name, problems);
  if ((size === undefined) === (emptyDir === undefined)) {
    problems.add({
      path,
      reason: size === undefined ? "has no size" : "is on disk and in memory at once",
      allowed: "size, or emptyDir with a sizeLimit",
      remedy: "Keep one of them.",
    });
  }
  if (size !== undefined) {
    checkSize(`${path}.size`, size, limits, problems);
  }
  const limit = [1, limits.maxMemoryVolume] as const;
  checkRange(`${path}.emptyDir.sizeLimit`, emptyDir?.sizeLimit, limit, problems);
}

function checkTypes(
  document: TypedDocument,
  containers: readonly PlacedContainer[],
  problems: ServiceProblems,
): void {
  const said = saidTypes(document, containers);
  const inMemory = document.volumes.filter((volume) => volume?.emptyDir !== undefined);
  for (const { path, volume, value } of said) {
    if (value === undefined) {
      continue;
    }
    if (!TYPES.includes(value)) {
      const near = nearest(value, TYPES);
      problems.add({
        path,
        reason: "not a type of volume",
        value,
        allowed: oneOf(TYPES),
        remedy: near === undefined ? "Choose one of these." : `Did you mean ${near}?`,
      });
    } else if (inMemory.some((one) => one?.name === volume)) {
      const reason = "of no use: memory belongs to one pod";
      problems.add({ path, reason, value, remedy: "Remove it." });
    }
  }
  for (const name of new Set(said.map(({ volume }) => volume))) {
    checkSame(
      said.filter(({ volume }) => volume === name),
      problems,
    );
  }
}

/** Memory may be mounted as the container's shared memory, and nothing else may; other places as everywhere. */
function checkPlaces(
  { path, container: { volumeMounts = [] } }: PlacedContainer,
  volumes: TypedDocument["volumes"],
  problems: ServiceProblems,
): void {
  const mounts = volumeMounts.map(({ name, mountPath }, i) => ({
    path: `${path}.volumeMounts[${i}].mountPath`,
    volume: name,
    mountPath,
    file: false,
  }));
  const shared = mounts.filter(({ mountPath }) => `${mountPath}/`.startsWith(`${SHARED_MEMORY}/`));
  checkMounts(
    mounts.filter((mount) => !shared.includes(mount)),
    problems,
  );
  checkOnce(
    shared.map((mount) => ({ path: mount.path, name: plainPath(mount.mountPath) })),
    "a place",
    problems,
  );
  for (const mount of shared) {
    const memory = volumes.find((one) => one?.name === mount.volume)?.emptyDir !== undefined;
    if (!memory || plainPath(mount.mountPath) !== SHARED_MEMORY) {
      problems.add({
        path: mount.path,
        reason: "the container's shared memory",
        value: mount.mountPath,
        allowed: `${SHARED_MEMORY} itself, for a volume with emptyDir`,
        remedy: "Mount it elsewhere.",
      });
    }
  }
}

/** Adds the problems of volumes and mounts. */
export function checkVolumes(
  document: TypedDocument,
  containers: readonly PlacedContainer[],
  limits: ServiceLimits,
  problems: ServiceProblems,
): void {
  const { volumes } = document;
  const placed = volumes.flatMap((volume, i) =>
    volume === undefined ? [] : [{ path: `volumes[${i}]`, volume }],
  );
  for (const { path, volume } of placed) {
    checkVolume(path, volume, limits, problems);
  }
  const names = placed.map(({ path, volume }) => ({ path: `${path}.name`, name: volume.name }));
  checkOnce(names, "a name", problems);
  checkTypes(document, containers, problems);
  const known = placed.map(({ volume }) => volume.name);
  for (const one of containers) {
    checkPlaces(one, volumes, problems);
    one.container.volumeMounts?.forEach(({ name }, i) => {
      // A volume that has a mistake of its own may be the one that is meant.
      if (known.length === volumes.length && !known.includes(name)) {
        const near = isDnsLabel(name) ? nearest(name, known.filter(isDnsLabel)) : undefined;
        problems.add({
          path: `${one.path}.volumeMounts[${i}].name`,
          reason: "a volume that volumes does not have",
          value: name,
          allowed: oneOf(known),
          remedy: near === undefined ? "Add it to volumes." : `Did you mean ${near}?`,
        });
      }
    });
  }
}

/** Adds a problem where several pods would mount a volume that one node alone can have. */
export function checkShared(
  document: TypedDocument,
  containers: readonly PlacedContainer[],
  replicas: number,
  problems: ServiceProblems,
): void {
  if (replicas <= 1) {
    return;
  }
  const mounted = new Set(
    containers.flatMap(({ container }) => (container.volumeMounts ?? []).map(({ name }) => name)),
  );
  document.volumes.forEach((volume, i) => {
    if (
      volume?.size !== undefined &&
      mounted.has(volume.name) &&
      volumeType(volume.name, document, containers) === READ_WRITE_ONCE
    ) {
      problems.add({
        path: `volumes[${i}]`,
        reason: `${READ_WRITE_ONCE}, and ${replicas} replicas would mount ${volume.name}`,
        remedy: "Give its mounts type ReadWriteMany, or make it one replica.",
      });
    }
  });
}
