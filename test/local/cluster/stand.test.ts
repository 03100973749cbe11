import assert from "node:assert/strict";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { ApiObject } from "../../../local/cluster/api";
import { clusterPaths } from "../../../local/cluster/paths";
import { readRecord } from "../../../local/processes/records";
import { skip } from "../../support/reporter";
import { NAMESPACE, TestStand, podSpec, processesNaming, toolsToBuild } from "./standFixture";
import type { Node, Outcome, Pod } from "./standFixture";
import { testSecurity } from "./standSecurity";
import { testSimulation } from "./standSimulation";

const PROCESSES = [
  "egress",
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kwok",
  "provisioner",
  "webhook",
];

function pids(stand: TestStand): Record<string, number> {
  const pid = (name: string): number => readRecord(stand.paths.run, `local-${name}`)?.pid ?? 0;
  return Object.fromEntries(PROCESSES.map((name) => [name, pid(name)]));
}

function apiserverPort(stand: TestStand): number {
  const ports = JSON.parse(stand.read("clusters", "local", "ports.json")) as { apiserver: number };
  return ports.apiserver;
}

// The tests share one stand and follow its life from the first start to the last.
describe("the local stand", function () {
  this.timeout(180_000);
  const stand = new TestStand();
  let boot: Outcome;

  before(async function () {
    const missing = await toolsToBuild();
    if (missing.length > 0) {
      skip(this, `not built yet: ${missing.join(", ")}`);
    }
    stand.create();
    boot = await stand.run("up");
    assert.equal(boot.code, 0, boot.output);
  });

  after(() => stand.remove());

  describe("start", () => {
    it("boots in under 20 s and says how to use it", () => {
      assert.ok(boot.seconds < 20, `${boot.seconds} s`);
      for (const name of PROCESSES) {
        assert.match(boot.output, new RegExp(`^local-${name}: done`, "m"));
      }
      assert.match(boot.output, /^The stand is up \(\d+\.\d s\)/m);
      assert.match(
        boot.output,
        /local: kubectl --kubeconfig \S+clusters\/local\/kubeconfig get nodes/,
      );
    });

    it("keeps what it has to itself", () => {
      const { folder, kubeconfig, pki, config, auditLog } = clusterPaths(stand.paths, "local");
      for (const path of [
        stand.paths.root,
        stand.paths.run,
        stand.paths.log,
        folder,
        pki,
        config,
      ]) {
        assert.equal(statSync(path).mode & 0o777, 0o700, path);
      }
      for (const path of [kubeconfig, auditLog, join(pki, "ca.key"), stand.paths.environment]) {
        assert.equal(statSync(path).mode & 0o777, 0o600, path);
      }
    });

    it("tells the rest of the project where things are", () => {
      const environment = JSON.parse(stand.read("env.json")) as Record<string, object>;
      assert.deepEqual(Object.keys(environment).sort(), ["clusters", "env", "path", "tools"]);
      const { kubeconfig, auditLog } = clusterPaths(stand.paths, "local");
      assert.deepEqual(environment["clusters"], { local: { kubeconfig, auditLog } });
      const port = stand.read("log", "random.log").split("\n")[0];
      assert.deepEqual(environment["env"], {
        PULUMI_DEBUG_PROVIDERS: `random:${port}`,
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      });
      for (const folder of environment["path"] as string[]) {
        assert.ok(existsSync(folder), folder);
      }
    });
  });

  describe("simulation", () => testSimulation(stand));

  describe("security", () => testSecurity(stand));

  describe("life", () => {
    it("changes nothing when it is brought up again, and leaves others' labels and taints", async () => {
      const node = "/api/v1/nodes/gpu-a100";
      const labels = { "nvidia.com/gpu.product": "changed-by-discovery", "example.org/own": "yes" };
      const taints = [{ key: "example.org/own", effect: "PreferNoSchedule" }];
      await stand.api.mergePatch(node, { metadata: { labels }, spec: { taints } });
      const before = {
        pids: pids(stand),
        kubeconfig: stand.read("clusters", "local", "kubeconfig"),
      };
      const again = await stand.run("up");
      assert.equal(again.code, 0, again.output);
      assert.ok(again.seconds < 5, `${again.seconds} s`);
      assert.deepEqual(
        { pids: pids(stand), kubeconfig: stand.read("clusters", "local", "kubeconfig") },
        before,
      );
      const found = await stand.api.get<Node>(node);
      for (const [label, value] of Object.entries(labels)) {
        assert.equal(found.metadata.labels?.[label], value);
      }
      assert.deepEqual(found.spec.taints, taints);
    });

    it("starts only what is missing after a crash, on the same port, with everything kept", async () => {
      const before = pids(stand);
      const uid = (await stand.api.get<ApiObject>("/api/v1/namespaces/kube-system")).metadata.uid;
      process.kill(before["kube-apiserver"] ?? 0, "SIGKILL");
      const again = await stand.run("up");
      assert.equal(again.code, 0, again.output);
      const after = pids(stand);
      assert.notEqual(after["kube-apiserver"], before["kube-apiserver"]);
      assert.deepEqual({ ...after, "kube-apiserver": 0 }, { ...before, "kube-apiserver": 0 });
      const found = await stand.api.get<ApiObject>("/api/v1/namespaces/kube-system");
      assert.equal(found.metadata.uid, uid);
      await stand.post(`${NAMESPACE}/pods`, {
        metadata: { name: "after-crash", labels: { app: "after-crash" } },
        spec: podSpec(),
      });
      await stand.runningPod("app=after-crash");
    });

    it("refuses what it does not understand, with a command that works", async () => {
      const outcome = await stand.run("up", "--clusters", "3");
      assert.equal(outcome.code, 1);
      assert.equal(
        outcome.output.trim(),
        'Error: --clusters is 1 or 2, not "3".\nTry: node --import tsx local/up.ts --clusters 1',
      );
    });

    it("leaves no process and no env.json when it is taken down, and keeps its data", async () => {
      const down = await stand.run("down");
      assert.equal(down.code, 0, down.output);
      assert.match(down.output, /^Stopped: local-egress, local-etcd, .*, random\.$/m);
      assert.deepEqual(processesNaming(stand.paths.root), []);
      assert.equal(existsSync(stand.paths.environment), false);
      assert.equal((await stand.run("down")).output.trim(), "The stand was not running.");
    });

    it("comes back over a stale folder with its data and its port", async () => {
      const uid = async (): Promise<string | undefined> =>
        (await stand.api.get<ApiObject>("/api/v1/namespaces/default")).metadata.uid;
      const ports = stand.read("clusters", "local", "ports.json");
      // What a crash of the machine leaves: records of processes whose numbers others have now.
      const record = {
        name: "local-etcd",
        pid: process.pid,
        identity: "before:1",
        fingerprint: "",
      };
      const stale = { ...record, order: 2, log: join(stand.paths.log, "x.log"), logOffset: 0 };
      writeFileSync(join(stand.paths.run, "local-etcd.json"), JSON.stringify(stale));
      writeFileSync(join(stand.paths.run, "local-kwok.json"), '{"name": "local-kw');
      writeFileSync(stand.paths.lock, JSON.stringify({ pid: process.pid, identity: "before:1" }));
      const again = await stand.run("up");
      assert.equal(again.code, 0, again.output);
      assert.equal(stand.read("clusters", "local", "ports.json"), ports);
      assert.notEqual(await uid(), undefined);
      assert.equal((await stand.api.get<Pod>(`${NAMESPACE}/pods/four`)).spec.nodeName, "gpu-a100");
    });

    it("takes another port when somebody has taken its own, and serves a second cluster", async () => {
      await stand.run("down");
      const taken = apiserverPort(stand);
      const squatter = createServer();
      await new Promise<void>((resolve) => squatter.listen(taken, "127.0.0.1", resolve));
      try {
        const again = await stand.run("up", "--clusters", "2");
        assert.equal(again.code, 0, again.output);
      } finally {
        squatter.close();
      }
      const port = apiserverPort(stand);
      assert.notEqual(port, taken);
      for (const name of ["local", "local-2"]) {
        const client = stand.client(name);
        const { items } = await client.get<{ items: Node[] }>("/api/v1/nodes");
        assert.equal(items.length, 9, name);
      }
      assert.match(
        stand.read("clusters", "local", "kubeconfig"),
        new RegExp(`server: https://127\\.0\\.0\\.1:${port}$`, "m"),
      );
      const { clusters } = JSON.parse(stand.read("env.json")) as { clusters: object };
      assert.deepEqual(Object.keys(clusters), ["local", "local-2"]);
    });

    it("leaves no process of either cluster when it is taken down", async () => {
      await stand.run("down");
      assert.deepEqual(processesNaming(stand.paths.root), []);
    });
  });
});
