/** From rendered objects to Pulumi resources: one place knows the classes, the awaiting and what is protected. */
import * as pulumi from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as batch from "@pulumi/kubernetes/batch/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import type { KubernetesObject } from "./model/kubernetesObject";

type ResourceClass = new (
  name: string,
  args: KubernetesObject & Record<string, unknown>,
  opts?: pulumi.CustomResourceOptions,
) => pulumi.CustomResource;

/**
 * The typed classes by `apiVersion/kind`. Functions, because the SDK's modules load a class when it is
 * first read. What is not listed becomes a `CustomResource`.
 */
const CLASSES: Record<string, () => unknown> = {
  "v1/ConfigMap": () => core.ConfigMap,
  "v1/LimitRange": () => core.LimitRange,
  "v1/PersistentVolume": () => core.PersistentVolume,
  "v1/PersistentVolumeClaim": () => core.PersistentVolumeClaim,
  "v1/ResourceQuota": () => core.ResourceQuota,
  "v1/Secret": () => core.Secret,
  "v1/Service": () => core.Service,
  "v1/ServiceAccount": () => core.ServiceAccount,
  "apps/v1/Deployment": () => apps.Deployment,
  "batch/v1/Job": () => batch.Job,
  "networking.k8s.io/v1/Ingress": () => networking.Ingress,
  "networking.k8s.io/v1/NetworkPolicy": () => networking.NetworkPolicy,
};

/** Kinds that hold users' data: never deleted or replaced by a run, and kept when the stack is given up. */
const DATA_KINDS = new Set(["PersistentVolume", "PersistentVolumeClaim"]);

/** Kinds for which the provider's `skipAwait` skips the wait for their deletion, too. */
const WORKLOAD_KINDS = new Set(["Deployment", "Job"]);

/**
 * Registers a namespace as a patch, which makes it when it is absent, shares it, and never deletes it.
 *
 * @param wanted whether it is this component's to make. @default true
 * @returns what is made in it depends on
 */
export function registerNamespace(
  wanted: boolean | undefined,
  logicalName: string,
  metadata: { name: string; labels?: Record<string, string> },
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  return wanted === false ? [] : [new core.NamespacePatch(logicalName, { metadata }, opts)];
}

/** How an object is registered. */
export interface RegisterOptions {
  /** Whether `up` waits until the object is ready. @default true */
  awaited?: boolean;
}

/**
 * The annotation that lets `up` go on as soon as the object is accepted. A workload gets a condition that
 * holds at once, not `skipAwait`: a replacement would then be applied onto the old one, which is still
 * ending, and be refused for its conflicts, or end with it.
 */
function unawaited(kind: string): Record<string, string> {
  return WORKLOAD_KINDS.has(kind)
    ? { "pulumi.com/waitFor": "jsonpath={.metadata.uid}" }
    : { "pulumi.com/skipAwait": "true" };
}

/** Registers one rendered object under a logical name. Claims and volumes are protected and retained. */
export function registerObject(
  object: KubernetesObject,
  logicalName: string,
  opts: pulumi.CustomResourceOptions,
  { awaited = true }: RegisterOptions = {},
): pulumi.CustomResource {
  const { metadata, kind, apiVersion } = object;
  const args = awaited
    ? object
    : {
        ...object,
        metadata: { ...metadata, annotations: { ...metadata.annotations, ...unawaited(kind) } },
      };
  const kept = DATA_KINDS.has(kind)
    ? pulumi.mergeOptions(opts, { protect: true, retainOnDelete: true })
    : opts;
  const typed = CLASSES[`${apiVersion}/${kind}`]?.() ?? CustomResource;
  return new (typed as ResourceClass)(logicalName, { ...args }, kept);
}

/**
 * What to depend on: the resources, but not before the values are known. A preview does not wait, since its unknown
 * values would keep whatever depends on this out of it.
 */
export function onceKnown(
  values: pulumi.Input<string>[] = [],
  resources: pulumi.Resource[],
): pulumi.Output<pulumi.Resource[]> {
  return pulumi.all(pulumi.runtime.isDryRun() ? [] : values).apply(() => resources);
}

/** The facts of a Secret that components make; its values may be Outputs and are marked secret here. */
export interface SecretFacts {
  name: string;
  namespace: string;
  labels: Record<string, string>;
  /** Key to value, in plain text. */
  values: Record<string, pulumi.Input<string>>;
}

/** Registers a Secret whose every value is secret in state and logs. */
export function registerSecret(
  { name, namespace, labels, values }: SecretFacts,
  logicalName: string,
  opts: pulumi.CustomResourceOptions,
): core.Secret {
  const stringData = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, pulumi.secret(value)]),
  );
  return new core.Secret(
    logicalName,
    { metadata: { name, namespace, labels }, type: "Opaque", stringData },
    opts,
  );
}
