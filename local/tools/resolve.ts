/**
 * Finding every program of the stand: a suitable one on PATH, our cache, Pulumi's own download, or a build
 * from the pinned Go module.
 */
import { totalmem } from "node:os";
import path from "node:path";

import { runTasks, type ProgressOptions, type ProgressTask } from "../progress";
import { buildTool } from "./build";
import { cachedFile, cacheRoot, sweep } from "./cache";
import { CATALOGUE, STAND_TOOLS, type StandTool, type Tool, type ToolName } from "./catalogue";
import { downloadPlugin } from "./download";
import { goEnvironment } from "./go";
import { isExecutable, searchPath, searchPulumiHome } from "./search";

/** Where a program came from. */
type ToolSource = "PATH" | "cache" | "Pulumi's download" | "built now";

/** One program that is ready to run. */
export interface ResolvedTool<N extends string = ToolName> {
  name: N;
  /** Absolute path. */
  path: string;
  version: string;
  source: ToolSource;
  /** Programs that were found first and do not suit, each with the reason. */
  passedOver: readonly string[];
}

/** What to resolve with; the defaults are the real ones, tests bring their own. */
export interface ResolveOptions<N extends string> {
  env?: NodeJS.ProcessEnv;
  catalogue?: readonly Tool<N>[];
  /** Folder with the Go modules. Default: the folder of this file. */
  modules?: string;
  /** Where the progress of downloads and builds is shown. Nothing is shown when none is needed. */
  output?: ProgressOptions["output"];
  heartbeatSeconds?: number;
}

/** Two builds side by side fill the gaps that each leaves on two cores while it links, given the memory. */
const BUILDS_AT_ONCE = totalmem() < 6e9 ? 1 : 2;

/** The same with the defaults filled in. */
interface Setting<N extends string> {
  env: NodeJS.ProcessEnv;
  catalogue: readonly Tool<N>[];
  modules: string;
  root: string;
}

/**
 * The absolute path of each program. With everything in place this takes less than a second.
 *
 * @param names Default: all that the stand needs (not `helm`).
 * @throws GoMissingError when a build is needed and there is no suitable Go; Error when a build fails.
 */
export async function resolveTools<N extends ToolName = StandTool>(
  names: readonly N[] = STAND_TOOLS as readonly ToolName[] as readonly N[],
): Promise<Record<N, string>> {
  const found = await resolveAll<ToolName>(names);
  return Object.fromEntries(found.map((tool) => [tool.name, tool.path])) as Record<N, string>;
}

/** As `resolveTools`, with version and source, in the order of the catalogue. */
export async function resolveAll<N extends string = ToolName>(
  names: readonly N[],
  options: ResolveOptions<N> = {},
): Promise<ResolvedTool<N>[]> {
  const env = options.env ?? process.env;
  const setting: Setting<N> = {
    env,
    catalogue: options.catalogue ?? (CATALOGUE as readonly Tool<string>[] as readonly Tool<N>[]),
    modules: options.modules ?? __dirname,
    root: cacheRoot(env),
  };
  const wanted = setting.catalogue.filter((tool) => names.includes(tool.name));
  const searches = await Promise.all(wanted.map((tool) => search(tool, setting)));
  const missing = searches.filter((each) => each.found === undefined);
  if (missing.length > 0) await supply(missing, searches, setting, options);
  return searches.map(({ found }) => found!);
}

/** One program of the list, and what is known of it so far. */
interface Search<N extends string> {
  tool: Tool<N>;
  /** Its place in the cache. */
  cached: string;
  passedOver: string[];
  found?: ResolvedTool<N>;
}

async function search<N extends string>(tool: Tool<N>, setting: Setting<N>): Promise<Search<N>> {
  const cached = await cachedFile(tool, setting.modules, setting.root);
  const state: Search<N> = { tool, cached, passedOver: [] };
  const onPath = await searchPath(tool, setting.root, setting.env);
  state.passedOver.push(...onPath.passedOver);
  if (onPath.found) settle(state, "PATH", onPath.found);
  else if (await isExecutable(cached)) settle(state, "cache");
  else await searchDownloads(state, setting);
  return state;
}

function settle<N extends string>(
  state: Search<N>,
  source: ToolSource,
  found = { path: state.cached, version: state.tool.version },
): void {
  state.found = { name: state.tool.name, ...found, source, passedOver: state.passedOver };
}

function isPlugin(tool: Tool<string>): boolean {
  return tool.probe.kind === "plugin";
}

async function searchDownloads<N extends string>(
  state: Search<N>,
  setting: Setting<N>,
): Promise<void> {
  if (state.tool.name !== "pulumi" && !isPlugin(state.tool)) return;
  const { found, passedOver } = await searchPulumiHome(state.tool, setting.env);
  state.passedOver.push(...passedOver.filter((line) => !state.passedOver.includes(line)));
  if (found) settle(state, "Pulumi's download", found);
}

/** Downloads or builds what is missing. */
async function supply<N extends string>(
  missing: readonly Search<N>[],
  searches: readonly Search<N>[],
  setting: Setting<N>,
  options: ResolveOptions<N>,
): Promise<void> {
  await sweep(setting.root);
  const certain = missing.filter(({ tool }) => !isPlugin(tool)).map(({ tool }) => tool);
  if (certain[0] !== undefined) {
    // Said once and before anything starts, instead of after the first download.
    const purpose = certain.map((tool) => tool.name).join(", ");
    await goEnvironment(path.join(setting.modules, certain[0].folder), purpose, setting.env);
  }
  const tasks = missing.map((state): ProgressTask => {
    const { tool } = state;
    return {
      title: `building ${tool.name} ${tool.version}`,
      note: `the first build takes about ${tool.minutes} min`,
      run: async (report, signal) => {
        if (isPlugin(tool)) {
          report("trying Pulumi's own download");
          await download(state, searches, setting, signal);
          if (state.found !== undefined) return report("downloaded by Pulumi");
        }
        await buildTool(tool, state.cached, setting, setting.env, report, signal);
        settle(state, "built now");
      },
    };
  });
  const { output, heartbeatSeconds } = options;
  await runTasks(tasks, { concurrency: BUILDS_AT_ONCE, output, heartbeatSeconds });
}

/** Needs an engine that is there already; the build of the plugin does not wait for the build of one. */
async function download<N extends string>(
  state: Search<N>,
  searches: readonly Search<N>[],
  setting: Setting<N>,
  signal: AbortSignal,
): Promise<void> {
  const engine = setting.catalogue.find((tool) => tool.name === "pulumi");
  if (engine === undefined) return;
  const known = searches.find(({ tool }) => tool === engine) ?? (await search(engine, setting));
  if (known.found === undefined) return;
  await downloadPlugin(state.tool, known.found.path, setting.root, setting.env, signal);
  await searchDownloads(state, setting);
}
