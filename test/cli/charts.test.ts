import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { DIGESTS, fillCharts } from "../../cli/charts/fill";
import { findHelm, pullArguments } from "../../cli/charts/helm";
import { CHARTS, chartSource, type ChartName } from "../../components/charts/chart";
import { packChart, serveCharts, type ChartRepository } from "../support/chartRepository";
import { helmOrSkip } from "../support/helm";

const NAMES = Object.keys(CHARTS) as ChartName[];
const FILES = NAMES.map((name) => `${name}-${CHARTS[name].version}.tgz`).sort();

function temporary(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), "charts-test-"));
}

function digests(folder: string): Record<string, string> {
  return JSON.parse(fs.readFileSync(path.join(folder, DIGESTS), "utf8")) as Record<string, string>;
}

function sha256(file: string): string {
  return createHash("sha256").update(fs.readFileSync(file)).digest("hex");
}

describe("make charts", function () {
  this.timeout(60_000);
  let helm: string;
  let source: string;
  let folder: string;
  let repository: ChartRepository;
  let lines: string[];
  const write = process.stdout.write.bind(process.stdout);

  before(async function () {
    helm = await helmOrSkip(this);
  });

  beforeEach(async () => {
    source = temporary();
    // helm keeps the index of every repository: not in the user's own cache.
    process.env["HELM_CACHE_HOME"] = path.join(source, "cache");
    folder = path.join(temporary(), "charts");
    for (const name of NAMES) {
      packChart(helm, source, { name, version: CHARTS[name].version, content: "first" });
    }
    repository = await serveCharts(helm, source);
    lines = [];
  });

  afterEach(async () => {
    await repository?.close();
    delete process.env["HELM_CACHE_HOME"];
    for (const made of [source, folder && path.dirname(folder)]) {
      fs.rmSync(made, { recursive: true, force: true });
    }
  });

  /** Fills the folder from the repository, and keeps what is printed. */
  async function fill(settings: object = {}): Promise<void> {
    process.stdout.write = (text: string | Uint8Array) => {
      lines.push(String(text).trim());
      return true;
    };
    try {
      await fillCharts(folder, { mirror: repository.url, ...settings }, helm);
    } finally {
      process.stdout.write = write;
    }
  }

  it("fills a folder that is a mirror of every chart, with their digests", async () => {
    await fill();
    assert.deepEqual(fs.readdirSync(folder).sort(), [...FILES, DIGESTS].sort());
    const recorded = digests(folder);
    assert.deepEqual(Object.keys(recorded), FILES);
    for (const file of FILES) {
      assert.equal(recorded[file], sha256(path.join(folder, file)), file);
      assert.equal(recorded[file], sha256(path.join(source, file)), file);
    }
    for (const name of NAMES) {
      const file = path.join(folder, `${name}-${CHARTS[name].version}.tgz`);
      assert.deepEqual(chartSource(name, { mirror: folder }), { chart: file });
    }
    assert.equal(lines.length, NAMES.length);
    const line = lines.find((each) => each.startsWith("ingress-nginx-"))!;
    assert.match(line, /pulled from http:\/\/127\.0\.0\.1:\d+, SHA-256 [0-9a-f]{64}$/);
  });

  it("pulls nothing again, and fetches what is missing", async () => {
    await fill();
    const before = repository.requests.length;
    await fill();
    assert.equal(repository.requests.length, before);
    assert.ok(lines.slice(NAMES.length).every((line) => line.endsWith("digest as recorded")));

    fs.rmSync(path.join(folder, FILES[0]!));
    const recorded = digests(folder);
    await fill();
    assert.ok(fs.existsSync(path.join(folder, FILES[0]!)));
    assert.deepEqual(digests(folder), recorded);
  });

  it("takes other versions, and keeps the record of those before", async () => {
    await fill();
    packChart(helm, source, { name: "jupyterhub", version: "4.3.5", content: "older" });
    await repository.close();
    repository = await serveCharts(helm, source);
    await fill({ versions: { jupyterhub: "4.3.5" } });
    assert.deepEqual(
      Object.keys(digests(folder)).sort(),
      [...FILES, "jupyterhub-4.3.5.tgz"].sort(),
    );
  });

  it("refuses a chart that was changed in the folder", async () => {
    await fill();
    const [file] = FILES;
    fs.appendFileSync(path.join(folder, file!), "x");
    const recorded = digests(folder);
    await assert.rejects(fill(), (error: Error) => {
      assert.equal(error.name, "ProblemsError");
      assert.match(
        error.message,
        /^chart cert-manager: .* has SHA-256 [0-9a-f]{64}, and digests\.json says/,
      );
      assert.match(error.message, /If that is meant, remove cert-manager-.*\.tgz and its line/);
      return true;
    });
    assert.deepEqual(digests(folder), recorded);
  });

  it("refuses a chart that was changed at its source", async () => {
    await fill();
    const { version } = CHARTS.jupyterhub;
    const file = path.join(folder, `jupyterhub-${version}.tgz`);
    fs.rmSync(file);
    packChart(helm, source, { name: "jupyterhub", version, content: "second" });
    await repository.close();
    repository = await serveCharts(helm, source);
    await assert.rejects(
      fill(),
      /^ProblemsError: chart jupyterhub: the chart at http.* has SHA-256/,
    );
    assert.ok(!fs.existsSync(file));
  });

  it("says which charts could not be pulled, and keeps the others", async () => {
    const lacking = `ingress-nginx-${CHARTS["ingress-nginx"].version}.tgz`;
    fs.rmSync(path.join(source, lacking));
    await assert.rejects(fill(), (error: Error) => {
      assert.match(error.message, /^chart ingress-nginx: cannot be pulled from http:.*404/);
      assert.match(error.message, /Run this where .* can be reached, or set charts\.mirror/);
      return true;
    });
    assert.deepEqual(
      Object.keys(digests(folder)),
      FILES.filter((file) => file !== lacking),
    );
  });

  it("says so where there is no network: a line for each chart", async () => {
    const { url } = repository;
    await repository.close();
    await assert.rejects(fill({ mirror: url }), (error: Error) => {
      assert.match(error.message, new RegExp(`^${NAMES.length} problems:`));
      assert.equal(error.message.match(/cannot be pulled from/g)?.length, NAMES.length);
      return true;
    });
  });
});

