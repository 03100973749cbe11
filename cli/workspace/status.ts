/** What a workspace's live objects say: its phase, its allocation, and where it is found. */
import type { V1Job, V1PersistentVolumeClaim, V1Service } from "@kubernetes/client-node";
import { STACK_ANNOTATION } from "../../components/model/workspaceObjects";
import type { Live } from "./live";
import { localIso } from "./localTime";
import { currentPod, workspaceReason } from "./podReason";

/** `Absent`: there is no workload. `Expired`: the allocation ran out. */
type Phase = "Absent" | "Pending" | "Running" | "Succeeded" | "Failed" | "Expired";

export interface ClaimStatus {
  name: string;
  /** `Bound`, `Pending`, `Lost`, or `Absent`. */
  phase: string;
  size: string | null;
  accessModes: string[];
  storageClass: string | null;
}

export interface ServiceStatus {
  name: string;
  type: string;
  ports: { name: string | null; port: number; nodePort: number | null }[];
}

/** How much of a Job's allocation is used. The clock starts with the Job, before its pod is scheduled. */
export interface Allocation {
  /** Local time, ISO 8601. */
  started: string | null;
  allocatedSeconds: number | null;
  /** Until now, or until it ended. */
  usedSeconds: number | null;
  /** 0 once it ended. */
  remainingSeconds: number | null;
  /** Local time, ISO 8601. */
  endsAt: string | null;
  expired: boolean;
}

/** The answer of `status`; with `--json` it is printed as it is here. */
export interface WorkspaceStatus extends Allocation {
  cluster: string;
  namespace: string;
  name: string;
  workload: { kind: "Job" | "Deployment"; name: string } | null;
  /** The stack that holds it. */
  stack: string | null;
  phase: Phase;
  /** Why it does not run. */
  reason: string | null;
  pod: string | null;
  node: string | null;
  /** Extended resource to number of units. */
  gpus: Record<string, number>;
  service: ServiceStatus | null;
  url: string | null;
  claims: ClaimStatus[];
  /** The last three warnings, oldest first. */
  warnings: string[];
}

function ended(job: V1Job | undefined): { phase: Phase; at: Date | undefined } | undefined {
  const condition = job?.status?.conditions?.find(
    ({ type, status }) =>
      status === "True" && (type === "Failed" || type === "FailureTarget" || type === "Complete"),
  );
  if (condition === undefined) {
    return undefined;
  }
  const failed = condition.reason === "DeadlineExceeded" ? "Expired" : "Failed";
  return {
    phase: condition.type === "Complete" ? "Succeeded" : failed,
    at: job?.status?.completionTime ?? condition.lastTransitionTime,
  };
}

/** The allocation of a Job as of `now`; of anything else, nothing. */
export function allocationOf(job: V1Job | undefined, now: Date): Allocation {
  const allocated = job?.spec?.activeDeadlineSeconds;
  const started = job?.status?.startTime;
  const end = ended(job);
  if (allocated === undefined || started === undefined) {
    return {
      started: null,
      allocatedSeconds: allocated ?? null,
      usedSeconds: allocated === undefined ? null : 0,
      remainingSeconds: allocated ?? null,
      endsAt: null,
      expired: false,
    };
  }
  const begin = new Date(started).getTime();
  const until = Math.min(now.getTime(), end?.at ? new Date(end.at).getTime() : Infinity);
  const used = Math.max(0, Math.floor((until - begin) / 1000));
  // The controller may be late in saying so.
  const expired = end === undefined ? used >= allocated : end.phase === "Expired";
  return {
    started: localIso(new Date(begin)),
    allocatedSeconds: allocated,
    usedSeconds: used,
    remainingSeconds: end === undefined ? Math.max(0, allocated - used) : 0,
    endsAt: localIso(new Date(begin + allocated * 1000)),
    expired,
  };
}

function phaseOf(live: Live, expired: boolean): Phase {
  if (live.job === undefined && live.deployment === undefined) {
    return "Absent";
  }
  if (expired) {
    return "Expired";
  }
  const end = ended(live.job);
  if (end !== undefined) {
    return end.phase;
  }
  const phase = currentPod(live)?.status?.phase;
  return phase === "Running" || phase === "Succeeded" || phase === "Failed" ? phase : "Pending";
}

function gpusOf(live: Live): Record<string, number> {
  const { spec } = (live.job ?? live.deployment)?.spec?.template ?? {};
  const limits = spec?.containers[0]?.resources?.limits ?? {};
  // Only extended resources have a domain in their name.
  const extended = Object.entries(limits).filter(([resource]) => resource.includes("/"));
  return Object.fromEntries(extended.map(([resource, units]) => [resource, Number(units)]));
}

function serviceOf(service: V1Service | undefined): ServiceStatus | null {
  const { name, namespace } = service?.metadata ?? {};
  if (service === undefined) {
    return null;
  }
  return {
    name: `${name}.${namespace}.svc`,
    type: service.spec?.type ?? "ClusterIP",
    ports: (service.spec?.ports ?? []).map((port) => ({
      name: port.name ?? null,
      port: port.port,
      nodePort: port.nodePort ?? null,
    })),
  };
}

function urlOf({ ingress }: Live): string | null {
  const rule = ingress?.spec?.rules?.[0];
  return rule?.host === undefined
    ? null
    : `https://${rule.host}${rule.http?.paths[0]?.path ?? "/"}`;
}

function claimStatus(name: string, claim: V1PersistentVolumeClaim | undefined): ClaimStatus {
  return {
    name,
    phase: claim === undefined ? "Absent" : (claim.status?.phase ?? "Pending"),
    size:
      claim?.status?.capacity?.["storage"] ?? claim?.spec?.resources?.requests?.["storage"] ?? null,
    accessModes: claim?.spec?.accessModes ?? [],
    storageClass: claim?.spec?.storageClassName ?? null,
  };
}

/** What the live objects say of a workspace as of `now`. */
export function statusOf(
  live: Live,
  who: { cluster: string; namespace: string; name: string },
  now: Date,
): WorkspaceStatus {
  const kind = live.job === undefined ? "Deployment" : "Job";
  const workload = live.job ?? live.deployment;
  const allocation = allocationOf(live.job, now);
  const phase = phaseOf(live, allocation.expired);
  const pod = currentPod(live);
  const waits = phase === "Pending" || phase === "Running" || phase === "Failed";
  return {
    ...who,
    workload: workload === undefined ? null : { kind, name: workload.metadata?.name ?? "" },
    stack: workload?.metadata?.annotations?.[STACK_ANNOTATION] ?? null,
    phase,
    reason: (waits ? workspaceReason(live)?.text : undefined) ?? null,
    pod: pod?.metadata?.name ?? null,
    node: pod?.spec?.nodeName ?? null,
    ...allocation,
    gpus: gpusOf(live),
    service: serviceOf(live.service),
    url: urlOf(live),
    claims: live.claims.map(({ name, claim }) => claimStatus(name, claim)),
    warnings: live.events
      .filter(({ type }) => type === "Warning")
      .slice(-3)
      .map(({ reason, message }) => `${reason ?? "Warning"}: ${message ?? ""}`),
  };
}
