/** Fills a folder with the charts that we deploy, and holds them to the digests recorded there. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  CHARTS,
  chartSource,
  isRepository,
  type ChartName,
  type ChartSettings,
} from "../../components/charts/chart";
import { ProblemsError } from "../../components/model/problems";
import { say } from "../output";
import { pull } from "./helm";

/** Beside the charts: the SHA-256 of each archive, by its name. */
export const DIGESTS = "digests.json";

type Digests = Record<string, string>;

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

/** One chart: checked where it is there and recorded, else pulled. Its digest is the result. */
async function fillOne(
  name: ChartName,
  folder: string,
  settings: ChartSettings,
  recorded: Digests,
  helm: string,
): Promise<[file: string, digest: string]> {
  const file = `${name}-${settings.versions?.[name] ?? CHARTS[name].version}.tgz`;
  const target = path.join(folder, file);
  const known = recorded[file];
  if (fs.existsSync(target) && known !== undefined) {
    const found = digestOf(target);
    if (found !== known) {
      throw changed(file, found, known, target);
    }
    say(`${file}: there already, digest as recorded`);
    return [file, found];
  }
  const source = chartSource(name, pullSettings(settings));
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

/**
 * Pulls every chart that is not there yet, side by side, and checks those that are.
 *
 * @param folder made when absent
 * @param settings versions, and a mirror to pull from in place of the public sources
 * @throws ProblemsError with a line for each chart that failed; what could be pulled stays
 */
export async function fillCharts(
  folder: string,
  settings: ChartSettings,
  helm: string,
): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  const recorded = readDigests(folder);
  const names = Object.keys(CHARTS) as ChartName[];
  const results = await Promise.allSettled(
    names.map((name) => fillOne(name, folder, settings, recorded, helm)),
  );
  const made = results.flatMap((it) => (it.status === "fulfilled" ? [it.value] : []));
  writeDigests(folder, { ...recorded, ...Object.fromEntries(made) });
  const failed = results.flatMap((it, index) =>
    it.status === "rejected" ? [`chart ${names[index]}: ${(it.reason as Error).message}`] : [],
  );
  if (failed.length > 0) {
    throw new ProblemsError(failed);
  }
}
