/** `env.json`: all that the rest of the project knows of the stand. */
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { readJsonObject, writeWhole } from "../processes/files";
import { clusterPaths } from "./paths";
import type { StandPaths } from "./paths";

/** The file's content. */
export interface StandEnvironment {
  /** Folders to put before `PATH`. */
  path: string[];
  /** Variables to add to the environment. */
  env: Record<string, string>;
  /** The clusters that run, by name; absolute paths. */
  clusters: Record<string, { kubeconfig: string; auditLog: string }>;
  /** The programs, by name; absolute paths. */
  tools: Record<string, string>;
}

/** Programs that others find on `PATH`: the engine looks for its provider there. */
const ON_PATH = ["pulumi", "pulumi-resource-kubernetes"];

/** The folders of those programs, each once. */
function folders(tools: Record<string, string>): string[] {
  const files = ON_PATH.map((name) => tools[name]).filter((file) => file !== undefined);
  return [...new Set(files.map((file) => dirname(file)))];
}

function write(stand: StandPaths, content: StandEnvironment): void {
  writeWhole(stand.environment, `${JSON.stringify(content, undefined, 2)}\n`);
}

/** Writes where the programs are, for stacks on clusters of one's own; a stand that runs has said so already. */
export function writeTools(stand: StandPaths, tools: Record<string, string>): void {
  const before = (readJsonObject(stand.environment) ?? {}) as Partial<StandEnvironment>;
  if (Object.keys(before.clusters ?? {}).length === 0) {
    write(stand, { path: folders(tools), env: {}, clusters: {}, tools });
  }
}

/**
 * Writes the file.
 *
 * @param clusters names of the clusters that run
 * @param randomPort port of the `random` provider
 */
export function writeEnvironment(
  stand: StandPaths,
  tools: Record<string, string>,
  clusters: readonly string[],
  randomPort: number,
): void {
  write(stand, {
    path: folders(tools),
    env: {
      PULUMI_DEBUG_PROVIDERS: `random:${randomPort}`,
      // Or the engine tries to download the `random` plugin although one is attached: seconds a run.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    },
    clusters: Object.fromEntries(
      clusters.map((name) => {
        const { kubeconfig, auditLog } = clusterPaths(stand, name);
        return [name, { kubeconfig, auditLog }];
      }),
    ),
    tools,
  });
}

/** Removes the file: the stand is down. */
export function removeEnvironment(stand: StandPaths): void {
  rmSync(stand.environment, { force: true });
}
