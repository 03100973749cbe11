/** Follows a workspace after `up`, until its pod runs or it is clear that it will not. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Live, ReadLive } from "./live";
import { currentPod, workspaceReason } from "./podReason";
import { statusOf, type WorkspaceStatus } from "./status";

/** How following ended: the last status, and why the workspace does not run where it does not. */
export interface Followed {
  status: WorkspaceStatus;
  failure?: string;
}

export interface FollowOptions {
  who: { cluster: string; namespace: string; name: string };
  timeoutSeconds: number;
  write: (text: string) => void;
  /** Pause between two looks, in milliseconds. Default: 1000. */
  pause?: number;
}

const OVER: Partial<Record<WorkspaceStatus["phase"], string>> = {
  Expired: "its allocation has expired; `restart` begins a new one",
  Failed: "its pod has failed; `restart` begins anew",
  Absent: "there is no Job or Deployment; `restart` makes it anew",
};

/** Whether the workload that was applied has its own pod in view, and not only one of its forerunner. */
function isSettled(live: Live): boolean {
  const { deployment } = live;
  const seen = deployment?.status?.observedGeneration ?? 0;
  return (
    deployment === undefined ||
    (seen >= (deployment.metadata?.generation ?? 0) &&
      (deployment.status?.updatedReplicas ?? 0) >= (deployment.spec?.replicas ?? 1))
  );
}

/**
 * Looks again and again until the workspace runs, has ended well, cannot start, or the time is over.
 * A look that fails is repeated until then.
 *
 * @throws the last look's error when none succeeded within the time
 */
export async function follow(read: ReadLive, options: FollowOptions): Promise<Followed> {
  const { who, timeoutSeconds, write, pause = 1000 } = options;
  const deadline = Date.now() + timeoutSeconds * 1000;
  let told = "";
  let since = Date.now();
  for (;;) {
    let live: Live;
    try {
      live = await read();
    } catch (error) {
      if (Date.now() >= deadline) {
        throw error;
      }
      await sleep(pause);
      continue;
    }
    const status = statusOf(live, who, new Date());
    const reason = workspaceReason(live);
    const over = OVER[status.phase];
    if (over !== undefined) {
      return { status, failure: status.reason === null ? over : `${status.reason}; ${over}` };
    }
    const runs = status.phase === "Running" || status.phase === "Succeeded";
    if (runs && reason === undefined && isSettled(live)) {
      return { status };
    }
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
      const pod = currentPod(live)?.metadata?.name;
      const waiting = pod === undefined ? "no pod was made yet" : `pod ${pod} is not running yet`;
      return { status, failure: text === "" ? waiting : text };
    }
    await sleep(Math.min(pause, Math.max(0, deadline - Date.now())));
  }
}
