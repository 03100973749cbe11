/** How many GPUs of each class the cluster has, and how many are in use: read from the declared nodes. */
import type { EndpointSettings } from "../../components/model/endpointSettings";
import { offersOf } from "../../components/model/gpu";
import { parseQuantity } from "../../components/model/quantity";
import type { GpuCapacity, Kubernetes } from "../seams";

interface Resources {
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
}

interface Pod {
  spec?: { containers?: Resources[]; initContainers?: Resources[] };
  status?: { phase?: string };
}

interface Node {
  status?: { allocatable?: Record<string, string> };
}

function amount(container: Resources, resource: string): number {
  const { requests, limits } = container.resources ?? {};
  return parseQuantity(requests?.[resource] ?? limits?.[resource] ?? "0") ?? 0;
}

/** What one pod holds: the sum of its containers, or its largest init container where that is more. */
function heldBy({ spec, status }: Pod, resource: string): number {
  if (status?.phase === "Succeeded" || status?.phase === "Failed") {
    return 0;
  }
  const sum = (spec?.containers ?? []).reduce((all, one) => all + amount(one, resource), 0);
  const before = (spec?.initContainers ?? []).map((one) => amount(one, resource));
  return Math.max(sum, ...before);
}

async function listOf<T>(kubernetes: Kubernetes, path: string): Promise<T[]> {
  const { status, body } = await kubernetes.request("GET", path);
  if (status !== 200) {
    throw new Error(`GET ${path}: HTTP ${status}`);
  }
  return (body as { items: T[] }).items;
}

/**
 * One reading. Nodes are read one by one, and the pods of each: those with GPUs are few, and the API server
 * answers from its cache.
 *
 * @throws HttpFault 503 when the API server does not answer
 */
export async function readGpuUse(
  settings: Pick<EndpointSettings, "gpus" | "nodes">,
  kubernetes: Kubernetes,
): Promise<GpuCapacity[]> {
  const { gpus, nodes } = settings;
  const sums = new Map(Object.keys(gpus).map((name) => [name, { total: 0, used: 0 }]));
  const byNode = new Map<string, string[]>();
  for (const { node, className } of offersOf(nodes, gpus)) {
    byNode.set(node, [...(byNode.get(node) ?? []), className]);
  }
  await Promise.all(
    [...byNode].map(async ([node, classes]) => {
      const name = encodeURIComponent(node);
      const pods = `/api/v1/pods?resourceVersion=0&fieldSelector=spec.nodeName%3D${name}`;
      const [found, running] = await Promise.all([
        kubernetes.request("GET", `/api/v1/nodes/${name}?resourceVersion=0`),
        listOf<Pod>(kubernetes, pods),
      ]);
      const { allocatable } = found.status === 200 ? ((found.body as Node).status ?? {}) : {};
      for (const each of classes) {
        const sum = sums.get(each)!;
        const { resource } = gpus[each]!;
        sum.total += parseQuantity(allocatable?.[resource] ?? "0") ?? 0;
        sum.used += running.reduce((all, pod) => all + heldBy(pod, resource), 0);
      }
    }),
  );
  return Object.keys(gpus)
    .sort()
    .map((name) => {
      const { total, used } = sums.get(name)!;
      const { resource } = gpus[name]!;
      return { class: name, resource, total, used, free: Math.max(0, total - used) };
    });
}
