/** What a new document or scale would do to the deployment that is there: what cannot be done is refused. */
import { compareQuantities } from "./quantity";
import { checkRange } from "./serviceChecks";
import type { LiveClaim, LiveDeployment } from "./serviceLive";
import { REPLICAS_ANNOTATION, VOLUME_LABEL } from "./serviceNames";
import { mountedVolumes } from "./servicePod";
import { ServiceProblems } from "./serviceProblems";
import type { Checked, ServiceError, ServiceLimits, ServiceSpec } from "./serviceTypes";
import { READ_WRITE_ONCE } from "./serviceVolumeRules";

/** What there is of one deployment. */
export interface LiveService {
  deployment?: LiveDeployment;
  /** Its claims, those that the document no longer has among them. */
  claims?: readonly LiveClaim[];
}

/** The claim of a volume. */
export function liveClaim(volume: string, { claims = [] }: LiveService): LiveClaim | undefined {
  return claims.find(({ metadata }) => metadata.labels?.[VOLUME_LABEL] === volume);
}

/**
 * How many pods a deployment gets. What the document says counts when it is new or has changed; else the scale
 * stays that PATCH has set, and what is stopped stays so.
 */
export function wantedReplicas({ replicas }: ServiceSpec, deployment?: LiveDeployment): number {
  const last = deployment?.metadata.annotations?.[REPLICAS_ANNOTATION];
  return last === String(replicas) ? (deployment?.spec?.replicas ?? replicas) : replicas;
}

/** The claims that the document no longer has a volume for. They stay: only DELETE removes a claim. */
export function droppedClaims(spec: ServiceSpec, { claims = [] }: LiveService): LiveClaim[] {
  const kept = spec.volumes.filter(({ size }) => size !== undefined).map(({ name }) => name);
  return claims.filter(({ metadata }) => !kept.includes(metadata.labels?.[VOLUME_LABEL] ?? ""));
}

/** The claims of the document that are being deleted: until they are gone, no new one can have their name. */
export function leavingClaims(spec: ServiceSpec, live: LiveService): LiveClaim[] {
  return spec.volumes.flatMap(({ name, size }) => {
    const claim = size === undefined ? undefined : liveClaim(name, live);
    return claim?.metadata.deletionTimestamp === undefined ? [] : [claim];
  });
}

function checkVolume(
  path: string,
  { name, size, type }: ServiceSpec["volumes"][number],
  claim: LiveClaim | undefined,
  problems: ServiceProblems,
): void {
  const requested = claim?.spec?.resources?.requests?.storage;
  const [mode] = claim?.spec?.accessModes ?? [];
  if (size !== undefined && requested !== undefined && compareQuantities(size, requested) < 0) {
    problems.add({
      path: `${path}.size`,
      reason: `less than volume ${name} has, and volumes cannot shrink`,
      value: size,
      allowed: `${requested} or more`,
      remedy: "Keep the size, or make a new volume under another name.",
    });
  }
  if (type !== undefined && mode !== undefined && mode !== type) {
    problems.add({
      path: `${path}.type`,
      reason: `another type than volume ${name} has, and it cannot change`,
      value: type,
      allowed: mode,
      remedy: "Keep the type, or make a new volume under another name.",
    });
  }
}

/**
 * What a valid document asks of a deployment that cannot be done to what is there: volumes that shrink or change
 * their type, and a volume for one node alone while PATCH has set more replicas.
 *
 * @returns nothing when the document can be applied
 */
export function checkChanges(spec: ServiceSpec, live: LiveService): ServiceError[] {
  const problems = new ServiceProblems();
  spec.volumes.forEach((volume, i) => {
    checkVolume(`volumes[${i}]`, volume, liveClaim(volume.name, live), problems);
  });
  const replicas = wantedReplicas(spec, live.deployment);
  const single = mountedVolumes(spec).find(({ type }) => type === READ_WRITE_ONCE);
  if (replicas > 1 && single !== undefined) {
    problems.add({
      path: `volumes[${spec.volumes.indexOf(single)}]`,
      reason: `${READ_WRITE_ONCE}, and the deployment has been scaled to ${replicas} replicas`,
      remedy: "Give its mounts type ReadWriteMany, or scale to 1 first.",
    });
  }
  return problems.errors;
}

/** Reads a scale, as a query has it: a whole number from 0 on. */
export function parseScale(text: string, { maxReplicas }: ServiceLimits): Checked<number> {
  const problems = new ServiceProblems();
  const path = "scale";
  const scale = /^\d{1,5}$/.test(text) ? Number(text) : undefined;
  if (scale === undefined) {
    const allowed = `0 to ${maxReplicas}`;
    const remedy = "Give the number of replicas; 0 stops the deployment.";
    problems.add({ path, reason: "not a whole number", value: text, allowed, remedy });
  }
  checkRange(path, scale, [0, maxReplicas], problems);
  return problems.checked(scale);
}

/** What stands against a scale: limits, and volumes that one node has at a time. */
export function checkScale(
  scale: number,
  { deployment, claims = [] }: LiveService,
  { maxReplicas }: ServiceLimits,
): ServiceError[] {
  const problems = new ServiceProblems();
  checkRange("scale", scale, [0, maxReplicas], problems);
  const mounted = (deployment?.spec?.template?.spec?.volumes ?? []).flatMap(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
  );
  const single = claims.find(
    ({ metadata, spec }) =>
      mounted.includes(metadata.name) && spec?.accessModes?.includes(READ_WRITE_ONCE),
  );
  if (scale > 1 && single !== undefined) {
    problems.add({
      path: "scale",
      reason: `volume ${single.metadata.labels?.[VOLUME_LABEL] ?? single.metadata.name} is ${READ_WRITE_ONCE}, which several replicas cannot share`,
      value: scale,
      allowed: "0 or 1",
      remedy: "Move the data to a volume with type ReadWriteMany.",
    });
  }
  return problems.errors;
}
