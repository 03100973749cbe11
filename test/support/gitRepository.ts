/** A git repository of the test's own, reached over file://, and a cache of its own for what is fetched. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** A repository to fetch from. */
export class GitRepository {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "git-test-"));
  readonly url = `file://${this.folder}/origin`;
  /** What git and the cache run with: nothing of the user's. */
  readonly env: Record<string, string | undefined> = {
    ...process.env,
    XDG_CACHE_HOME: path.join(this.folder, "cache"),
    HOME: this.folder,
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_SYSTEM: "/dev/null",
    GIT_AUTHOR_NAME: "Test",
    GIT_AUTHOR_EMAIL: "test@example.org",
    GIT_COMMITTER_NAME: "Test",
    GIT_COMMITTER_EMAIL: "test@example.org",
  };

  constructor() {
    fs.mkdirSync(path.join(this.folder, "origin"));
    this.git("init", "--quiet", "--initial-branch=main");
  }

  /** Where charts are kept. */
  get charts(): string {
    return path.join(this.folder, "cache", "science-platform", "charts");
  }

  git(...args: string[]): string {
    const cwd = path.join(this.folder, "origin");
    return execFileSync("git", args, {
      cwd,
      env: this.env,
      encoding: "utf8",
    }).trim();
  }

  /** Commits files by their paths; the commit. */
  commit(files: Record<string, string>): string {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(this.folder, "origin", name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text);
    }
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message", "A change");
    return this.git("rev-parse", "HEAD");
  }

  /** As if it could not be reached any more. */
  unplug(): void {
    fs.renameSync(path.join(this.folder, "origin"), path.join(this.folder, "away"));
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A chart of one ConfigMap, as files below a folder. */
export function chartFiles(
  folder: string,
  name: string,
  content = "first",
): Record<string, string> {
  const below = (file: string): string => (folder === "" ? file : `${folder}/${file}`);
  return {
    [below("Chart.yaml")]: JSON.stringify({ apiVersion: "v2", name, version: "0.1.0" }),
    [below("templates/it.yaml")]: JSON.stringify({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name },
      data: { content },
    }),
  };
}
