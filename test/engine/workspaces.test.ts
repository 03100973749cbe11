/** The whole path on the stand: a MAIAKubeGate config goes in, a real `up` runs, the API server has it. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { BatchV1Api, CoreV1Api } from "@kubernetes/client-node";
import { destroyStack } from "../../cli/destroy";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { readStand } from "../../cli/environment";
import { Report } from "../../cli/report";
import type { StackSettings } from "../../cli/settings";
import { openStack, type OpenStack } from "../../cli/stackHandle";
import { runStack } from "../../stacks/run";
import { skip } from "../support/reporter";

const ROOT = path.resolve(__dirname, "../..");
const stamp = Date.now().toString(36);
const namespace = `test-${stamp}`;

interface Apis {
  core: CoreV1Api;
  batch: BatchV1Api;
}

async function connect(): Promise<Apis> {
  const kubernetes = await import("@kubernetes/client-node");
  const config = new kubernetes.KubeConfig();
  config.loadFromFile(path.join(ROOT, ".local/clusters/local/kubeconfig"));
  return {
    core: config.makeApiClient(kubernetes.CoreV1Api),
    batch: config.makeApiClient(kubernetes.BatchV1Api),
  };
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 150; tries++) {
    const found = await look();
    if (found !== undefined) {
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${what}: not within 30 seconds`);
}

function config(allocationTime: string, name = "lab"): Record<string, unknown> {
  return {
    namespace,
    chart_name: name,
    docker_image: "jupyter/scipy-notebook",
    tag: "2024-10-07",
    memory_request: "1Gi",
    cpu_request: "500m",
    allocationTime,
    ports: { jupyter: [8888] },
    persistent_volume: [
      {
        mountPath: "/home/jovyan",
        size: "10Gi",
        access_mode: "ReadWriteOnce",
        pvc_type: "local-hostpath",
      },
    ],
  };
}

function settings(inline: unknown[], policy?: object): StackSettings {
  return {
    config: {
      "science-platform:layers": ["workspaces"],
      "science-platform:clusters": {
        local: { kubeconfig: "./.local/clusters/local/kubeconfig", context: "local" },
      },
      "science-platform:workspaces": {
        inline,
        ...(policy === undefined ? {} : { namespaces: { [namespace]: policy } }),
      },
    },
  };
}

describe("workspaces on the stand", function () {
  this.timeout(180_000);
  const name = `test-${stamp}`;
  let apis: Apis;
  let podUid = "";

  const open = (inline: unknown[], policy?: object): Promise<OpenStack> =>
    openStack({
      root: ROOT,
      name,
      settings: settings(inline, policy),
      program: () => runStack(ROOT),
    });
  const refusal = async (inline: unknown[]): Promise<string> => {
    const opened = await open(inline);
    await assert.rejects(opened.stack.up());
    const error = opened.programError();
    assert.ok(error instanceof Error, "the program itself must refuse");
    return error.message;
  };
  const runningPod = async (): Promise<{ uid: string; node: string } | undefined> => {
    const { items } = await apis.core.listNamespacedPod({
      namespace,
      labelSelector: "app=lab",
    });
    const pod = items.find(({ status }) => status?.phase === "Running");
    return pod && { uid: pod.metadata!.uid!, node: pod.spec!.nodeName! };
  };

  before(async function () {
    if (readStand(ROOT).clusters?.["local"] === undefined) {
      skip(this, "the embedded cluster is not running: make cluster");
    }
    apis = await connect();
  });

  after(async () => {
    if (apis === undefined) {
      return;
    }
    fs.rmSync(path.join(ROOT, ".local", "work", name), { recursive: true, force: true });
    await apis.core.deleteNamespace({ name: namespace }).catch(() => undefined);
  });

  it("puts a workspace into the API server, and its pod runs", async () => {
    const { stack } = await open([config("2")], {
      quota: { cpu: "4", memory: "8Gi" },
      networkPolicy: {},
    });
    await stack.up();
    podUid = (await until("pod", runningPod)).uid;
    const job = await apis.batch.readNamespacedJob({ namespace, name: "lab-mkg" });
    assert.equal(job.spec?.activeDeadlineSeconds, 2 * 86_400);
    assert.equal(job.spec?.ttlSecondsAfterFinished, undefined);
    assert.equal(job.metadata?.annotations?.["science-platform/stack"], name);
    const claim = await until("claim", async () => {
      const found = await apis.core.readNamespacedPersistentVolumeClaim({
        namespace,
        name: "lab-mkg-claim-0",
      });
      return found.status?.phase === "Bound" ? found : undefined;
    });
    assert.equal(claim.spec?.storageClassName, "local-hostpath");
    const quotas = await apis.core.listNamespacedResourceQuota({ namespace });
    assert.equal(quotas.items.length, 1);
  });

  it("changes nothing in a second run", async () => {
    const { stack } = await open([config("2")], {
      quota: { cpu: "4", memory: "8Gi" },
      networkPolicy: {},
    });
    const { changeSummary } = await stack.preview();
    const { same = 0, read = 0, ...changes } = changeSummary;
    assert.deepEqual(changes, {});
    assert.ok(same > 8 && read === 1, `same ${same}, read ${read}`);
  });

  it("extends the allocation in place: the pod stays", async () => {
    const { stack } = await open([config("3")]);
    const report = new Report(() => undefined, false);
    await stack.up({ onEvent: report.onEvent });
    const onJob = report.changes.filter(({ type }) => type === "kubernetes:batch/v1:Job");
    assert.deepEqual(
      onJob.map(({ op, paths }) => [op, paths]),
      [["update", ["spec.activeDeadlineSeconds"]]],
    );
    assert.equal((await until("pod", runningPod)).uid, podUid);
    const job = await apis.batch.readNamespacedJob({ namespace, name: "lab-mkg" });
    assert.equal(job.spec?.activeDeadlineSeconds, 3 * 86_400);
  });

  it("refuses an allocation shorter than what is used, and leaves the Job", async () => {
    assert.match(await refusal([config("1s")]), /allocationTime: .*(used|running)/);
    const job = await apis.batch.readNamespacedJob({ namespace, name: "lab-mkg" });
    assert.equal(job.spec?.activeDeadlineSeconds, 3 * 86_400);
  });

  it("refuses a smaller claim before anything is written", async () => {
    const smaller = config("3");
    (smaller["persistent_volume"] as { size: string }[])[0]!.size = "5Gi";
    assert.match(await refusal([smaller]), /persistent_volume\[0\]\.size/);
  });

  it("does not start an expired workspace again, and refuses to extend it", async () => {
    const brief = { ...config("3s", "brief"), persistent_volume: undefined };
    delete brief.persistent_volume;
    const first = await open([config("3"), brief]);
    await first.stack.up();
    const expired = await until("expiry", async () => {
      const job = await apis.batch.readNamespacedJob({ namespace, name: "brief-mkg" });
      return job.status?.conditions?.some(({ type }) => type === "Failed") ? job : undefined;
    });
    const again = await open([config("3"), brief]);
    let counts: Record<string, number> | undefined;
    const onEvent = ({ summaryEvent }: EngineEvent): void => {
      counts = summaryEvent?.resourceChanges ?? counts;
    };
    await again.stack.up({ refresh: true, onEvent });
    assert.ok(counts !== undefined, "the run told what it did");
    assert.equal(counts["create"], undefined);
    const job = await apis.batch.readNamespacedJob({ namespace, name: "brief-mkg" });
    assert.equal(job.metadata?.uid, expired.metadata?.uid);
    const message = await refusal([config("3"), { ...brief, allocationTime: "1" }]);
    assert.match(message, /expired .*restart/s);
  });

  it("refuses a workspace that another stack holds", async () => {
    const other = await openStack({
      root: ROOT,
      name: `${name}-other`,
      settings: settings([config("3")]),
      program: () => runStack(ROOT),
    });
    try {
      await assert.rejects(other.stack.up());
      assert.match(String(other.programError()), new RegExp(`held by stack ${name}`));
    } finally {
      await other.stack.workspace.removeStack(`${name}-other`);
      fs.rmSync(path.join(ROOT, ".local", "work", `${name}-other`), { recursive: true });
    }
  });

  it("leaves only the data and the namespace when it is destroyed", async () => {
    const opened = await open([config("3")]);
    const claim = (): Promise<{ metadata?: { uid?: string } }> =>
      apis.core.readNamespacedPersistentVolumeClaim({ namespace, name: "lab-mkg-claim-0" });
    const before = (await claim()).metadata?.uid;
    const kept = await destroyStack(opened, () => undefined);
    assert.deepEqual(kept, [`PersistentVolumeClaim ${namespace}/lab-mkg-claim-0`]);
    await opened.stack.workspace.removeStack(name);
    assert.equal((await claim()).metadata?.uid, before);
    assert.equal((await apis.core.readNamespace({ name: namespace })).status?.phase, "Active");
    assert.deepEqual((await apis.batch.listNamespacedJob({ namespace })).items, []);
    assert.deepEqual((await apis.core.listNamespacedService({ namespace })).items, []);
    assert.deepEqual((await apis.core.listNamespacedResourceQuota({ namespace })).items, []);
  });

  it("keeps the engine's folder out of the repository", () => {
    assert.ok(fs.existsSync(path.join(ROOT, ".local", "work", name)));
    assert.ok(!fs.existsSync(path.join(ROOT, `Pulumi.${name}.yaml`)));
  });
});
