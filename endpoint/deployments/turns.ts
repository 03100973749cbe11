/** One change of a deployment at a time: in this process by a queue, among all replicas by a mark in its record. */
import { randomUUID } from "node:crypto";
import { HttpFault, type Tenant } from "../seams";
import type { KeptRecord, RecordState } from "./records";

/** A change whose replica of the endpoint is gone is over after this time. */
const ABANDONED_MS = 30_000;

/** How long a request waits for another one's change. */
const PATIENCE_MS = 10_000;

const POLL_MS = 50;

/** Runs work on one deployment after the other's end; others go on side by side. */
export class Queue {
  private readonly last = new Map<string, Promise<unknown>>();

  async run<T>(tenant: Tenant, id: string, work: () => Promise<T>): Promise<T> {
    const key = `${tenant.namespace}/${id}`;
    const before = this.last.get(key) ?? Promise.resolve();
    const now = before.then(work, work);
    this.last.set(key, now);
    try {
      return await now;
    } finally {
      if (this.last.get(key) === now) {
        this.last.delete(key);
      }
    }
  }
}

/** The mark of a change that is under way. */
export function newClaim(
  deleting = false,
): Pick<RecordState, "claimedBy" | "claimedAt" | "deleting"> {
  return {
    claimedBy: randomUUID(),
    claimedAt: new Date().toISOString(),
    ...(deleting ? { deleting: "true" } : {}),
  };
}

/** Whether somebody is changing the deployment now. */
function isClaimed({ state }: KeptRecord): boolean {
  const since = Date.parse(state.claimedAt ?? "");
  return Date.now() - since < ABANDONED_MS;
}

/** Whether a deletion was begun and its replica of the endpoint is gone. */
export function isHalfDeleted(kept: KeptRecord): boolean {
  return kept.state.deleting !== undefined && !isClaimed(kept);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** 409: too many want to change the same deployment. */
export function busy(): HttpFault {
  const message = "Another request is changing this deployment. Send yours again in a moment.";
  return new HttpFault(409, [{ message }], { "retry-after": "1" });
}

/**
 * Reads a record once nobody is changing its deployment any more.
 *
 * @throws HttpFault 409 when that takes too long
 */
export async function readUnclaimed(
  read: () => Promise<KeptRecord | undefined>,
): Promise<KeptRecord | undefined> {
  const start = Date.now();
  for (;;) {
    const kept = await read();
    if (kept === undefined || !isClaimed(kept)) {
      return kept;
    }
    if (Date.now() - start > PATIENCE_MS) {
      throw busy();
    }
    await pause(POLL_MS * (0.5 + Math.random()));
  }
}
