/** `gpus`, `nodes` and `nodeRules`: the vocabulary of GPUs, and which node offers what. */
import { z } from "zod";

const name = z.string().min(1);
const quantity = z.union([z.string(), z.number()]).transform(String);
const words = z.record(z.string(), z.string());

const taint = z.strictObject({
  key: name,
  value: z.string().optional(),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]),
});

const gpuClass = z
  .strictObject({
    resource: name.describe("Extended resource that a pod requests, such as `nvidia.com/gpu`."),
    product: name.describe("Product as GPU feature discovery names it."),
    type: name.describe("Short type that users select by, such as `A100`."),
    vram: quantity.describe("Memory of one unit, such as `40G`."),
    count: z
      .int()
      .min(1)
      .optional()
      .describe("Units per node where the node does not say. Default: 1."),
    mig: name.optional().describe("MIG profile behind the resource, such as `1g.10gb`."),
    sharing: z
      .int()
      .min(1)
      .optional()
      .describe("Pods that share one unit by time-slicing. Default: 1."),
    taint: taint.optional().describe("Taint that keeps other pods off nodes of this class."),
  })
  .describe("One class of GPU that users ask for by name.");

const node = z
  .strictObject({
    cluster: name.optional().describe("Cluster that it is in. Default: `defaultCluster`."),
    gpus: z
      .array(z.strictObject({ class: name, count: z.int().min(1).optional() }))
      .optional()
      .describe("Classes that it offers, with the units of each."),
    roles: z.array(name).optional().describe("Each becomes the label `<role>=true`."),
    labels: words.optional().describe("Further labels of ours."),
    cpu: quantity.optional().describe("Allocatable CPU; a larger request is refused early."),
    memory: quantity.optional().describe("Allocatable memory; a larger request is refused early."),
    disk: quantity.optional().describe("Free disk; federations say when a role needs more."),
    virtual: z.boolean().optional().describe("A virtual kubelet's node. Default: false."),
    applyTaints: z
      .boolean()
      .optional()
      .describe("Set the classes' taints on this existing node. Default: false."),
  })
  .describe("One existing node of which we own some labels.");

const nodeRule = z
  .strictObject({ selector: words, labels: words })
  .describe("Labels for every declared node whose own labels match the selector.");

/** The shape of `gpus`. */
export const gpusSchema = z
  .record(z.string(), gpuClass)
  .describe("The GPU vocabulary: classes by name.");

/** The shape of `nodes`. */
export const nodesSchema = z
  .record(z.string(), node)
  .describe("Which node offers what, by node name.");

/** The shape of `nodeRules`. */
export const nodeRulesSchema = z
  .array(nodeRule)
  .describe("Labels for several declared nodes at once.");
