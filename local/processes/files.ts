/**
 * Files that are either whole or absent: written beside their place and renamed, so that a run that is
 * killed half-way leaves the former content.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Makes a folder (with its parents) that its owner alone may enter. */
export function privateFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  // An older folder, or one made under another umask, is narrowed too.
  chmodSync(path, 0o700);
  return path;
}

/**
 * Writes a file that its owner alone may read; unchanged content is left alone.
 *
 * @returns whether the file was written.
 */
export function writeWhole(path: string, content: string): boolean {
  if (readIfPresent(path) === content) {
    chmodSync(path, 0o600);
    return false;
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const aside = `${path}.${process.pid}.new`;
  try {
    writeFileSync(aside, content, { mode: 0o600 });
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
  return true;
}

/** The text of a file, or nothing when there is none. */
export function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error)) {
      return undefined;
    }
    throw error;
  }
}

/** The object in a JSON file, or nothing when the file is absent, broken or holds something else. */
export function readJsonObject(path: string): Record<string, unknown> | undefined {
  const text = readIfPresent(path);
  if (text === undefined) {
    return undefined;
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an error of `node:fs` says that a file or a part of its path does not exist. */
export function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === "ENOENT" || code === "ENOTDIR";
}