describe("helm for make charts", () => {
  it("is $HELM, else on PATH, else the stand's, else an error that says how to get it", () => {
    const folder = temporary();
    const program = path.join(folder, "helm");
    try {
      assert.throws(() => findHelm([folder], { PATH: "" }), /^PlainError: helm is not on PATH/);
      fs.writeFileSync(program, "#!/bin/sh\n", { mode: 0o644 });
      assert.throws(() => findHelm([folder], { PATH: folder }), /helm is not on PATH/);
      fs.chmodSync(program, 0o755);
      assert.equal(findHelm([], { PATH: `/nowhere:${folder}` }), program);
      assert.equal(findHelm([folder], { PATH: "" }), program);
      assert.equal(findHelm([], { PATH: "", HELM: program }), program);
      assert.throws(() => findHelm([folder], { HELM: "/nowhere/helm" }), /HELM: .* no program/);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it("pulls from an HTTP repository by name, and from a registry by address", () => {
    assert.deepEqual(pullArguments(chartSource("jupyterhub"), "to"), [
      ...["pull", "jupyterhub", "--repo", "https://jupyterhub.github.io/helm-chart"],
      ...["--version", CHARTS.jupyterhub.version, "--destination", "to"],
    ]);
    assert.deepEqual(pullArguments(chartSource("interlink"), "to"), [
      ...["pull", "oci://ghcr.io/interlink-hq/interlink-helm-chart/interlink"],
      ...["--version", CHARTS.interlink.version, "--destination", "to"],
    ]);
  });
});
