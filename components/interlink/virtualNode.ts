import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { virtualNodeLabels } from "../model/virtualNodeGpus";
import { virtualNodeSelector } from "../model/virtualNodeObjects";
import { containerNames } from "../model/virtualNodePod";
import { VirtualNodeForm, withDefaults } from "../model/virtualNodeTypes";
import { virtualNodeWarnings } from "../model/virtualNodeWarnings";
import { info, warn } from "../notices";
import { assertVirtualNodeArgs, type VirtualNodeArgs } from "./virtualNodeArgs";
import { registerChart, registerKubelet, registerNamespaces } from "./virtualNodeForms";
import { waitHooks } from "./virtualNodeWait";

export type { VirtualNodeArgs } from "./virtualNodeArgs";

const TYPE = "science-platform:index:VirtualNode";

/** Longer than a host needs to start its services; shorter than someone watches an `up`. */
const WAIT_SECONDS = 300;

const TARGET_CHECK = "sudo ./install.sh --check";

/**
 * A virtual kubelet: it shows a remote host behind interLink as a node of the cluster, and runs the pods of
 * chosen namespaces there. It needs nothing in the cluster; the remote host must run interLink's API
 * (`TargetNode`) before the node gets Ready. The node itself belongs to the kubelet: only our labels on it
 * are owned, and when this is destroyed the node stays, not Ready, until `kubectl delete node`.
 *
 * @example
 * new VirtualNode("gpu-site", {
 *   nodeName: "gpu-site",
 *   offloadNamespaces: ["jupyterhub"],
 *   interLink: { url: "https://gpu.example.org" },
 *   node: { cpu: "24", memory: "32Gi", gpus: [{ class: "t4", count: 1 }] },
 *   gpus: { t4: { resource: "nvidia.com/gpu", product: "Tesla-T4", type: "T4", vram: "16G" } },
 *   login: { issuer: "https://iam.example.org/" },
 *   clientId: config.requireSecret("clientId"),
 *   clientSecret: config.requireSecret("clientSecret"),
 *   refreshToken: config.requireSecret("refreshToken"),
 *   kubeconfig: lab.kubeconfig,
 * }, { provider: lab.provider });
 */
export class VirtualNode extends pulumi.ComponentResource {
  static readonly __pulumiType = TYPE;

  /** The node's name; where a kubeconfig is given, known once the node is Ready and labelled. */
  public readonly nodeName: pulumi.Output<string>;
  /** Labels of ours on the node. */
  public readonly labels: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: VirtualNodeArgs, opts?: pulumi.ComponentResourceOptions) {
    assertVirtualNodeArgs(args);
    super(TYPE, name, {}, opts);
    for (const warning of virtualNodeWarnings(args)) {
      warn(this, `virtual node ${args.nodeName}: ${warning}`);
    }
    const labels = virtualNodeLabels(args);
    // Whoever sets a label owns it: the kubelet where nobody can wait for its node, else the patch.
    const kubeletLabels = args.kubeconfig === undefined ? labels : {};
    const namespaces = registerNamespaces(name, args, this);
    const kubelet =
      args.form === VirtualNodeForm.Chart
        ? registerChart(name, args, kubeletLabels, this, namespaces)
        : registerKubelet(name, args, kubeletLabels, this, namespaces);
    const last = labelNode(name, args, labels, this, kubelet);
    this.nodeName = last.urn.apply(() => args.nodeName);
    this.labels = pulumi.output(labels);
    this.registerOutputs({ nodeName: this.nodeName, labels: this.labels });
  }
}

/** Our labels on the node, once it is there and Ready; returns what was registered last. */
function labelNode(
  name: string,
  args: VirtualNodeArgs,
  labels: Record<string, string>,
  parent: pulumi.Resource,
  kubelet: pulumi.Resource,
): pulumi.Resource {
  const { nodeName, form, kubeconfig, waitSeconds = WAIT_SECONDS } = args;
  if (kubeconfig === undefined) {
    const unset = form === VirtualNodeForm.Seed ? "its labels are not set" : "nobody waits for it";
    info(parent, `virtual node ${nodeName}: without kubeconfig ${unset}`);
    return kubelet;
  }
  const chart = form === VirtualNodeForm.Chart;
  const hooks = waitHooks(name, kubeconfig, {
    facts: {
      nodeName,
      namespace: withDefaults(args).namespace,
      deployment: chart ? `${nodeName}-node` : nodeName,
      containers: containerNames(form),
      targetCheck: args.targetCheck ?? TARGET_CHECK,
    },
    selector: chart ? { app: nodeName } : virtualNodeSelector(nodeName),
    waitSeconds,
  });
  return new kubernetes.core.v1.NodePatch(
    `${name}-node`,
    { metadata: { name: nodeName, labels } },
    { parent, dependsOn: [kubelet], hooks },
  );
}
