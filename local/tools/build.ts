/** Building a program from its pinned Go module. */
import { copyFile, rm } from "node:fs/promises";
import path from "node:path";

import { install, lockFile, makeWorkFolder, moduleFiles } from "./cache";
import type { Tool } from "./catalogue";
import { goEnvironment } from "./go";
import { underLock } from "./lock";
import { lastLines, run } from "./run";
import { isExecutable } from "./search";

/** Where the modules lie, and where finished programs go. */
export interface Places {
  /** Folder with one Go module per `Tool.folder`. */
  modules: string;
  /** The cache, see `cache.ts`. */
  root: string;
}

/**
 * Builds `tool` into `file` of the cache. Go keeps every package that it has compiled, so a build that was
 * interrupted goes on where it stopped; the program itself appears only when it is whole.
 *
 * @throws GoMissingError without a suitable Go; Error with the last lines of the output when the build fails.
 */
export async function buildTool(
  tool: Tool<string>,
  file: string,
  places: Places,
  env: NodeJS.ProcessEnv,
  report: (status: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const build = async (): Promise<void> => {
    report("");
    const work = await makeWorkFolder(places.root);
    try {
      await install(await buildIn(work, tool, places.modules, env, signal), file);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  };
  const wait = (holder: string): void => report(`process ${holder} is building it already`);
  await underLock(lockFile(places.root, file), () => isExecutable(file), build, wait, signal);
}

async function buildIn(
  work: string,
  tool: Tool<string>,
  modules: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string> {
  const folder = path.join(modules, tool.folder);
  const go = await goEnvironment(folder, tool.name, env);
  // A copy, so that nothing can rewrite the pinned files and the repository may be read-only.
  for (const name of await moduleFiles(folder)) {
    await copyFile(path.join(folder, name), path.join(work, name));
  }
  const step = async (doing: string, args: readonly string[]): Promise<string> => {
    const { code, stdout, output } = await run("go", args, { cwd: work, env: go, signal });
    signal.throwIfAborted();
    if (code !== 0) throw new Error(failure(tool, doing, output));
    return stdout;
  };
  if (tool.embed !== undefined) {
    // Prints JSON; `-json` also downloads the module when it is not there yet.
    const printed = await step("downloading", ["mod", "download", "-json", tool.module]);
    const { Dir: source } = JSON.parse(printed) as { Dir: string };
    await copyFile(path.join(source, tool.embed), path.join(work, path.basename(tool.embed)));
  }
  const program = path.join(work, "built", tool.name);
  const flags = ["-mod=readonly", "-buildvcs=false"];
  // Without symbols and debug data the programs are a third smaller.
  const linker = ["-s", "-w", ...tool.define.map((value) => `-X ${value}`)].join(" ");
  await step("building", ["build", ...flags, "-ldflags", linker, "-o", program, tool.package]);
  return program;
}

function failure(tool: Tool<string>, doing: string, output: string): string {
  const what = `${doing} ${tool.name} ${tool.version} from ${tool.module}@${tool.moduleVersion} failed`;
  const memory = /signal: killed/.test(output) ? "\nThe machine may be short of memory." : "";
  return `${what}; Go said last:\n${lastLines(output)}${memory}`;
}
