/** Our values in interLink's chart: in the stand-in, and in the real one where CHARTS_DIR holds it. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { load, loadAll } from "js-yaml";
import { CHARTS } from "../../components/charts/chart";
import { CA_FILE } from "../../components/model/virtualNodePod";
import { VirtualNodeForm, type VirtualNodeSpec } from "../../components/model/virtualNodeTypes";
import { chartTlsSecret, interLinkChartValues } from "../../components/model/virtualNodeValues";
import { skip } from "../support/reporter";

interface Rendered {
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  spec?: { template?: { spec: Pod } };
}

interface Pod {
  containers: { name: string; image: string; env: { name: string; value?: string }[] }[];
  volumes: { name: string; secret?: { secretName: string } }[];
}

const SPEC: VirtualNodeSpec = {
  nodeName: "gpu-site",
  form: VirtualNodeForm.Chart,
  offloadNamespaces: ["jupyterhub"],
  interLink: { url: "https://gpu.example.org", port: 8443 },
  node: { cpu: "24", memory: "3000G", gpus: [{ class: "t4", count: 2 }] },
  gpus: {
    t4: {
      resource: "nvidia.com/gpu",
      product: "Tesla-T4",
      type: "T4",
      vram: "16G",
      taint: { key: "lab.example.org/gpu", value: "t4", effect: "NoSchedule" },
    },
  },
  pods: 20,
  unauthenticated: true,
};

/** helm from PATH, or the one that `make bench` builds. */
function helm(context: Mocha.Context): string {
  const cache = path.join(
    process.env["XDG_CACHE_HOME"] ?? path.join(os.homedir(), ".cache"),
    "science-platform",
  );
  const built = fs.existsSync(cache)
    ? fs.readdirSync(cache).map((folder) => path.join(cache, folder))
    : [];
  const found = [...(process.env["PATH"] ?? "").split(path.delimiter), ...built]
    .map((folder) => path.join(folder, "helm"))
    .find((file) => fs.existsSync(file));
  return found ?? skip(context, "no helm: `make bench` builds one");
}

/** The chart in a folder, packed or not. */
function chartIn(folder: string): string | undefined {
  return [`interlink-${CHARTS.interlink.version}.tgz`, "interlink"]
    .map((name) => path.resolve(folder, name))
    .find((file) => fs.existsSync(file));
}

function render(program: string, chart: string, values: object): Rendered[] {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "interlink-values-")), "v.json");
  fs.writeFileSync(file, JSON.stringify(values));
  try {
    const options = ["--namespace", "vk", "--kube-version", "1.36.0", "--values", file];
    const text = execFileSync(program, ["template", "gpu-site", chart, ...options], {
      encoding: "utf8",
    });
    return loadAll(text).filter(Boolean) as Rendered[];
  } finally {
    fs.rmSync(path.dirname(file), { recursive: true });
  }
}

const CHART_SOURCES = {
  "the stand-in": () => chartIn(path.resolve(__dirname, "../../local/charts")),
  "the real chart": () => chartIn(process.env["CHARTS_DIR"] ?? ""),
};

