/** The charts that lie in git repositories: one table of pins, each a commit. */

/** A chart at one commit. */
export interface GitPin {
  /** Name in its Chart.yaml: a mirror that is a repository has it under this name. */
  chart: string;
  /** Address to fetch from. */
  repository: string;
  /** Folder of the chart in the repository; empty for its root. */
  folder: string;
  /** Tag that must be at `commit` when it is fetched. @default the commit alone */
  tag?: string;
  /** All 40 hexadecimal digits. */
  commit: string;
}

/** A chart in git, at every version that we know. */
interface GitChart {
  /** The version that is deployed when none is named. */
  version: string;
  versions: Record<string, GitPin>;
}

const EXAFLOW = { repository: "https://github.com/madgik/exaflow", folder: "kubernetes" };

/** Its chart has no version of its own: it is always 0.0.1. */
const MIP = {
  chart: "mip",
  repository: "https://github.com/Medical-Informatics-Platform/mip-deployment",
  folder: "deployment/kubernetes",
};

/** Every chart in git, in one table: bump here. */
export const GIT_CHARTS = {
  exaflow: {
    version: "1.0.0",
    versions: {
      // The last with MonetDB, and with the keys that the seed sets.
      "0.24.0": {
        ...EXAFLOW,
        chart: "exareme2",
        tag: "0.24.0",
        commit: "09a33c614d60fda80a1ae4baf4ea50b1d351f5d2",
      },
      // The commit that the project's own clusters run as 1.0.0.
      "1.0.0": {
        ...EXAFLOW,
        chart: "exaflow",
        commit: "cdfb9873e6675f646ac4267113607c7a18118610",
      },
    },
  },
  mip: {
    version: "9.0.2",
    versions: {
      // The seed's form; the folder was moved later.
      "9c325ef": {
        ...MIP,
        folder: "kubernetes",
        commit: "9c325efbb86fc3c83044a4831307223d539aa53c",
      },
      // The seed's keys for notebooks.
      "6f8b2c7": { ...MIP, commit: "6f8b2c78d05478767b4109308be0893bc66fa3f3" },
      "9.0.2": { ...MIP, commit: "655396093de7df7bc738025d8207f57c0e8952be" },
      "9.2.0": {
        ...MIP,
        repository: "https://github.com/Medical-Informatics-Platform/mip",
        commit: "0a4f28814824e9880e0bee93fe0e40076c43debf",
      },
    },
  },
} as const satisfies Record<string, GitChart>;

/** Names of the charts in git. */
export type GitChartName = keyof typeof GIT_CHARTS;

/** Whether a chart is one of those in git. */
export function isGitChart(name: string): name is GitChartName {
  return Object.hasOwn(GIT_CHARTS, name);
}

/** The pins of a chart by version. */
export function gitPins(name: GitChartName): Record<string, GitPin> {
  return GIT_CHARTS[name].versions;
}

/** The name that a chart has in a mirror that is a repository: the one in its Chart.yaml. */
export function gitChartName(name: GitChartName, version: string): string {
  const pins = gitPins(name);
  return Object.hasOwn(pins, version) ? pins[version]!.chart : name;
}
