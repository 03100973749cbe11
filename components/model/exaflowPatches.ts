/**
 * What is added to the workloads of the chart, which has no keys for it. Each patch is also what `up` waits by:
 * a patched workload is waited for until it is ready, and so Helm need not wait.
 */
import {
  exaflowWorkloads,
  type ExaflowGeneration,
  type ExaflowWorkload,
} from "./exaflowGeneration";
import type { ExaflowSettings } from "./exaflowTypes";

/** Changes with the values, so that a workload is waited for again after each change of them. */
const VALUES_ANNOTATION = "science-platform/values";

const DEFAULT_EVICTION_SECONDS = 60;

/** Taints of a node that is lost. */
const LOST = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

/**
 * The value of `pulumi.com/waitFor` for a patched workload. The provider takes the first state that it sees for ready,
 * which may be the one from before the patch; its annotation tells them apart. A Deployment's own rules see that.
 */
export function waitFor({ kind, replicas }: ExaflowWorkload, digest: string): string | undefined {
  const patched = `jsonpath={.metadata.annotations['${VALUES_ANNOTATION}']}=${digest}`;
  const conditions: Record<ExaflowWorkload["kind"], string[]> = {
    Deployment: [],
    StatefulSet: ["ready", "updated"].map((it) => `jsonpath={.status.${it}Replicas}=${replicas}`),
    Pod: ["condition=Ready"],
  };
  return kind === "Deployment" ? undefined : JSON.stringify([patched, ...conditions[kind]]);
}

/** A part of a workload, beside its name and namespace. */
export interface ExaflowPatch extends ExaflowWorkload {
  annotation: string;
  /** Nothing where only the annotation is set, which restarts no pod. */
  spec?: object;
}

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
): ExaflowPatch[] {
  const { evictionSeconds = DEFAULT_EVICTION_SECONDS } = settings;
  return exaflowWorkloads(settings, generation).map((workload) => ({
    ...workload,
    annotation: VALUES_ANNOTATION,
    ...(workload.kind === "Deployment"
      ? { spec: deploymentSpec(evictionSeconds, generation) }
      : {}),
  }));
}
