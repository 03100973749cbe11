/** Follows a deployment after a change, until it is as wanted or it is clear that it will not be. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ServiceEvent, ServiceStatus } from "../service";
import { isReady, readyPods } from "../states";

/** What following looks at. */
export interface Looks {
  status(): Promise<ServiceStatus>;
  events(pod: string): Promise<readonly ServiceEvent[]>;
}

/** How following ended: the last status, and why it is not as wanted where it is not. */
export interface Followed {
  status: ServiceStatus;
  failure?: string;
}

export interface FollowOptions {
  timeoutSeconds: number;
  write: (text: string) => void;
  /** Pause between two looks, in milliseconds. @default 1000 */
  pause?: number;
}

/** Reasons that do not pass by themselves, and how many seconds they must last: a node may retry with success. */
const HOPELESS: Record<string, number> = {
  BackOff: 20,
  Failed: 20,
  InspectFailed: 5,
  InvalidImageName: 0,
  ErrImageNeverPull: 0,
};

interface Reason {
  text: string;
  patience: number;
}

/** Whether what was asked for is there, and nothing else: pods of an earlier version are gone. */
export function isSettled(status: ServiceStatus): boolean {
  const { replicas, currentReplicas, pods } = status;
  return pods.length === replicas && currentReplicas === replicas && readyPods(status) === replicas;
}

/** What the cluster last warned of, for the first pod that is not ready. */
async function reasonOf(looks: Looks, status: ServiceStatus): Promise<Reason | undefined> {
  for (const pod of status.pods.filter((one) => !isReady(one))) {
    const events = await looks.events(pod.name).catch(() => []);
    const last = events.findLast(({ type }) => type === "Warning");
    if (last !== undefined) {
      const text = `${pod.name}: ${last.reason}: ${last.note}`;
      return { text, patience: HOPELESS[last.reason] ?? Infinity };
    }
    if (pod.phase === "Failed") {
      return { text: `${pod.name} has failed`, patience: 0 };
    }
  }
  return undefined;
}

/** What is still missing, where no reason is known. */
function missing(status: ServiceStatus): string {
  const { replicas, pods } = status;
  if (replicas > 0 && pods.length === 0) {
    return "no pod has been made yet; is your quota used up?";
  }
  const waiting = pods.find((pod) => !isReady(pod));
  if (waiting !== undefined && pods.length <= replicas) {
    return `pod ${waiting.name} is not ready yet`;
  }
  return "pods of the version before have not ended yet";
}

/**
 * Looks again and again until the deployment is as wanted, cannot get so, or the time is over. A look that fails
 * is repeated until then.
 *
 * @throws the last look's error when none succeeded within the time
 */
export async function follow(looks: Looks, options: FollowOptions): Promise<Followed> {
  const { timeoutSeconds, write, pause = 1000 } = options;
  const deadline = Date.now() + timeoutSeconds * 1000;
  let [told, progress] = ["", ""];
  let since = Date.now();
  for (;;) {
    let status: ServiceStatus;
    try {
      status = await looks.status();
    } catch (error) {
      if (Date.now() >= deadline) {
        throw error;
      }
      await sleep(pause);
      continue;
    }
    const step = `${readyPods(status)} of ${status.replicas} ready`;
    if (step !== progress) {
      progress = step;
      write(`  ${step}`);
    }
    if (isSettled(status)) {
      return { status };
    }
    const reason = await reasonOf(looks, status);
    const text = reason?.text ?? "";
    if (text !== told) {
      told = text;
      since = Date.now();
      if (text !== "") {
        write(`  … ${text}`);
      }
    }
    if (reason !== undefined && Date.now() - since >= reason.patience * 1000) {
      return { status, failure: reason.text };
    }
    if (Date.now() >= deadline) {
      return { status, failure: text === "" ? missing(status) : text };
    }
    await sleep(Math.min(pause, Math.max(0, deadline - Date.now())));
  }
}
