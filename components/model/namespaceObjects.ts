/** Renders what a namespace of workspaces has on request: quota, limits, network policies, Pod Security labels. */
import { compact } from "./compact";
import type { GpuClass } from "./gpuTypes";
import type { KubernetesObject } from "./kubernetesObject";
import { networkPolicies } from "./networkPolicies";
import type { NetworkAccess } from "./networkPolicies";
import { nearest, oneOf, Problems } from "./problems";
import { compareQuantities } from "./quantity";
import { MANAGED_BY } from "./workspaceLabels";

/** What all pods of a namespace together may request. */
export interface NamespaceQuota {
  /** Sum of the CPU requests, such as `32`. */
  cpu?: string;
  /** Sum of the memory requests, such as `128Gi`. */
  memory?: string;
  /** Sum of what all claims request, such as `1Ti`. */
  storage?: string;
  /** Number of claims. */
  claims?: number;
  /** Number of pods that have not ended. */
  pods?: number;
  /**
   * Units per GPU class. Once given, a class that is not named here gets none. Classes with the same
   * resource share one sum: Kubernetes counts resources.
   */
  gpus?: Record<string, number>;
}

/** What a container gets where it does not say, and the most it may ask for. */
export interface ContainerLimits {
  /** Limit where the container has none. */
  cpu?: string;
  memory?: string;
  /** Request where the container has none. @default the limit */
  cpuRequest?: string;
  memoryRequest?: string;
  /** Largest limit. */
  maxCpu?: string;
  maxMemory?: string;
}

/** The policies of a namespace; each is made only where it is given. */
export interface NamespacePolicy {
  quota?: NamespaceQuota;
  /** @default where the quota counts CPU or memory, limits of one CPU and 2 GiB for containers without */
  limits?: ContainerLimits;
  /** Default deny, with what workspaces need; `{}` for the defaults. */
  networkPolicy?: NetworkAccess;
}

/** A quota refuses containers that request nothing, so these get something. */
const DEFAULT_LIMITS = { cpu: "1", memory: "2Gi" };

/** The labels of Pod Security admission: what it refuses, and what it warns of on Jobs and Deployments. */
export function podSecurityLabels(level: string): Record<string, string> {
  return {
    "pod-security.kubernetes.io/enforce": level,
    "pod-security.kubernetes.io/warn": level,
  };
}

function gpuQuota(
  wanted: Record<string, number>,
  classes: Record<string, GpuClass>,
  problems: Problems,
): Record<string, string> {
  const sums = new Map<string, number>(
    Object.values(classes).map(({ resource }) => [`requests.${resource}`, 0]),
  );
  for (const [name, count] of Object.entries(wanted)) {
    if (!Object.hasOwn(classes, name)) {
      const near = nearest(name, Object.keys(classes));
      problems.add({
        path: `quota.gpus.${name}`,
        reason: "no such GPU class",
        value: name,
        allowed: oneOf(Object.keys(classes)),
        remedy: near === undefined ? "Define it in `gpus`." : `Did you mean ${near}?`,
      });
      continue;
    }
    const key = `requests.${classes[name]!.resource}`;
    sums.set(key, (sums.get(key) ?? 0) + count);
  }
  return Object.fromEntries([...sums].map(([key, sum]) => [key, String(sum)]));
}

function quotaSpec(
  quota: NamespaceQuota,
  classes: Record<string, GpuClass>,
  problems: Problems,
): Record<string, unknown> {
  const hard = compact({
    "requests.cpu": quota.cpu,
    "requests.memory": quota.memory,
    "requests.storage": quota.storage,
    persistentvolumeclaims: quota.claims?.toString(),
    pods: quota.pods?.toString(),
    ...(quota.gpus === undefined ? {} : gpuQuota(quota.gpus, classes, problems)),
  });
  return { hard };
}

function limitSpec(limits: ContainerLimits): Record<string, unknown> {
  const both = (cpu?: string, memory?: string): Record<string, string> | undefined => {
    const values = compact({ cpu, memory });
    return Object.keys(values).length > 0 ? (values as Record<string, string>) : undefined;
  };
  return {
    limits: [
      compact({
        type: "Container",
        default: both(limits.cpu, limits.memory),
        defaultRequest: both(limits.cpuRequest, limits.memoryRequest),
        max: both(limits.maxCpu, limits.maxMemory),
      }),
    ],
  };
}

function atMost(max: string | undefined, wanted: string): string {
  return max !== undefined && compareQuantities(max, wanted) < 0 ? max : wanted;
}

/** The limits given, and a default for each resource that the quota counts and they leave open. */
function limitsOf(policy: NamespacePolicy): ContainerLimits | undefined {
  const { quota, limits } = policy;
  const needed = compact({
    cpu: quota?.cpu === undefined ? undefined : atMost(limits?.maxCpu, DEFAULT_LIMITS.cpu),
    memory:
      quota?.memory === undefined ? undefined : atMost(limits?.maxMemory, DEFAULT_LIMITS.memory),
  });
  const all = { ...needed, ...limits };
  return Object.keys(all).length > 0 ? all : undefined;
}

/**
 * The objects that a policy asks for; none for an empty policy.
 *
 * @param gpus the GPU vocabulary that the quota's classes are looked up in
 * @throws ProblemsError for a quota of a class that is not in the vocabulary
 */
export function namespaceObjects(
  namespace: string,
  policy: NamespacePolicy,
  gpus: Record<string, GpuClass> = {},
): KubernetesObject[] {
  const problems = new Problems(`namespace ${namespace}`);
  const labels = { "app.kubernetes.io/managed-by": MANAGED_BY };
  const metadata = (name: string): KubernetesObject["metadata"] => ({ name, namespace, labels });
  const limits = limitsOf(policy);
  const objects: KubernetesObject[] = [];
  if (policy.quota !== undefined) {
    objects.push({
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: metadata("workspaces"),
      spec: quotaSpec(policy.quota, gpus, problems),
    });
  }
  if (limits !== undefined) {
    objects.push({
      apiVersion: "v1",
      kind: "LimitRange",
      metadata: metadata("workspaces"),
      spec: limitSpec(limits),
    });
  }
  if (policy.networkPolicy !== undefined) {
    for (const [name, spec] of Object.entries(networkPolicies(policy.networkPolicy))) {
      objects.push({
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: metadata(name),
        spec,
      });
    }
  }
  problems.throwIfAny();
  return objects;
}
