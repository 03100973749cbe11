/** Whether the cluster reached is the one that a stack was made with. */

import { RunError } from "@pulumi/pulumi";

/** Thrown before anything is written to a cluster that is not the stack's. Pulumi shows it without a stack trace. */
export class WrongClusterError extends RunError {
  /**
   * @param cluster its name in the stack
   * @param first uid of its `kube-system` namespace when the stack first saw it
   * @param live uid of the namespace in the cluster reached now
   * @param where how it was reached: context and server
   */
  constructor(cluster: string, first: string, live: string, where: string) {
    super(
      `cluster ${cluster}: this is another cluster than the one this stack was made with. ` +
        `The first one's kube-system namespace has uid ${first}; the one reached now (${where}) has ${live}. ` +
        "Nothing was written to it. Point the kubeconfig and context back at the first cluster, or use another stack for this one " +
        "(`pulumi stack init <name>`). If the first cluster is gone for good, and all that was in it, " +
        "drop this stack (`pulumi stack rm --force`) and begin a new one.",
    );
  }
}

/** @throws WrongClusterError unless both uids are of one cluster */
export function assertSameCluster(
  cluster: string,
  first: string,
  live: string,
  where: string,
): void {
  if (first !== live) {
    throw new WrongClusterError(cluster, first, live, where);
  }
}
