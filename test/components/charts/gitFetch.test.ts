import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { GitPin } from "../../../components/charts/gitCharts";
import { fetchChart } from "../../../components/charts/gitFetch";
import { formatProblem } from "../../../components/model/problems";
import { chartFiles, GitRepository } from "../../support/gitRepository";

const ABSENT = "0123456789abcdef0123456789abcdef01234567";

describe("a chart from git", function () {
  this.timeout(30_000);
  let origin: GitRepository;
  let first: string;
  let second: string;

  beforeEach(() => {
    origin = new GitRepository();
    first = origin.commit({
      ...chartFiles("kubernetes", "exaflow"),
      "kubernetes/crlf.txt": "one\r\ntwo\n",
      "big/data.csv": "1\n",
    });
    origin.git("tag", "1.0.0");
    second = origin.commit(chartFiles("kubernetes", "exaflow", "second"));
    origin.git("tag", "--annotate", "--message", "Release", "2.0.0");
  });

  afterEach(() => origin.remove());

  const pin = (over: Partial<GitPin> = {}): GitPin => ({
    chart: "exaflow",
    repository: origin.url,
    folder: "kubernetes",
    tag: "1.0.0",
    commit: first,
    ...over,
  });
  const fetched = (over: Partial<GitPin> = {}): string => {
    const found = fetchChart(pin(over), origin.env);
    assert.ok("folder" in found, JSON.stringify(found));
    return found.folder;
  };
  const refused = (over: Partial<GitPin> = {}, env = origin.env): string => {
    const found = fetchChart(pin(over), env);
    assert.ok("problem" in found, JSON.stringify(found));
    // Nothing of a failed try stays.
    const left = fs.existsSync(origin.charts) ? fs.readdirSync(origin.charts) : [];
    assert.deepEqual(left, []);
    return formatProblem("git", found.problem);
  };
  const content = (folder: string): unknown =>
    (
      JSON.parse(fs.readFileSync(path.join(folder, "templates", "it.yaml"), "utf8")) as {
        data: unknown;
      }
    ).data;

  it("is the folder at the tag's commit, below the cache, byte by byte and without the rest", () => {
    const folder = fetched();
    assert.ok(folder.startsWith(`${origin.charts}${path.sep}${first}-`), folder);
    assert.deepEqual(fs.readdirSync(folder).sort(), ["Chart.yaml", "crlf.txt", "templates"]);
    assert.deepEqual(content(folder), { content: "first" });
    assert.equal(fs.readFileSync(path.join(folder, "crlf.txt"), "utf8"), "one\r\ntwo\n");
    assert.deepEqual(fs.readdirSync(path.dirname(folder)), ["kubernetes"]);
    assert.equal(fs.readdirSync(origin.charts).length, 1, "only the chart stays");
  });

  it("takes an annotated tag for the commit that it is on, and a commit without any tag", () => {
    assert.deepEqual(content(fetched({ tag: "2.0.0", commit: second })), { content: "second" });
    // Not the newest commit of any branch, either.
    assert.deepEqual(content(fetched({ tag: undefined })), { content: "first" });
  });

  it("may lie in the root, or deeper", () => {
    const commit = origin.commit({
      ...chartFiles("", "root"),
      ...chartFiles("a/b", "deep"),
    });
    for (const [folder, name] of [
      ["", "root"],
      ["a/b", "deep"],
    ]) {
      const chart = fetched({ tag: undefined, commit, folder });
      const text = fs.readFileSync(path.join(chart, "Chart.yaml"), "utf8");
      assert.equal((JSON.parse(text) as { name: string }).name, name);
    }
  });

  it("comes from the cache the second time: without the repository, and without git", () => {
    const folder = fetched();
    origin.unplug();
    assert.equal(fetched(), folder);
    const found = fetchChart(pin(), { ...origin.env, PATH: "/nowhere" });
    assert.deepEqual(found, { folder });
  });

  it("refuses a tag that was moved, and says where it is", () => {
    origin.git("tag", "--force", "1.0.0", second);
    assert.equal(
      refused(),
      `git: tag: tag 1.0.0 is at commit ${second}, not at ${first}, which it is pinned to: it was moved ` +
        '(found "1.0.0"). Find out why; when the change is meant, set the new commit.',
    );
  });

  it("keeps what it has when the tag is moved later", () => {
    const folder = fetched();
    origin.git("tag", "--force", "1.0.0", second);
    assert.equal(fetched(), folder);
    assert.deepEqual(content(folder), { content: "first" });
  });

  it("looks at a tag that was not looked at, although the commit is in the cache", () => {
    fetched({ tag: undefined });
    const found = fetchChart(pin({ tag: "2.0.0" }), origin.env);
    assert.ok("problem" in found);
    assert.match(found.problem.reason, /^tag 2\.0\.0 is at commit/);
  });

  it("says that a tag does not exist", () => {
    assert.equal(
      refused({ tag: "9.9.9" }),
      `git: tag: ${origin.url} has no such tag (found "9.9.9"). See \`git ls-remote --tags ${origin.url}\`.`,
    );
  });

  it("says that a commit does not exist", () => {
    assert.equal(
      refused({ tag: undefined, commit: ABSENT }),
      `git: commit: ${origin.url} has no such commit (found "${ABSENT}"). Correct it; it must be reachable ` +
        "there from a branch or a tag.",
    );
  });

  it("says that there is no such folder, or no Chart.yaml in it", () => {
    const at = `at commit ${first.slice(0, 12)}`;
    assert.equal(
      refused({ folder: "helm" }),
      `git: folder: ${at} there is no such folder (found "helm"). Correct it.`,
    );
    assert.equal(
      refused({ folder: "big" }),
      `git: folder: ${at} it has no Chart.yaml, so it is no chart (found "big"). ` +
        "Name the folder that has the Chart.yaml.",
    );
    assert.match(refused({ folder: "big/data.csv" }), /^git: folder: /);
  });

  it("says that a repository cannot be reached, without the password in its address", () => {
    const message = refused({ repository: `${origin.url}-gone` });
    assert.match(
      message,
      /^git: repository: file:\/\/.*-gone cannot be fetched from: fatal: .+\. Run it where/,
    );
    const secret = refused({ repository: "https://user:canary@127.0.0.1:1/x.git" });
    assert.match(
      secret,
      /^git: repository: https:\/\/127\.0\.0\.1:1\/x\.git cannot be fetched from/,
    );
    assert.doesNotMatch(secret, /canary/);
  });

  it("says that git is missing", () => {
    assert.match(
      refused({}, { ...origin.env, PATH: "/nowhere" }),
      /^git: git is not on PATH, and the chart is in git alone\. Run it where that is at hand, or set charts\.mirror/,
    );
  });

  it("is not led astray by a repository that git runs us for, nor by the user's settings", () => {
    const settings = path.join(origin.folder, "settings");
    const hooks = path.join(origin.folder, "hooks");
    fs.mkdirSync(hooks);
    fs.writeFileSync(path.join(hooks, "post-checkout"), "#!/bin/sh\nexit 7\n", { mode: 0o755 });
    fs.writeFileSync(settings, `[core]\n\tautocrlf = true\n\thooksPath = ${hooks}\n`);
    origin.env["GIT_CONFIG_GLOBAL"] = settings;
    origin.env["GIT_DIR"] = "/nowhere";
    origin.env["GIT_WORK_TREE"] = "/nowhere";
    const folder = fetched();
    assert.equal(fs.readFileSync(path.join(folder, "crlf.txt"), "utf8"), "one\r\ntwo\n");
  });
});
