/** `preview` and `up`. */
import { refuseOtherCluster } from "../guard";
import type { Change } from "../report";
import type { OpenStack } from "../stackHandle";
import { follow } from "./follow";
import { connect } from "./live";
import { PlainError, say } from "../output";
import { nextCommand, type Placement, type Request } from "./request";
import { operate, PARALLEL } from "../operate";
import { withStack } from "./stack";
import { formatRows, placeRows } from "./statusText";

export interface UpOptions {
  /** Whether to follow the pod. */
  wait: boolean;
  /** How long to follow it. */
  timeoutSeconds: number;
  /** After an interrupted run: take the lock away and look at the cluster first. */
  recover?: boolean;
}

function who(
  request: Request,
  cluster: string,
): { cluster: string; namespace: string; name: string } {
  const { namespace, name } = request.entry.spec;
  return { cluster, namespace, name };
}

/** The line above what is said of one cluster. */
export function title(request: Request, { cluster, stack }: Placement): string {
  const { namespace, name } = request.entry.spec;
  return `${name} in ${namespace} on ${cluster} (stack ${stack})`;
}

function summary(changes: readonly Change[]): string {
  const counts = new Map<string, number>();
  for (const { op } of changes) {
    counts.set(op, (counts.get(op) ?? 0) + 1);
  }
  return counts.size === 0
    ? "no changes"
    : [...counts].map(([op, count]) => `${count} ${op}`).join(", ");
}

/** Shows what `up` would change, on every cluster. */
export async function previewWorkspace(request: Request): Promise<void> {
  for (const placement of request.placements) {
    say(title(request, placement));
    const { changes } = await withStack(request, placement, (open) =>
      operate(open, true, (onEvent) => open.stack.preview({ onEvent, parallel: PARALLEL })),
    );
    say(`Preview: ${summary(changes)}.`);
  }
}

async function recover(open: OpenStack): Promise<void> {
  await open.stack.cancel().catch(() => undefined);
  await refuseOtherCluster(open);
  await operate(open, false, (onEvent) =>
    open.stack.refresh({ onEvent, clearPendingCreates: true }),
  );
}

/** Brings the workspace up on one cluster. */
export async function apply(open: OpenStack): Promise<void> {
  const { changes } = await operate(open, false, (onEvent) =>
    open.stack.up({ onEvent, parallel: PARALLEL }),
  );
  say(`Applied: ${summary(changes)}.`);
}

/**
 * Says where the workspace is, after following it.
 *
 * @returns why it does not run, where it does not
 */
async function report(
  request: Request,
  placement: Placement,
  timeoutSeconds: number,
): Promise<string | undefined> {
  const { cluster } = placement;
  const read = await connect(request, cluster);
  const options = { who: who(request, cluster), timeoutSeconds, write: say };
  const { status, failure } = await follow(read, options);
  if (failure === undefined) {
    const node = status.node === null ? "" : ` (node ${status.node})`;
    const ends = status.endsAt ?? "without an end";
    const rows = formatRows([...placeRows(status), ["ends at", ends]]);
    say(`${status.name} is ${status.phase} on ${cluster}${node}.\n${rows}`);
    return undefined;
  }
  return `${status.name} does not run on ${cluster}: ${failure}.`;
}

/** @throws PlainError with a line for each cluster on which the workspace does not run */
export async function reportAll(request: Request, timeoutSeconds: number): Promise<void> {
  const failures: string[] = [];
  for (const placement of request.placements) {
    const failure = await report(request, placement, timeoutSeconds);
    if (failure !== undefined) {
      failures.push(failure);
    }
  }
  if (failures.length > 0) {
    throw new PlainError(
      `${failures.join("\n")}\nLook again with: ${nextCommand("status", request)}`,
    );
  }
}

/** Brings the workspace up on every cluster, then follows it. */
export async function upWorkspace(request: Request, options: UpOptions): Promise<void> {
  for (const placement of request.placements) {
    say(title(request, placement));
    await withStack(request, placement, async (open) => {
      if (options.recover ?? false) {
        await recover(open);
      }
      await apply(open);
    });
  }
  if (options.wait) {
    await reportAll(request, options.timeoutSeconds);
  }
}
