/** What is added to the workloads of the chart, which has no keys for it. Each patch is also what `up` waits by. */
import { exaflowWorkloads, type ExaflowGeneration } from "./exaflowGeneration";
import type { ExaflowSettings } from "./exaflowTypes";
import type { WorkloadPatch } from "./workloads";

/** What `components/mip/postRender.sh` sets before anything is installed, so that the patch then changes no pod. */
export const DEFAULT_EVICTION_SECONDS = 60;

/** Taints of a node that is lost, in the order of the script. */
const LOST = ["node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready"];

/**
 * A Deployment's pods leave a lost node soon. A StatefulSet's do not leave by themselves, however short the time,
 * and leave at once when the node is declared out of service: a toleration would do nothing but restart them.
 */
function deploymentSpec(evictionSeconds: number, { seed }: ExaflowGeneration): object {
  const tolerations = LOST.map((key) => ({
    key,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: evictionSeconds,
  }));
  // Two databases on one folder would ruin it, and a second worker finds no node beside the first.
  const strategy = {
    type: "RollingUpdate",
    rollingUpdate: { maxSurge: 0, maxUnavailable: "100%" },
  };
  return { ...(seed ? { strategy } : {}), template: { spec: { tolerations } } };
}

/** The patches of all workloads of an engine. */
export function exaflowPatches(
  settings: ExaflowSettings,
  generation: ExaflowGeneration,
): WorkloadPatch[] {
  const { evictionSeconds = DEFAULT_EVICTION_SECONDS } = settings;
  return exaflowWorkloads(settings, generation).map((workload) => ({
    ...workload,
    ...(workload.kind === "Deployment"
      ? { spec: deploymentSpec(evictionSeconds, generation) }
      : {}),
  }));
}
