/** Setting taints of ours on a live node: read, change our keys, write back if nobody wrote in between. */
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, type ApiAnswer, type ApiClient } from "../cluster/apiClient";
import type { Taint } from "../model/gpuTypes";
import { changeTaints, OWNED_TAINTS, type NodeTaints } from "../model/nodeTaints";

interface LiveNode {
  metadata: { resourceVersion: string; annotations?: Record<string, string> };
  spec?: { taints?: Taint[] };
}

/** Kubelet and controllers write to a node often, but seldom twice within one read and write. */
const ATTEMPTS = 8;
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 400;

const NOT_FOUND = 404;
const CONFLICT = 409;

function check(node: string, answer: ApiAnswer): void {
  if (answer.status >= 300) {
    throw new Error(`node ${node}: taints could not be set: ${messageOf(answer)}`);
  }
}

function taintsOn(live: LiveNode): NodeTaints {
  return {
    taints: live.spec?.taints ?? [],
    owned: live.metadata.annotations?.[OWNED_TAINTS],
  };
}

/**
 * Makes the taints that we own on a node those wanted. All others stay as they are, as does the order.
 * The node's annotation says which are ours; both change in one write. A node that is gone is fine when
 * nothing is wanted.
 *
 * @throws Error when someone else's taint is in the way, or the node keeps changing
 */
export async function setTaints(
  client: ApiClient,
  node: string,
  wanted: readonly Taint[],
): Promise<void> {
  const path = `/api/v1/nodes/${encodeURIComponent(node)}`;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const read = await client.request("GET", path);
    if (read.status === NOT_FOUND && wanted.length === 0) {
      return;
    }
    check(node, read);
    const live = read.body as LiveNode;
    const now = taintsOn(live);
    const next = changeTaints(now, wanted);
    if (next.owned === now.owned && JSON.stringify(next.taints) === JSON.stringify(now.taints)) {
      return;
    }
    const written = await client.request("PATCH", `${path}?fieldManager=science-platform-taints`, {
      type: "application/merge-patch+json",
      body: {
        // With it the server refuses the write when anyone else wrote since.
        metadata: {
          resourceVersion: live.metadata.resourceVersion,
          annotations: { [OWNED_TAINTS]: next.owned ?? null },
        },
        spec: { taints: next.taints.length === 0 ? null : next.taints },
      },
    });
    if (written.status !== CONFLICT) {
      check(node, written);
      return;
    }
    await sleep(Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS));
  }
  throw new Error(
    `node ${node}: taints could not be set: it was changed by others ${ATTEMPTS} times in a row. Run this again.`,
  );
}
