import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import {
  chartProblems,
  chartSource,
  chartVersion,
  type ChartSettings,
} from "../../../components/charts/chart";
import { GIT_CHARTS, gitPins, type GitChartName } from "../../../components/charts/gitCharts";
import { gitPin, type ChartGit } from "../../../components/charts/gitPin";
import { formatProblem } from "../../../components/model/problems";
import { chartFiles, GitRepository } from "../../support/gitRepository";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const NAMES = Object.keys(GIT_CHARTS) as GitChartName[];

function pinOf(version: string, own?: ChartGit): object {
  const found = gitPin("exaflow", version, own);
  return "pin" in found
    ? found.pin
    : { problems: found.problems.map((problem) => formatProblem("", problem)) };
}

describe("the pins of charts in git", () => {
  it("are whole commits of public repositories", () => {
    for (const name of NAMES) {
      assert.ok(Object.hasOwn(gitPins(name), GIT_CHARTS[name].version), name);
      for (const [version, pin] of Object.entries(gitPins(name))) {
        assert.match(pin.commit, /^[0-9a-f]{40}$/, `${name} ${version}`);
        assert.match(pin.repository, /^https:\/\/[a-z]/, `${name} ${version}`);
        assert.ok("pin" in gitPin(name, version), `${name} ${version}`);
      }
    }
  });

  it("take another repository and folder", () => {
    const own = { repository: "ssh://git@git.example.org/exaflow.git", folder: "charts/exaflow" };
    assert.deepEqual(pinOf("0.24.0", own), {
      chart: "exareme2",
      tag: "0.24.0",
      commit: gitPins("exaflow")["0.24.0"]!.commit,
      ...own,
    });
  });

  it("take another commit, and then another tag or none", () => {
    assert.deepEqual(pinOf("0.24.0", { commit: COMMIT }), {
      chart: "exareme2",
      repository: "https://github.com/madgik/exaflow",
      folder: "kubernetes",
      tag: undefined,
      commit: COMMIT,
    });
    assert.deepEqual(pinOf("1.2.0", { commit: COMMIT, tag: "v1.2.0" }), {
      chart: "exaflow",
      repository: "https://github.com/madgik/exaflow",
      folder: "kubernetes",
      tag: "v1.2.0",
      commit: COMMIT,
    });
  });

  it("are needed for a version: one that has none is an error, and so is a tag alone", () => {
    assert.deepEqual(pinOf("1.2.0"), {
      problems: [
        'charts.versions.exaflow: a version without a pin of ours (found "1.2.0"; allowed: 0.24.0, 1.0.0). ' +
          "Choose one of these, or set charts.git.exaflow.commit.",
      ],
    });
    assert.deepEqual(pinOf("constructor"), {
      problems: [
        'charts.versions.exaflow: a version without a pin of ours (found "constructor"; allowed: 0.24.0, 1.0.0). ' +
          "Choose one of these, or set charts.git.exaflow.commit.",
      ],
    });
    assert.deepEqual(pinOf("1.2.0", { tag: "1.2.0" }), {
      problems: [
        "charts.git.exaflow.commit: required with tag, but missing: a tag can be moved, a commit cannot. " +
          "Add what `git ls-remote https://github.com/madgik/exaflow 1.2.0` shows.",
      ],
    });
  });

  it("must be of the form that git takes: all problems at once", () => {
    const wrong = { repository: "--upload-pack=x", folder: "../x", tag: "-x", commit: "09a33c6" };
    const found = gitPin("exaflow", "1.0.0", wrong);
    assert.ok("problems" in found);
    assert.deepEqual(
      found.problems.map(({ path: at }) => at),
      ["repository", "folder", "tag", "commit"].map((key) => `charts.git.exaflow.${key}`),
    );
    for (const repository of ["ext::sh -c x", "/srv/git", "https://", "http://-x"]) {
      assert.ok("problems" in gitPin("exaflow", "1.0.0", { repository }), repository);
    }
    for (const repository of ["git@git.example.org:mip/exaflow.git", "file:///srv/exaflow.git"]) {
      assert.ok("pin" in gitPin("exaflow", "1.0.0", { repository }), repository);
    }
    for (const tag of ["a..b", "a b", "a~1", "a.lock", "/a", "a/", "@{x", "a:b"]) {
      assert.ok("problems" in gitPin("exaflow", "1.0.0", { tag, commit: COMMIT }), tag);
    }
    for (const tag of ["v1.0.0", "release/2", "a-b", "1"]) {
      assert.ok("pin" in gitPin("exaflow", "1.0.0", { tag, commit: COMMIT }), tag);
    }
    for (const folder of ["a/./b", "/a", ":x", "a/.."]) {
      assert.ok("problems" in gitPin("exaflow", "1.0.0", { folder }), folder);
    }
  });
});

