import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { chartSource, type ChartSettings } from "../charts/chart";
import { registerRelease } from "../charts/release";
import {
  checkGpuOperator,
  gpuOperatorNodeLabels,
  gpuOperatorValues,
  type GpuOperatorSettings,
} from "../model/gpuOperatorValues";
import { checkGpus } from "../model/gpu";
import { mergeValues } from "../model/mergeValues";
import { Problems } from "../model/problems";

const TYPE = "science-platform:index:GpuOperator";
const DEFAULT_NAMESPACE = "gpu-operator";
const RELEASE = "gpu-operator";

/** The operator, and where its chart comes from. */
export interface GpuOperatorArgs extends GpuOperatorSettings {
  /** Namespace that it is installed in; made when absent, kept on destroy. @default "gpu-operator" */
  namespace?: string;
  /** Where charts come from. @default the public sources */
  charts?: ChartSettings;
  /** Further values of the chart, merged over ours; arrays are replaced. */
  values?: pulumi.Inputs;
  /** Seconds until an operator that does not get ready is an error. @default 600 */
  timeoutSeconds?: number;
}

/**
 * NVIDIA's GPU operator, by its chart as a Helm release. From the GPU vocabulary it takes the MIG strategy,
 * the layout of nodes with one MIG profile, time-slicing, and the taints that its DaemonSets must tolerate.
 * Nodes that need a layout or a sharing of their own are labelled for it; no other label of them is touched.
 * It waits for the operator, not for drivers on nodes, which take minutes each.
 *
 * @example
 * new GpuOperator("gpu", { gpus, nodes, driver: false, toolkit: false }, { provider: lab.provider });
 */
export class GpuOperator extends pulumi.ComponentResource {
  static readonly __pulumiType = TYPE;

  /** Namespace of the operator, known once it is ready. */
  public readonly namespace: pulumi.Output<string>;
  /** The labels of ours that the operator reads, by node. */
  public readonly nodeLabels: pulumi.Output<Record<string, Record<string, string>>>;
  /** True, once the operator is ready. */
  public readonly ready: pulumi.Output<boolean>;

  constructor(name: string, args: GpuOperatorArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    const problems = new Problems(name);
    checkGpus(args.gpus ?? {}, args.nodes ?? {}, problems);
    checkGpuOperator(args, problems);
    problems.throwIfAny();
    chartSource("gpu-operator", args.charts); // Refuses a mirror without the chart.
    super(TYPE, name, {}, opts);

    const { namespace = DEFAULT_NAMESPACE } = args;
    const made = new core.NamespacePatch(
      `${name}-namespace`,
      {
        metadata: {
          name: namespace,
          // Driver, toolkit and device plugin work on the host itself.
          labels: { "pod-security.kubernetes.io/enforce": "privileged" },
        },
      },
      { parent: this },
    );
    const labels = gpuOperatorNodeLabels(args);
    const labelled = Object.entries(labels).map(([node, wanted]) =>
      labelNode(name, node, wanted, { parent: this }),
    );
    const release = registerRelease(
      {
        chart: "gpu-operator",
        charts: args.charts,
        releaseName: RELEASE,
        namespace,
        values: mergeValues(gpuOperatorValues(args), args.values),
        timeoutSeconds: args.timeoutSeconds,
      },
      `${name}-release`,
      // Labels first: on a node without a layout the operator would set its default, and own the label.
      { parent: this, dependsOn: [made, ...labelled] },
    );
    this.namespace = release.urn.apply(() => namespace);
    this.nodeLabels = pulumi.output(labels);
    this.ready = release.urn.apply<boolean>(() => true);
    this.registerOutputs({
      namespace: this.namespace,
      nodeLabels: this.nodeLabels,
      ready: this.ready,
    });
  }
}

function labelNode(
  name: string,
  node: string,
  labels: Record<string, string>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  // Read first: a patch of a node that does not exist would make one.
  const found = core.Node.get(`${name}-${node}-found`, node, opts);
  return new core.NodePatch(
    `${name}-${node}`,
    { metadata: { name: found.metadata.name, labels } },
    opts,
  );
}
