/** One `up` or `down` at a time: a lock file that a process which died cannot hold. */
import { linkSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StandError } from "./errors";
import { isMissing, privateFolder, readIfPresent, readJsonObject } from "./files";
import { processIdentity } from "./identity";

/** How long to wait for another run, in milliseconds: a first build of the tools takes that long. */
const PATIENCE = 60 * 60 * 1000;

/**
 * Does some work while holding a lock; waits for a run that holds it.
 *
 * @param path the lock file
 * @param waiting called once when another run is waited for, with its process id
 * @throws StandError when the other run does not end within an hour.
 */
export async function withLock<T>(
  path: string,
  waiting: (pid: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  privateFolder(dirname(path));
  const started = Date.now();
  let told = false;
  while (!take(path)) {
    const holder = liveHolder(path);
    if (holder === undefined) {
      removeStale(path);
      continue;
    }
    if (!told) {
      told = true;
      waiting(holder);
    }
    if (Date.now() - started > PATIENCE) {
      throw new StandError(
        `another run (process ${holder}) has held ${path} for an hour.`,
        `Look at it with "ps -p ${holder}"; when it has ended, run the same command again.`,
      );
    }
    await sleep(100);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** A link appears with its content at once, and fails when the lock is there. */
function take(path: string): boolean {
  const aside = `${path}.${process.pid}`;
  const holder = { pid: process.pid, identity: processIdentity(process.pid) };
  writeFileSync(aside, JSON.stringify(holder), { mode: 0o600 });
  try {
    linkSync(aside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      return false;
    }
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** The process that holds the lock; nothing when it has ended or the file is damaged. */
function liveHolder(path: string): number | undefined {
  const found = readJsonObject(path);
  const pid = found?.["pid"];
  return typeof pid === "number" && processIdentity(pid) === found?.["identity"] ? pid : undefined;
}

/** Moves a stale lock away; one that another run took in the meantime is put back. */
function removeStale(path: string): void {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isMissing(error)) {
      return;
    }
    throw error;
  }
  if (liveHolder(aside) !== undefined && readIfPresent(path) === undefined) {
    renameSync(aside, path);
  }
  rmSync(aside, { force: true });
}
