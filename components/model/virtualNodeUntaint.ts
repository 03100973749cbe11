/** Which taints keep ordinary pods off the node of a one-node cluster. */
import type { Taint } from "./gpuTypes";

/** Annotation of a node that we take them from. Its number grows each time that there are some. */
export const UNTAINTED = "science-platform/untainted";

const KEYS = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

function isControlPlane({ key, effect }: Taint): boolean {
  return KEYS.includes(key) && effect === "NoSchedule";
}

/** The taints without those of the control plane; all others, and their order, stay. */
export function withoutControlPlane(taints: readonly Taint[]): Taint[] {
  return taints.filter((taint) => !isControlPlane(taint));
}

/**
 * The annotation's value for a live node. Taints that someone sets again leave no trace in what a stack
 * declares, so the number then grows, and the run has something to do.
 */
export function untaintNumber(taints: readonly Taint[], live: string | undefined): string {
  const before = Number(live ?? 0) || 0;
  return String(taints.some(isControlPlane) ? before + 1 : Math.max(before, 1));
}
