/** Where each chart comes from: one table of pins, and a mirror in place of every source. */
import * as fs from "node:fs";
import * as path from "node:path";
import { formatProblem, ProblemsError, type Problem } from "../model/problems";
import { gitChartName, isGitChart, type GitChartName } from "./gitCharts";
import { fetchChart } from "./gitFetch";
import { gitPin, gitVersion, type ChartGit } from "./gitPin";

/** A chart that we deploy, at the version that we test. */
export interface ChartPin {
  /** Name in its repository. */
  chart: string;
  /** HTTP repository, or an `oci://` address that holds the chart. */
  repository: string;
  version: string;
}

/** Every chart of a public repository of charts, in one table: bump here. Those in git: `gitCharts.ts`. */
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

/** Names of the charts that come from repositories of charts. */
export type ChartName = keyof typeof CHARTS;

/** Names of all charts that we deploy. */
export type AnyChartName = ChartName | GitChartName;

/** The `charts` section of the config. */
export interface ChartSettings {
  /**
   * In place of every public source: a folder that holds `<name>-<version>.tgz` or `<name>/` (for charts of git
   * also `<name>-<version>/`), an HTTP repository, or an `oci://` address. @default the public sources
   */
  mirror?: string;
  /** Another version of a chart, by its name. @default our pins */
  versions?: Record<string, string>;
  /** Another repository, folder, tag or commit of a chart that lies in git, by its name. @default our pins */
  git?: Record<string, ChartGit>;
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

/** The version of a chart that is deployed. */
export function chartVersion(name: AnyChartName, { versions }: ChartSettings = {}): string {
  return isGitChart(name) ? gitVersion(name, versions) : (versions?.[name] ?? CHARTS[name].version);
}

/**
 * What a chart may be called in a folder: packed, else unpacked. An unpacked chart without a version in its
 * name is of the version that we deploy; charts of git differ between versions, so no other may be taken for it.
 */
function namesInFolder(name: AnyChartName, version: string): string[] {
  const packed = `${name}-${version}.tgz`;
  if (!isGitChart(name)) {
    return [packed, name];
  }
  const unpacked = `${name}-${version}`;
  return gitVersion(name) === version ? [packed, unpacked, name] : [packed, unpacked];
}

function inFolder(name: AnyChartName, folder: string, version: string): string | undefined {
  return namesInFolder(name, version)
    .map((file) => path.resolve(folder, file))
    .find((file) => fs.existsSync(file));
}

/** A chart, or everything that keeps it from being found. */
type Found = { source: ChartSource } | { problems: Problem[] };

/** The chart in git at its pin: fetched on first use, from the cache afterwards. */
function inGit(name: GitChartName, settings: ChartSettings): Found {
  const found = gitPin(name, gitVersion(name, settings.versions), settings.git?.[name]);
  if ("problems" in found) {
    return found;
  }
  const chart = fetchChart(found.pin);
  if ("folder" in chart) {
    return { source: { chart: chart.folder } };
  }
  const path = [`charts.git.${name}`, chart.problem.path].filter((part) => part !== "").join(".");
  return { problems: [{ ...chart.problem, path }] };
}

/** A chart in a repository, by the name that it has there. */
function inRepository(chart: string, from: string, version: string): ChartSource {
  return from.startsWith("oci://")
    ? { chart: `${from.replace(/\/$/, "")}/${chart}`, version }
    : { chart, version, repositoryOpts: { repo: from } };
}

function find(name: AnyChartName, settings: ChartSettings): Found {
  const { mirror } = settings;
  const version = chartVersion(name, settings);
  if (mirror === undefined) {
    return isGitChart(name)
      ? inGit(name, settings)
      : { source: inRepository(CHARTS[name].chart, CHARTS[name].repository, version) };
  }
  if (isRepository(mirror)) {
    const chart = isGitChart(name) ? gitChartName(name, version) : CHARTS[name].chart;
    return { source: inRepository(chart, mirror, version) };
  }
  const chart = inFolder(name, mirror, version);
  if (chart !== undefined) {
    return { source: { chart } };
  }
  const [packed, ...folders] = namesInFolder(name, version);
  const problem = {
    path: "charts.mirror",
    reason: `has neither ${packed} nor a folder ${folders.join(" or ")}`,
    value: mirror,
    remedy: "Fill it with `make charts`, or name another mirror.",
  };
  return { problems: [problem] };
}

/**
 * Everything that keeps a chart from being found: a mirror that is a folder without it, a ref in git that does
 * not exist or was moved. A chart of git is fetched for that when it is not in the cache.
 */
export function chartProblems(name: AnyChartName, settings: ChartSettings = {}): Problem[] {
  const found = find(name, settings);
  return "problems" in found ? found.problems : [];
}

/** The problem of a mirror that is a folder without the chart. */
export function missingChart(name: ChartName, settings: ChartSettings = {}): Problem | undefined {
  return chartProblems(name, settings)[0];
}

/**
 * Where a chart is found. One of git is fetched, when it is not in the cache.
 *
 * @throws ProblemsError when it is not to be had: see `chartProblems`
 */
export function chartSource(name: AnyChartName, settings: ChartSettings = {}): ChartSource {
  const found = find(name, settings);
  if ("source" in found) {
    return found.source;
  }
  const lines = found.problems.map((problem) => formatProblem(`chart ${name}`, problem));
  throw new ProblemsError(lines);
}
