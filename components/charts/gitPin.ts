/** Which commit of which repository a chart in git is taken from: our pin, or the stack's own. */
import { oneOf, type Problem } from "../model/problems";
import { GIT_CHARTS, gitPins, type GitChartName, type GitPin } from "./gitCharts";

/** Another place for a chart that lies in git; what is left out is as in our pin of the version. */
export interface ChartGit {
  /** Repository: an address with `https://`, `ssh://` or `file://`, or `user@host:path`. */
  repository?: string;
  /** Folder of the chart in the repository; empty for its root. */
  folder?: string;
  /** Tag that must be at `commit`. With `commit` alone no tag is looked at. */
  tag?: string;
  /** Commit to deploy: all 40 digits. Required with `tag`, and with a version that we have no pin of. */
  commit?: string;
}

const ADDRESS = /^(https?|ssh|git|file):\/\/[^\s-]|^[\w.-]+@[\w.-]+:[^\s-]/;
const COMMIT = /^[0-9a-f]{40}$/;
const TAG = /^(?![-./])(?!.*(\.\.|@\{|\/\/|\/\.))[^\s~^:?*[\\\x7f]+(?<![./])(?<!\.lock)$/;
const FOLDER = /^(?!\/)(?!(.*\/)?\.{1,2}(\/|$))(?!:)[^\\\0]*$/;

/** The version that a chart is deployed at. */
export function gitVersion(name: GitChartName, versions: Record<string, string> = {}): string {
  return versions[name] ?? GIT_CHARTS[name].version;
}

/** A pin, or what is wrong with what the stack says of it. */
export type PinOrProblems = { pin: GitPin } | { problems: Problem[] };

/** The rules of each key, with what follows when it is broken. */
const RULES = [
  { key: "repository", rule: ADDRESS, allowed: "https://…, ssh://…, file://… or user@host:path" },
  { key: "folder", rule: FOLDER, allowed: "a path within the repository, such as kubernetes" },
  { key: "tag", rule: TAG, allowed: "the name of a tag, such as 1.2.0" },
  { key: "commit", rule: COMMIT, allowed: "all 40 hexadecimal digits of a commit" },
] as const;

/** The pin of a chart at a version, with what the stack says over it. */
export function gitPin(name: GitChartName, version: string, own: ChartGit = {}): PinOrProblems {
  const path = `charts.git.${name}`;
  const problems: Problem[] = RULES.flatMap(({ key, rule, allowed }) => {
    const value = own[key];
    return value === undefined || rule.test(value)
      ? []
      : [{ path: `${path}.${key}`, reason: "not of the form that it has", value, allowed }];
  });
  const known = gitPins(name);
  // Where a version has no pin of ours, only the commit is its own: repository and folder rarely move.
  const ours = Object.hasOwn(known, version) ? known[version] : undefined;
  const base = ours ?? known[GIT_CHARTS[name].version]!;
  if (own.commit === undefined && own.tag !== undefined) {
    problems.push({
      path: `${path}.commit`,
      reason: "required with tag, but missing: a tag can be moved, a commit cannot",
      remedy: `Add what \`git ls-remote ${shownAddress(own.repository ?? base.repository)} ${own.tag}\` shows.`,
    });
  } else if (own.commit === undefined && ours === undefined) {
    problems.push({
      path: `charts.versions.${name}`,
      reason: "a version without a pin of ours",
      value: version,
      allowed: oneOf(Object.keys(known)),
      remedy: `Choose one of these, or set ${path}.commit.`,
    });
  }
  if (problems.length > 0) {
    return { problems };
  }
  const { repository = base.repository, folder = base.folder, commit } = own;
  const at =
    commit === undefined ? { tag: base.tag, commit: base.commit } : { tag: own.tag, commit };
  return { pin: { chart: ours?.chart ?? name, repository, folder, ...at } };
}

/** An address for messages: without what one logs in with. */
export function shownAddress(repository: string): string {
  return repository.replace(/^(\w+:\/\/)[^/@]*@/, "$1");
}
