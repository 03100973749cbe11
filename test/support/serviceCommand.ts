/** The command line `service` as a program of its own. */
import { spawn } from "node:child_process";
import * as path from "node:path";

const ROOT = path.resolve(__dirname, "../..");
const MAIN = path.join(ROOT, "endpoint/command/main.ts");

/** How it ended, and what it wrote. */
export interface Ran {
  code: number;
  out: string;
  error: string;
}

/** Runs it with these words, against an endpoint; its input is nobody's. */
export async function runService(
  access: { url: string; token: string },
  ...words: string[]
): Promise<Ran> {
  const child = spawn(process.execPath, ["--import", "tsx", MAIN, ...words], {
    cwd: ROOT,
    env: { ...process.env, SERVICE_URL: access.url, SERVICE_TOKEN: access.token },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, error] = ["", ""];
  child.stdout.on("data", (piece: Buffer) => (out += piece.toString()));
  child.stderr.on("data", (piece: Buffer) => (error += piece.toString()));
  const code = await new Promise<number>((resolve) => {
    child.once("close", (value) => resolve(value ?? 1));
  });
  return { code, out, error };
}
