/** Letting Pulumi download its own plugin, where the network allows it. */
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";

import { makeWorkFolder } from "./cache";
import type { Tool } from "./catalogue";
import { run } from "./run";

/** Milliseconds without a byte after which the network counts as closed. */
const NO_PROGRESS = 15_000;

/**
 * Tries `pulumi plugin install`, which puts the plugin into Pulumi's own folder. A refusal is no error: the
 * build follows. Nothing is tried when `PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION` is true.
 *
 * @param pulumi path of the engine.
 * @param root the cache, for the part that is being downloaded.
 */
export async function downloadPlugin(
  tool: Tool<string>,
  pulumi: string,
  root: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  noProgress: number = NO_PROGRESS,
): Promise<void> {
  if (env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] === "true") return;
  const [, kind, name] = /^pulumi-([a-z]+)-(.+)$/.exec(tool.name)!;
  const work = await makeWorkFolder(root);
  const temporary = path.join(work, "download");
  await mkdir(temporary);
  const stalled = new AbortController();
  let [bytes, since] = [0, Date.now()];
  const watch = setInterval(() => {
    void sizeOf(temporary).then((size) => {
      if (size !== bytes) [bytes, since] = [size, Date.now()];
      else if (Date.now() - since > noProgress) stalled.abort();
    });
  }, noProgress / 15);
  try {
    await run(pulumi, ["plugin", "install", kind!, name!, tool.version], {
      // Pulumi writes the archive into the temporary folder: its growth tells a slow network from a closed one.
      env: { ...env, TMPDIR: temporary, PULUMI_SKIP_UPDATE_CHECK: "true" },
      signal: AbortSignal.any([signal, stalled.signal]),
    });
  } finally {
    clearInterval(watch);
    await rm(work, { recursive: true, force: true });
  }
}

async function sizeOf(folder: string): Promise<number> {
  let total = 0;
  for (const name of await readdir(folder).catch((): string[] => [])) {
    total += (await stat(path.join(folder, name)).catch(() => undefined))?.size ?? 0;
  }
  return total;
}
