/**
 * Charts out of git: one folder at one commit, kept below the user's cache. What lies there was the pinned
 * commit when it was fetched and is read without git, so a second run needs neither git nor a network.
 *
 * All of it is synchronous: a chart is looked for where a component is made, so that what is wrong with it is
 * an error before the first resource is registered.
 */
import { execFileSync, type ExecFileSyncOptionsWithStringEncoding } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Problem } from "../model/problems";
import type { GitPin } from "./gitCharts";
import { shownAddress } from "./gitPin";

/** A large repository through a slow line. */
const TIMEOUT_MS = 300_000;

/** Variables by which git, when it runs us as a hook, would make us work on its repository. */
const OF_ANOTHER_REPOSITORY = [
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_OBJECT_DIRECTORY",
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_COMMON_DIR",
  "GIT_NAMESPACE",
  "GIT_PREFIX",
];

type Environment = Record<string, string | undefined>;

/** A chart in the cache, or why it cannot be had; paths of problems are below `charts.git.<name>`. */
export type ChartOrProblem = { folder: string } | { problem: Problem };

/** Where charts from git are kept: the XDG specification has relative paths ignored. */
function cacheFolder(env: Environment): string {
  const base = env["XDG_CACHE_HOME"] ?? "";
  const cache = path.isAbsolute(base) ? base : path.join(env["HOME"] || os.homedir(), ".cache");
  return path.join(cache, "science-platform", "charts");
}

/** The tag counts: a commit that was fetched alone says nothing of it. The repository does not. */
function keptAt(pin: GitPin, env: Environment): string {
  const { commit, tag = "", folder } = pin;
  const key = createHash("sha256")
    .update(JSON.stringify([tag, folder]))
    .digest("hex");
  return path.join(cacheFolder(env), `${commit}-${key.slice(0, 8)}`);
}

/** What a failed run of git says. */
interface GitFailure {
  code?: string;
  stderr?: string;
}

