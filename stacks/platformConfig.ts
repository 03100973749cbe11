/** A stack's config as a typed object, wherever its values were read; the Pulumi SDK is not needed for that. */
import { checkGpus } from "../components/model/gpu";
import { checkNodeLabels } from "../components/model/nodeLabels";
import { joinPath, nearest, oneOf, parseWith, type Problems } from "../components/model/problems";
import { stackSchema, type StackConfig } from "./configSchema";
import { checkEksClusters } from "./eks/settings";
import { chartSettings } from "./sections/charts";
import { isCovalentSecret } from "./sections/covalent";
import { isEndpointSecret } from "./sections/endpoint";
import { isFederationSecret } from "./sections/federationPlatform";
import { isInterlinkSecret } from "./sections/interlink";

/** The project's name: the namespace of its config keys. */
export const PROJECT = "science-platform";

/** A stack's config with what follows from it; a folder of charts has its absolute path. */
export interface PlatformConfig extends StackConfig {
  /** Folder of the project: paths in the config are relative to it. */
  root: string;
  defaultCluster: string;
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
      checkCluster(node.cluster, joinPath("nodes", [name, "cluster"]), known, problems);
    }
  }
  checkGpus(config.gpus ?? {}, config.nodes ?? {}, problems);
  checkNodeLabels(
    config.nodes ?? {},
    config.gpus ?? {},
    config.nodeRules ?? [],
    problems,
    "nodeRules",
  );
}

/** Where the config may hold a secret, which no message repeats. */
function isSecret(path: string): boolean {
  return (
    path.startsWith("workspaces.userSecrets") ||
    path.startsWith("jupyterhub.changeValues.") ||
    path === "jupyterhub.oidc.clientSecret" ||
    isEndpointSecret(path) ||
    /^addons\.certManager\.issuers\..+\.ca\.(certificate|key)$/.test(path) ||
    (path.startsWith("interlink.") && isInterlinkSecret(path)) ||
    isCovalentSecret(path) ||
    (path.startsWith("federations.") && isFederationSecret(path))
  );
}

/** A plain object as a checked config; the problems are left to the caller. */
export function parseConfig(
  values: Record<string, unknown>,
  root: string,
  problems: Problems,
): PlatformConfig | undefined {
  const config = parseWith(stackSchema, values, problems, "", isSecret);
  if (config === undefined) {
    return undefined;
  }
  const defaultCluster = chooseDefaultCluster(config, problems);
  checkAcross(config, problems);
  checkEksClusters({ ...config, root }, problems);
  const charts = config.charts && chartSettings(config.charts, root);
  return freeze({ ...config, charts, root, defaultCluster });
}
