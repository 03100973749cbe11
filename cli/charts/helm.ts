/** The helm program: where it is, and how a chart is pulled with it. */
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import type { ChartSource } from "../../components/charts/chart";
import { PlainError } from "../output";

const run = promisify(execFile);

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * The path of helm: `$HELM`, else the first on PATH, else the stand's.
 *
 * @param folders where to look after PATH
 * @throws PlainError when there is none
 */
export function findHelm(folders: readonly string[], env = process.env): string {
  const given = env["HELM"];
  if (given !== undefined && given !== "") {
    if (isProgram(given)) {
      return given;
    }
    throw new PlainError(`HELM: ${given} is no program. Give the path of helm, or unset it.`);
  }
  const onPath = (env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const found = [...onPath, ...folders].map((folder) => path.join(folder, "helm")).find(isProgram);
  if (found === undefined) {
    throw new PlainError(
      "helm is not on PATH, and charts are pulled with it. Install helm 3.8 or later, or build it with " +
        "`node --import tsx local/tools.ts helm` and give its path as HELM.",
    );
  }
  return found;
}

/** The arguments with which helm pulls a chart into a folder. */
export function pullArguments(source: ChartSource, folder: string): string[] {
  const { chart, version, repositoryOpts } = source;
  return [
    "pull",
    chart,
    ...(repositoryOpts === undefined ? [] : ["--repo", repositoryOpts.repo]),
    ...(version === undefined ? [] : ["--version", version]),
    "--destination",
    folder,
  ];
}

/**
 * Pulls a chart.
 *
 * @param folder empty, for this chart alone
 * @returns the path of the archive
 * @throws Error with what helm said
 */
export async function pull(helm: string, source: ChartSource, folder: string): Promise<string> {
  try {
    await run(helm, pullArguments(source, folder));
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    const said = (stderr ?? "").trim().split("\n").pop() ?? "";
    throw new Error(said === "" ? String(error) : said.replace(/^Error: /, ""), { cause: error });
  }
  const [archive] = fs.readdirSync(folder).filter((file) => file.endsWith(".tgz"));
  if (archive === undefined) {
    throw new Error("helm reported success, but left no archive");
  }
  return path.join(folder, archive);
}
