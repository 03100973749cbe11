/** One run of a stack: check everything, then register the layers that the config names. */
import * as pulumi from "@pulumi/pulumi";
import { Problems, ProblemsError } from "../components/model/problems";
import { checkWorkspaces, workspaceWarnings } from "../components/model/workspaceChecks";
import { connectClusters, type Clusters } from "./clusters";
import { loadConfig, type PlatformConfig } from "./config";
import { readLinked, type LinkedKubeconfigs } from "./linkedClusters";
import { clusterLayer } from "./nodes";
import type { checkFederations, federationLayer } from "./federation";
import type { checkPlatform, nodePortsOf, platformLayer } from "./platform";
import { preflight } from "./preflight";
import { readWorkspaces, wholeEntries } from "./workspaceFiles";
import type { ReadWorkspace, WorkspaceEntry } from "./workspaceFiles";
import { sitesOf } from "./sites";
import { workspacesLayer } from "./workspaces";

/** What a command line may ask of one run beyond the config. */
export interface RunOptions {
  /** Only this cluster, whatever else the workspaces name. */
  cluster?: string;
  /** Whether the live clusters are looked at first. Default: true. */
  preflight?: boolean;
}

/** Reads and checks the workspaces of a stack without contacting anything. */
function checkedWorkspaces(
  config: PlatformConfig,
  stack: string,
  problems: Problems,
  all: Problems[],
): ReadWorkspace[] {
  if (!config.layers.includes("workspaces")) {
    return [];
  }
  const workspaces = readWorkspaces(config, problems, all);
  checkWorkspaces(workspaces, sitesOf(config, stack), config.defaultCluster);
  return workspaces;
}

/** @throws ProblemsError with the problems of every source. */
function throwAll(all: readonly Problems[]): void {
  const lines = all.flatMap((problems) => problems.list());
  if (lines.length > 0) {
    throw new ProblemsError(lines);
  }
}

/**
 * Runs the stack whose config the engine has.
 *
 * @param root the project's folder: paths in the config are relative to it
 * @returns the outputs of the layers
 * @throws RunError with every problem of config, files and cluster, before anything is registered
 */
export async function runStack(
  root: string,
  options: RunOptions = {},
): Promise<Record<string, unknown>> {
  try {
    return await checkAndRegister(root, options);
  } catch (error) {
    // The engine prints this kind without a stack trace.
    throw error instanceof ProblemsError ? new pulumi.RunError(error.message) : error;
  }
}

async function checkAndRegister(
  root: string,
  options: RunOptions,
): Promise<Record<string, unknown>> {
  const stack = pulumi.getStack();
  const problems = new Problems(`Pulumi.${stack}.yaml`);
  const all = [problems];
  const whole = loadConfig(root, problems);
  const workspaces = checkedWorkspaces(whole, stack, problems, all);
  const platform = whole.layers.includes("platform") ? platformCode() : undefined;
  platform?.checkPlatform(whole, problems);
  const federation = whole.layers.includes("federation") ? federationCode() : undefined;
  federation?.checkFederations(whole, problems);
  const config = limited(whole, options.cluster);
  const linked = await readLinked(config, problems);
  if (options.preflight ?? true) {
    const nodePorts = platform?.nodePortsOf(config);
    const asked = { stack, linked, nodePorts };
    for (const note of await preflight(config, workspaces, problems, asked)) {
      await pulumi.log.info(note);
    }
  }
  throwAll(all);
  const entries = wholeEntries(workspaces);
  await warn(entries);
  const { outputs, clusters } = connected(config, linked);
  if (config.layers.includes("cluster")) {
    outputs["nodes"] = clusterLayer(config, clusters);
  }
  const made = platform?.platformLayer(config, clusters, problems);
  Object.assign(
    outputs,
    made?.outputs,
    federation?.federationLayer(config, clusters, problems, made?.exposable),
  );
  if (config.layers.includes("workspaces")) {
    outputs["workspaces"] = workspacesLayer(config, clusters, entries, stack);
  }
  return outputs;
}

interface PlatformCode {
  checkPlatform: typeof checkPlatform;
  nodePortsOf: typeof nodePortsOf;
  platformLayer: typeof platformLayer;
}

/** The code of the `platform` layer, which stacks without it do not load. */
function platformCode(): PlatformCode {
  return require("./platform") as PlatformCode;
}

interface FederationCode {
  checkFederations: typeof checkFederations;
  federationLayer: typeof federationLayer;
}

/** The code of the `federation` layer, likewise. */
function federationCode(): FederationCode {
  return require("./federation") as FederationCode;
}

function limited(config: PlatformConfig, cluster: string | undefined): PlatformConfig {
  const found = cluster === undefined ? undefined : config.clusters[cluster];
  return found === undefined ? config : { ...config, clusters: { [cluster!]: found } };
}

async function warn(entries: readonly WorkspaceEntry[]): Promise<void> {
  for (const { spec, problems } of entries) {
    for (const warning of workspaceWarnings(spec)) {
      await pulumi.log.warn(`${problems.source}: ${warning}`);
    }
  }
}

/** A provider for every cluster, and their kubeconfigs for linked stacks. */
function connected(
  config: PlatformConfig,
  linked: LinkedKubeconfigs,
): { clusters: Clusters; outputs: Record<string, unknown> } {
  const clusters = connectClusters(config, linked);
  const kubeconfigs = Object.entries(clusters).map(([name, { kubeconfig }]) => [name, kubeconfig]);
  return { clusters, outputs: { kubeconfigs: pulumi.secret(Object.fromEntries(kubeconfigs)) } };
}
