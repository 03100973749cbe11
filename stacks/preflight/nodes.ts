/** Whether the declared nodes exist, and offer what is declared of them. */
import type { DeclaredNode, GpuClass } from "../../components/model/gpuTypes";
import { joinPath, nearest, oneOf, type Problems } from "../../components/model/problems";
import { parseQuantity } from "../../components/model/quantity";
import type { LiveCluster } from "./liveCluster";
import type { LiveNode } from "./liveObjects";

/** What the config says of one cluster's nodes. */
export interface Declared {
  nodes: Record<string, DeclaredNode>;
  gpus: Record<string, GpuClass>;
}

/**
 * Adds a problem for each declared node that does not exist: patching its labels would create it. A node
 * with fewer GPUs than declared is only worth a note, since a device plugin may not be ready yet.
 *
 * @param notes receives the GPU counts that differ
 */
export function checkNodes(
  { nodes, gpus }: Declared,
  live: LiveCluster,
  problems: Problems,
  notes: string[],
): void {
  const found = live.nodes;
  if (found === undefined) {
    return;
  }
  const names = found.map(({ metadata }) => metadata.name).sort();
  for (const [name, declared] of Object.entries(nodes)) {
    const node = found.find(({ metadata }) => metadata.name === name);
    if (node === undefined) {
      const near = nearest(name, names);
      problems.add({
        path: joinPath("nodes", [name]),
        reason: `cluster ${live.cluster} has no such node`,
        allowed: oneOf(names),
        remedy:
          near === undefined
            ? "Name a node that exists, or remove the entry."
            : `Did you mean ${near}?`,
      });
    } else {
      notes.push(...missingGpus(name, declared, node, gpus, live.cluster));
    }
  }
}

function missingGpus(
  name: string,
  declared: DeclaredNode,
  node: LiveNode,
  gpus: Record<string, GpuClass>,
  cluster: string,
): string[] {
  // Several classes may share one resource, which the node then counts as a whole.
  const sums = new Map<string, number>();
  for (const offer of declared.gpus ?? []) {
    const gpu = gpus[offer.class];
    if (gpu !== undefined) {
      const units = offer.count ?? gpu.count ?? 1;
      sums.set(gpu.resource, (sums.get(gpu.resource) ?? 0) + units);
    }
  }
  return [...sums].flatMap(([resource, units]) => {
    const offered = parseQuantity(node.status?.allocatable?.[resource] ?? "0") ?? 0;
    return units > offered
      ? [
          `cluster ${cluster}: node ${name} is declared with ${units} ${resource}, but offers ${offered}`,
        ]
      : [];
  });
}
