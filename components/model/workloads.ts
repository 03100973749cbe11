/**
 * Workloads of a chart that are waited for by a patch of each, so that Helm need not wait: the engine looks at a
 * patched workload until it is ready, sees every change at once, and names the reason when it does not get ready.
 */

/** Changes with the values, so that a workload is waited for again after each change of them. */
export const VALUES_ANNOTATION = "science-platform/values";

/** One workload that a chart makes. */
export interface Workload {
  kind: "Deployment" | "StatefulSet" | "Pod";
  name: string;
  /** Of a StatefulSet. */
  replicas?: number;
}

/** What is patched of a workload. */
export interface WorkloadPatch extends Workload {
  /** Nothing where only the annotation is set, which restarts no pod. */
  spec?: object;
}

/**
 * The value of `pulumi.com/waitFor` for a patched workload, by the digest in its annotation. The provider takes the
 * first state that it sees for ready, which may be the one from before the patch; the annotation tells them apart.
 *
 * @returns nothing for a Deployment, whose own rules see that
 */
export function waitFor({ kind, replicas }: Workload): ((digest: string) => string) | undefined {
  const conditions: Record<Workload["kind"], string[] | undefined> = {
    Deployment: undefined,
    StatefulSet: ["ready", "updated"].map((it) => `jsonpath={.status.${it}Replicas}=${replicas}`),
    Pod: ["condition=Ready"],
  };
  const ready = conditions[kind];
  return (
    ready &&
    ((digest) =>
      JSON.stringify([
        `jsonpath={.metadata.annotations['${VALUES_ANNOTATION}']}=${digest}`,
        ...ready,
      ]))
  );
}
