/** The only reader of `pulumi.Config`: one frozen typed object, with every problem of it collected. */
import * as pulumi from "@pulumi/pulumi";
import { checkGpus } from "../components/model/gpu";
import { checkNodeLabels } from "../components/model/nodeLabels";
import { nearest, oneOf, parseWith, Problems, ProblemsError } from "../components/model/problems";
import { stackSchema, type StackConfig } from "./configSchema";

/** The project's name: the namespace of its config keys. */
export const PROJECT = "science-platform";

/** A stack's config with what follows from it. */
export interface PlatformConfig extends StackConfig {
  /** Folder of the project: paths in the config are relative to it. */
  root: string;
  defaultCluster: string;
}

/** The config as the engine has it: every key of the project, JSON values decoded. */
function readSections(): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(pulumi.runtime.allConfig())) {
    const [project, ...rest] = key.split(":");
    if (project === PROJECT) {
      values[rest.join(":")] = decode(text);
    }
  }
  return values;
}

/** Objects, lists, numbers and booleans reach us as JSON; a plain string does not. */
function decode(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}

function chooseDefaultCluster(config: StackConfig, problems: Problems): string {
  const known = Object.keys(config.clusters);
  if (known.length === 0) {
    problems.add({
      path: "clusters",
      reason: "no cluster is named",
      remedy: "Name one, with its kubeconfig.",
    });
  }
  if (config.defaultCluster !== undefined) {
    checkCluster(config.defaultCluster, "defaultCluster", known, problems);
    return config.defaultCluster;
  }
  if (known.length > 1) {
    problems.add({
      path: "defaultCluster",
      reason: "required when there are several clusters",
      allowed: oneOf(known),
    });
  }
  return known[0] ?? "";
}

function checkCluster(cluster: string, path: string, known: string[], problems: Problems): void {
  if (!known.includes(cluster)) {
    const near = nearest(cluster, known);
    problems.add({
      path,
      reason: "names a cluster that `clusters` does not have",
      value: cluster,
      allowed: oneOf(known),
      ...(near === undefined ? {} : { remedy: `Did you mean ${near}?` }),
    });
  }
}

/** Rules that no single section shows. */
function checkAcross(config: StackConfig, problems: Problems): void {
  const known = Object.keys(config.clusters);
  for (const [name, cluster] of Object.entries(config.clusters)) {
    if (cluster.stack !== undefined && cluster.kubeconfig !== undefined) {
      problems.add({
        path: `clusters.${name}`,
        reason: "has both `stack` and `kubeconfig`",
        remedy: "Keep the one that the cluster's credentials come from.",
      });
    }
  }
  for (const [name, node] of Object.entries(config.nodes ?? {})) {
    if (node.cluster !== undefined) {
      checkCluster(node.cluster, `nodes.${name}.cluster`, known, problems);
    }
  }
  checkGpus(config.gpus ?? {}, config.nodes ?? {}, problems);
  checkNodeLabels(config.nodes ?? {}, config.gpus ?? {}, config.nodeRules ?? [], problems);
}

/** A plain object as a checked config; the problems are left to the caller. */
export function parseConfig(
  values: Record<string, unknown>,
  root: string,
  problems: Problems,
): PlatformConfig | undefined {
  const config = parseWith(stackSchema, values, problems, "", (path) =>
    path.startsWith("workspaces.userSecrets"),
  );
  if (config === undefined) {
    return undefined;
  }
  const defaultCluster = chooseDefaultCluster(config, problems);
  checkAcross(config, problems);
  return freeze({ ...config, root, defaultCluster });
}

/**
 * The current stack's config.
 *
 * @param problems receives what is wrong beyond the shape; the caller adds its own and throws once
 * @throws ProblemsError when the shape itself is wrong, with every problem found
 */
export function loadConfig(root: string, problems: Problems): PlatformConfig {
  const config = parseConfig(readSections(), root, problems);
  if (config === undefined) {
    throw new ProblemsError(problems.list());
  }
  return config;
}
