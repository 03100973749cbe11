/** The volumes' claims in namespaces of a stack's charts: Helm and StatefulSets leave them, and no state has them. */
import { openReader } from "../stacks/preflight/clusterReader";
import { knownClusters, type KnownCluster } from "./knownClusters";
import { splitUrn } from "./report";
import type { StateResource } from "./state";

const RELEASE = "kubernetes:helm.sh/v3:Release";

/** A cluster that the stack itself makes, under the cluster's name. */
const OWN_CLUSTER = "science-platform:index:EksCluster";

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

async function claimsIn(cluster: KnownCluster, namespaces: Iterable<string>): Promise<string[]> {
  const reader = openReader({ cluster: cluster.name, contents: cluster.kubeconfig });
  try {
    const lists = [...namespaces].map(async (namespace) => {
      const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
      const list = await reader.read<{ items: { metadata: { name: string } }[] }>(
        path,
        "metadataList",
      );
      return (list?.items ?? []).map((one) => `${namespace}/${one.metadata.name}`);
    });
    return (await Promise.all(lists)).flat().map((claim) => `PersistentVolumeClaim ${claim}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [`claims in ${[...namespaces].join(", ")}, which cannot be listed: ${reason}`];
  } finally {
    reader.close();
  }
}

/**
 * What is left of them, a line each, or a line that says why it is not known. A cluster that the stack made is gone with
 * all that was in it.
 *
 * @param resources of the state before it was destroyed
 */
export async function claimsOfCharts(resources: readonly StateResource[]): Promise<string[]> {
  const namespaces = namespacesOfCharts(resources);
  const own = resources.filter(({ type }) => type === OWN_CLUSTER);
  const gone = own.map(({ urn }) => splitUrn(urn).name);
  const lines = knownClusters(resources)
    .filter(({ name }) => !gone.includes(name))
    .map((cluster) => claimsIn(cluster, namespaces.get(`${cluster.name}-provider`) ?? []));
  return (await Promise.all(lines)).flat();
}
