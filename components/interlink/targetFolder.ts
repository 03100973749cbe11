/** A target node's folder on this machine: what is copied to the host. */
import * as fs from "node:fs";
import * as path from "node:path";
import type { TargetFile } from "../model/targetNode/targetFiles";
import { writePrivateFolder } from "../privateFolder";

/** Our scripts, the same for every target. */
const SCRIPTS = ["install.sh", "host.sh", "check.sh"];
const SCRIPTS_FOLDER = path.join(__dirname, "targetHost");

/** Files that a target has only with certain settings: without them, an earlier run's must not stay. */
const OPTIONAL = ["tls.crt", "tls.key", "issuer-ca.crt"];

/** The scripts that put the rendered files in place. */
export function targetScripts(): TargetFile[] {
  return SCRIPTS.map((name) => ({
    name,
    text: fs.readFileSync(path.join(SCRIPTS_FOLDER, name), "utf8"),
    mode: name === "install.sh" ? 0o700 : 0o600,
  }));
}

/**
 * Makes the folder hold exactly these files of a target; others in it stay. Unchanged files are not written.
 *
 * @throws Error when the folder cannot be written
 */
export function writeTargetFolder(folder: string, files: readonly TargetFile[]): void {
  writePrivateFolder(folder, files, OPTIONAL);
}
