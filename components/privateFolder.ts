/** A folder of files for its owner alone, some of which hold secrets. */
import * as fs from "node:fs";
import * as path from "node:path";

/** One file of a private folder. */
export interface PrivateFile {
  name: string;
  text: string;
  /** Permissions, such as 0o600. */
  mode: number;
}

const FOLDER_MODE = 0o700;

function isSame(file: string, { text, mode }: PrivateFile): boolean {
  const found = fs.lstatSync(file, { throwIfNoEntry: false });
  return (
    found?.isFile() === true &&
    (found.mode & 0o777) === mode &&
    fs.readFileSync(file, "utf8") === text
  );
}

/** Beside it first, so that no moment shows half a file, or a secret that others may read. */
function writeFile(folder: string, file: PrivateFile): void {
  const target = path.join(folder, file.name);
  if (isSame(target, file)) {
    return;
  }
  const temporary = `${target}.new`;
  fs.rmSync(temporary, { force: true });
  fs.writeFileSync(temporary, file.text, { mode: 0o600, flag: "wx" });
  fs.chmodSync(temporary, file.mode);
  fs.renameSync(temporary, target);
}

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
    writeFile(folder, file);
  }
  const names = files.map(({ name }) => name);
  for (const name of optional.filter((it) => !names.includes(it))) {
    fs.rmSync(path.join(folder, name), { force: true });
  }
}
