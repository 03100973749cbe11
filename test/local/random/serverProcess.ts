/** A random provider of the test's own, as a process: never the stand's. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const SERVER = join(__dirname, "../../../local/random/server.ts");

export interface ServerProcess {
  /** On loopback. */
  port: number;
  /** What it has written so far, to both streams. */
  log(): string;
  running(): boolean;
  /** Ends it, and waits until it has gone. */
  stop(): Promise<void>;
}

/** Starts the provider as the stand does: in its own session, without input, its output in a file. */
export async function startServer(folder: string): Promise<ServerProcess> {
  const file = join(folder, "random.log");
  const out = openSync(file, "w");
  const child = spawn(process.execPath, ["--import", "tsx", SERVER], {
    stdio: ["ignore", out, out],
    detached: true,
  });
  closeSync(out);
  const exited = once(child, "exit");
  const log = () => readFileSync(file, "utf8");
  const running = () => child.exitCode === null && child.signalCode === null;
  while (running() && !log().includes("\n")) await delay(20);
  const port = Number(log().split("\n")[0]);
  if (!Number.isInteger(port) || port <= 0) throw new Error(`no port in the first line: ${log()}`);
  return {
    port,
    log,
    running,
    async stop() {
      if (running()) child.kill();
      await exited;
    },
  };
}
