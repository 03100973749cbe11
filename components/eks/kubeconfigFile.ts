/** Writes the kubeconfig where people and their tools find it. */
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";

/** Beside it first, so that no moment shows half a file, or one that others may read. */
function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.new`;
  fs.rmSync(temporary, { force: true });
  fs.writeFileSync(temporary, text, { mode: 0o600, flag: "wx" });
  fs.renameSync(temporary, file);
}

/**
 * Writes a kubeconfig at the end of an `up`, never in a preview.
 *
 * @returns the file's path, known once it is written
 */
export function writeKubeconfig(
  file: string,
  kubeconfig: pulumi.Output<string>,
): pulumi.Output<string> {
  const written = kubeconfig.apply((text) => {
    if (!pulumi.runtime.isDryRun()) {
      write(file, `${text}\n`);
    }
    return file;
  });
  // Where it lies is no secret.
  return pulumi.unsecret(written);
}
