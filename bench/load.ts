/** Loading the dev program against loading the two Pulumi SDKs alone, in processes of their own. */
import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { median, row, type Row } from "./results";

const ROOT = path.resolve(__dirname, "..");
const SDKS = 'require("@pulumi/pulumi"); require("@pulumi/kubernetes");';
const PROGRAM = 'require("./index.ts");';

/** Seconds that `code` takes within its process; both are given the same TypeScript loader. */
function load(code: string): number {
  const script = `const began = process.hrtime.bigint(); ${code} console.log(Number(process.hrtime.bigint() - began) / 1e9);`;
  const args = ["--import", "tsx", "--eval", script];
  return Number(execFileSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" }));
}

export function loadRows(runs: number): Row[] {
  const ratios = Array.from({ length: runs + 1 }, () => load(PROGRAM) / load(SDKS)).slice(1);
  return [row("load", "loading the dev program", "the two Pulumi SDKs", median(ratios), 1.25)];
}
