/** Ready-made programs: on PATH, and where Pulumi keeps what it has downloaded. */
import { constants } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";

import type { Tool } from "./catalogue";
import { pluginVersion } from "./pluginVersion";
import { run } from "./run";
import { formatVersion, parseVersion, type Version } from "./version";

/** A program that may do, and the version it says it has. */
interface Candidate {
  path: string;
  /** Undefined when it did not say. */
  version: Version | undefined;
}

/** What a search found: the first suitable program, and those passed over before it, each with the reason. */
export interface SearchResult {
  found?: { path: string; version: string };
  passedOver: string[];
}

/** Long enough for a slow disk; a program that hangs is passed over. */
const PROBE_TIMEOUT = 10_000;

export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    const facts = await stat(file);
    return facts.isFile() && facts.size > 0;
  } catch {
    return false;
  }
}

/**
 * Looks through the folders of `PATH`. Relative ones are left out, since they mean another folder elsewhere;
 * and those in our cache (`root`), which hold an older build once the pinned versions change.
 */
export async function searchPath(
  tool: Tool<string>,
  root: string,
  env: NodeJS.ProcessEnv,
): Promise<SearchResult> {
  const folders = (env["PATH"] ?? "")
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder) && !folder.startsWith(root + path.sep));
  return firstSuitable(
    tool,
    [...new Set(folders)].map((folder) => path.join(folder, tool.name)),
    env,
  );
}

/** Looks through Pulumi's own folder (`PULUMI_HOME`, default `~/.pulumi`). */
export async function searchPulumiHome(
  tool: Tool<string>,
  env: NodeJS.ProcessEnv,
): Promise<SearchResult> {
  const home = pulumiHome(env);
  if (tool.name === "pulumi") return firstSuitable(tool, [path.join(home, "bin", "pulumi")], env);
  const kind = tool.name.replace("pulumi-", "");
  const plugins = path.join(home, "plugins");
  const names = await readdir(plugins).catch((): string[] => []);
  const passedOver: string[] = [];
  for (const name of names.filter((each) => each.startsWith(`${kind}-v`))) {
    // Pulumi keeps a file beside the folder until the folder is whole.
    if (!/-v\d+\.\d+\.\d+$/.test(name) || names.includes(`${name}.partial`)) continue;
    const file = path.join(plugins, name, tool.name);
    if (!(await isExecutable(file))) continue;
    const version = parseVersion(name.slice(kind.length))!;
    if (tool.accepts(version)) {
      return { found: { path: file, version: formatVersion(version) }, passedOver };
    }
    passedOver.push(unsuitable(tool, { path: file, version }));
  }
  return { passedOver };
}

/** Pulumi's folder for downloads and credentials. */
function pulumiHome(env: NodeJS.ProcessEnv): string {
  return env["PULUMI_HOME"] || path.join(env["HOME"] || homedir(), ".pulumi");
}

async function firstSuitable(
  tool: Tool<string>,
  files: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<SearchResult> {
  const passedOver: string[] = [];
  for (const file of files) {
    if (!(await isExecutable(file))) continue;
    const version = await readVersion(tool, file, env);
    if (version !== undefined && tool.accepts(version)) {
      return { found: { path: file, version: formatVersion(version) }, passedOver };
    }
    passedOver.push(unsuitable(tool, { path: file, version }));
  }
  return { passedOver };
}

function unsuitable(tool: Tool<string>, { path: file, version }: Candidate): string {
  const found = version === undefined ? "does not tell its version" : `is ${formatVersion(version)}`;
  return `${file} ${found}; ${tool.accepted} is needed`;
}

async function readVersion(
  tool: Tool<string>,
  file: string,
  env: NodeJS.ProcessEnv,
): Promise<Version | undefined> {
  if (tool.probe.kind === "plugin") {
    const text = await pluginVersion(file, env, PROBE_TIMEOUT);
    return text === undefined ? undefined : parseVersion(text);
  }
  const { code, stdout } = await run(file, tool.probe.arguments, {
    env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" },
    timeout: PROBE_TIMEOUT,
  });
  return code === 0 ? parseVersion(stdout) : undefined;
}
