import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Federation, type FederationArgs } from "../../../components/mip/federation";
import { MANAGED, PLATFORM, UNMANAGED } from "../../support/federations";
import { acceptHooks, answerReads } from "../../support/mockCluster";
import { created, find, inPreview, recorded, reset, valueOf } from "../../support/mocks";

const NOTEBOOKS: FederationArgs = {
  ...UNMANAGED,
  ...PLATFORM,
  charts: { ...UNMANAGED.charts, versions: { mip: "6f8b2c7" } },
  platform: { ...PLATFORM.platform, notebook: {} },
};

describe("Federation", function () {
  this.timeout(60_000);

  before(() => {
    answerReads();
    acceptHooks();
  });
  beforeEach(reset);

  const make = (args: FederationArgs): Promise<Federation> =>
    created((opts) => new Federation("f", args, opts));
  const ofType = (type: string): string[] =>
    recorded()
      .filter((one) => one.type === type)
      .map(({ name }) => name);

  it("labels its nodes, closes its namespace, and then makes the engine", async () => {
    await make(UNMANAGED);
    const labels = ["mip-master", "mip-worker-1", "mip-worker-2", "mip-worker-3"].map(
      (node) => find(`f-nodes-${node}`).inputs["metadata"] as { labels: Record<string, string> },
    );
    assert.deepEqual(labels[0]!.labels, { master: "true" });
    assert.deepEqual(labels[3]!.labels, { worker: "true" });
    const engine = find("f-engine");
    const before = ["f-namespace", "f-federation-default-deny", "f-nodes-mip-worker-1"];
    for (const name of before) {
      assert.ok(engine.dependsOn.includes(find(name).urn), name);
    }
    assert.equal(engine.parent, find("f").urn);
    assert.deepEqual(ofType("science-platform:index:Mip"), []);
    assert.equal(ofType("kubernetes:networking.k8s.io/v1:NetworkPolicy").length, 7);
  });

  it("makes the hub after the engine, and the platform after both", async () => {
    const federation = await make(NOTEBOOKS);
    const release = (name: string): Record<string, unknown> => find(name).inputs;
    assert.ok(find("f-notebooks").dependsOn.includes(find("f-engine-release").urn));
    const platform = find("f-platform");
    for (const name of ["f-engine-release", "f-notebooks-release"]) {
      assert.ok(platform.dependsOn.includes(find(name).urn), name);
    }
    for (const name of ["f-engine-release", "f-notebooks-release", "f-platform-release"]) {
      assert.equal(release(name)["namespace"], "lab", name);
    }
    const order = recorded().map(({ name }) => name);
    assert.ok(order.indexOf("f-engine-release") < order.indexOf("f-notebooks-release"));
    assert.ok(order.indexOf("f-notebooks-release") < order.indexOf("f-platform-release"));
    assert.equal(await valueOf(federation.url), "https://mip.lab.example.org/");
    assert.equal(await valueOf(federation.namespace), "lab");
    assert.equal(await valueOf(federation.engineUrl), "http://exaflow-controller-service.lab:5000");
  });

  it("lets the hub leave a node that is lost as soon as the engine", async () => {
    await make({ ...NOTEBOOKS, evictionSeconds: 30 });
    const values = find("f-notebooks-release").inputs["values"] as {
      hub: { tolerations: unknown; config: object };
      proxy: { chp: { tolerations: unknown } };
    };
    const tolerations = ["not-ready", "unreachable"].map((state) => ({
      key: `node.kubernetes.io/${state}`,
      operator: "Exists",
      effect: "NoExecute",
      tolerationSeconds: 30,
    }));
    assert.deepEqual(values.hub.tolerations, tolerations);
    assert.deepEqual(values.proxy.chp.tolerations, tolerations);
    assert.ok("Authenticator" in values.hub.config);
  });

  it("shows its secret nowhere but in Secrets", async () => {
    await make(NOTEBOOKS);
    const others = recorded().filter(({ type }) => type !== "kubernetes:core/v1:Secret");
    assert.equal(JSON.stringify(others).includes("canary"), false);
    assert.ok(ofType("kubernetes:core/v1:Secret").length > 0);
  });

  it("is an engine alone on a provider's cluster, without labels", async () => {
    const federation = await make(MANAGED);
    assert.deepEqual(ofType("kubernetes:core/v1:NodePatch"), []);
    assert.equal(await valueOf(federation.url), "");
    assert.equal(await valueOf(federation.setupFolder), "");
  });

  it("writes the scripts for its machines, in `up` alone", async () => {
    const parent = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-federation-"));
    const setupFolder = path.join(parent, "nodes");
    try {
      await inPreview(() => make({ ...UNMANAGED, setupFolder }));
      assert.equal(fs.existsSync(setupFolder), false);
      const federation = await make({ ...UNMANAGED, setupFolder });
      assert.equal(await valueOf(federation.setupFolder), setupFolder);
      assert.deepEqual(fs.readdirSync(setupFolder).sort(), [
        "common.sh",
        "master.sh",
        "node.conf",
        "worker.sh",
      ]);
      const conf = fs.readFileSync(path.join(setupFolder, "node.conf"), "utf8");
      assert.match(conf, /^DATA_FOLDER=\/data\/lab\nPATHOLOGIES=\(dementia tbi\)$/m);
    } finally {
      fs.rmSync(parent, { recursive: true });
    }
  });

  it("refuses bad args before anything is registered, all at once", async () => {
    const bad = { ...UNMANAGED, localWorkers: 4, pathologies: [], data: { size: "x" } };
    await assert.rejects(make(bad), (error: Error) => {
      assert.match(error.message, /pathologies: none[^]*data\.size[^]*nodes: too few nodes/);
      return true;
    });
    await assert.rejects(
      make({ ...UNMANAGED, ...PLATFORM, clientSecret: undefined }),
      /clientSecret: required/,
    );
    assert.deepEqual(recorded(), []);
  });
});
