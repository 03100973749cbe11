/** Refuses another cluster before refresh and destroy, which run no program and so meet no other guard. */
import { assertSameCluster } from "../components/cluster/identity";
import { openReader, readClusterUid } from "../stacks/preflight/clusterReader";
import { knownClusters } from "./knownClusters";
import type { OpenStack } from "./stackHandle";
import { stateOf } from "./state";

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
