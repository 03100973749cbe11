/** Reads the nodes of the fake API server, or says why that fails. */
import type { ClusterAccessError } from "../../components/cluster/accessError";
import { openReader } from "../../stacks/preflight/clusterReader";
import { accessFailureOf } from "./accessFailure";

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
export function readFailure(contents: string): Promise<ClusterAccessError> {
  return accessFailureOf(readNames(contents));
}
