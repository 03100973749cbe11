/** A target node's folder on this machine: what is copied to the host. */
import * as fs from "node:fs";
import * as path from "node:path";
import type { TargetFile } from "../model/targetNode/targetFiles";

/** Our scripts, the same for every target. */
const SCRIPTS = ["install.sh", "host.sh", "check.sh"];
const SCRIPTS_FOLDER = path.join(__dirname, "targetHost");

/** Files that a target has only with certain settings: without them, an earlier run's must not stay. */
const OPTIONAL = ["tls.crt", "tls.key", "issuer-ca.crt"];

const FOLDER_MODE = 0o700;

/** The scripts that put the rendered files in place. */
export function targetScripts(): TargetFile[] {
  return SCRIPTS.map((name) => ({
    name,
    text: fs.readFileSync(path.join(SCRIPTS_FOLDER, name), "utf8"),
    mode: name === "install.sh" ? 0o700 : 0o600,
  }));
}

function isSame(file: string, { text, mode }: TargetFile): boolean {
  const found = fs.lstatSync(file, { throwIfNoEntry: false });
  return (
    found?.isFile() === true &&
    (found.mode & 0o777) === mode &&
    fs.readFileSync(file, "utf8") === text
  );
}

/** Beside it first, so that no moment shows half a file, or a secret that others may read. */
function writeFile(folder: string, file: TargetFile): void {
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
 * Makes the folder hold exactly these files of a target; others in it stay. Unchanged files are not written.
 *
 * @throws Error when the folder cannot be written
 */
export function writeTargetFolder(folder: string, files: readonly TargetFile[]): void {
  fs.mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  fs.chmodSync(folder, FOLDER_MODE);
  for (const file of files) {
    writeFile(folder, file);
  }
  const names = files.map(({ name }) => name);
  for (const name of OPTIONAL.filter((it) => !names.includes(it))) {
    fs.rmSync(path.join(folder, name), { force: true });
  }
}
