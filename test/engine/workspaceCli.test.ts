/** MAIAKubeGate's command line on the stand: the seed's example goes up, is extended, restarted and removed. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { BatchV1Api, CoreV1Api, V1Job } from "@kubernetes/client-node";
import type { WorkspaceStatus } from "../../cli/workspace/status";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../support/engine";

const ROOT = path.resolve(__dirname, "../..");
const JOB = "jupyterlab-1-v1-mkg";
const CLAIM = "jupyterlab-1-v1-mkg-claim-0";
const HOLDER = "science-platform/stack";

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

describe("the command line `workspace` on the stand", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  const namespace = `test-cli-${randomBytes(4).toString("hex")}`;
  const stack = `ws-local-${namespace}-jupyterlab-1-v1`;
  let folder: string;
  let file: string;
  let core: CoreV1Api;
  let batch: BatchV1Api;
  let kubeconfig: string;

  before(async function () {
    kubeconfig = standOrSkip(this).clusters["local"]!.kubeconfig;
    const kubernetes = await import("@kubernetes/client-node");
    const config = new kubernetes.KubeConfig();
    config.loadFromFile(kubeconfig);
    core = config.makeApiClient(kubernetes.CoreV1Api);
    batch = config.makeApiClient(kubernetes.BatchV1Api);

    folder = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-cli-"));
    fs.mkdirSync(path.join(folder, "state"));
    file = path.join(folder, "lab.json");
    const example = path.join(ROOT, "examples/workspaces/jupyterlab.json");
    const text = fs.readFileSync(example, "utf8").replace('"machine-learning"', `"${namespace}"`);
    assert.ok(text.includes(`"namespace": "${namespace}"`));
    fs.writeFileSync(file, text);
  });

  after(async () => {
    if (folder === undefined) {
      return;
    }
    const left = await workspace("destroy");
    await core.deleteNamespace({ name: namespace });
    fs.rmSync(folder, { recursive: true, force: true });
    assert.equal(left.code, 0, left.stderr);
  });

  function run(command: string, args: string[], cwd: string): Promise<Ran> {
    const env = {
      ...process.env,
      STACK: undefined,
      PULUMI_BACKEND_URL: `file://${path.join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
    };
    return new Promise((resolve) => {
      execFile(command, args, { cwd, env, maxBuffer: 2 ** 24 }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      });
    });
  }

  function workspace(subcommand: string, ...options: string[]): Promise<Ran> {
    const program = ["--import", "tsx", path.join(ROOT, "cli/workspace.ts"), subcommand];
    return run(process.execPath, [...program, "--config-file", file, ...options], ROOT);
  }

  const job = (): Promise<V1Job> => batch.readNamespacedJob({ name: JOB, namespace });

  async function podUids(): Promise<(string | undefined)[]> {
    const { items } = await core.listNamespacedPod({ namespace });
    return items
      .filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
      .map(({ metadata }) => metadata?.uid);
  }

  async function claimUid(): Promise<string | undefined> {
    const claim = await core.readNamespacedPersistentVolumeClaim({ name: CLAIM, namespace });
    return claim.metadata?.uid;
  }

  async function holdBy(holder: string): Promise<void> {
    const live = await job();
    live.metadata!.annotations![HOLDER] = holder;
    await batch.replaceNamespacedJob({ name: JOB, namespace, body: live });
  }

  it("previews without a trace", async () => {
    const { code, stdout, stderr } = await workspace("preview");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /\+ create batch\/v1:Job/);
    await assert.rejects(core.readNamespace({ name: namespace }), { code: 404 });
    const stacks = path.join(folder, "state/.pulumi/stacks/science-platform");
    const left = fs.existsSync(stacks) ? fs.readdirSync(stacks) : [];
    assert.deepEqual(
      left.filter((name) => name.endsWith(".json")),
      [],
    );
  });

  it("goes up under MAIAKubeGate's own name, and says where it is", async () => {
    const launcher = path.join(ROOT, "cli/bin/MAIAKubeGate_deploy_helm_chart.js");
    const { code, stdout, stderr } = await run(launcher, ["--config-file", "lab.json"], folder);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /^jupyterlab-1-v1 is Running on local \(node \S+\)\.$/m);
    assert.match(
      stdout,
      new RegExp(`^  service +${JOB}\\.${namespace}\\.svc, ClusterIP: jupyter 8888$`, "m"),
    );
    assert.equal((await job()).metadata?.annotations?.[HOLDER], stack);
  });

  it("shows its status as it is on the cluster", async () => {
    const { code, stdout, stderr } = await workspace("status", "--json");
    assert.equal(code, 0, stderr);
    const [status] = JSON.parse(stdout) as [WorkspaceStatus];
    const live = await job();
    assert.equal(status.phase, "Running");
    assert.equal(status.stack, stack);
    assert.equal(status.allocatedSeconds, 172_800);
    assert.equal(new Date(status.started!).getTime(), live.status!.startTime!.getTime());
    assert.equal(Date.parse(status.endsAt!) - Date.parse(status.started!), 172_800_000);
    assert.deepEqual(
      status.claims.map(({ name, phase, size }) => ({ name, phase, size })),
      [{ name: CLAIM, phase: "Bound", size: "100Gi" }],
    );
  });

  it("is extended in its file and in place: the pod runs on", async () => {
    const pods = await podUids();
    assert.equal(pods.length, 1);
    const before = fs.readFileSync(file, "utf8");
    const { code, stdout, stderr } = await workspace("extend", "--by", "1d");
    assert.equal(code, 0, stdout + stderr);
    assert.equal(
      fs.readFileSync(file, "utf8"),
      before.replace('"allocationTime": "2"', '"allocationTime": "3"'),
    );
    assert.equal((await job()).spec?.activeDeadlineSeconds, 259_200);
    assert.deepEqual(await podUids(), pods);
  });

  it("is not cut below what it has used", async () => {
    const before = fs.readFileSync(file, "utf8");
    const { code, stderr } = await workspace("extend", "--to", "1s");
    assert.equal(code, 1);
    assert.match(stderr, /has used .* already; 1s would end it at once/);
    assert.equal(fs.readFileSync(file, "utf8"), before);
    assert.equal((await job()).spec?.activeDeadlineSeconds, 259_200);
  });

  it("is left alone where a layer's stack holds it", async () => {
    await holdBy("dev");
    try {
      const up = await workspace("up");
      assert.equal(up.code, 1);
      assert.match(up.stderr, /is held by stack dev/);
      assert.doesNotMatch(up.stderr, /^\s+at /m);
      const extend = await workspace("extend", "--by", "1d");
      assert.equal(extend.code, 1);
      assert.match(extend.stderr, /held by stack dev\. Change its allocationTime there\.\n$/);
      assert.equal((await job()).spec?.activeDeadlineSeconds, 259_200);
    } finally {
      await holdBy(stack);
    }
  });

  it("is unlocked after an interrupted run by up --recover, and its pod runs on", async () => {
    const locks = path.join(folder, "state/.pulumi/locks/organization/science-platform", stack);
    fs.mkdirSync(locks, { recursive: true });
    fs.writeFileSync(
      path.join(locks, "interrupted.json"),
      '{"pid":1,"timestamp":"2026-01-01T00:00:00Z"}',
    );
    const pods = await podUids();
    const locked = await workspace("up", "--no-wait");
    assert.equal(locked.code, 1);
    assert.match(
      locked.stderr,
      /^Another run holds this stack, or one was interrupted\..*`up --recover`/,
    );
    const recovered = await workspace("up", "--no-wait", "--recover");
    assert.equal(recovered.code, 0, recovered.stdout + recovered.stderr);
    assert.deepEqual(await podUids(), pods);
  });

  it("restarts only when told to, with a new pod and the old claim", async () => {
    const [pods, claim] = [await podUids(), await claimUid()];
    const asked = await workspace("restart");
    assert.equal(asked.code, 1);
    assert.match(
      asked.stdout,
      /work in its memory and outside its volumes is lost; its claims stay/,
    );
    assert.match(asked.stderr, /--yes\n$/);
    assert.deepEqual(await podUids(), pods);

    const { code, stdout, stderr } = await workspace("restart", "--yes");
    assert.equal(code, 0, stdout + stderr);
    const now = await podUids();
    assert.equal(now.length, 1);
    assert.notDeepEqual(now, pods);
    assert.equal(await claimUid(), claim);
  });

  it("is destroyed but for its claim, which is listed with the command that deletes it", async () => {
    const claim = await claimUid();
    const { code, stdout, stderr } = await workspace("destroy");
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, new RegExp(`^  PersistentVolumeClaim ${namespace}/${CLAIM}$`, "m"));
    assert.ok(
      stdout.includes(
        `kubectl --kubeconfig ${kubeconfig} --context local -n ${namespace} delete persistentvolumeclaim ${CLAIM}`,
      ),
    );
    assert.equal(await claimUid(), claim);
    assert.deepEqual((await batch.listNamespacedJob({ namespace })).items, []);
    assert.deepEqual((await core.listNamespacedService({ namespace })).items, []);
    assert.equal((await core.readNamespace({ name: namespace })).status?.phase, "Active");

    const again = await workspace("destroy");
    assert.equal(again.code, 0);
    assert.match(again.stdout, /There is nothing to remove/);
    const status = await workspace("status");
    assert.match(status.stdout, /phase +Absent/);
  });
});
