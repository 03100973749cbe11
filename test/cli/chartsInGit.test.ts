import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { DIGESTS } from "../../cli/charts/fill";
import { copyChart, digestOfFolder } from "../../cli/charts/gitFolder";
import { gitChartsOf } from "../../cli/charts/inGit";
import { checkMipChart } from "../../components/mip/mipChart";
import { MIP_GENERATIONS } from "../../components/model/mipGenerations";
import { Problems } from "../../components/model/problems";

const SEED = Object.values(MIP_GENERATIONS).find(({ defect }) => defect !== undefined)!;

describe("charts in git", () => {
  let folder: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "charts-git-"));
  });

  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  function chart(name: string, template: string): string {
    const at = path.join(folder, name);
    fs.mkdirSync(path.join(at, "templates"), { recursive: true });
    fs.writeFileSync(path.join(at, "Chart.yaml"), `apiVersion: v2\nname: mip\nversion: 0.1.0\n`);
    fs.writeFileSync(path.join(at, "templates", "frontend.yaml"), template);
    return at;
  }

  it("are those of every federation, each version once", () => {
    const platform = {} as never;
    const found = gitChartsOf(
      { a: {}, b: { platform }, c: { platform, chartVersions: { mip: "9.2.0" } } },
      { versions: { mip: "9.0.2", exaflow: "1.0.0" } },
    );
    assert.deepEqual(found, [
      { name: "exaflow", version: "1.0.0" },
      { name: "mip", version: "9.0.2" },
      { name: "mip", version: "9.2.0" },
    ]);
  });

  it("are copied whole or not at all, in the place of what was there", () => {
    const from = chart("from", "first");
    const target = path.join(folder, "target");
    fs.mkdirSync(`${target}.new`);
    fs.writeFileSync(path.join(`${target}.new`, "half"), "");
    copyChart(from, target);
    assert.equal(digestOfFolder(target), digestOfFolder(from));
    assert.deepEqual(fs.readdirSync(folder).sort(), ["from", "target"]);
    assert.equal(fs.existsSync(path.join(folder, DIGESTS)), false);
  });

  it("have a digest of names and contents, in any order", () => {
    const one = digestOfFolder(chart("one", "text"));
    assert.equal(digestOfFolder(chart("two", "text")), one);
    assert.notEqual(digestOfFolder(chart("three", "text!")), one);
    fs.renameSync(
      path.join(folder, "two", "templates", "frontend.yaml"),
      path.join(folder, "two", "templates", "frontend.yml"),
    );
    assert.notEqual(digestOfFolder(path.join(folder, "two")), one);
  });

  it("are refused where one that does not parse was not repaired", () => {
    const problemsOf = (mirror: string): readonly string[] => {
      const problems = new Problems("P");
      checkMipChart(SEED, { mirror, versions: { mip: SEED.version } }, problems);
      return problems.list();
    };
    const name = `mip-${SEED.version}`;
    const broken = chart(name, "{{ if .a }}{{ end }}{{ end }}");
    assert.deepEqual(problemsOf(folder), [
      `P: charts.mirror: the chart cannot be installed: templates/frontend.yaml has one end too many (found "${broken}"). ` +
        "Name a repaired copy in charts.mirror or charts.git.mip (docs/mip/mip.md says how).",
    ]);
    chart(name, "{{ if .a }}{{ end }}");
    assert.deepEqual(problemsOf(folder), []);
  });
});
