/** Why a workspace's pod does not run, in one line. */
import type { CoreV1Event, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import type { Live } from "./live";

/** What keeps a workspace from running. */
export interface PodReason {
  /** A sentence without a full stop. */
  text: string;
  /**
   * Seconds that it must last before waiting on is pointless: 0 for what nobody but the user can mend,
   * infinite for a pod that waits for its turn.
   */
  patience: number;
}

/** Reasons of a waiting container that do not pass by themselves. */
const HOPELESS = new Set([
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "CreateContainerConfigError",
  "CreateContainerError",
  "CrashLoopBackOff",
  "RunContainerError",
]);

/** A pod that is still ending may hold the quota for as long as its grace period. */
const QUOTA_PATIENCE = 30;

const WAITING_IS_NORMAL = new Set(["ContainerCreating", "PodInitializing"]);

function ofContainer(status: V1ContainerStatus): PodReason | undefined {
  const { waiting, terminated } = status.state ?? {};
  if (waiting?.reason !== undefined && !WAITING_IS_NORMAL.has(waiting.reason)) {
    return {
      text: `${waiting.reason}${waiting.message ? `: ${waiting.message}` : ""}`,
      patience: HOPELESS.has(waiting.reason) ? 0 : Infinity,
    };
  }
  if (terminated !== undefined && terminated.exitCode !== 0) {
    const message = terminated.message ? `: ${terminated.message}` : "";
    return {
      text: `the container ended with exit code ${terminated.exitCode} (${terminated.reason ?? "Error"})${message}`,
      patience: 0,
    };
  }
  return undefined;
}

/** Why a pod is not running; nothing when it is, or when it is on its way. */
export function podReason(pod: V1Pod): PodReason | undefined {
  const { conditions, containerStatuses, initContainerStatuses, phase, reason, message } =
    pod.status ?? {};
  const scheduled = conditions?.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status === "False") {
    return {
      text: `Pending because of ${scheduled.reason ?? "scheduling"}: ${scheduled.message ?? "no message"}`,
      patience: Infinity,
    };
  }
  for (const status of [...(initContainerStatuses ?? []), ...(containerStatuses ?? [])]) {
    const found = ofContainer(status);
    if (found !== undefined) {
      return found;
    }
  }
  return phase === "Failed"
    ? {
        text: `Failed: ${[reason, message].filter(Boolean).join(": ") || "no reason given"}`,
        patience: 0,
      }
    : undefined;
}

function isRefusal(event: CoreV1Event): boolean {
  return event.reason === "FailedCreate";
}

/** Why there is no pod at all: the controller was refused one, by a quota or a policy. */
function refusal(live: Live): PodReason | undefined {
  const condition = live.deployment?.status?.conditions?.find(
    ({ type, status }) => type === "ReplicaFailure" && status === "True",
  );
  const message = condition?.message ?? live.events.findLast(isRefusal)?.message;
  if (message === undefined) {
    return undefined;
  }
  // Every attempt has a pod's name of its own, but the reason is the same.
  const reason = message.replace(/^(Error creating: )?pods "[^"]*" is /, "");
  return { text: `no pod may be made: ${reason}`, patience: QUOTA_PATIENCE };
}

/** The pod that counts: the newest that is not going away. */
export function currentPod(live: Live): V1Pod | undefined {
  return (
    live.pods.find(({ metadata }) => metadata?.deletionTimestamp === undefined) ?? live.pods[0]
  );
}

/** Why a workspace does not run, from its pod or from the refusal of one. */
export function workspaceReason(live: Live): PodReason | undefined {
  const pod = currentPod(live);
  return pod === undefined ? refusal(live) : podReason(pod);
}
