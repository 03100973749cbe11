/**
 * Covalent 0.240.0 and its plugin 0.1.0 from PyPI with the config that we render, against the stand's API server.
 * The image is not built: Docker is stubbed where the plugin asks for it (`docker.from_env`), and `minikube`, which
 * would load the image, is a script. On simulated nodes nothing runs, so the test runs the task's script.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import type { PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { CovalentExecutor } from "../../components/covalent/covalentExecutor";
import { KubeconfigCluster } from "../../components/cluster/kubeconfigCluster";
import { NodeLabels } from "../../components/nodes/nodeLabels";
import { useStand, withStack } from "../support/engine";
import { removeNamespace } from "../support/liveObjects";
import { assertRemoved, Cleaner } from "./cleaner";
import { LiveTask, runScript } from "./node";
import { covalentOrSkip, dispatcherEnvironment, installOurs, VENV_TIMEOUT_MS } from "./python";

const run = promisify(execFile);

/** Not the one of a developer's stack, which may have labelled the node. */
const CLUSTER = "local-2";

/** What `run_task.py` prints. */
interface Outcome {
  result?: number;
  error?: string;
  dockerfile: string;
  tags: [name: string, tag: string][];
  pushed: string[];
}

describe("Covalent's plugin on the platform", function () {
  this.timeout(180_000);
  const lab = useStand(CLUSTER);
  const id = randomBytes(4).toString("hex");
  const namespace = `covalent-${id}`;
  const gpuClass = `cov-${id}`;
  const gpus = {
    [gpuClass]: {
      resource: "nvidia.com/gpu",
      product: "A100",
      type: "A100",
      vram: "40G",
      count: 4,
    },
  };
  const nodes = { "gpu-a100": { gpus: [{ class: gpuClass }] } };
  let python: string;
  let scratch: string;
  let store: string;
  let folder: string;
  let environment: Record<string, string>;
  let finish: (() => void) | undefined;
  let stackRun: Promise<void> | undefined;

  const program: PulumiFn = () => {
    const file = lab.stand.clusters[CLUSTER]!.kubeconfig;
    const cluster = new KubeconfigCluster("lab", { path: file });
    const opts = { provider: cluster.provider };
    const labels = new NodeLabels("nodes", { nodes, gpus }, opts);
    new CovalentExecutor(
      "c",
      {
        namespace,
        kubeconfig: cluster.kubeconfig,
        dataStore: { path: store },
        minikube: {},
        plainPlugin: true,
        pollSeconds: 1,
        cacheDir: path.join(scratch, "cache"),
        outputFolder: folder,
        gpus,
        nodes,
      },
      { ...opts, dependsOn: [labels] },
    );
    return Promise.resolve({});
  };

  /** Sets the stack up, and leaves it until `finish` is called. */
  async function setUp(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const held = async (stack: Stack): Promise<void> => {
        await stack.up();
        const over = new Promise<void>((done) => {
          finish = done;
        });
        resolve();
        await over;
      };
      stackRun = withStack(program, held);
      stackRun.catch(reject);
    });
  }

  before(async function () {
    this.timeout(VENV_TIMEOUT_MS);
    python = covalentOrSkip(this);
    scratch = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-covalent-"));
    [store, folder] = [path.join(scratch, "store"), path.join(scratch, "dispatcher")];
    fs.mkdirSync(store);
    const bin = path.join(scratch, "bin");
    fs.mkdirSync(bin);
    fs.writeFileSync(
      path.join(bin, "minikube"),
      `#!/bin/sh\necho "$@" >> '${path.join(scratch, "minikube.log")}'\n`,
      { mode: 0o755 },
    );
    installOurs(python, scratch);
    await setUp();
    environment = dispatcherEnvironment(scratch, {
      PATH: `${bin}:${process.env["PATH"] ?? ""}`,
      KUBECONFIG: path.join(folder, "kubeconfig"),
    });
    await configure();
  });

  after(async () => {
    finish?.();
    await stackRun;
    await removeNamespace(lab.api, namespace);
    if (scratch !== undefined) {
      fs.rmSync(scratch, { recursive: true });
    }
  });

  async function ours(module: string, ...args: string[]): Promise<string> {
    const { stdout } = await run(python, ["-m", `science_platform_covalent.${module}`, ...args], {
      env: environment,
    });
    return stdout.trim();
  }

  const configure = (): Promise<string> => ours("configure", path.join(folder, "executor.toml"));

  /** Values of Covalent's config, as Covalent reads them. */
  async function covalentConfig(...keys: string[]): Promise<unknown[]> {
    const script = `import json, sys\nfrom covalent._shared_files.config import get_config\nprint(json.dumps([get_config(key) for key in sys.argv[1:]]))`;
    const { stdout } = await run(python, ["-c", script, ...keys], { env: environment });
    return JSON.parse(stdout) as unknown[];
  }

  /** Starts a task; its Job's name follows from the dispatch. */
  function start(
    executor: string,
    where: string,
    options: object = {},
  ): { task: LiveTask; dispatch: string; outcome: Promise<Outcome> } {
    const dispatch = randomUUID();
    const script = path.join(__dirname, "run_task.py");
    const args = [script, executor, dispatch, JSON.stringify(options)];
    const outcome = run(python, args, { env: environment }).then(
      ({ stdout }) => JSON.parse(stdout.trim().split("\n").at(-1)!) as Outcome,
    );
    return { dispatch, outcome, task: new LiveTask(lab.api, where, `job-${dispatch}-0`) };
  }

  it("passes the executor's own tests, where nobody has configured it", async () => {
    const { stderr } = await run(python, ["-m", "unittest", "-v", "test_platform_k8s"], {
      cwd: __dirname,
      env: { ...environment, COVALENT_CONFIG_DIR: path.join(scratch, "unconfigured") },
    });
    assert.match(stderr, /^Ran [1-9][0-9]* tests/m);
  });

  it("is configured by what we render, and the rest of Covalent's config stays", async () => {
    const conf = path.join(scratch, "config", "covalent.conf");
    const changed = fs.readFileSync(conf, "utf8").replace(/^port = \d+$/m, "port = 51000");
    fs.writeFileSync(
      conf,
      `${changed}\n[[executors.platform_k8s.gpu_classes]]\nname = "gone"\nresource = "x/y"\n`,
    );
    assert.equal(await configure(), `${conf}: executors k8s, platform_k8s`);
    const found = await covalentConfig(
      "executors.k8s",
      "executors.platform_k8s",
      "dispatcher.port",
    );
    assert.deepEqual(found, [
      {
        base_image: "python:3.11-slim-bookworm",
        k8s_config_file: path.join(folder, "kubeconfig"),
        k8s_context: CLUSTER,
        image_repo: "covalent-eks-task",
        registry: "localhost",
        registry_credentials_file: "",
        data_store: store,
        region: "",
        vcpu: "500m",
        memory: "1G",
        cache_dir: path.join(scratch, "cache"),
        poll_freq: 1,
      },
      {
        namespace,
        service_account: "covalent-task",
        ttl_seconds: 3600,
        claim: "",
        gpu_class: "",
        gpu_count: 0,
        gpu_classes: [
          {
            name: gpuClass,
            resource: "nvidia.com/gpu",
            most: 4,
            node_label: `science-platform/gpu-class.${gpuClass}`,
            tolerations: [],
          },
        ],
      },
      51000,
    ]);
  });

  it("runs a task as it is: in default, as nobody in particular, and leaves its Job", async () => {
    const { task, dispatch, outcome } = start("k8s", "default");
    const pod = await task.running();
    await runScript(python, store);
    await task.end(pod, "complete");
    const { result, error, tags, pushed } = await outcome;
    assert.equal(error, undefined);
    assert.equal(result, 3);
    assert.deepEqual(tags, [[`covalent-eks-task:${dispatch}-0`, `${dispatch}-0`]]);
    assert.deepEqual(pushed, []);
    const log = fs.readFileSync(path.join(scratch, "minikube.log"), "utf8");
    assert.equal(log, `image load covalent-eks-task:${dispatch}-0\n`);
    const { spec } = (await task.find())!;
    assert.equal(spec.ttlSecondsAfterFinished, undefined);
    assert.equal(spec.template.spec["serviceAccountName"], undefined);
    assert.deepEqual(spec.template.spec["volumes"], [
      { name: "local-mount", hostPath: { path: "/data", type: "" } },
    ]);
    const [container] = spec.template.spec["containers"] as Record<string, unknown>[];
    assert.deepEqual(container!["resources"], { requests: { cpu: "500m", memory: "1G" } });
    const cleaner = new Cleaner(lab.api, python, namespace, folder, scratch);
    await assertRemoved(lab.api, cleaner, task, `job-of-somebody-${id}`);
  });

  it("runs a task by our executor: in our namespace, as our account, on a node of its class", async () => {
    const { task, outcome } = start("platform_k8s", namespace, { gpu_class: gpuClass, vcpu: "2" });
    const pod = await task.running();
    assert.equal(pod.spec.nodeName, "gpu-a100");
    await runScript(python, store);
    await task.end(pod, "complete");
    const { result, error, dockerfile } = await outcome;
    assert.equal(error, undefined);
    assert.equal(result, 3);
    assert.match(
      dockerfile,
      /^RUN pip install --no-cache-dir 'cloudpickle==\S+' 'covalent==0.240.0'$/m,
    );
    const { spec } = (await task.find())!;
    assert.equal(spec.ttlSecondsAfterFinished, 3600);
    assert.equal(spec.template.spec["serviceAccountName"], "covalent-task");
    assert.equal(spec.template.spec["automountServiceAccountToken"], false);
    const [container] = spec.template.spec["containers"] as Record<string, unknown>[];
    assert.deepEqual(container!["resources"], {
      limits: { "nvidia.com/gpu": "1" },
      requests: { cpu: "2", memory: "1G", "nvidia.com/gpu": "1" },
    });
  });

  it("says why a task failed, by our executor", async () => {
    const { task, outcome } = start("platform_k8s", namespace);
    const pod = await task.running();
    await runScript(python, store);
    await task.end(pod, "fail");
    const { error = "" } = await outcome;
    assert.match(
      error,
      new RegExp(`^RuntimeError: Job ${task.job} in namespace ${namespace} failed`),
    );
    assert.match(error, /BackoffLimitExceeded: Job has reached the specified backoff limit/);
  });

  it("is checked by the sample Job, which is removed again", async () => {
    const task = new LiveTask(lab.api, namespace, "covalent-k8s-test");
    const checked = ours("check", folder);
    await task.end(await task.running(), "complete");
    assert.equal(await checked, `Job covalent-k8s-test in namespace ${namespace} succeeded.`);
    assert.equal(await task.find(), undefined);
  });

  it("is told by the check what a sample Job waits for, or how it failed", async () => {
    await assert.rejects(
      ours("check", folder, "--timeout", "2"),
      /Job covalent-k8s-test has not ended within 2 s: pod covalent-k8s-test-\w+ is (Pending|Running)/,
    );
  });
});
