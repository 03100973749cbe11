/** Rules of a document as a whole: how much of everything, and what its containers must agree on. */
import { joinPath } from "./problems";
import {
  checkLength,
  checkOnce,
  checkRange,
  checkSame,
  type PlacedContainer,
} from "./serviceChecks";
import type { ServiceProblems } from "./serviceProblems";
import type { TypedDocument } from "./serviceSchema";
import type { ServiceSite } from "./serviceTypes";

/** What has more items or keys is refused before anything is made of it: what is told of each would be endless. */
const MOST_ITEMS = 1000;

/** Whether every list and object is short enough to be looked at. */
export function checkSizes(value: unknown, path: string, problems: ServiceProblems): boolean {
  if (typeof value !== "object" || value === null) {
    return true;
  }
  const entries = Object.entries(value);
  if (entries.length > MOST_ITEMS) {
    checkLength(path, entries, MOST_ITEMS, problems);
    return false;
  }
  return entries.every(([key, child]) =>
    checkSizes(child, joinPath(path, [Array.isArray(value) ? Number(key) : key]), problems),
  );
}

/** Whether nothing is more than the operator allows: more is not looked at. */
export function checkCounts(
  document: TypedDocument,
  placed: readonly PlacedContainer[],
  { limits }: ServiceSite,
  problems: ServiceProblems,
): boolean {
  const before = problems.count;
  const { containers, initContainers, volumes } = document;
  checkLength("containers", [...containers, ...initContainers], limits.maxContainers, problems);
  checkLength("volumes", volumes, limits.maxVolumes, problems);
  for (const { path, container } of placed) {
    checkLength(`${path}.ports`, container.ports ?? [], limits.maxPorts, problems);
    checkLength(`${path}.environment`, container.environment ?? [], limits.maxVariables, problems);
    checkLength(`${path}.volumeMounts`, container.volumeMounts ?? [], limits.maxMounts, problems);
  }
  return problems.count === before;
}

/** How many pods: what is said at top level and at containers must be one number. */
export function checkReplicas(
  document: TypedDocument,
  placed: readonly PlacedContainer[],
  { limits }: ServiceSite,
  problems: ServiceProblems,
): number {
  const said = [
    { path: "replicas", value: document.replicas },
    ...placed
      .filter(({ init }) => !init)
      .map(({ path, container }) => ({ path: `${path}.replicas`, value: container.replicas })),
  ];
  for (const { path, value } of said) {
    checkRange(path, value, [0, limits.maxReplicas], problems);
  }
  checkSame(said, problems);
  return said.find(({ value }) => value !== undefined)?.value ?? 1;
}

/** Adds a problem for a policy that jobs alone can have. */
export function checkRestartPolicy(policy: string | undefined, problems: ServiceProblems): void {
  if (policy !== undefined && policy !== "Always") {
    problems.add({
      path: "restartPolicy",
      reason:
        "not what a deployment can have: Kubernetes starts its containers again whenever they end",
      value: policy,
      allowed: "Always",
      remedy: "Remove it. What is to run once, or up to its success, is a job and no deployment.",
    });
  }
}

/** Adds the problems of what containers have in common: names, ports, and the groups of volumes. */
export function checkTogether(placed: readonly PlacedContainer[], problems: ServiceProblems): void {
  const names = placed.map(({ path, container: { name } }) => ({ path: `${path}.name`, name }));
  checkOnce(names, "a name", problems);
  // The containers of a pod have one network: two cannot listen on the same port.
  const ports = placed.flatMap(({ path, container }) =>
    (container.ports ?? []).map(({ port }, i) => ({
      path: `${path}.ports[${i}].port`,
      name: port,
    })),
  );
  checkOnce(ports, "a port", problems);
  for (const key of ["fsGroup", "changeGroupOnMismatch"] as const) {
    const said = placed.map(({ path, container }) => ({
      path: `${path}.${key}`,
      value: container[key],
    }));
    checkSame(said, problems);
  }
}

/** Whether a container mounts a volume that lasts. */
export function mountsClaims(document: TypedDocument, placed: readonly PlacedContainer[]): boolean {
  const lasting = new Set(
    document.volumes.flatMap((volume) => (volume?.size === undefined ? [] : volume.name)),
  );
  return placed.some(({ container }) =>
    (container.volumeMounts ?? []).some(({ name }) => lasting.has(name)),
  );
}
