/**
 * The cache of finished programs: `<cache>/<hash>/<name>`. The hash covers everything that decides what the
 * program is, so a file that lies there is the right one and needs no look inside.
 */
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { homedir, hostname } from "node:os";
import path from "node:path";

import type { Tool } from "./catalogue";

/** `science-platform` in the user's cache folder (`XDG_CACHE_HOME`, default `~/.cache`). */
export function cacheRoot(env: NodeJS.ProcessEnv): string {
  const base = env["XDG_CACHE_HOME"];
  // The XDG specification has relative paths ignored.
  const folder =
    base && path.isAbsolute(base) ? base : path.join(env["HOME"] || homedir(), ".cache");
  return path.join(folder, "science-platform");
}

/** The files of a tool's Go module that are ours: versions, checksums and, for some, a `main.go`. */
export async function moduleFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => /^go\.(mod|sum)$|\.go$/.test(name)).sort();
}

/** Where the finished program lies, or will lie. */
export async function cachedFile(
  tool: Tool<string>,
  modules: string,
  root: string,
): Promise<string> {
  const folder = path.join(modules, tool.folder);
  const hash = createHash("sha256");
  hash.update(JSON.stringify([process.platform, process.arch, tool.package, tool.define]));
  for (const name of await moduleFiles(folder)) {
    hash.update(`\0${name}\0`).update(await readFile(path.join(folder, name)));
  }
  return path.join(root, hash.digest("hex").slice(0, 16), tool.name);
}

/** Puts a finished file in its place in one step: readers see all of it or nothing, even after a power cut. */
export async function install(file: string, destination: string): Promise<void> {
  await chmod(file, 0o755);
  const handle = await open(file, "r+");
  await handle.sync().finally(() => handle.close());
  await mkdir(path.dirname(destination), { recursive: true });
  await rename(file, destination);
}

/** Identifies this process among those that share the cache, on this machine or on others. */
export function owner(): string {
  return `${process.pid}@${hostname()}`;
}

/** Whether the process behind an `owner()` runs; undefined when it is on another machine. */
export function isAlive(name: string): boolean | undefined {
  const at = name.indexOf("@");
  if (at < 0 || name.slice(at + 1) !== hostname()) return undefined;
  try {
    process.kill(Number(name.slice(0, at)), 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

const WORK = "work";
const RANDOM_SUFFIX = /-[A-Za-z0-9]{6}$/;
const ABANDONED = 24 * 3600_000;

/** A folder for what is not finished, in the cache's file system, so that a rename can finish it. */
export async function makeWorkFolder(root: string): Promise<string> {
  const work = path.join(root, WORK);
  await mkdir(work, { recursive: true });
  return mkdtemp(path.join(work, `${owner()}-`));
}

/** The lock beside the work folders that belongs to a cached file. */
export function lockFile(root: string, file: string): string {
  return path.join(root, WORK, `${path.basename(path.dirname(file))}-${path.basename(file)}.lock`);
}

/** Removes the work folders of processes that have ended, and any older than a day. */
export async function sweep(root: string): Promise<void> {
  const work = path.join(root, WORK);
  for (const name of await readdir(work).catch((): string[] => [])) {
    if (!RANDOM_SUFFIX.test(name)) continue;
    const folder = path.join(work, name);
    const facts = await stat(folder).catch(() => undefined);
    const alive = isAlive(name.replace(RANDOM_SUFFIX, ""));
    const old = facts !== undefined && Date.now() - facts.mtimeMs > ABANDONED;
    if (alive === false || (alive !== true && old)) await rm(folder, { recursive: true, force: true });
  }
}
