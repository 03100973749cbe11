/** One file that is there whole or as it was before. */
import * as fs from "node:fs";

function isSame(file: string, text: string, mode: number): boolean {
  const found = fs.lstatSync(file, { throwIfNoEntry: false });
  return (
    found?.isFile() === true &&
    (found.mode & 0o777) === mode &&
    fs.readFileSync(file, "utf8") === text
  );
}

/**
 * Writes a file beside its place first, so that no moment shows half a file, or a secret that others may read.
 * Nothing is written where it is the same already. Its folder must exist.
 *
 * @param mode permissions, such as 0o600
 */
export function writeWhole(file: string, text: string, mode: number): void {
  if (isSame(file, text, mode)) {
    return;
  }
  const temporary = `${file}.new`;
  fs.rmSync(temporary, { force: true });
  fs.writeFileSync(temporary, text, { mode: 0o600, flag: "wx" });
  fs.chmodSync(temporary, mode);
  fs.renameSync(temporary, file);
}
