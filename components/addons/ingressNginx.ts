import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { chartSource, type ChartSettings } from "../charts/chart";
import { registerRelease } from "../charts/release";
import {
  checkIngressNginx,
  ingressClassOf,
  ingressNginxValues,
  type IngressNginxSettings,
} from "../model/ingressNginxValues";
import { mergeValues } from "../model/mergeValues";
import { Problems } from "../model/problems";
import { warn } from "../notices";

const TYPE = "science-platform:index:IngressNginx";
const DEFAULT_NAMESPACE = "ingress-nginx";
const DEFAULT_RELEASE = "ingress-nginx";

/** Printed in every preview and up. */
export const RETIRED =
  "ingress-nginx is retired: upstream released nothing after March 2026, and fixes no security hole any " +
  "more. It stays supported here; for new clusters set expose.kind to gateway (docs/addons/gateway.md).";

/** The controller, and where its chart comes from. */
export interface IngressNginxArgs extends IngressNginxSettings {
  /** Namespace that it is installed in; made when absent, kept on destroy. @default "ingress-nginx" */
  namespace?: string;
  /** Name of the Helm release; a second controller in the cluster needs one of its own. @default "ingress-nginx" */
  releaseName?: string;
  /** Where charts come from. @default the public sources */
  charts?: ChartSettings;
  /** Further values of the chart, merged over ours; arrays are replaced. */
  values?: pulumi.Inputs;
  /** Seconds until a controller that does not get ready is an error. @default 600 */
  timeoutSeconds?: number;
}

/**
 * The controller ingress-nginx, by its chart as a Helm release, with its IngressClass. Snippets are off. It is
 * retired upstream, and says so as a warning. Needs a cluster that gives its Service an address, or service
 * type `NodePort`.
 *
 * @example
 * new IngressNginx(
 *   "ingress",
 *   { serviceType: "NodePort", nodePorts: { http: 30080, https: 30443 }, defaultClass: true },
 *   { provider: lab.provider },
 * );
 */
export class IngressNginx extends pulumi.ComponentResource {
  static readonly __pulumiType = TYPE;

  /** The IngressClass, known once the controller is ready. */
  public readonly className: pulumi.Output<string>;
  /** Namespace of the controller: the one that network policies let in. */
  public readonly namespace: pulumi.Output<string>;
  /** True, once the controller is ready. */
  public readonly ready: pulumi.Output<boolean>;

  constructor(name: string, args: IngressNginxArgs = {}, opts?: pulumi.ComponentResourceOptions) {
    const problems = new Problems(name);
    checkIngressNginx(args, problems);
    problems.throwIfAny();
    chartSource("ingress-nginx", args.charts); // Refuses a mirror without the chart.
    super(TYPE, name, {}, opts);

    warn(this, RETIRED);
    const { namespace = DEFAULT_NAMESPACE } = args;
    const made = new core.NamespacePatch(
      `${name}-namespace`,
      { metadata: { name: namespace } },
      { parent: this },
    );
    const release = registerRelease(
      {
        chart: "ingress-nginx",
        charts: args.charts,
        releaseName: args.releaseName ?? DEFAULT_RELEASE,
        namespace,
        values: mergeValues(ingressNginxValues(args), args.values),
        timeoutSeconds: args.timeoutSeconds,
      },
      `${name}-release`,
      { parent: this, dependsOn: [made] },
    );
    const whenReady = <T>(value: T): pulumi.Output<T> => release.urn.apply<T>(() => value);
    this.className = whenReady(ingressClassOf(args));
    this.namespace = whenReady(namespace);
    this.ready = whenReady(true);
    this.registerOutputs({
      className: this.className,
      namespace: this.namespace,
      ready: this.ready,
    });
  }
}
