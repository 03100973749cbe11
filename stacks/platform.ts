/** The `platform` layer: add-ons, the hosts behind virtual nodes, the virtual nodes, and the hub. */
import type * as pulumi from "@pulumi/pulumi";
import type { Problems } from "../components/model/problems";
import type { Clusters } from "./clusters";
import { addonArgs, addonsCluster, addonsLayer } from "./platform/addons";
import { certManagerArgs, certManagerOn } from "./platform/certManager";
import { chartSettings } from "./platform/charts";
import { checkPlatformPorts, platformNodePorts, type WantedNodePort } from "./platform/nodePorts";
import { hubCluster, jupyterHubArgs, jupyterHubLayer } from "./platform/jupyterhub";
import { readTargets, registerTargets, targetOutputs } from "./platform/targetNodes";
import { readVirtualNodes, virtualNodes } from "./platform/virtualNodes";
import type { PlatformConfig } from "./platformConfig";
import { nodesOf } from "./sites";

/** The config as the parts of this layer take it: charts by absolute path, the nodes of one cluster. */
function resolved(config: PlatformConfig): PlatformConfig {
  return {
    ...config,
    charts: chartSettings(config.charts, config.root),
    nodes: nodesOf(config, config.defaultCluster),
  };
}

/** Adds every problem of the layer's sections; nothing is registered or contacted. */
export function checkPlatform(config: PlatformConfig, problems: Problems): void {
  const whole = { ...config, charts: chartSettings(config.charts, config.root) };
  addonArgs(whole, problems);
  certManagerArgs(whole, problems);
  readTargets(config.interlink?.targets, config.root, problems);
  readVirtualNodes(resolved(config), problems);
  jupyterHubArgs(whole, problems);
  checkPlatformPorts(whole, problems);
}

/** The NodePorts that the layer asks for, by cluster. */
export function nodePortsOf(config: PlatformConfig): Record<string, WantedNodePort[]> {
  const whole = { ...config, charts: chartSettings(config.charts, config.root) };
  return Object.fromEntries(
    Object.keys(config.clusters).map((name) => [name, platformNodePorts(whole, name)]),
  );
}

/**
 * Registers the layer, side by side but for true edges: a virtual node comes after the files of its host, and the
 * hub's Ingress last, when its controller answers, its issuers are ready and its virtual nodes, too.
 *
 * @returns the outputs, without those of sections that the stack does not have
 * @throws ProblemsError when a section has a problem
 */
export function platformLayer(
  config: PlatformConfig,
  clusters: Clusters,
  problems: Problems,
): Record<string, unknown> {
  const whole = { ...config, charts: chartSettings(config.charts, config.root) };
  const outputs: Record<string, unknown> = {};
  const ready: pulumi.Output<string>[] = [];

  const addons = clusters[addonsCluster(config)];
  if (config.addons !== undefined && addons !== undefined) {
    const made = addonsLayer(whole, addons);
    const args = certManagerArgs(whole, problems);
    const certManager = args && certManagerOn(addonsCluster(config), addons, args);
    ready.push(
      ...made.exposure,
      ...(certManager === undefined ? [] : [certManager.ready.apply(String)]),
    );
    outputs["addons"] = { ...made.outputs, issuers: certManager?.issuerNames };
  }
  const cluster = clusters[config.defaultCluster];
  if (config.interlink !== undefined && cluster !== undefined) {
    const targets = registerTargets(readTargets(config.interlink.targets, config.root, problems));
    const nodes = virtualNodes(resolved(config), cluster, Object.values(targets));
    ready.push(nodes.ready.apply(String));
    outputs["interlink"] = { virtualNodes: nodes.ready, targets: targetOutputs(targets) };
  }
  const hub = clusters[hubCluster(config)];
  if (config.jupyterhub !== undefined && hub !== undefined) {
    outputs["jupyterhub"] = jupyterHubLayer(whole, hub, ready);
  }
  problems.throwIfAny();
  return outputs;
}