describe("where charts in git come from", function () {
  this.timeout(30_000);
  let folder: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "charts-test-"));
  });

  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const make = (...names: string[]): void =>
    names.forEach((name) => fs.mkdirSync(path.join(folder, name)));
  const chartAt = (settings: ChartSettings): string =>
    path.relative(folder, chartSource("exaflow", { mirror: folder, ...settings }).chart);

  it("is a mirror where one is named: a folder with the version's own chart", () => {
    make("exaflow", "exaflow-0.24.0");
    const older = { versions: { exaflow: "0.24.0" } };
    assert.equal(chartAt({}), "exaflow");
    assert.equal(chartAt(older), "exaflow-0.24.0");
    fs.writeFileSync(path.join(folder, "exaflow-0.24.0.tgz"), "");
    assert.equal(chartAt(older), "exaflow-0.24.0.tgz");
    make("exaflow-1.0.0");
    assert.equal(chartAt({}), "exaflow-1.0.0");
  });

  it("does not take another version's chart for it", () => {
    make("exaflow");
    assert.deepEqual(
      chartProblems("exaflow", { mirror: folder, versions: { exaflow: "0.24.0" } }),
      [
        {
          path: "charts.mirror",
          reason: "has neither exaflow-0.24.0.tgz nor a folder exaflow-0.24.0",
          value: folder,
          remedy: "Fill it with `make charts`, or name another mirror.",
        },
      ],
    );
  });

  it("is a mirror that is a repository, by the name in its Chart.yaml", () => {
    const mirror = "https://charts.example.org";
    assert.deepEqual(chartSource("exaflow", { mirror, versions: { exaflow: "0.24.0" } }), {
      chart: "exareme2",
      version: "0.24.0",
      repositoryOpts: { repo: mirror },
    });
    assert.deepEqual(chartSource("exaflow", { mirror: "oci://registry.example.org/charts" }), {
      chart: "oci://registry.example.org/charts/exaflow",
      version: chartVersion("exaflow"),
    });
  });

  it("is git else, at the commit of the stack; its problems name the config's keys", () => {
    const origin = new GitRepository();
    const before = process.env["XDG_CACHE_HOME"];
    process.env["XDG_CACHE_HOME"] = path.join(origin.folder, "cache");
    try {
      const commit = origin.commit(chartFiles("helm", "exaflow"));
      const git = { exaflow: { repository: origin.url, folder: "helm", commit } };
      const { chart, ...rest } = chartSource("exaflow", { git });
      assert.deepEqual(rest, {});
      assert.ok(fs.existsSync(path.join(chart, "Chart.yaml")));
      assert.ok(chart.startsWith(origin.charts));
      assert.deepEqual(chartProblems("exaflow", { git }), []);
      const gone = { exaflow: { ...git.exaflow, commit: COMMIT } };
      assert.throws(() => chartSource("exaflow", { git: gone }), {
        name: "ProblemsError",
        message: new RegExp(
          `^chart exaflow: charts\\.git\\.exaflow\\.commit: file://.* has no such commit`,
        ),
      });
    } finally {
      origin.remove();
      if (before === undefined) {
        delete process.env["XDG_CACHE_HOME"];
      } else {
        process.env["XDG_CACHE_HOME"] = before;
      }
    }
  });
});
