/**
 * `make deploy` and `make clean` of Covalent's Terraform module, on our stacks: `deploy.ts up|clean [file] [--yes]`.
 * The file holds the module's variables, as `.tfvars` or JSON.
 */
import { spawn } from "node:child_process";
import * as path from "node:path";
import { ProblemsError } from "../components/model/problems";
import { readVariables, writeSettings } from "./eks/deployFile";
import { note, PlainError, say } from "./output";

const ROOT = path.resolve(__dirname, "..");
const DEFAULT_FILE = path.join("infra", ".tfvars");
const USAGE = "Usage: deploy.ts up|clean [file of variables] [--yes]";

/** Runs another target of the Makefile in this terminal. */
function make(...args: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn("make", ["--no-print-directory", ...args], { cwd: ROOT, stdio: "inherit" });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

async function main(args: readonly string[]): Promise<number> {
  const isYes = args.includes("--yes");
  const [command, file = DEFAULT_FILE, ...others] = args.filter((arg) => arg !== "--yes");
  if ((command !== "up" && command !== "clean") || others.length > 0) {
    throw new PlainError(USAGE);
  }
  const deployed = readVariables(file);
  const stack = `STACK=${deployed.stack}`;
  if (command === "clean") {
    return make("destroy", stack);
  }
  deployed.notices.forEach(say);
  say(`${path.relative(ROOT, writeSettings(ROOT, deployed, file))} is written from ${file}.`);
  return make("up", stack, ...(isYes ? ["YES=1"] : []));
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const plain = error instanceof PlainError || error instanceof ProblemsError;
    note(plain ? error.message : String(error instanceof Error ? (error.stack ?? error) : error));
    process.exitCode = 1;
  },
);
