/** Waiting for a virtual node before its labels are set, within bounds and with a named cause. */
import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { messageOf, type ApiClient } from "../cluster/apiClient";
import { connectInHook } from "../cluster/hookClient";
import {
  isReady,
  whyNotReady,
  type LiveNode,
  type LivePod,
  type WaitFacts,
} from "../model/virtualNodeWait";

const NOT_FOUND = 404;
const PAUSE_MS = 1000;

async function readNode(client: ApiClient, name: string): Promise<LiveNode | undefined> {
  const answer = await client.request("GET", `/api/v1/nodes/${name}`);
  if (answer.status === NOT_FOUND) {
    return undefined;
  }
  if (answer.status >= 300) {
    throw new Error(`virtual node ${name}: it could not be read: ${messageOf(answer)}`);
  }
  return answer.body as LiveNode;
}

/** The kubelet's pods by any of the labels that a form gives them; none where they may not be read. */
async function readPods(client: ApiClient, facts: WaitFacts, selector: string): Promise<LivePod[]> {
  const answer = await client.request(
    "GET",
    `/api/v1/namespaces/${facts.namespace}/pods?labelSelector=${encodeURIComponent(selector)}`,
  );
  return answer.status < 300 ? (answer.body as { items: LivePod[] }).items : [];
}

/** How long to wait for what. */
export interface NodeWait {
  facts: WaitFacts;
  /** Labels of the kubelet's pods. */
  selector: Record<string, string>;
  waitSeconds: number;
}

/**
 * Returns once the node exists and is Ready.
 *
 * @throws Error with the cause and what to do, when it is not so in time
 */
async function waitForNode(
  client: ApiClient,
  { facts, selector, waitSeconds }: NodeWait,
): Promise<void> {
  const end = Date.now() + waitSeconds * 1000;
  for (;;) {
    const node = await readNode(client, facts.nodeName);
    if (isReady(node)) {
      return;
    }
    if (Date.now() >= end) {
      const text = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
      const pods = await readPods(client, facts, text.join(","));
      const { cause, remedy } = whyNotReady(node, pods, facts);
      throw new Error(
        `virtual node ${facts.nodeName} did not get Ready within ${waitSeconds} s: ${cause}. ${remedy} ` +
          "Then run `pulumi up` again: it goes on from here.",
      );
    }
    await sleep(Math.min(PAUSE_MS, Math.max(0, end - Date.now())));
  }
}

/**
 * Hooks for what is written onto the node: before it is made and before it changes, the node must be
 * there and Ready. A patch of a node that is not there would make one.
 *
 * @param name unique in the program; it is kept in state, so it must stay the same
 */
export function waitHooks(
  name: string,
  kubeconfig: pulumi.Input<string>,
  wait: NodeWait,
): pulumi.ResourceHookBinding {
  const ready = new pulumi.ResourceHook(`${name}-ready`, async () => {
    const client = await connectInHook(name, kubeconfig);
    try {
      await waitForNode(client, wait);
    } finally {
      client.close();
    }
  });
  return { beforeCreate: [ready], beforeUpdate: [ready] };
}
