/**
 * Program: makes the one file that the image runs, and puts the page's files beside it.
 * `node --import tsx endpoint/bundle.ts <folder>`
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { build } from "esbuild";

async function main(folder: string | undefined): Promise<void> {
  if (folder === undefined) {
    throw new Error("Name the folder to write into: node --import tsx endpoint/bundle.ts dist");
  }
  await build({
    entryPoints: [path.join(__dirname, "main.ts")],
    outfile: path.join(folder, "main.js"),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    sourcemap: true,
    // Names of classes and functions are in error messages.
    keepNames: true,
    legalComments: "linked",
    logLevel: "warning",
  });
  fs.cpSync(path.join(__dirname, "page", "assets"), path.join(folder, "assets"), {
    recursive: true,
  });
}

main(process.argv[2]).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
