/** Reads workspaces from disk: a folder of JSON files, inline config, and the files that they mount. */
import * as fs from "node:fs";
import * as path from "node:path";
import { parseJson } from "../components/model/json";
import { joinPath, Problems, soundExcept, type Soundness } from "../components/model/problems";
import { parseWorkspaceParts, type ParsedWorkspace } from "../components/model/workspaceSpec";
import type {
  MountedFile,
  WorkspaceParts,
  WorkspaceSpec,
} from "../components/model/workspaceTypes";
import type { FileContent } from "../components/model/workspaceObjects";
import type { PlatformConfig } from "./platformConfig";

/** A ConfigMap cannot hold more, in bytes, keys included. */
const CONFIG_MAP_LIMIT = 1024 * 1024;

/** One workspace of a stack, and what is wrong with it. */
export interface WorkspaceEntry {
  spec: WorkspaceSpec;
  /** Names the file, or the place in the stack config. */
  problems: Problems;
  /** Contents of the mounted files, by the file's name in the JSON. */
  files: Record<string, FileContent>;
}

/** What could be read of a workspace: enough for checks to go on where some of it is wrong. */
export interface ReadWorkspace {
  /** What has the right type. */
  spec: WorkspaceParts;
  /** What of it can be relied on, by the paths of the JSON. */
  isSound: Soundness;
  problems: Problems;
  /** The whole workspace, where nothing in its JSON is wrong. */
  entry?: WorkspaceEntry;
}

/** The workspaces that are whole; once no problem was found, all of them. */
export function wholeEntries(read: readonly ReadWorkspace[]): WorkspaceEntry[] {
  return read.flatMap(({ entry }) => entry ?? []);
}

function inside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== "" && !relative.startsWith("..") && !path.isAbsolute(relative);
}

function readMountedFile(
  file: MountedFile,
  folder: string,
  problems: Problems,
): Buffer | undefined {
  const at = joinPath("mount_files", [file.name]);
  const wanted = path.resolve(folder, file.localPath);
  try {
    // Compared after links are followed, so that a link cannot lead out of the folder.
    const real = fs.realpathSync(wanted);
    if (!inside(fs.realpathSync(folder), real)) {
      problems.add({
        path: `${at}[0]`,
        reason: "lies outside the folder that files may be read from",
        value: file.localPath,
        allowed: `files below ${folder}`,
        remedy: "Move the file there, or set `workspaces.filesRoot`.",
      });
      return undefined;
    }
    const facts = fs.statSync(real);
    if (!facts.isFile()) {
      problems.add({ path: `${at}[0]`, reason: "is not a regular file", value: file.localPath });
      return undefined;
    }
    if (facts.size > CONFIG_MAP_LIMIT) {
      problems.add({
        path: `${at}[0]`,
        reason: `has ${facts.size} bytes, more than a ConfigMap can hold`,
        value: file.localPath,
        allowed: "1 MiB",
        remedy: "Put it on a volume.",
      });
      return undefined;
    }
    return fs.readFileSync(real);
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === "ENOENT" ? "does not exist" : "cannot be read";
    problems.add({
      path: `${at}[0]`,
      reason,
      value: file.localPath,
      remedy: `It was looked for at ${wanted}.`,
    });
    return undefined;
  }
}

function toContent(bytes: Buffer): FileContent {
  const text = bytes.toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) ? { text } : { base64: bytes.toString("base64") };
}

/** The contents of a workspace's mounted files, each read below `folder`. */
function readMountedFiles(
  { parts, isSound }: ParsedWorkspace,
  folder: string,
  problems: Problems,
): Record<string, FileContent> {
  const contents: Record<string, FileContent> = {};
  let total = 0;
  const files = (parts.files ?? []).filter(({ name }) => isSound(joinPath("mount_files", [name])));
  for (const file of files) {
    const bytes = readMountedFile(file, folder, problems);
    if (bytes !== undefined) {
      contents[file.name] = toContent(bytes);
      total += bytes.length;
    }
  }
  if (total > CONFIG_MAP_LIMIT) {
    problems.add({
      path: "mount_files",
      reason: `files together have ${total} bytes, more than a ConfigMap can hold`,
      allowed: "1 MiB",
      remedy: "Put some of them on a volume.",
    });
  }
  return contents;
}

function readValue(value: unknown, problems: Problems, folder: string): ReadWorkspace {
  const parsed = parseWorkspaceParts(value, problems);
  const { spec, parts, isSound } = parsed;
  const files = readMountedFiles(parsed, folder, problems);
  return { spec: parts, isSound, problems, ...(spec && { entry: { spec, problems, files } }) };
}

/** A workspace of which nothing could be read. */
function unread(problems: Problems): ReadWorkspace {
  return { spec: {}, isSound: soundExcept([""]), problems };
}

/** One JSON file as a workspace; what is wrong with it is in `all`. */
export function readWorkspaceFile(
  file: string,
  shownAs: string,
  filesRoot: string | undefined,
  all: Problems[],
): ReadWorkspace {
  const problems = new Problems(shownAs);
  all.push(problems);
  let text: string;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch (error) {
    problems.add({
      path: "",
      reason: `cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`,
      remedy: "Name a JSON file that exists.",
    });
    return unread(problems);
  }
  const value = parseJson(text, problems);
  return value === undefined
    ? unread(problems)
    : readValue(value, problems, filesRoot ?? path.dirname(file));
}

function jsonFiles(config: PlatformConfig, problems: Problems): string[] {
  const { folder, files = [] } = config.workspaces ?? {};
  return [...files, ...(folder === undefined ? [] : filesOf(folder, config.root, problems))];
}

function filesOf(folder: string, root: string, problems: Problems): string[] {
  try {
    return fs
      .readdirSync(path.resolve(root, folder))
      .filter((name) => name.endsWith(".json"))
      .sort()
      .map((name) => path.join(folder, name));
  } catch {
    problems.add({
      path: "workspaces.folder",
      reason: "is not a folder that can be read",
      value: folder,
      remedy: "Paths are relative to the project.",
    });
    return [];
  }
}

/** Every workspace of the stack, those with problems too; the problems of each are also added to `all`. */
export function readWorkspaces(
  config: PlatformConfig,
  problems: Problems,
  all: Problems[],
): ReadWorkspace[] {
  const filesRoot =
    config.workspaces?.filesRoot && path.resolve(config.root, config.workspaces.filesRoot);
  const fromFiles = jsonFiles(config, problems).map((file) =>
    readWorkspaceFile(path.resolve(config.root, file), file, filesRoot, all),
  );
  const inline = (config.workspaces?.inline ?? []).map((value, index) => {
    const own = new Problems(`${problems.source}: workspaces.inline[${index}]`);
    all.push(own);
    return readValue(value, own, filesRoot ?? config.root);
  });
  return [...fromFiles, ...inline];
}
