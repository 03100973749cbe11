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
    const before = ["f-namespace", "f-federation-isolation", "f-nodes-mip-worker-1"];
    for (const name of before) {
      assert.ok(engine.dependsOn.includes(find(name).urn), name);
    }
    assert.equal(engine.parent, find("f").urn);
    const level = "privileged";
    assert.deepEqual(find("f-namespace").inputs["metadata"], {
      name: "lab",
      labels: {
        "pod-security.kubernetes.io/enforce": level,
        "pod-security.kubernetes.io/warn": level,
      },
    });
    assert.deepEqual(ofType("kubernetes:core/v1:NamespacePatch"), ["f-namespace"]);
    assert.deepEqual(ofType("science-platform:index:Mip"), []);
    assert.equal(ofType("kubernetes:networking.k8s.io/v1:NetworkPolicy").length, 1);
  });

  it("makes engine and hub side by side, and the platform once the hub has its Service", async () => {
    const federation = await make(NOTEBOOKS);
    const waitsFor = (name: string, others: string[]): void => {
      const { dependsOn } = find(name);
      for (const other of others) {
        assert.ok(dependsOn.includes(find(other).urn), `${name} waits for ${other}`);
      }
    };
    const policies = recorded().filter(({ type }) => type.endsWith(":NetworkPolicy"));
    const closed = policies.map(({ name }) => name);
    assert.equal(closed.length, 4);
    waitsFor("f-engine", [...closed, "f-namespace", "f-nodes-mip-worker-1"]);
    waitsFor("f-notebooks-release", closed);
    waitsFor("f-platform-release", [
      ...closed,
      "f-engine-exaflow-controller-deployment",
      "f-notebooks-release",
    ]);
    const releases = ["f-engine-release", "f-notebooks-release", "f-platform-release"];
    for (const name of releases) {
      assert.equal(find(name).inputs["namespace"], "lab", name);
    }
    // Neither is for the other's sake; nor does the user interface need the hub's pods.
    for (const name of ["f-engine-release", "f-notebooks-release"]) {
      const others = releases.filter((other) => other !== name).map((other) => find(other).urn);
      assert.ok(!find(name).dependsOn.some((urn) => others.includes(urn)), name);
    }
    assert.ok(!find("f-platform-release").dependsOn.includes(find("f-notebooks-hub").urn));
    assert.equal(
      recorded()
        .map(({ name }) => name)
        .filter((name) => name.endsWith("-release"))
        .at(-1),
      "f-platform-release",
    );
    assert.equal(await valueOf(federation.url), "https://mip.lab.example.org/");
    assert.equal(await valueOf(federation.namespace), "lab");
    assert.equal(await valueOf(federation.engineUrl), "http://exaflow-controller-service.lab:5000");
  });

  it("makes Secrets before anything waits for policies", async () => {
    await make(NOTEBOOKS);
    const policies = recorded().filter(({ type }) => type.endsWith(":NetworkPolicy"));
    const secrets = recorded().filter(({ type }) => type === "kubernetes:core/v1:Secret");
    assert.deepEqual(secrets.map(({ name }) => name).sort(), [
      "f-notebooks-credentials",
      "f-platform-database-credentials",
      "f-platform-keycloak-credentials",
    ]);
    for (const { name, dependsOn } of secrets) {
      assert.ok(!policies.some(({ urn }) => dependsOn.includes(urn)), name);
    }
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
