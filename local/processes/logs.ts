/** The log files of the stand's processes. */
import { closeSync, openSync, readSync, renameSync, statSync } from "node:fs";

/** A log larger than this many bytes is set aside (as `<name>.log.1`) when its process starts again. */
const MAX_LOG_BYTES = 10 * 1024 * 1024;
/** How much of a log is read when its beginning or end is looked at, in bytes. */
const WINDOW = 16 * 1024;

/** Prepares a log for another start and tells where its output will begin. */
export function nextLogOffset(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= MAX_LOG_BYTES) {
    return size;
  }
  renameSync(path, `${path}.1`);
  return 0;
}

function read(path: string, from: number, length: number): string {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(file, buffer, 0, length, from)).toString("utf8");
  } finally {
    closeSync(file);
  }
}

/** The last lines that were written since `offset`. */
export function lastLines(path: string, offset: number, count: number): string[] {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const from = Math.max(offset, size - WINDOW);
  if (size <= from) {
    return [];
  }
  return read(path, from, size - from)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-count);
}

/** The first whole line since `offset` that fits, or nothing so far. */
export function firstLineLike(path: string, offset: number, pattern: RegExp): string | undefined {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= offset) {
    return undefined;
  }
  const lines = read(path, offset, Math.min(WINDOW, size - offset)).split("\n");
  return lines.slice(0, -1).find((line) => pattern.test(line));
}
