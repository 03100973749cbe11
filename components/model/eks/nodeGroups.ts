/** From a node group of the config to what EKS, its launch template and the autoscaler get. */
import { labelsOf, taintsOf } from "../nodeLabels";
import type { DeclaredNode, GpuClass, Taint } from "../gpuTypes";
import { imageOf } from "./images";
import { CapacityType, EKS_DEFAULTS, type EksNodeGroup } from "./settings";

/** A taint in EKS's words. */
export interface EksTaint {
  key: string;
  value?: string;
  effect: string;
}

/** A node group, ready to be made. */
export interface NodeGroupPlan {
  amiType: string;
  instanceTypes: string[];
  capacityType: string;
  /** Root volume in GiB. */
  diskSize: number;
  minSize: number;
  maxSize: number;
  desiredSize: number;
  labels: Record<string, string>;
  taints: EksTaint[];
  /**
   * Tags by which the autoscaler knows what a node would have while there is none: empty where there always is one.
   */
  templateTags: Record<string, string>;
}

const TEMPLATE = "k8s.io/cluster-autoscaler/node-template";

/** Effects of taints, and what EKS calls them. */
export const EKS_EFFECTS: Record<string, string> = {
  NoSchedule: "NO_SCHEDULE",
  NoExecute: "NO_EXECUTE",
  PreferNoSchedule: "PREFER_NO_SCHEDULE",
};

/** Smallest, largest and first number of nodes, with the defaults. */
export function sizesOf(
  group: EksNodeGroup,
): Record<"minSize" | "maxSize" | "desiredSize", number> {
  const minSize = group.minSize ?? 1;
  return {
    minSize,
    maxSize: group.maxSize ?? Math.max(minSize, EKS_DEFAULTS.maxSize),
    desiredSize: group.desiredSize ?? minSize,
  };
}

/** A node group as the GPU vocabulary knows a node: every node of it is alike. */
export function nodeOfGroup(group: EksNodeGroup): DeclaredNode {
  const { gpus, roles, labels, cpu, memory } = group;
  return { gpus, roles, labels, cpu, memory };
}

/** All taints of the group's nodes: its own, and those of its GPU classes. */
export function groupTaints(group: EksNodeGroup, gpus: Record<string, GpuClass>): Taint[] {
  const all = [...taintsOf(nodeOfGroup(group), gpus), ...(group.taints ?? [])];
  return [...new Map(all.map((taint) => [`${taint.key}:${taint.effect}`, taint])).values()];
}

function templateTags(
  group: EksNodeGroup,
  gpus: Record<string, GpuClass>,
  labels: Record<string, string>,
): Record<string, string> {
  const resources = (group.gpus ?? []).flatMap((offer) => {
    const gpu = gpus[offer.class];
    const units = (offer.count ?? gpu?.count ?? 1) * (gpu?.sharing ?? 1);
    return gpu === undefined ? [] : [[`resources/${gpu.resource}`, String(units)] as const];
  });
  const tags = [
    ...Object.entries(labels).map(([key, value]) => [`label/${key}`, value] as const),
    ...groupTaints(group, gpus).map(
      ({ key, value, effect }) => [`taint/${key}`, `${value ?? ""}:${effect}`] as const,
    ),
    ...resources,
  ];
  return Object.fromEntries(tags.map(([key, value]) => [`${TEMPLATE}/${key}`, value]));
}

/** The plan of a group that `checkNodeGroups` found nothing wrong with. */
export function nodeGroupPlan(
  group: EksNodeGroup,
  gpus: Record<string, GpuClass> = {},
): NodeGroupPlan {
  const image = imageOf(group);
  const labels = labelsOf(nodeOfGroup(group));
  const sizes = sizesOf(group);
  return {
    amiType: image.amiType,
    instanceTypes: group.instanceTypes,
    capacityType: group.capacityType ?? CapacityType.OnDemand,
    diskSize: group.diskSize ?? image.defaultDisk,
    ...sizes,
    labels,
    taints: groupTaints(group, gpus).map(({ key, value, effect }) => ({
      key,
      ...(value === undefined || value === "" ? {} : { value }),
      effect: EKS_EFFECTS[effect]!,
    })),
    templateTags: sizes.minSize === 0 ? templateTags(group, gpus, labels) : {},
  };
}
