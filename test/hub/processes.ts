/** Processes on loopback that a test starts, and ends by their own ids. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** How long a process gets to end by itself. */
const END_MS = 10_000;

/** Some ports that nobody listens on now, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

/** Waits until something is so, and says what is wrong when it does not come. */
export async function until<T>(
  what: string | (() => string),
  timeoutMs: number,
  look: () => Promise<T | undefined>,
  everyMs = 200,
): Promise<T> {
  for (const end = Date.now() + timeoutMs; ; await sleep(everyMs)) {
    const found = await look();
    if (found !== undefined) {
      return found;
    }
    if (Date.now() > end) {
      throw new Error(`after ${timeoutMs / 1000} s: ${typeof what === "string" ? what : what()}`);
    }
  }
}

/** One process, its output kept in a file. */
export class Running {
  private readonly child: ChildProcess;

  constructor(
    private readonly log: string,
    command: string,
    args: string[],
    options: { cwd: string; env: NodeJS.ProcessEnv },
  ) {
    const output = fs.openSync(log, "a");
    this.child = spawn(command, args, { ...options, stdio: ["ignore", output, output] });
    fs.closeSync(output);
  }

  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** The last lines that it wrote. */
  tail(lines = 40): string {
    return fs.readFileSync(this.log, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  }

  async stop(): Promise<void> {
    if (this.ended) {
      return;
    }
    const gone = once(this.child, "exit");
    this.child.kill("SIGTERM");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), END_MS);
    await gone;
    clearTimeout(timer);
  }
}
