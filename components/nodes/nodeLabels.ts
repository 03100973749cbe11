import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { DeclaredNode, GpuClass, Taint } from "../model/gpuTypes";
import { checkGpus } from "../model/gpu";
import { checkNodeLabels, labelsOf, taintsOf, type NodeRule } from "../model/nodeLabels";
import { changeTaints, OWNED_TAINTS, WANTED_TAINTS, wantedAnnotation } from "../model/nodeTaints";
import { Problems } from "../model/problems";
import { taintHooks } from "./taintHooks";

/** Which nodes of a cluster carry which labels of ours. */
export interface NodeLabelsArgs {
  /** The nodes by name. Each must exist. */
  nodes: Record<string, DeclaredNode>;
  /** The GPU classes that nodes offer. @default none */
  gpus?: Record<string, GpuClass>;
  /** Labels for every one of the nodes whose own labels match. @default none */
  rules?: NodeRule[];
  /**
   * Kubeconfig of the cluster, for nodes with `applyTaints`: taints are not set through the provider.
   * Secret. @default none: `applyTaints` is then an error
   */
  kubeconfig?: pulumi.Input<string>;
}

/**
 * Labels of ours on nodes that exist: a label for each GPU class that a node offers, its roles and its own.
 * Only our keys are owned: other labels stay, a key that is declared no longer is removed, a key that
 * someone else set to another value is an error. A node that does not exist is an error, and is not made.
 *
 * With `applyTaints` on a node it also gets its classes' taints; other taints on it stay. A stack with such
 * nodes is destroyed with `pulumi destroy --run-program`.
 *
 * @example
 * ```ts
 * new NodeLabels(
 *   "lab-nodes",
 *   { nodes: { "gpu-1": { gpus: [{ class: "a100", count: 4 }], roles: ["worker"] } }, gpus },
 *   { provider: lab.provider },
 * );
 * ```
 */
export class NodeLabels extends pulumi.ComponentResource {
  /** The labels of ours by node. */
  public readonly labels: pulumi.Output<Record<string, Record<string, string>>>;

  constructor(name: string, args: NodeLabelsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("science-platform:index:NodeLabels", name, {}, opts);
    checkArgs(name, args);
    const { nodes, gpus = {}, rules, kubeconfig } = args;
    const hooks = kubeconfig === undefined ? undefined : taintHooks(name, kubeconfig);
    const labels: Record<string, Record<string, string>> = {};
    for (const node of Object.keys(nodes).sort()) {
      const declared = nodes[node]!;
      labels[node] = labelsOf(declared, rules);
      const tainted = declared.applyTaints === true;
      patchNode(name, node, labels[node], tainted ? taintsOf(declared, gpus) : undefined, {
        parent: this,
        hooks: tainted ? hooks?.tainted : hooks?.plain,
      });
    }
    this.labels = pulumi.output(labels);
    this.registerOutputs({ labels: this.labels });
  }
}

function checkArgs(name: string, args: NodeLabelsArgs): void {
  const { nodes, gpus = {}, rules = [], kubeconfig } = args;
  const problems = new Problems(name);
  checkGpus(gpus, nodes, problems);
  checkNodeLabels(nodes, gpus, rules, problems);
  for (const [node, { applyTaints }] of Object.entries(nodes)) {
    if (applyTaints === true && kubeconfig === undefined) {
      problems.add({
        path: `nodes.${node}.applyTaints`,
        reason: "taints are set with the cluster's kubeconfig, and none is given",
        remedy: "Give `kubeconfig` too.",
      });
    }
  }
  problems.throwIfAny();
}

function patchNode(
  name: string,
  node: string,
  labels: Record<string, string>,
  taints: Taint[] | undefined,
  opts: pulumi.CustomResourceOptions,
): void {
  // Read first: a patch of a node that does not exist would make one.
  const found = kubernetes.core.v1.Node.get(`${name}-${node}-found`, node, { parent: opts.parent });
  if (Object.keys(labels).length === 0 && taints === undefined) {
    return;
  }
  new kubernetes.core.v1.NodePatch(
    `${name}-${node}`,
    {
      metadata: {
        name: found.metadata.name,
        labels,
        ...(taints === undefined
          ? {}
          : { annotations: { [WANTED_TAINTS]: wantedTaints(node, found, taints) } }),
      },
    },
    opts,
  );
}

/** The annotation that names the taints; an error already in preview where someone else's is in the way. */
function wantedTaints(
  node: string,
  found: kubernetes.core.v1.Node,
  wanted: Taint[],
): pulumi.Output<string> {
  return pulumi.all([found.metadata, found.spec]).apply(([{ annotations }, spec]) => {
    const live = { taints: spec?.taints ?? [], owned: annotations?.[OWNED_TAINTS] };
    try {
      changeTaints(live, wanted);
    } catch (error) {
      throw new Error(`node ${node}: ${(error as Error).message}`, { cause: error });
    }
    return wantedAnnotation(live, annotations?.[WANTED_TAINTS], wanted);
  });
}
