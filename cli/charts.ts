/**
 * Fills a folder with the charts that we deploy, for clusters without a way out: `charts.ts [folder]`, for
 * $STACK. Without a folder: `charts.mirror` of the stack where that is one of packed charts, else `./charts`.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { CHARTS, isRepository, type ChartSettings } from "../components/charts/chart";
import { parseWith, Problems, ProblemsError } from "../components/model/problems";
import { PROJECT } from "../stacks/platformConfig";
import { chartsSchema } from "../stacks/sections/charts";
import { federationsSchema } from "../stacks/sections/federations";
import { fillCharts, type WantedGitChart } from "./charts/fill";
import { findHelm } from "./charts/helm";
import { gitChartsOf } from "./charts/inGit";
import { readStand } from "./environment";
import { note, PlainError, say } from "./output";
import { readSettings, settingsName } from "./settings";

const ROOT = path.resolve(__dirname, "..");
const DEFAULT_FOLDER = "charts";

/** The sections of a stack that say which charts it uses. */
function readStack(stack: string): { settings: ChartSettings; inGit: WantedGitChart[] } {
  const problems = new Problems(settingsName(stack));
  const { config = {} } = readSettings(ROOT, stack);
  const section = (name: string): unknown => config[`${PROJECT}:${name}`] ?? {};
  const settings = parseWith(chartsSchema, section("charts"), problems, "charts");
  const federations = parseWith(federationsSchema, section("federations"), problems, "federations");
  problems.throwIfAny();
  return { settings: settings!, inGit: gitChartsOf(federations!, settings!) };
}

/** Charts that lie unpacked in a mirror, as the stand's do: an archive beside one would be used in its place. */
function holdsUnpacked(folder: string): boolean {
  return Object.keys(CHARTS).some((name) => fs.existsSync(path.join(folder, name, "Chart.yaml")));
}

function folderToFill(given: string | undefined, { mirror }: ChartSettings): string {
  const ours = path.resolve(ROOT, DEFAULT_FOLDER);
  if (given !== undefined || mirror === undefined || isRepository(mirror)) {
    return given === undefined ? ours : path.resolve(given);
  }
  const folder = path.resolve(ROOT, mirror);
  return holdsUnpacked(folder) ? ours : folder;
}

async function main([given, ...others]: string[]): Promise<void> {
  if (others.length > 0) {
    throw new PlainError("Usage: charts.ts [folder]");
  }
  const { settings, inGit } = readStack(process.env["STACK"] ?? "dev");
  const folder = folderToFill(given, settings);
  if (holdsUnpacked(folder)) {
    throw new PlainError(
      `${folder} holds unpacked charts, which archives beside them would replace. ` +
        "Name another folder: make charts FOLDER=./charts",
    );
  }
  const helm = findHelm(readStand(ROOT).path ?? []);
  const count = Object.keys(CHARTS).length + inGit.length;
  say(`Filling ${folder} with ${count} charts, by ${helm}`);
  await fillCharts(folder, settings, helm, inGit);
  say(`Done. Use it with charts.mirror: ${folder}`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const plain = error instanceof PlainError || error instanceof ProblemsError;
  note(plain ? error.message : String(error instanceof Error ? (error.stack ?? error) : error));
  note("Next: make charts (goes on with what is missing)");
  process.exitCode = 1;
});