for (const [which, source] of Object.entries(CHART_SOURCES)) {
  describe(`interLink's values in ${which}`, function () {
    this.timeout(30_000);
    let program: string;
    let chart: string;

    before(function () {
      if (which === "the real chart" && process.env["CHARTS_DIR"] === undefined) {
        skip(this, "CHARTS_DIR names no folder of real charts");
      }
      program = helm(this);
      chart = source() ?? skip(this, `no interlink chart in ${process.env["CHARTS_DIR"]}`);
    });

    function one(objects: Rendered[], kind: string, name: string): Rendered {
      const found = objects.filter((it) => it.kind === kind && it.metadata.name === name);
      assert.equal(found.length, 1, `${kind} ${name}`);
      return found[0]!;
    }

    function config(objects: Rendered[]): Record<string, unknown> {
      const map = one(objects, "ConfigMap", "gpu-site-virtual-kubelet-config");
      return load(map.data!["InterLinkConfig.yaml"]!) as Record<string, unknown>;
    }

    function pod(objects: Rendered[]): Pod {
      return one(objects, "Deployment", "gpu-site-node").spec!.template!.spec;
    }

    it("become the kubelet's configuration", () => {
      const values = interLinkChartValues(SPEC, undefined, { accelerator: "T4" });
      const found = config(render(program, chart, values));
      const { Resources, ...rest } = found as { Resources: Record<string, unknown> };
      assert.equal(rest["InterlinkURL" as keyof typeof rest], "https://gpu.example.org");
      const { Accelerators, ...amounts } = Resources;
      // 3000G: more than Helm writes as a plain number.
      assert.deepEqual(amounts, { CPU: "24", Memory: `${3e12 / 2 ** 30}Gi`, Pods: "20" });
      const [accelerator, ...more] = Accelerators as Record<string, unknown>[];
      assert.deepEqual(more, []);
      assert.deepEqual(
        { ...accelerator, Available: String(accelerator!["Available"]) },
        { ResourceType: "nvidia.com/gpu", Model: "T4", Available: "2" },
      );
      const expected: Record<string, unknown> = {
        InterlinkPort: "8443",
        DisableProjectedVolumes: true,
        SkipDownwardAPIResolution: true,
        DisableCSR: true,
        VKTokenFile: "/dev/null",
        NodeLabels: ["accelerator=T4"],
        NodeTaints: [{ Key: "lab.example.org/gpu", Value: "t4", Effect: "NoSchedule" }],
        ErrorsOnlyLogging: false,
        Namespace: "vk",
      };
      for (const [key, value] of Object.entries(expected)) {
        assert.deepEqual(found[key], value, key);
      }
      assert.equal((found["HTTP"] as { Insecure: boolean }).Insecure, false);
      assert.ok(!("TLS" in found));
    });

    it("run one kubelet of the pinned image, and no refresher without login", () => {
      const { containers } = pod(render(program, chart, interLinkChartValues(SPEC, undefined, {})));
      assert.deepEqual(
        containers.map(({ name, image }) => [name, image]),
        [["vk", "ghcr.io/interlink-hq/interlink/virtual-kubelet-inttw:0.6.1"]],
      );
      const name = containers[0]!.env.find((variable) => variable.name === "NODENAME");
      assert.equal(name?.value, "gpu-site");
    });

    it("let the kubelet trust the remote host's authority", () => {
      const spec = { ...SPEC, caCertificate: "PEM" };
      const objects = render(program, chart, interLinkChartValues(spec, undefined, {}));
      const { Enabled, CACertFile } = config(objects)["TLS"] as Record<string, unknown>;
      assert.equal(Enabled, true);
      assert.equal(CACertFile, `/etc/vk/certs/${CA_FILE}`);
      const volume = pod(objects).volumes.find(({ name }) => name === "tls-certs");
      assert.equal(volume?.secret?.secretName, chartTlsSecret("gpu-site"));
    });

    it("log in with credentials that stand in the clear, which is why that must be asked for", () => {
      const login = { tokenEndpoint: "https://iam.example.org/token" };
      const credentials = { clientId: "lab", clientSecret: "canary-1", refreshToken: "canary-2" };
      const values = interLinkChartValues({ ...SPEC, login }, credentials, {});
      const objects = render(program, chart, values);
      const refresher = pod(objects).containers.find(({ name }) => name === "refresh-token");
      const environment = Object.fromEntries(
        refresher!.env.map(({ name, value }) => [name, value ?? ""]),
      );
      assert.equal(environment["IAM_CLIENT_SECRET"], "canary-1");
      assert.equal(environment["IAM_REFRESH_TOKEN"], "canary-2");
      assert.equal(environment["IAM_TOKEN_ENDPOINT"], "https://iam.example.org/token");
      assert.equal(environment["IAM_GRANT_TYPE"], "authorization_code");
      assert.equal(config(objects)["VKTokenFile"], "/opt/interlink/token");
    });
  });
}
