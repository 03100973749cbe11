/**
 * The processes of the stand: started apart from the terminal, so that they outlive the command that
 * started them, and stopped only when they are provably the ones that were started.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StandError } from "./errors";
import { privateFolder, readIfPresent } from "./files";
import { processIdentity } from "./identity";
import { lastLines, nextLogOffset } from "./logs";
import { isRunning, readRecord, recordNames, removeRecord, writeRecord } from "./records";
import type { ProcessRecord } from "./records";

/** A process that the stand wants to run. */
export interface ProcessSpec {
  /** Unique name; also that of its log. */
  name: string;
  /** The program, as an absolute path, and its arguments. */
  command: string;
  arguments: readonly string[];
  /** Files whose content it reads at its start: when one changes, it is started anew. */
  inputs: readonly string[];
  /** Processes with a higher number are stopped first. */
  order: number;
  /** What to do when it does not start. Default: read its log, then stop all and start again. */
  remedy?: string;
  /** Whether it does its work. Must not throw while it is still starting. */
  ready(record: ProcessRecord): boolean | Promise<boolean>;
}

/** Where the records (`run/`) and the logs (`log/`) lie. */
export interface ProcessFolders {
  run: string;
  log: string;
}

/** How long a process may take until it is ready, in milliseconds: many times what a slow machine needs. */
const READY_TIMEOUT = 90_000;
/** How long a process may take to end by itself, in milliseconds. */
const STOP_TIMEOUT = 10_000;
const SHOWN_LOG_LINES = 12;

function fingerprint(spec: ProcessSpec): string {
  const hash = createHash("sha256").update(JSON.stringify([spec.command, spec.arguments]));
  for (const file of spec.inputs) {
    hash.update(`\0${file}\0${readIfPresent(file) ?? ""}`);
  }
  return hash.digest("hex");
}

/**
 * What the processes see of our environment. Proxy settings are left out: everything they talk to is on
 * this machine, and a proxy would be one more way out.
 */
function environment(): NodeJS.ProcessEnv {
  const kept = ["PATH", "HOME", "TMPDIR", "LANG", "TZ", "SystemRoot"];
  return Object.fromEntries(kept.map((key) => [key, process.env[key]]));
}

function start(folders: ProcessFolders, spec: ProcessSpec, digest: string): ProcessRecord {
  const log = join(privateFolder(folders.log), `${spec.name}.log`);
  const logOffset = nextLogOffset(log);
  const output = openSync(log, "a", 0o600);
  try {
    const child = spawn(spec.command, spec.arguments, {
      detached: true,
      stdio: ["ignore", output, output],
      cwd: folders.run,
      env: environment(),
    });
    // A program that cannot be run has no pid; the reason arrives as an event after this function's error.
    child.on("error", () => undefined);
    child.unref();
    const identity = child.pid === undefined ? undefined : processIdentity(child.pid);
    const record = {
      name: spec.name,
      pid: child.pid ?? 0,
      identity: identity ?? "ended",
      fingerprint: digest,
      order: spec.order,
      log,
      logOffset,
    };
    writeRecord(folders.run, record);
    return record;
  } finally {
    closeSync(output);
  }
}

function failure(spec: ProcessSpec, record: ProcessRecord, what: string): StandError {
  const lines = lastLines(record.log, record.logOffset, SHOWN_LOG_LINES);
  const said = lines.length === 0 ? "It wrote nothing." : `It wrote last:\n  ${lines.join("\n  ")}`;
  return new StandError(
    `${record.name} ${what}. ${said}`,
    `Read ${record.log}; then ${spec.remedy ?? "try: make down cluster"}`,
  );
}

/**
 * Sees that a process runs as specified and is ready: left alone when it already does, started when it is
 * missing, started anew when its configuration has changed.
 *
 * @param signal gives up waiting
 * @throws StandError with its last log lines when it ends or does not get ready.
 */
