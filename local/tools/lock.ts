/**
 * A lock between processes, so that two of them do not build the same program side by side. It saves work and
 * no more: whoever installs does so by a rename, so the worst of a lock that is lost is a second build.
 */
import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { isAlive, owner } from "./cache";

/** Milliseconds between two signs of life of a holder, and without one until the lock counts as abandoned. */
const SIGN_OF_LIFE = 5_000;
const ABANDONED = 30_000;
const POLL = 200;

/**
 * Does `work` under the lock, unless `isDone`.
 *
 * @param onWait called with the holder while another process has the lock.
 */
export async function underLock(
  file: string,
  isDone: () => Promise<boolean>,
  work: () => Promise<void>,
  onWait: (holder: string) => void,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const token = `${owner()} ${randomUUID()}`;
  while (!(await acquire(file, token))) {
    signal.throwIfAborted();
    if (await isDone()) return;
    const holder = await holderOf(file);
    if (holder === "abandoned") await rm(file, { force: true });
    else if (holder !== undefined) {
      onWait(holder);
      await sleep(POLL, undefined, { signal });
    }
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, SIGN_OF_LIFE);
  try {
    if (!(await isDone())) await work();
  } finally {
    clearInterval(beat);
    if ((await read(file)) === token) await rm(file, { force: true });
  }
}

async function acquire(file: string, token: string): Promise<boolean> {
  try {
    const handle = await open(file, "wx");
    await handle.writeFile(token).finally(() => handle.close());
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** The process that has the lock, `abandoned`, or undefined when the lock has just gone. */
async function holderOf(file: string): Promise<string | undefined> {
  const [text, facts] = [await read(file), await stat(file).catch(() => undefined)];
  if (text === undefined || facts === undefined) return undefined;
  const holder = text.split(" ")[0]!;
  if (isAlive(holder) === false || Date.now() - facts.mtimeMs > ABANDONED) return "abandoned";
  return holder === "" ? "another process" : holder;
}

function read(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(() => undefined);
}
