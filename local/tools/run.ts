/** Running other programs: their output kept, and never left behind when this process is stopped. */
import { spawn, type ChildProcess } from "node:child_process";

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Interrupts the program. */
  signal?: AbortSignal;
  /** Milliseconds until the program is killed. Default: none. */
  timeout?: number;
}

export interface RunResult {
  /** Exit code; undefined when a signal ended it or it could not be started. */
  code: number | undefined;
  /** Standard output, whole. */
  stdout: string;
  /** Standard output and standard error as they came. */
  output: string;
}

/** Milliseconds from the interrupt to the kill, and from the end of a program to the end of its output. */
const PATIENCE = 10_000;
const DRAIN = 500;

const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
const running = new Set<ChildProcess>();

/** Runs a program to its end. Never throws: a program that cannot be started has no exit code. */
export function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
    const timers: NodeJS.Timeout[] = [];
    const killAfter = (wait: number): void => {
      timers.push(setTimeout(() => child.kill("SIGKILL"), wait));
    };
    const interrupt = (): void => {
      child.kill("SIGINT");
      killAfter(PATIENCE);
    };
    if (options.timeout !== undefined) killAfter(options.timeout);
    const finish = (code: number | null, problem = ""): void => {
      timers.forEach((timer) => clearTimeout(timer));
      options.signal?.removeEventListener("abort", interrupt);
      forget(child);
      resolve({ code: code ?? undefined, stdout, output: output + problem });
    };
    child.once("error", (error) => finish(null, error.message));
    child.once("close", (code) => finish(code));
    // A program of its own that it leaves behind would hold the output open.
    child.once("exit", () => {
      const close = (): void => [child.stdout, child.stderr].forEach((stream) => void stream.destroy());
      timers.push(setTimeout(close, DRAIN));
    });
    remember(child);
    options.signal?.addEventListener("abort", interrupt);
    if (options.signal?.aborted) interrupt();
  });
}

/** The last lines of a program's output that are not blank, indented for a message. */
export function lastLines(output: string, count = 15): string {
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  return lines
    .slice(-count)
    .map((line) => `  ${line}`)
    .join("\n");
}

function remember(child: ChildProcess): void {
  if (running.size === 0) for (const signal of SIGNALS) process.on(signal, passOn);
  running.add(child);
}

function forget(child: ChildProcess): void {
  running.delete(child);
  if (running.size === 0) for (const signal of SIGNALS) process.off(signal, passOn);
}

/** A signal to this process alone (`kill`, a cancelled CI job) would leave a compiler running for minutes. */
function passOn(signal: NodeJS.Signals): void {
  for (const child of running) child.kill("SIGINT");
  for (const each of SIGNALS) process.off(each, passOn);
  // Another listener decides for itself what the signal means; without one it ends the process as usual.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}
