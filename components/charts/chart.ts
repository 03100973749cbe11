/** Where each chart comes from: one table of pins, and a mirror in place of every source. */
import * as fs from "node:fs";
import * as path from "node:path";
import { Problems, type Problem } from "../model/problems";

/** A chart that we deploy, at the version that we test. */
export interface ChartPin {
  /** Name in its repository. */
  chart: string;
  /** HTTP repository, or an `oci://` address that holds the chart. */
  repository: string;
  version: string;
}

/** Every public chart, in one table: bump here. */
export const CHARTS = {
  "cert-manager": {
    chart: "cert-manager",
    repository: "https://charts.jetstack.io",
    version: "v1.21.1",
  },
  "ingress-nginx": {
    chart: "ingress-nginx",
    repository: "https://kubernetes.github.io/ingress-nginx",
    version: "4.15.1",
  },
  "gpu-operator": {
    chart: "gpu-operator",
    repository: "https://helm.ngc.nvidia.com/nvidia",
    version: "v26.7.0",
  },
  interlink: {
    chart: "interlink",
    repository: "oci://ghcr.io/interlink-hq/interlink-helm-chart",
    version: "0.6.1",
  },
  jupyterhub: {
    chart: "jupyterhub",
    repository: "https://jupyterhub.github.io/helm-chart",
    version: "4.4.0",
  },
} as const satisfies Record<string, ChartPin>;

/** Names of the charts that we deploy. */
export type ChartName = keyof typeof CHARTS;

/** The `charts` section of the config. */
export interface ChartSettings {
  /**
   * In place of every public source: a folder that holds `<name>/` or `<name>-<version>.tgz`, an HTTP
   * repository, or an `oci://` address. @default the public sources
   */
  mirror?: string;
  /** Another version of a chart, by its name. @default our pins */
  versions?: Record<string, string>;
}

/** What a Release must be told to find its chart. */
export interface ChartSource {
  chart: string;
  version?: string;
  repositoryOpts?: { repo: string };
}

/** Whether charts come from a repository; a folder otherwise. */
export function isRepository(address: string): boolean {
  return /^(https?|oci):\/\//.test(address);
}

function versionOf(name: ChartName, settings: ChartSettings): string {
  return settings.versions?.[name] ?? CHARTS[name].version;
}

/** The chart in a folder: packed, else unpacked. */
function inFolder(name: ChartName, folder: string, version: string): string | undefined {
  return [`${name}-${version}.tgz`, name]
    .map((file) => path.resolve(folder, file))
    .find((file) => fs.existsSync(file));
}

/** The problem of a mirror that is a folder without the chart. */
export function missingChart(name: ChartName, settings: ChartSettings = {}): Problem | undefined {
  const { mirror } = settings;
  const version = versionOf(name, settings);
  return mirror === undefined ||
    isRepository(mirror) ||
    inFolder(name, mirror, version) !== undefined
    ? undefined
    : {
        path: "charts.mirror",
        reason: `has neither ${name}-${version}.tgz nor a folder ${name}`,
        value: mirror,
        remedy: "Fill it with `make charts`, or name another mirror.",
      };
}

/**
 * Where a chart is found.
 *
 * @throws ProblemsError when the mirror is a folder without the chart
 */
export function chartSource(name: ChartName, settings: ChartSettings = {}): ChartSource {
  const { chart, repository } = CHARTS[name];
  const version = versionOf(name, settings);
  const from = settings.mirror ?? repository;
  if (from.startsWith("oci://")) {
    return { chart: `${from.replace(/\/$/, "")}/${chart}`, version };
  }
  if (isRepository(from)) {
    return { chart, version, repositoryOpts: { repo: from } };
  }
  const problem = missingChart(name, settings);
  if (problem !== undefined) {
    const problems = new Problems(`chart ${name}`);
    problems.add(problem);
    problems.throwIfAny();
  }
  return { chart: inFolder(name, from, version)! };
}
