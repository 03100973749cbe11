/** What a virtual node offers, in the words of the virtual kubelet; and its labels. */
import { offersOf } from "./gpuOffers";
import type { DeclaredNode } from "./gpuTypes";
import { isLabelValue, LABEL_VALUE_RULE } from "./labelSyntax";
import { labelsOf } from "./nodeLabels";
import { joinPath, oneOf, type Problems } from "./problems";
import { VirtualNodeForm, type VirtualNodeSettings } from "./virtualNodeTypes";

/** The resources that interLink's kubelet counts; all others it drops without a word. */
const COUNTED = [
  "nvidia.com/gpu",
  "amd.com/gpu",
  "intel.com/gpu",
  "xilinx.com/fpga",
  "intel.com/fpga",
];

/** Label that the seed's hub shows and selects by. */
const ACCELERATOR_LABEL = "accelerator";

/** One kind of accelerator of the node. */
export interface VirtualAccelerator {
  className: string;
  resource: string;
  /** Short type: the kubelet makes a label of it. */
  model: string;
  units: number;
}

type GpuFacts = Pick<VirtualNodeSettings, "nodeName" | "node" | "gpus">;

/** The node as the vocabulary knows it. */
export function declaredNode({ node }: Pick<VirtualNodeSettings, "node">): DeclaredNode {
  return { ...node, virtual: true };
}

/** The accelerators of a node, as its offers say. */
export function acceleratorsOf({ nodeName, node, gpus = {} }: GpuFacts): VirtualAccelerator[] {
  return offersOf({ [nodeName]: node }, gpus).map(({ className, units }) => ({
    className,
    resource: gpus[className]!.resource,
    model: gpus[className]!.type,
    units,
  }));
}

function modelsOf(facts: GpuFacts): string[] {
  return [...new Set(acceleratorsOf(facts).map(({ model }) => model))].sort();
}

/**
 * Every label of ours on the node: those of the vocabulary, and `accelerator` with the type that it
 * offers or `none`, unless it declares one itself.
 */
export function virtualNodeLabels(facts: GpuFacts): Record<string, string> {
  const [model = "none"] = modelsOf(facts);
  const labels = { [ACCELERATOR_LABEL]: model, ...labelsOf(declaredNode(facts)) };
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Adds a problem for every offer that the kubelet would not make, or not as declared. */
export function checkAccelerators(settings: VirtualNodeSettings, problems: Problems): void {
  const { nodeName, node, form } = settings;
  const counted = form === VirtualNodeForm.Seed ? COUNTED.slice(0, 1) : COUNTED;
  for (const { className, resource, model } of acceleratorsOf(settings)) {
    const path = joinPath("gpus", [className]);
    if (!counted.includes(resource)) {
      const mig = resource.startsWith("nvidia.com/mig-");
      problems.add({
        path: `${path}.resource`,
        reason: `${mig ? "a MIG slice" : "a resource"} that virtual node ${nodeName} cannot offer: interLink's kubelet counts only ${counted.join(", ")} and ignores others, so pods would wait for ever`,
        value: resource,
        allowed: oneOf(counted),
        remedy: mig
          ? "Declare a class with resource nvidia.com/gpu for this node, one unit a slice."
          : "Declare a class with a resource that is counted.",
      });
    }
    if (!isLabelValue(model)) {
      problems.add({
        path: `${path}.type`,
        reason: `not a label's value: the kubelet of ${nodeName} makes a label of it`,
        value: model,
        allowed: LABEL_VALUE_RULE,
      });
    }
  }
  const models = modelsOf(settings);
  if (models.length > 1 && node.labels?.[ACCELERATOR_LABEL] === undefined) {
    problems.add({
      path: "node.labels.accelerator",
      reason: `required, but missing: the node offers several types (${models.join(", ")}), and the label has one value`,
      remedy: "Say which it is to be.",
    });
  }
}
