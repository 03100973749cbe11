/** Reads the nodes of the fake API server, or says why that fails. */
import assert from "node:assert/strict";
import { ClusterAccessError } from "../../components/cluster/accessError";
import { openReader } from "../../stacks/preflight/clusterReader";

export const NODES = "/api/v1/nodes";

/** Names of the nodes, read with this kubeconfig. */
export async function readNames(contents: string): Promise<string[] | undefined> {
  const reader = openReader({ cluster: "lab", contents });
  try {
    const list = await reader.read<{ items: { metadata: { name: string } }[] }>(NODES);
    return list?.items.map(({ metadata }) => metadata.name);
  } finally {
    reader.close();
  }
}

/** Why they cannot be read with this kubeconfig. */
async function failure(contents: string): Promise<Error> {
  const result = await readNames(contents).catch((error: unknown) => error);
  assert.ok(result instanceof Error, `read ${JSON.stringify(result)}`);
  return result;
}

/** The same where the kubeconfig itself has nothing wrong. */
export async function readFailure(contents: string): Promise<ClusterAccessError> {
  const error = await failure(contents);
  assert.ok(error instanceof ClusterAccessError, error.message);
  return error;
}
