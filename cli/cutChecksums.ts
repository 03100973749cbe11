/** The checksum files beside a state in a folder of one's own, which a killed run can leave empty. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { PROJECT } from "../stacks/platformConfig";

const SCHEME = "file://";

/** The folder of a backend on this machine; `undefined` for any other. */
function folderOf(backend: string, workDir: string): string | undefined {
  if (!backend.startsWith(SCHEME)) {
    return undefined;
  }
  const [location = ""] = backend.slice(SCHEME.length).split("?");
  return path.resolve(workDir, location.replace(/^~(?=\/|$)/, os.homedir()));
}

/**
 * Removes a stack's checksum files that are empty. The engine (3.250) puts a state in its place in one step, but
 * not the `.attrs` beside it: killed between the two, it says `failed to load checkpoint: EOF` from then on, and
 * the state is whole. Without the file it reads the state and writes the file anew.
 *
 * @param backend address of the engine's backend; only `file://` ones have such files
 * @param workDir folder that a relative address starts from
 */
export function removeCutChecksums(backend: string, stack: string, workDir: string): void {
  const folder = folderOf(backend, workDir);
  if (folder === undefined) {
    return;
  }
  const state = path.join(folder, ".pulumi", "stacks", PROJECT, `${stack}.json`);
  for (const file of [`${state}.attrs`, `${state}.bak.attrs`]) {
    if (fs.statSync(file, { throwIfNoEntry: false })?.size === 0) {
      fs.rmSync(file);
    }
  }
}
