/** Charts that lie in git, unpacked into the folder that is filled: what helm packs has the hour of packing in it. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { ChartSettings } from "../../components/charts/chart";
import type { GitChartName, GitPin } from "../../components/charts/gitCharts";
import { fetchChart } from "../../components/charts/gitFetch";
import { gitPin, shownAddress } from "../../components/charts/gitPin";
import { formatProblem, ProblemsError, type Problem } from "../../components/model/problems";

/** What is recorded of a chart of git. */
export interface GitRecord {
  commit: string;
  /** Of the names and contents of all of its files. */
  sha256: string;
}

/** Paths of all files below a folder, in the order of the alphabet. */
function filesIn(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => fs.statSync(path.join(folder, name)).isFile())
    .map((name) => name.split(path.sep).join("/"))
    .sort();
}

/** The SHA-256 of a folder: of each file's name, length and content. */
export function digestOfFolder(folder: string): string {
  const hash = createHash("sha256");
  for (const name of filesIn(folder)) {
    const content = fs.readFileSync(path.join(folder, name));
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

function refuse(name: string, problems: readonly Problem[]): never {
  throw new ProblemsError(problems.map((problem) => formatProblem(`chart ${name}`, problem)));
}

/** Where a chart is taken from. @throws ProblemsError when the settings do not say so soundly */
export function pinOf(name: GitChartName, version: string, settings: ChartSettings): GitPin {
  const found = gitPin(name, version, settings.git?.[name]);
  return "pin" in found ? found.pin : refuse(name, found.problems);
}

/** Its folder in git's cache, fetched where it is not there. @throws ProblemsError when it cannot be had */
export function fetchPinned(name: GitChartName, pin: GitPin): string {
  const fetched = fetchChart(pin);
  return "folder" in fetched
    ? fetched.folder
    : refuse(name, [{ ...fetched.problem, path: `charts.git.${name}` }]);
}

/** Copies a chart in the place of what is there: a run that is ended leaves no half of one. */
export function copyChart(from: string, target: string): void {
  const half = `${target}.new`;
  fs.rmSync(half, { recursive: true, force: true });
  fs.cpSync(from, half, { recursive: true });
  fs.rmSync(target, { recursive: true, force: true });
  fs.renameSync(half, target);
}

/** Where a chart is from, for the progress. */
export function originOf({ repository, commit }: GitPin): string {
  return `${shownAddress(repository)} at commit ${commit}`;
}
