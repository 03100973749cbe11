/** The add-ons of a cluster: read and checked before anything is registered, then made side by side. */
import type * as pulumi from "@pulumi/pulumi";
import { GatewayRoutes, type GatewayRoutesArgs } from "../../components/addons/gatewayRoutes";
import { GpuOperator, type GpuOperatorArgs } from "../../components/addons/gpuOperator";
import { IngressNginx, type IngressNginxArgs } from "../../components/addons/ingressNginx";
import { missingChart, type ChartName, type ChartSettings } from "../../components/charts/chart";
import { usesGateway } from "../../components/model/exposureObjects";
import { checkExistingGateway, checkGateway } from "../../components/model/gatewayObjects";
import { checkGpuOperator } from "../../components/model/gpuOperatorValues";
import { checkIngressNginx } from "../../components/model/ingressNginxValues";
import { oneOf, Problems } from "../../components/model/problems";
import { ProblemsBelow } from "../../components/model/problemsBelow";
import type { PlatformConfig } from "../platformConfig";
import { nodesOf } from "../sites";

/** The sections that the add-ons are made of. */
/** The args of each add-on that the stack names. */
export interface AddonArgs {
  ingressNginx?: IngressNginxArgs;
  gpuOperator?: GpuOperatorArgs;
  gateway?: GatewayRoutesArgs;
}

/** What other layers need of the add-ons. */
export interface Addons {
  /** Values that are known once applications may be exposed. */
  exposure: pulumi.Output<string>[];
  outputs: {
    ingressClass?: pulumi.Output<string>;
    gateway?: pulumi.Output<string>;
    gpuNodeLabels?: pulumi.Output<Record<string, Record<string, string>>>;
  };
}

/** The name of the cluster that gets the add-ons. */
export function addonsCluster(config: PlatformConfig): string {
  return config.addons?.cluster ?? config.defaultCluster;
}

function checkMirror(charts: ChartSettings, names: ChartName[], problems: Problems): void {
  for (const problem of names.flatMap((name) => missingChart(name, charts) ?? [])) {
    problems.add(problem);
  }
}

function gatewayArgs(config: PlatformConfig, problems: Problems): GatewayRoutesArgs | undefined {
  const { gateway: settings } = config.addons ?? {};
  const expose = config.expose ?? {};
  if (settings === undefined) {
    return undefined;
  }
  const reference = expose.gateway;
  if (!usesGateway(expose) || reference === undefined) {
    problems.add({
      path: "addons.gateway",
      reason: "a Gateway that nothing is exposed by",
      remedy: "Set expose.kind to gateway and name the Gateway in expose.gateway, or remove it.",
    });
    return undefined;
  }
  const gateway = { name: reference.name, namespace: reference.namespace };
  const below = new ProblemsBelow(problems, "addons.gateway");
  const { existing = false, ...given } = settings;
  if (existing) {
    checkExistingGateway({ gateway, ...given }, below);
    return { gateway, existing };
  }
  const domain = config.clusters[addonsCluster(config)]?.domain ?? expose.domain;
  const args = {
    gateway,
    ...given,
    hostNames: given.hostNames ?? (domain === undefined ? [] : [`*.${domain}`]),
    issuer: given.issuer ?? expose.issuer,
  };
  checkGateway(args, below);
  return args;
}

/**
 * The args of the add-ons from the config.
 *
 * @param problems receives everything that is wrong with the section
 */
export function addonArgs(config: PlatformConfig, problems: Problems): AddonArgs {
  const { addons = {}, gpus } = config;
  const cluster = addonsCluster(config);
  if (config.clusters[cluster] === undefined) {
    problems.add({
      path: "addons.cluster",
      reason: "names a cluster that `clusters` does not have",
      value: cluster,
      allowed: oneOf(Object.keys(config.clusters)),
    });
  }
  const { charts = {} } = config;
  const args: AddonArgs = { gateway: gatewayArgs(config, problems) };
  const named: ChartName[] = [];
  if (addons.ingressNginx !== undefined) {
    args.ingressNginx = { ...addons.ingressNginx, charts };
    named.push("ingress-nginx");
    checkIngressNginx(args.ingressNginx, new ProblemsBelow(problems, "addons.ingressNginx"));
  }
  if (addons.gpuOperator !== undefined) {
    args.gpuOperator = { ...addons.gpuOperator, gpus, nodes: nodesOf(config, cluster), charts };
    named.push("gpu-operator");
    checkGpuOperator(args.gpuOperator, new ProblemsBelow(problems, "addons.gpuOperator"));
  }
  checkMirror(charts, named, problems);
  return args;
}

/**
 * Makes the add-ons, none of which needs another.
 *
 * @throws ProblemsError when the section has a problem
 */
export function addonsLayer(
  config: PlatformConfig,
  cluster: { provider: pulumi.ProviderResource },
): Addons {
  const problems = new Problems("addons");
  const args = addonArgs(config, problems);
  problems.throwIfAny();
  const at = addonsCluster(config);
  const { provider } = cluster;
  const made: Addons = { exposure: [], outputs: {} };
  if (args.ingressNginx !== undefined) {
    const ingress = new IngressNginx(`${at}-ingress-nginx`, args.ingressNginx, { provider });
    made.exposure.push(ingress.className);
    made.outputs.ingressClass = ingress.className;
  }
  if (args.gateway !== undefined) {
    const gateway = new GatewayRoutes(`${at}-gateway`, args.gateway, { provider });
    made.exposure.push(gateway.gatewayName);
    made.outputs.gateway = gateway.gatewayName;
  }
  if (args.gpuOperator !== undefined) {
    const operator = new GpuOperator(`${at}-gpu-operator`, args.gpuOperator, { provider });
    made.outputs.gpuNodeLabels = operator.nodeLabels;
  }
  return made;
}
