/** The `platform` layer: add-ons, the hosts behind virtual nodes, the virtual nodes, the hub, Covalent's executor, and the endpoint. */
import type * as pulumi from "@pulumi/pulumi";
import type { Problems } from "../components/model/problems";
import type { Clusters } from "./clusters";
import type { EksClusters } from "./eks/clusters";
import { addonArgs, addonsCluster, addonsLayer } from "./platform/addons";
import { certManagerArgs, certManagerOn } from "./platform/certManager";
import {
  covalentArgs,
  covalentCluster,
  covalentLayer,
  dataStorePath,
  resourcesOfEks,
} from "./platform/covalent";
import type { endpointArgs, endpointCluster, endpointLayer } from "./platform/endpoint";
import { checkPlatformPorts, platformNodePorts, type WantedNodePort } from "./platform/nodePorts";
import { hubCluster, jupyterHubArgs, jupyterHubLayer } from "./platform/jupyterhub";
import { readTargets, registerTargets, targetOutputs } from "./platform/targetNodes";
import { readVirtualNodes, virtualNodes } from "./platform/virtualNodes";
import type { PlatformConfig } from "./platformConfig";
import { minikubeNotes } from "./preflight/minikube";
import { nodesOf } from "./sites";

interface EndpointCode {
  endpointArgs: typeof endpointArgs;
  endpointCluster: typeof endpointCluster;
  endpointLayer: typeof endpointLayer;
}

/** The code of the section `endpoint`, which stacks without it do not load. */
function endpointCode(config: PlatformConfig): EndpointCode | undefined {
  return config.endpoint && (require("./platform/endpoint") as EndpointCode);
}

/** The config with the nodes of one cluster alone, which is what virtual nodes are made from. */
function ofDefaultCluster(config: PlatformConfig): PlatformConfig {
  return { ...config, nodes: nodesOf(config, config.defaultCluster) };
}

/** What the cluster that Covalent's tasks run on brings, where the stack makes it. */
function ofCovalentsCluster(
  config: PlatformConfig,
  eks: EksClusters,
): ReturnType<typeof resourcesOfEks> {
  const name = covalentCluster(config);
  const settings = config.clusters[name]?.eks;
  return settings === undefined ? {} : resourcesOfEks(settings, eks[name]);
}

/** Adds every problem of the layer's sections; nothing is registered or contacted. */
export function checkPlatform(config: PlatformConfig, problems: Problems): void {
  addonArgs(config, problems);
  certManagerArgs(config, problems);
  readTargets(config.interlink?.targets, config.root, problems);
  readVirtualNodes(ofDefaultCluster(config), problems);
  jupyterHubArgs(config, problems);
  covalentArgs(config, problems, ofCovalentsCluster(config, {}));
  endpointCode(config)?.endpointArgs(config, problems);
  checkPlatformPorts(config, problems);
}

/** The NodePorts that the layer asks for, by cluster. */
export function nodePortsOf(config: PlatformConfig): Record<string, WantedNodePort[]> {
  return Object.fromEntries(
    Object.keys(config.clusters).map((name) => [name, platformNodePorts(config, name)]),
  );
}

/**
 * What keeps the layer from working later, but is no fault of the config: a minikube without its mount.
 *
 * @param source what the config is called in messages
 */
export async function platformWarnings(config: PlatformConfig, source: string): Promise<string[]> {
  const { covalent } = config;
  const path = covalent && dataStorePath(covalent);
  const isHere = config.clusters[covalentCluster(config)] !== undefined;
  return covalent?.minikube === undefined || path === undefined || !isHere
    ? []
    : minikubeNotes({ ...covalent.minikube, path }, source);
}

/** What the layer tells. */
export interface PlatformLayer {
  /** Without those of sections that the stack does not have. */
  outputs: Record<string, unknown>;
  /** Values that are known once applications may be exposed. */
  exposable: pulumi.Output<string>[];
}

/**
 * Registers the layer, side by side but for true edges: a virtual node comes after the files of its host, and the
 * hub's Ingress last, when its controller answers, its issuers are ready and its virtual nodes, too. The endpoint's
 * waits for the controller and the issuers.
 *
 * @param eks the clusters that the stack makes
 * @throws ProblemsError when a section has a problem
 */
export function platformLayer(
  config: PlatformConfig,
  clusters: Clusters,
  problems: Problems,
  eks: EksClusters,
): PlatformLayer {
  const outputs: Record<string, unknown> = {};
  const ready: pulumi.Output<string>[] = [];
  const exposable: pulumi.Output<string>[] = [];

  const addons = clusters[addonsCluster(config)];
  if (config.addons !== undefined && addons !== undefined) {
    const made = addonsLayer(config, addons);
    const args = certManagerArgs(config, problems);
    const certManager = args && certManagerOn(addonsCluster(config), addons, args);
    exposable.push(
      ...made.exposure,
      ...(certManager === undefined ? [] : [certManager.ready.apply(String)]),
    );
    outputs["addons"] = { ...made.outputs, issuers: certManager?.issuerNames };
  }
  const cluster = clusters[config.defaultCluster];
  if (config.interlink !== undefined && cluster !== undefined) {
    const targets = registerTargets(readTargets(config.interlink.targets, config.root, problems));
    const nodes = virtualNodes(ofDefaultCluster(config), cluster, Object.values(targets));
    ready.push(nodes.ready.apply(String));
    outputs["interlink"] = { virtualNodes: nodes.ready, targets: targetOutputs(targets) };
  }
  const hub = clusters[hubCluster(config)];
  if (config.jupyterhub !== undefined && hub !== undefined) {
    outputs["jupyterhub"] = jupyterHubLayer(config, hub, [...exposable, ...ready]);
  }
  const covalent = clusters[covalentCluster(config)];
  if (config.covalent !== undefined && covalent !== undefined) {
    const brought = ofCovalentsCluster(config, eks);
    outputs["covalent"] = covalentLayer(config, covalent, problems, brought);
  }
  const endpoint = endpointCode(config);
  const home = endpoint && clusters[endpoint.endpointCluster(config)];
  if (home !== undefined) {
    outputs["endpoint"] = endpoint?.endpointLayer(config, home, exposable);
  }
  problems.throwIfAny();
  return { outputs, exposable };
}
