/** GPU classes as tasks ask for them: what a Job of each needs. */
import { offersOf } from "../gpuOffers";
import { placeGpu, type GpuToleration } from "../gpuPlacement";
import type { Problems } from "../problems";
import type { CovalentSettings } from "./settings";

/** One class that tasks can ask for. */
export interface CovalentGpuClass {
  /** Name of the class. */
  name: string;
  /** Extended resource. */
  resource: string;
  /** The most units that one task can have. */
  most: number;
  /** Label of the nodes that offer it; its value is `true`. */
  node_label: string;
  /** As `kubectl taint` writes them: `key=value:effect`; value and effect may be missing. */
  tolerations: string[];
}

function written({ key, value, effect }: GpuToleration): string {
  return `${key}${value === undefined ? "" : `=${value}`}${effect === undefined ? "" : `:${effect}`}`;
}

/** Every class that a node of the cluster offers, by name. */
export function gpuOffers(
  { gpus = {}, nodes = {} }: Pick<CovalentSettings, "gpus" | "nodes">,
  problems: Problems,
): CovalentGpuClass[] {
  const offers = offersOf(nodes, gpus);
  const names = [...new Set(offers.map(({ className }) => className))].sort();
  return names.flatMap((name) => {
    const placement = placeGpu(1, { class: name }, gpus, nodes, problems, "gpus");
    if (placement === undefined) {
      return [];
    }
    // Virtual nodes are chosen only where no other node has the class.
    const usable = offers.filter(
      (offer) => offer.className === name && offer.virtual === placement.virtual,
    );
    return [
      {
        name,
        resource: placement.resource,
        most: Math.max(...usable.map(({ units }) => units)),
        node_label: Object.keys(placement.nodeSelector ?? {})[0] ?? "",
        tolerations: placement.tolerations.map(written),
      },
    ];
  });
}