export async function ensureRunning(
  folders: ProcessFolders,
  spec: ProcessSpec,
  signal?: AbortSignal,
): Promise<{ record: ProcessRecord; started: boolean }> {
  const digest = fingerprint(spec);
  const known = readRecord(folders.run, spec.name);
  const current = known !== undefined && isRunning(known) && known.fingerprint === digest;
  if (!current) {
    await stop(folders, spec.name);
  }
  const record = current ? known : start(folders, spec, digest);
  const deadline = Date.now() + READY_TIMEOUT;
  while (!(await spec.ready(record))) {
    if (!isRunning(record)) {
      removeRecord(folders.run, spec.name);
      throw failure(spec, record, "ended as soon as it was started");
    }
    if (Date.now() > deadline) {
      throw failure(spec, record, `was not ready after ${READY_TIMEOUT / 1000} s`);
    }
    await sleep(50, undefined, { signal });
  }
  // Something else may have answered on its port.
  if (!isRunning(record)) {
    removeRecord(folders.run, spec.name);
    throw failure(spec, record, "ended as soon as it was started");
  }
  return { record, started: !current };
}

/**
 * Stops a process of the stand and forgets it. A record whose number now belongs to another process, or
 * that is damaged, is forgotten without a signal.
 *
 * @param patience how long it may take to end by itself before it is killed, in milliseconds. Default 10 000
 * @returns whether a process was stopped.
 */
export async function stop(
  folders: ProcessFolders,
  name: string,
  patience = STOP_TIMEOUT,
): Promise<boolean> {
  const record = readRecord(folders.run, name);
  const stopped = record !== undefined && (await end(record, patience));
  removeRecord(folders.run, name);
  return stopped;
}

async function end(record: ProcessRecord, patience: number): Promise<boolean> {
  if (!signalProcess(record, "SIGTERM")) {
    return false;
  }
  const deadline = Date.now() + patience;
  while (isRunning(record) && Date.now() < deadline) {
    await sleep(30);
  }
  if (signalProcess(record, "SIGKILL")) {
    while (isRunning(record)) {
      await sleep(30);
    }
  }
  return true;
}

function signalProcess(record: ProcessRecord, signal: NodeJS.Signals): boolean {
  if (!isRunning(record)) {
    return false;
  }
  try {
    process.kill(record.pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") {
      return false;
    }
    throw error;
  }
}

/** Whether a process runs that was started with another command line or configuration. */
function isOutdated(folders: ProcessFolders, spec: ProcessSpec): boolean {
  const record = readRecord(folders.run, spec.name);
  return record !== undefined && isRunning(record) && record.fingerprint !== fingerprint(spec);
}

/**
 * Stops the processes whose configuration has changed, and before them those that depend on them: a
 * process whose server goes first takes its time to give up.
 *
 * @param groups each group depends on the ones before it
 */
export async function stopOutdated(
  folders: ProcessFolders,
  groups: readonly (readonly ProcessSpec[])[],
): Promise<void> {
  const first = groups.findIndex((group) => group.some((spec) => isOutdated(folders, spec)));
  if (first === -1) {
    return;
  }
  for (const group of groups.slice(first + 1).reverse()) {
    await Promise.all(group.map((spec) => stop(folders, spec.name)));
  }
}

/**
 * Stops every recorded process, the highest `order` first.
 *
 * @returns the names of those that were stopped.
 */
export async function stopAll(folders: ProcessFolders): Promise<string[]> {
  const found = recordNames(folders.run).map((name) => ({
    name,
    order: readRecord(folders.run, name)?.order ?? 0,
  }));
  const stopped: string[] = [];
  for (const order of [...new Set(found.map((entry) => entry.order))].sort((a, b) => b - a)) {
    const names = found.filter((entry) => entry.order === order).map((entry) => entry.name);
    const results = await Promise.all(names.map((name) => stop(folders, name)));
    stopped.push(...names.filter((_, index) => results[index]));
  }
  return stopped;
}
