/** The volumes' claims in namespaces of a stack's charts: Helm and StatefulSets leave them, and no state has them. */
import { openReader } from "../stacks/preflight/clusterReader";
import { knownClusters } from "./knownClusters";
import { splitUrn } from "./report";
import type { StateResource } from "./state";

const RELEASE = "kubernetes:helm.sh/v3:Release";

/** The namespaces that a stack has charts in, by the name of their cluster's provider. */
function namespacesOfCharts(resources: readonly StateResource[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { type, provider = "", inputs } of resources) {
    const namespace = inputs?.["namespace"];
    if (type === RELEASE && typeof namespace === "string") {
      // `<urn>::<id>`
      const { name } = splitUrn(provider.slice(0, provider.lastIndexOf("::")));
      found.set(name, (found.get(name) ?? new Set()).add(namespace));
    }
  }
  return found;
}

/**
 * What is left of them, a line each.
 *
 * @param resources of the state before it was destroyed
 */
export async function claimsOfCharts(resources: readonly StateResource[]): Promise<string[]> {
  const namespaces = namespacesOfCharts(resources);
  const lines = knownClusters(resources).map(async ({ name, kubeconfig }) => {
    const reader = openReader({ cluster: name, contents: kubeconfig });
    try {
      const lists = [...(namespaces.get(`${name}-provider`) ?? [])].map(async (namespace) => {
        const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
        const list = await reader.read<{ items: { metadata: { name: string } }[] }>(
          path,
          "metadataList",
        );
        return (list?.items ?? []).map((one) => `${namespace}/${one.metadata.name}`);
      });
      return (await Promise.all(lists)).flat().map((claim) => `PersistentVolumeClaim ${claim}`);
    } catch {
      // A cluster that the stack itself made is gone by now, with all that was in it.
      return [];
    } finally {
      reader.close();
    }
  });
  return (await Promise.all(lines)).flat();
}
