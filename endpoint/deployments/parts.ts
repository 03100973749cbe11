/** Which of its objects a PUT need not look at: requests to the API server are what it takes its time for. */
import type { KubernetesObject } from "../../components/model/kubernetesObject";
import type { LiveClaim } from "../../components/model/serviceLive";

const PRUNED = ["Service", "Ingress", "HTTPRoute"];

/** What of a deployment must be removed where a document no longer has it, as the record's state keeps it. */
export function partsOf(objects: readonly KubernetesObject[]): string {
  return objects
    .filter(({ kind }) => PRUNED.includes(kind))
    .map(({ kind, metadata }) => `${kind}/${metadata.name}`)
    .sort()
    .join(" ");
}

/** Whether a claim is there just so. Most of a claim can never change. */
export function isThere(wanted: KubernetesObject, claims: readonly LiveClaim[]): boolean {
  const { accessModes, storageClassName, resources } = wanted.spec as LiveClaim["spec"] & object;
  const live = claims.find(({ metadata }) => metadata.name === wanted.metadata.name);
  return (
    live !== undefined &&
    live.metadata.deletionTimestamp === undefined &&
    Object.entries(wanted.metadata.labels ?? {}).every(
      ([key, value]) => live.metadata.labels?.[key] === value,
    ) &&
    live.spec?.accessModes?.join() === accessModes?.join() &&
    live.spec?.resources?.requests?.storage === resources?.requests?.storage &&
    (storageClassName === undefined || live.spec?.storageClassName === storageClassName)
  );
}
