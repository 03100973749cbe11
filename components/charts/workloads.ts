/** Waits for the workloads of a release that Helm does not wait for. */
import { createHash } from "node:crypto";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { VALUES_ANNOTATION, waitFor, type WorkloadPatch } from "../model/workloads";

/** What one workload's patch has beyond what it is waited by. */
export interface WorkloadMark {
  /** Of the workload, not of its pods. */
  annotations: Record<string, pulumi.Input<string>>;
  hooks: pulumi.ResourceHookBinding;
}

/** What all workloads of a release have in common. */
export interface AwaitedFacts {
  /** What logical names begin with. */
  prefix: string;
  namespace: string;
  /** The release that makes them. */
  release: pulumi.Resource;
  /** Source and values of the release: a change of either is waited for anew. No secrets. */
  content: pulumi.Inputs;
  /** Seconds until a workload that does not get ready is an error. */
  timeoutSeconds: number;
  /** By name of the workload. @default none */
  marks?: Record<string, WorkloadMark>;
}

const PATCHES = {
  Deployment: apps.DeploymentPatch,
  StatefulSet: apps.StatefulSetPatch,
  Pod: core.PodPatch,
};

/** Registers a patch of each workload, which is done when the workload is ready. */
export function awaitWorkloads(
  patches: readonly WorkloadPatch[],
  facts: AwaitedFacts,
  parent: pulumi.ComponentResource,
): pulumi.CustomResource[] {
  const digest = pulumi
    .output(facts.content)
    .apply((all) => createHash("sha256").update(JSON.stringify(all)).digest("hex").slice(0, 16));
  const register = (patch: WorkloadPatch, after: pulumi.Resource[]): pulumi.CustomResource =>
    registerPatch(patch, facts, digest, { parent, dependsOn: [facts.release, ...after] });
  const first = patches.filter(({ kind }) => kind === "Deployment");
  const deployments = first.map((patch) => register(patch, []));
  // The provider does not see whether a StatefulSet's status is from before the release's change: by the time
  // that the Deployments are ready it is not.
  const others = patches
    .filter((patch) => !first.includes(patch))
    .map((patch) => register(patch, deployments));
  return [...deployments, ...others];
}

function registerPatch(
  patch: WorkloadPatch,
  { prefix, namespace, release, timeoutSeconds, marks = {} }: AwaitedFacts,
  digest: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResource {
  const { kind, name, spec } = patch;
  const timeout = `${timeoutSeconds}s`;
  const mark = marks[name];
  const condition = waitFor(patch);
  const annotations = {
    [VALUES_ANNOTATION]: digest,
    ...mark?.annotations,
    ...(condition && { "pulumi.com/waitFor": digest.apply(condition) }),
    // What a chart leaves to the defaults of Kubernetes counts as Helm's all the same.
    ...(spec === undefined ? {} : { "pulumi.com/patchForce": "true" }),
  };
  return new PATCHES[kind](
    `${prefix}-${name}`,
    { metadata: { name, namespace, annotations }, ...(spec === undefined ? {} : { spec }) },
    {
      ...opts,
      // Nothing to give back when the workload goes, too.
      deletedWith: release,
      ...(mark && { hooks: mark.hooks }),
      customTimeouts: { create: timeout, update: timeout },
    },
  );
}
