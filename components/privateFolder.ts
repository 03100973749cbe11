/** A folder of files for its owner alone, some of which hold secrets. */
import * as fs from "node:fs";
import * as path from "node:path";
import { writeWhole } from "./wholeFile";

/** One file of a private folder. */
export interface PrivateFile {
  name: string;
  text: string;
  /** Permissions, such as 0o600. */
  mode: number;
}

const FOLDER_MODE = 0o700;

/**
 * Makes the folder hold these files; unchanged ones are not written, and others in it stay.
 *
 * @param optional names of files that are removed where they are not among them
 * @throws Error when the folder cannot be written
 */
export function writePrivateFolder(
  folder: string,
  files: readonly PrivateFile[],
  optional: readonly string[] = [],
): void {
  fs.mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  fs.chmodSync(folder, FOLDER_MODE);
  for (const file of files) {
    writeWhole(path.join(folder, file.name), file.text, file.mode);
  }
  const names = files.map(({ name }) => name);
  for (const name of optional.filter((it) => !names.includes(it))) {
    fs.rmSync(path.join(folder, name), { force: true });
  }
}
