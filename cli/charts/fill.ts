/** Fills a folder with the charts that we deploy, and holds them to the digests recorded there. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  CHARTS,
  chartSource,
  chartVersion,
  isRepository,
  type AnyChartName,
  type ChartName,
  type ChartSettings,
} from "../../components/charts/chart";
import type { GitChartName } from "../../components/charts/gitCharts";
import { ProblemsError } from "../../components/model/problems";
import { say } from "../output";
import {
  copyChart,
  digestOfFolder,
  fetchPinned,
  originOf,
  pinOf,
  type GitRecord,
} from "./gitFolder";
import { pull } from "./helm";

/** Beside the charts: the SHA-256 of each archive, and commit and SHA-256 of each folder, by its name. */
export const DIGESTS = "digests.json";

type Digests = Record<string, string | GitRecord>;

/** A chart in git at a version that the stack uses. */
export interface WantedGitChart {
  name: GitChartName;
  version: string;
}

/** What is recorded of a file or folder. */
type Filled = [file: string, recorded: string | GitRecord];

/** One run's facts. */
interface Filling {
  folder: string;
  settings: ChartSettings;
  recorded: Digests;
  helm: string;
}

function digestOf(file: string): string {
  return createHash("sha256").update(fs.readFileSync(file)).digest("hex");
}

function readDigests(folder: string): Digests {
  const file = path.join(folder, DIGESTS);
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as Digests) : {};
}

function writeDigests(folder: string, digests: Digests): void {
  const sorted = Object.fromEntries(Object.entries(digests).sort(([a], [b]) => (a < b ? -1 : 1)));
  fs.writeFileSync(path.join(folder, DIGESTS), `${JSON.stringify(sorted, undefined, 2)}\n`);
}

/** What is said of a chart that is not what the record says. */
function changed(file: string, found: string, recorded: string, where: string): Error {
  return new Error(
    `${where} has SHA-256 ${found}, and ${DIGESTS} says ${recorded}: somebody changed the chart. ` +
      `If that is meant, remove ${file} and its line in ${DIGESTS}, and run this again.`,
  );
}

/** Where charts are pulled from: the settings, but for a folder, which is what is being filled. */
function pullSettings({ mirror, versions }: ChartSettings): ChartSettings {
  return mirror !== undefined && isRepository(mirror) ? { mirror, versions } : { versions };
}

/** One packed chart: checked where it is there and recorded, else pulled. */
async function fillPacked(
  name: AnyChartName,
  version: string,
  { folder, settings, recorded, helm }: Filling,
): Promise<Filled> {
  const file = `${name}-${version}.tgz`;
  const target = path.join(folder, file);
  const known = recorded[file] as string | undefined;
  if (fs.existsSync(target) && known !== undefined) {
    const found = digestOf(target);
    if (found !== known) {
      throw changed(file, found, known, target);
    }
    say(`${file}: there already, digest as recorded`);
    return [file, found];
  }
  const { mirror, versions } = pullSettings(settings);
  const source = chartSource(name, { mirror, versions: { ...versions, [name]: version } });
  const from = source.repositoryOpts?.repo ?? source.chart;
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "charts-"));
  try {
    const archive = await pull(helm, source, scratch).catch((error: unknown) => {
      throw new Error(
        `cannot be pulled from ${from}: ${(error as Error).message}. Run this where ${from} can be ` +
          "reached, or set charts.mirror to a repository that can.",
        { cause: error },
      );
    });
    const found = digestOf(archive);
    if (known !== undefined && found !== known) {
      throw changed(file, found, known, `the chart at ${from}`);
    }
    fs.copyFileSync(archive, target);
    say(`${file}: pulled from ${from}, SHA-256 ${found}`);
    return [file, found];
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

/** One chart of git as a folder: checked where it is there, copied where it is not, or of another commit. */
function fillUnpacked(
  { name, version }: WantedGitChart,
  { folder, settings, recorded }: Filling,
): Filled | undefined {
  const file = `${name}-${version}`;
  const target = path.join(folder, file);
  const known = recorded[file] as GitRecord | undefined;
  const pin = pinOf(name, version, settings);
  const origin = originOf(pin);
  if (fs.existsSync(target)) {
    const sha256 = digestOfFolder(target);
    if (known === undefined) {
      say(`${file}: there already, and not of ours: left as it is`);
      return undefined;
    }
    if (sha256 !== known.sha256) {
      throw new Error(
        `${target} has SHA-256 ${sha256}, and ${DIGESTS} says ${known.sha256}: somebody changed the chart. ` +
          `To keep the change, remove its line in ${DIGESTS}; else remove the folder. Then run this again.`,
      );
    }
    if (known.commit === pin.commit) {
      say(`${file}: there already, digest as recorded, ${origin}`);
      return [file, known];
    }
  }
  const chart = fetchPinned(name, pin);
  const found = { commit: pin.commit, sha256: digestOfFolder(chart) };
  if (known?.commit === pin.commit && known.sha256 !== found.sha256) {
    throw changed(file, found.sha256, known.sha256, `the chart of ${origin}`);
  }
  copyChart(chart, target);
  say(`${file}: from ${origin}, SHA-256 ${found.sha256}`);
  return [file, found];
}

/** A chart of git is packed where the mirror is a repository, which cannot be asked for a commit. */
async function fillGit(wanted: WantedGitChart, filling: Filling): Promise<Filled | undefined> {
  const { mirror } = filling.settings;
  return mirror !== undefined && isRepository(mirror)
    ? fillPacked(wanted.name, wanted.version, filling)
    : fillUnpacked(wanted, filling);
}

/**
 * Gets every chart that is not there yet, side by side, and checks those that are.
 *
 * @param folder made when absent
 * @param settings versions, other places in git, and a mirror to pull from in place of the public sources
 * @param inGit the charts in git that the stack uses
 * @throws ProblemsError with a line for each chart that failed; what could be had stays
 */
export async function fillCharts(
  folder: string,
  settings: ChartSettings,
  helm: string,
  inGit: readonly WantedGitChart[] = [],
): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  const recorded = readDigests(folder);
  const filling = { folder, settings, recorded, helm };
  const names = Object.keys(CHARTS) as ChartName[];
  const results = await Promise.allSettled([
    ...names.map((name) => fillPacked(name, chartVersion(name, settings), filling)),
    ...inGit.map((wanted) => fillGit(wanted, filling)),
  ]);
  const made = results.flatMap((it) =>
    it.status === "fulfilled" ? (it.value ? [it.value] : []) : [],
  );
  writeDigests(folder, { ...recorded, ...Object.fromEntries(made) });
  const labels = [...names, ...inGit.map(({ name, version }) => `${name} ${version}`)];
  const failed = results.flatMap((it, index) =>
    it.status === "rejected" ? linesOf(it.reason as Error, `chart ${labels[index]}`) : [],
  );
  if (failed.length > 0) {
    throw new ProblemsError(failed);
  }
}

function linesOf(error: Error, chart: string): string[] {
  return error instanceof ProblemsError ? [...error.lines] : [`${chart}: ${error.message}`];
}
