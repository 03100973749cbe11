/** Writes the kubeconfig where people and their tools find it. */
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { writeWhole } from "../wholeFile";

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
      fs.mkdirSync(path.dirname(file), { recursive: true });
      writeWhole(file, `${text}\n`, 0o600);
    }
    return file;
  });
  // Where it lies is no secret.
  return pulumi.unsecret(written);
}