/** Runs git in the language that its messages are looked at in, without asking anybody for a password. */
function runner(folder: string, env: Environment): (...args: string[]) => string {
  const own = Object.fromEntries(
    Object.entries(env).filter(([key]) => !OF_ANOTHER_REPOSITORY.includes(key)),
  );
  const options: ExecFileSyncOptionsWithStringEncoding = {
    cwd: folder,
    encoding: "utf8",
    timeout: TIMEOUT_MS,
    stdio: ["ignore", "pipe", "pipe"],
    env: { GIT_SSH_COMMAND: "ssh -oBatchMode=yes", ...own, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0" },
  };
  // The files are to be those of the commit, whatever the user's settings and hooks are.
  const settings = ["core.autocrlf=false", "core.hooksPath=/dev/null"].flatMap((it) => ["-c", it]);
  return (...args) => execFileSync("git", [...settings, ...args], options).trim();
}

/** What git said first, without a password that an address may have in it. */
function firstLine({ stderr = "" }: GitFailure): string {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const said = lines.find((line) => /^(fatal|error|ssh|remote):|denied/i.test(line)) ?? lines[0];
  return (said ?? "git ended without a word").replace(/:\/\/[^/@\s]*@/g, "://").replace(/\.$/, "");
}

/** What to do when the repository, or git itself, is not there. */
const REMEDY =
  "Run it where that is at hand, or set charts.mirror to a folder that `make charts` filled.";

/** Why a fetch failed, in words of ours. */
function fetchProblem(pin: GitPin, failure: GitFailure): Problem {
  const from = shownAddress(pin.repository);
  const said = failure.stderr ?? "";
  if (failure.code === "ENOENT") {
    return {
      path: "",
      reason: "git is not on PATH, and the chart is in git alone",
      remedy: REMEDY,
    };
  }
  if (failure.code === "ETIMEDOUT") {
    const reason = `${from} did not answer within ${TIMEOUT_MS / 1000} s`;
    return { path: "repository", reason, remedy: REMEDY };
  }
  if (/couldn't find remote ref/.test(said)) {
    return {
      path: "tag",
      reason: `${from} has no such tag`,
      value: pin.tag,
      remedy: `See \`git ls-remote --tags ${from}\`.`,
    };
  }
  if (/not our ref|unadvertised object|did not send all necessary|no such remote ref/.test(said)) {
    return {
      path: "commit",
      reason: `${from} has no such commit`,
      value: pin.commit,
      remedy: "Correct it; it must be reachable there from a branch or a tag.",
    };
  }
  return {
    path: "repository",
    reason: `${from} cannot be fetched from: ${firstLine(failure)}`,
    remedy: REMEDY,
  };
}

/** What is wrong with the folder of a commit that is at hand. */
function folderProblem(git: (...args: string[]) => string, pin: GitPin): Problem | undefined {
  const { folder, commit } = pin;
  const tree = git("ls-tree", "--name-only", `${commit}:${folder}`).split("\n");
  return tree.includes("Chart.yaml")
    ? undefined
    : {
        path: "folder",
        reason: `at commit ${commit.slice(0, 12)} it has no Chart.yaml, so it is no chart`,
        value: folder,
        remedy: "Name the folder that has the Chart.yaml.",
      };
}

/** Fetches into an empty folder, and looks at what came. */
function fetchInto(work: string, pin: GitPin, env: Environment): ChartOrProblem {
  const git = runner(work, env);
  const { repository, tag, commit } = pin;
  try {
    git("init", "--quiet", "--bare", "--template=", "repository");
    const wanted = tag === undefined ? commit : `refs/tags/${tag}`;
    const bare = ["--git-dir", "repository"];
    git(...bare, "fetch", "--quiet", "--no-tags", "--depth=1", "--", repository, wanted);
    const at = git(...bare, "rev-parse", "--verify", "--quiet", "FETCH_HEAD^{commit}");
    if (at !== commit) {
      return { problem: movedTag(pin, at) };
    }
  } catch (error) {
    return { problem: fetchProblem(pin, error as GitFailure) };
  }
  return checkOut(work, pin, env);
}

function movedTag({ tag, commit }: GitPin, at: string): Problem {
  return {
    path: "tag",
    reason: `tag ${tag ?? ""} is at commit ${at}, not at ${commit}, which it is pinned to: it was moved`,
    value: tag,
    remedy: "Find out why; when the change is meant, set the new commit.",
  };
}

/** Writes the chart's folder next to the repository. */
function checkOut(work: string, pin: GitPin, env: Environment): ChartOrProblem {
  const git = runner(work, env);
  const { commit, folder } = pin;
  const bare = ["--git-dir", "repository"];
  let problem: Problem | undefined;
  try {
    problem = folderProblem((...args) => git(...bare, ...args), pin);
  } catch {
    const reason = `at commit ${commit.slice(0, 12)} there is no such folder`;
    problem = { path: "folder", reason, value: folder, remedy: "Correct it." };
  }
  if (problem !== undefined) {
    return { problem };
  }
  const tree = path.join(work, "tree");
  fs.mkdirSync(tree);
  const what = `:(top,literal)${folder}`;
  git(...bare, "--work-tree", tree, "checkout", "--quiet", commit, "--", what);
  return { folder: tree };
}

/**
 * The folder of a chart: from the cache, else fetched into it.
 *
 * @param env where the cache is (`XDG_CACHE_HOME`), and what git runs with
 */
export function fetchChart(pin: GitPin, env: Environment = process.env): ChartOrProblem {
  const kept = keptAt(pin, env);
  const chart = path.join(kept, pin.folder);
  if (fs.existsSync(path.join(chart, "Chart.yaml"))) {
    return { folder: chart };
  }
  fs.mkdirSync(path.dirname(kept), { recursive: true });
  const work = fs.mkdtempSync(path.join(path.dirname(kept), "fetch-"));
  try {
    const fetched = fetchInto(work, pin, env);
    if ("problem" in fetched) {
      return fetched;
    }
    moveOnto(fetched.folder, kept);
    return { folder: chart };
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/** Moves in one step: who looks for the chart meanwhile finds all of it, or none. */
function moveOnto(folder: string, kept: string): void {
  try {
    fs.renameSync(folder, kept);
  } catch (error) {
    // Another run was first, with the same files.
    if (!fs.existsSync(kept)) {
      throw error;
    }
  }
}
