import * as pulumi from "@pulumi/pulumi";
import { chartProblems, chartSource, chartVersion, type ChartSettings } from "../charts/chart";
import { DEFAULT_TIMEOUT_SECONDS, registerRelease } from "../charts/release";
import { awaitWorkloads } from "../charts/workloads";
import { checkedExaflow } from "../model/exaflowChecks";
import { controllerService, controllerUrl } from "../model/exaflowGeneration";
import { DEFAULT_EVICTION_SECONDS, exaflowPatches } from "../model/exaflowPatches";
import type { ExaflowSettings } from "../model/exaflowTypes";
import {
  DEFAULT_NAMESPACE,
  DEFAULT_RELEASE,
  exaflowValues,
  podSecurityOf,
} from "../model/exaflowValues";
import { mergeValues } from "../model/mergeValues";
import { podSecurityLabels } from "../model/namespaceObjects";
import { Problems } from "../model/problems";
import { warn } from "../notices";
import { registerNamespace } from "../register";
import { POST_RENDERER } from "./postRenderer";

const TYPE = "science-platform:index:Exaflow";

/** An Exaflow engine from its chart. */
export interface ExaflowArgs extends ExaflowSettings {
  /** Where charts come from. `versions.exaflow` decides which keys there are. @default chart 1.0.0 from git */
  charts?: ChartSettings;
  /** Further values of the chart, merged over ours: objects merged, lists replaced. No secrets. */
  values?: pulumi.Inputs;
  /**
   * Whether the namespace is made here, when absent, with its Pod Security labels; without, whoever makes it does both.
   * @default true
   */
  createNamespace?: boolean;
  /** Seconds until a workload that does not get ready is an error. @default 600 */
  timeoutSeconds?: number;
}

/**
 * Exaflow, the engine of a federation: a controller, a global worker that adds up and local workers with the data,
 * as one Helm release, so that the controller's Service is there before the workers that look for it. `up` ends
 * when all workloads are ready.
 *
 * Helm is told not to wait: on unmanaged clusters the chart's Service is of the kind LoadBalancer, and where
 * nothing gives it an address Helm would wait for ever. Each workload is waited for instead, by the patch that it
 * gets anyway. For the same reason `destroy` does not wait until the pods are gone.
 *
 * The labels of the nodes are not made here, nor the folders of the data.
 *
 * @see https://github.com/madgik/exaflow
 * @example
 * new Exaflow("engine", {
 *   federation: "dementia",
 *   namespace: "dementia",
 *   localWorkers: 3,
 *   nodes,
 *   smpc: { enabled: true },
 * });
 */
export class Exaflow extends pulumi.ComponentResource {
  static readonly __pulumiType = TYPE;

  /** Where the controller answers within the cluster; known once all workloads are ready. */
  public readonly url: pulumi.Output<string>;
  public readonly namespace: pulumi.Output<string>;
  /** Name of the controller's Service. */
  public readonly controllerService: pulumi.Output<string>;
  /** Version of the chart. */
  public readonly version: pulumi.Output<string>;

  constructor(name: string, args: ExaflowArgs, opts?: pulumi.ComponentResourceOptions) {
    const { charts, values: own = {}, namespace = DEFAULT_NAMESPACE } = args;
    const version = chartVersion("exaflow", charts);
    const problems = new Problems(`exaflow ${args.federation}`);
    const checked = checkedExaflow(args, version, own, problems);
    chartProblems("exaflow", charts).forEach((problem) => problems.add(problem));
    problems.throwIfAny();
    super(TYPE, name, {}, opts);

    const { generation, warnings } = checked!;
    warnings.forEach((warning) => {
      warn(this, `exaflow ${args.federation}: ${warning}`);
    });
    const made = registerNamespace(
      args.createNamespace,
      `${name}-namespace`,
      { name: namespace, labels: podSecurityLabels(podSecurityOf(args)) },
      { parent: this },
    );
    const values = mergeValues(exaflowValues(args, generation), own);
    const timeoutSeconds = args.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
    const release = registerRelease(
      {
        chart: "exaflow",
        charts,
        releaseName: args.releaseName ?? DEFAULT_RELEASE,
        namespace,
        values,
        timeoutSeconds,
        skipAwait: true,
        postRenderer: postRendererOf(args),
      },
      `${name}-release`,
      { parent: this, dependsOn: made },
    );
    const patched = awaitWorkloads(
      exaflowPatches(args, generation),
      {
        prefix: name,
        namespace,
        release,
        content: { source: chartSource("exaflow", charts), values },
        timeoutSeconds,
      },
      this,
    );
    const ready = pulumi.all(patched.map(({ urn }) => urn));
    this.url = ready.apply(() => controllerUrl(generation, namespace));
    this.namespace = ready.apply(() => namespace);
    this.controllerService = ready.apply(() => controllerService(generation));
    this.version = ready.apply(() => version);
    this.registerOutputs({
      url: this.url,
      namespace: this.namespace,
      controllerService: this.controllerService,
      version: this.version,
    });
  }
}

/** The script knows the default alone. Any other number is left to the patches, which restart the pods once for it. */
function postRendererOf({ evictionSeconds }: ExaflowArgs): string | undefined {
  const isDefault = (evictionSeconds ?? DEFAULT_EVICTION_SECONDS) === DEFAULT_EVICTION_SECONDS;
  return isDefault ? POST_RENDERER : undefined;
}
