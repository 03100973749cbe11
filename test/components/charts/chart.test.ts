import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { CHARTS, chartSource, isRepository, missingChart } from "../../../components/charts/chart";

const { version } = CHARTS["ingress-nginx"];

describe("where charts come from", () => {
  let folder: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "charts-test-"));
  });

  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  it("pins every chart at a full version, of a public repository", () => {
    for (const [name, pin] of Object.entries(CHARTS)) {
      assert.match(pin.version, /^v?\d+\.\d+\.\d+$/, name);
      assert.match(pin.repository, /^(https|oci):\/\/[a-z]/, name);
      assert.ok(!pin.repository.endsWith("/"), name);
      assert.equal(pin.chart, name);
    }
  });

  it("is the public source, of both kinds", () => {
    assert.deepEqual(chartSource("ingress-nginx"), {
      chart: "ingress-nginx",
      version,
      repositoryOpts: { repo: "https://kubernetes.github.io/ingress-nginx" },
    });
    assert.deepEqual(chartSource("interlink"), {
      chart: "oci://ghcr.io/interlink-hq/interlink-helm-chart/interlink",
      version: CHARTS.interlink.version,
    });
  });

  it("takes another version", () => {
    const settings = { versions: { "ingress-nginx": "4.14.5" } };
    assert.equal(chartSource("ingress-nginx", settings).version, "4.14.5");
    assert.equal(chartSource("jupyterhub", settings).version, CHARTS.jupyterhub.version);
  });

  it("is a mirror in place of every source: HTTP, or OCI with or without a last slash", () => {
    for (const name of ["ingress-nginx", "interlink"] as const) {
      assert.deepEqual(chartSource(name, { mirror: "https://charts.example.org/all" }), {
        chart: name,
        version: CHARTS[name].version,
        repositoryOpts: { repo: "https://charts.example.org/all" },
      });
      for (const mirror of [
        "oci://registry.example.org/charts",
        "oci://registry.example.org/charts/",
      ]) {
        assert.deepEqual(chartSource(name, { mirror }), {
          chart: `oci://registry.example.org/charts/${name}`,
          version: CHARTS[name].version,
        });
      }
    }
  });

  it("is a folder's archive of that version, else its unpacked chart", () => {
    const unpacked = path.join(folder, "ingress-nginx");
    fs.mkdirSync(unpacked);
    fs.writeFileSync(path.join(folder, "ingress-nginx-0.0.1.tgz"), "");
    assert.deepEqual(chartSource("ingress-nginx", { mirror: folder }), { chart: unpacked });
    const archive = path.join(folder, `ingress-nginx-${version}.tgz`);
    fs.writeFileSync(archive, "");
    assert.deepEqual(chartSource("ingress-nginx", { mirror: folder }), { chart: archive });
    const older = { mirror: folder, versions: { "ingress-nginx": "0.0.1" } };
    assert.deepEqual(chartSource("ingress-nginx", older), {
      chart: path.join(folder, "ingress-nginx-0.0.1.tgz"),
    });
  });

  it("is nowhere else where a folder lacks it: an error that says what to do", () => {
    assert.throws(() => chartSource("jupyterhub", { mirror: folder }), {
      name: "ProblemsError",
      message:
        `chart jupyterhub: charts.mirror: has neither jupyterhub-${CHARTS.jupyterhub.version}.tgz nor a ` +
        `folder jupyterhub (found ${JSON.stringify(folder)}). Fill it with \`make charts\`, or name another mirror.`,
    });
    assert.equal(missingChart("jupyterhub", { mirror: folder })?.path, "charts.mirror");
    assert.equal(missingChart("jupyterhub"), undefined);
    assert.equal(missingChart("jupyterhub", { mirror: "https://charts.example.org" }), undefined);
  });

  it("tells a repository from a folder", () => {
    assert.deepEqual(
      ["https://a", "http://a", "oci://a", "./charts", "/charts", "charts"].map(isRepository),
      [true, true, true, false, false, false],
    );
  });
});
