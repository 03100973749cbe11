/** Which node offers how much of which GPU class. */
import type { DeclaredNode, GpuClass } from "./gpuTypes";

/** What one node offers of one class. */
export interface NodeOffer {
  /** Name of the node. */
  node: string;
  className: string;
  /** Units that pods can request: those of the hardware, times how many share each. */
  units: number;
  /** Whether it is a virtual kubelet's node. */
  virtual: boolean;
}

/** The label that a node carries for each class that it offers. Pods select by its existence. */
export function gpuClassLabel(className: string): string {
  return `science-platform/gpu-class.${className}`;
}

/** Every offer of a declared class, sorted by node. */
export function offersOf(
  nodes: Record<string, DeclaredNode>,
  gpus: Record<string, GpuClass>,
): NodeOffer[] {
  return Object.keys(nodes)
    .sort()
    .flatMap((node) =>
      (nodes[node]?.gpus ?? []).flatMap((offer) => {
        const gpu = gpus[offer.class];
        if (gpu === undefined) {
          return [];
        }
        const units = (offer.count ?? gpu.count ?? 1) * (gpu.sharing ?? 1);
        return [{ node, className: offer.class, units, virtual: nodes[node]?.virtual === true }];
      }),
    );
}
