/** Refuses another cluster before refresh and destroy, which run no program and so meet no other guard. */
import { assertSameCluster } from "../components/cluster/identity";
import { openReader, readClusterUid } from "../stacks/preflight/clusterReader";
import { splitUrn } from "./report";
import type { OpenStack } from "./stackHandle";
import { stateOf, type StateResource } from "./state";

/** What the state knows of one cluster: how it was reached, and its first uid. */
interface KnownCluster {
  name: string;
  uid: string;
  kubeconfig: string;
}

/** A secret in an exported state, or a plain value. */
function plain(value: unknown): unknown {
  if (typeof value === "object" && value !== null && "plaintext" in value) {
    return JSON.parse((value as { plaintext: string }).plaintext) as unknown;
  }
  return value;
}

/** Cluster name and uid, by the guard that KubeconfigCluster keeps in state. */
function knownClusters(resources: readonly StateResource[]): KnownCluster[] {
  const named = (type: string, name: string): StateResource | undefined =>
    resources.find((one) => one.type === type && splitUrn(one.urn).name === name);
  return resources.flatMap((resource) => {
    const name = /^(.+)-guard$/.exec(splitUrn(resource.urn).name)?.[1];
    if (resource.type !== "random:index/randomId:RandomId" || name === undefined) {
      return [];
    }
    const keepers = resource.outputs?.["keepers"] as { uid?: unknown } | undefined;
    const uid = plain(keepers?.uid);
    // The lookup's kubeconfig is what the last run used, also where the guard then refused.
    const provider = named("pulumi:providers:kubernetes", `${name}-provider`);
    const kubeconfig = plain(provider?.inputs?.["kubeconfig"]);
    return typeof uid === "string" && typeof kubeconfig === "string"
      ? [{ name, uid, kubeconfig }]
      : [];
  });
}

/**
 * Compares every cluster of the state with the live one.
 *
 * @throws WrongClusterError for another cluster; an error that names it for one that does not answer
 */
export async function refuseOtherCluster(open: OpenStack): Promise<void> {
  const clusters = knownClusters(await stateOf(open));
  await Promise.all(
    clusters.map(async ({ name, uid, kubeconfig }) => {
      const reader = openReader({ cluster: name, contents: kubeconfig });
      try {
        const live = await readClusterUid(reader);
        assertSameCluster(name, uid, live, "by the kubeconfig in the stack's state");
      } finally {
        reader.close();
      }
    }),
  );
}
