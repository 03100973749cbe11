/** Restarts of the backend, whose pod has the database in it, when what it reads at its start has changed. */
import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import type { WorkloadMark } from "../charts/workloads";
import { messageOf, type ApiClient } from "../cluster/apiClient";
import { connectInHook } from "../cluster/hookClient";
import { DIGEST_ANNOTATION } from "../model/mipCredentials";

const PAUSE_MS = 500;
const MERGE_PATCH = "application/merge-patch+json";

/** The Deployment to restart, and how long it may take. */
export interface RestartFacts {
  namespace: string;
  deployment: string;
  timeoutSeconds: number;
}

/** The part of a Deployment that is looked at. */
interface Deployment {
  metadata: { generation: number };
  spec: { replicas?: number; strategy?: { type?: string } };
  status?: { observedGeneration?: number; updatedReplicas?: number; availableReplicas?: number };
}

function isRolledOut({ metadata, spec, status = {} }: Deployment): boolean {
  const wanted = spec.replicas ?? 1;
  return (
    (status.observedGeneration ?? 0) >= metadata.generation &&
    (status.updatedReplicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted
  );
}

async function ask(
  client: ApiClient,
  { namespace, deployment }: RestartFacts,
  patch?: object,
): Promise<Deployment> {
  const answer = await client.request(
    patch === undefined ? "GET" : "PATCH",
    `/apis/apps/v1/namespaces/${namespace}/deployments/${deployment}`,
    patch && { body: patch, type: MERGE_PATCH },
  );
  if (answer.status >= 300) {
    throw new Error(
      `${namespace}/${deployment} cannot be restarted: ${messageOf(answer)}. Then run this again: it goes on from here.`,
    );
  }
  return answer.body as Deployment;
}

/**
 * Restarts a Deployment by an annotation of its pods, and returns once the new pod is available. Its strategy must
 * be `Recreate`: the old pod, and with it the database on the volume, has then ended before the new one starts.
 * (A deleted pod is replaced while it still ends.)
 *
 * @throws Error when it cannot be restarted safely, or not in time
 */
export async function restart(
  client: ApiClient,
  facts: RestartFacts,
  digest: string,
): Promise<void> {
  const { namespace, deployment, timeoutSeconds } = facts;
  const end = Date.now() + timeoutSeconds * 1000;
  const { spec } = await ask(client, facts);
  if (spec.strategy?.type !== "Recreate") {
    throw new Error(
      `${namespace}/${deployment} is not restarted: its strategy is not Recreate, so two databases would run on one volume. ` +
        `Scale it to 0 and back by hand.`,
    );
  }
  const annotations = { [DIGEST_ANNOTATION]: digest };
  let seen = await ask(client, facts, { spec: { template: { metadata: { annotations } } } });
  while (!isRolledOut(seen)) {
    if (Date.now() >= end) {
      throw new Error(
        `${namespace}/${deployment} was not available again within ${timeoutSeconds} s of its restart. ` +
          `See \`kubectl -n ${namespace} describe deployment ${deployment}\`.`,
      );
    }
    await sleep(PAUSE_MS);
    seen = await ask(client, facts);
  }
}

function digestIn(inputs: unknown): string | undefined {
  const { metadata } = (inputs ?? {}) as { metadata?: { annotations?: Record<string, string> } };
  return metadata?.annotations?.[DIGEST_ANNOTATION];
}

/** The new digest of a Deployment's patch, where it had another one before. */
export function changedDigest(oldInputs: unknown, newInputs: unknown): string | undefined {
  const [before, now] = [digestIn(oldInputs), digestIn(newInputs)];
  return before === undefined || before === now ? undefined : now;
}

/**
 * The mark of the backend's Deployment: an annotation with the digest, and a hook that restarts it before that changes.
 * A restart that fails is tried again by the next run, since state still has the old digest.
 *
 * @param name unique in the program; it is kept in state, so it must stay the same
 * @param kubeconfig of the cluster that the platform is in
 * @param digest of what the backend reads at its start
 */
export function restartMark(
  name: string,
  kubeconfig: pulumi.Input<string>,
  facts: RestartFacts,
  digest: pulumi.Output<string>,
): WorkloadMark {
  const hook = new pulumi.ResourceHook(`${name}-restart`, async ({ oldInputs, newInputs }) => {
    const digest = changedDigest(oldInputs, newInputs);
    if (digest === undefined) {
      return;
    }
    const client = await connectInHook(name, kubeconfig);
    try {
      await restart(client, facts, digest);
    } finally {
      client.close();
    }
  });
  return { annotations: { [DIGEST_ANNOTATION]: digest }, hooks: { beforeUpdate: [hook] } };
}
