/** How a deployment is doing, in the seed's words: made from live objects, without a further call. */
import type {
  LiveClaim,
  LiveContainer,
  LiveContainerStatus,
  LiveDeployment,
  LiveEvent,
  LivePod,
} from "./serviceLive";
import { VOLUME_LABEL } from "./serviceNames";
import type { ContainerState, ServiceEvent, ServiceStatus } from "./serviceSchemas";

export type { ServiceEvent, ServiceStatus } from "./serviceSchemas";

/** Every container of the spec: before the node has it, Kubernetes has no status of it. */
function states(
  containers: readonly LiveContainer[] = [],
  statuses: readonly LiveContainerStatus[] = [],
): ContainerState[] {
  return containers.map(({ name }) => {
    const status = statuses.find((one) => one.name === name);
    return { name, ready: status?.ready ?? false, started: status?.started ?? false };
  });
}

function podStatus({ metadata, spec, status }: LivePod): ServiceStatus["pods"][number] {
  const init = states(spec?.initContainers, status?.initContainerStatuses);
  return {
    name: metadata.name,
    phase: status?.phase ?? "Pending",
    containers: states(spec?.containers, status?.containerStatuses),
    ...(init.length === 0 ? {} : { initContainers: init }),
  };
}

function volumeStatus({ metadata, spec, status }: LiveClaim): ServiceStatus["volumes"][number] {
  return {
    name: metadata.labels?.[VOLUME_LABEL] ?? metadata.name,
    phase: status?.phase ?? "Pending",
    capacity: status?.capacity?.storage ?? spec?.resources?.requests?.storage ?? "",
    type: spec?.accessModes?.[0] ?? "",
  };
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}

/**
 * The seed's status object: `replicas` is how many pods there are to be, `currentReplicas` how many of the present
 * version there are. A volume that no node has had yet shows the size that was asked for.
 *
 * @param pods those of this deployment
 * @param claims those of this deployment, which the document no longer has among them
 */
export function serviceStatus(
  { spec, status }: LiveDeployment,
  pods: readonly LivePod[],
  claims: readonly LiveClaim[],
): ServiceStatus {
  return {
    replicas: spec?.replicas ?? 1,
    currentReplicas: status?.updatedReplicas ?? 0,
    pods: pods.map(podStatus).sort(byName),
    volumes: claims.map(volumeStatus).sort(byName),
  };
}

/** The seed writes milliseconds, which Kubernetes leaves out. */
function timestamp(text: string | undefined): string {
  const time = new Date(text ?? 0);
  return Number.isNaN(time.getTime()) ? "" : time.toISOString();
}

/** Events as the seed has them: four fields each, the latest last. */
export function serviceEvents(events: readonly LiveEvent[]): ServiceEvent[] {
  return events
    .map(({ metadata, note, message, reason, type }) => ({
      creationTimestamp: timestamp(metadata.creationTimestamp),
      note: note ?? message ?? "",
      reason: reason ?? "",
      type: type ?? "Normal",
    }))
    .sort((a, b) => (a.creationTimestamp < b.creationTimestamp ? -1 : 1));
}

/** What Kubernetes says while nothing is wrong. */
const PATIENCE = ["ContainerCreating", "PodInitializing"];

function said(reason = "", message = ""): string {
  return [reason, message].filter((text) => text !== "").join(": ");
}

function containerTrouble({ name, state, ready }: LiveContainerStatus): string | undefined {
  const { waiting, terminated } = state ?? {};
  if (waiting !== undefined && !PATIENCE.includes(waiting.reason ?? PATIENCE[0]!)) {
    return `container ${name} cannot start: ${said(waiting.reason, waiting.message)}`;
  }
  if (terminated !== undefined && !ready && terminated.exitCode !== 0) {
    const code = terminated.exitCode === undefined ? "" : ` with exit code ${terminated.exitCode}`;
    return `container ${name} ended${code}: ${said(terminated.reason, terminated.message)}`;
  }
  return undefined;
}

/** Why a pod is not ready, as far as Kubernetes says so; nothing where it just takes its time. */
export function podTrouble({ status }: LivePod): string | undefined {
  if (status?.reason !== undefined) {
    return said(status.reason, status.message);
  }
  const unplaced = status?.conditions?.find(
    ({ type, status: is }) => type === "PodScheduled" && is === "False",
  );
  if (unplaced !== undefined) {
    return `no node can take it: ${said(unplaced.reason, unplaced.message)}`;
  }
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
    .map(containerTrouble)
    .find((trouble) => trouble !== undefined);
}
