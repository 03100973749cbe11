/** `render` as a user runs it: the real command, with no cluster to be had and every connection refused. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { loadAll } from "js-yaml";
import { renderYaml } from "../../cli/workspace/render";
import { readRequest } from "../../cli/workspace/request";
import { ProblemsError } from "../../components/model/problems";

const ROOT = path.resolve(__dirname, "../..");
const EXAMPLE = path.join(ROOT, "examples/workspaces/jupyterlab.json");

interface KubernetesObject {
  kind: string;
  metadata: { name: string; namespace: string };
  spec: Record<string, unknown>;
}

interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

describe("workspace render", function () {
  this.timeout(60_000);
  let folder: string;

  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-render-"));
    fs.writeFileSync(
      path.join(folder, "refuse.cjs"),
      `const net = require("node:net");
       const { connect } = net.Socket.prototype;
       net.Socket.prototype.connect = function (...args) {
         const [first] = Array.isArray(args[0]) ? args[0] : args;
         if (first && (first.port || typeof first === "number")) {
           process.stderr.write("CONTACTED\\n");
           process.exit(99);
         }
         return connect.apply(this, args);
       };`,
    );
  });

  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  function workspace(...args: string[]): Promise<Ran> {
    const options = ["--require", path.join(folder, "refuse.cjs"), "--import", "tsx"];
    return node([...options, path.join(ROOT, "cli/workspace.ts"), ...args]);
  }

  function node(args: string[]): Promise<Ran> {
    const env = {
      ...process.env,
      STACK: undefined,
      KUBECONFIG: path.join(folder, "none"),
      HOME: folder,
    };
    return new Promise((resolve) => {
      execFile(process.execPath, args, { cwd: ROOT, env }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      });
    });
  }

  function variant(name: string, change: Record<string, unknown>): string {
    const base = JSON.parse(fs.readFileSync(EXAMPLE, "utf8")) as Record<string, unknown>;
    const file = path.join(folder, name);
    fs.writeFileSync(file, JSON.stringify({ ...base, ...change }));
    return file;
  }

  it("prints the example's objects as YAML documents, and contacts nothing", async () => {
    const { code, stdout, stderr } = await workspace("render", "--config-file", EXAMPLE);
    assert.equal(code, 0, stderr);
    const objects = loadAll(stdout) as unknown as KubernetesObject[];
    assert.deepEqual(
      objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`),
      [
        "PersistentVolumeClaim machine-learning/jupyterlab-1-v1-mkg-claim-0",
        "Job machine-learning/jupyterlab-1-v1-mkg",
        "Service machine-learning/jupyterlab-1-v1-mkg",
      ],
    );
    const [claim, job, service] = objects;
    assert.deepEqual(claim!.spec, {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "100Gi" } },
      storageClassName: "local-hostpath",
    });
    assert.equal(job!.spec["activeDeadlineSeconds"], 172_800);
    assert.deepEqual(service!.spec["ports"], [{ name: "jupyter", port: 8888, targetPort: 8888 }]);
    assert.match(stderr, /live cluster was not looked at/);
    assert.doesNotMatch(stdout, /^# cluster/m);
  });

  it("tells a problem in its own lines, and prints no object", async () => {
    const file = variant("gpu.json", { gpu_request: 1, gpu_selector: { type: "H100" } });
    const { code, stdout, stderr } = await workspace("render", "--config-file", file);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /gpu\.json: gpu_selector.*H100/);
    assert.doesNotMatch(stderr, /^\s+at /m);
  });

  it("tells what the cluster lacks in the same round as what the file gets wrong", async () => {
    const change = { tag: "no tag", gpu_request: 1, gpu_selector: { type: "H100" } };
    const { stderr } = await workspace("render", "--config-file", variant("both.json", change));
    assert.match(stderr, /^\S+both\.json: tag: .*\n\S+both\.json: gpu_selector: .*\n$/);
  });

  it("loads no Pulumi SDK, which costs more than all else", async () => {
    const probe = path.join(folder, "probe.cjs");
    const at = (file: string): string => JSON.stringify(path.join(ROOT, file));
    fs.writeFileSync(
      probe,
      `const loaded = () => Object.keys(require.cache).filter((file) => file.includes("@pulumi")).length;
       const ours = () => Object.keys(require.cache).some((file) => file.endsWith("render.ts"));
       require(${at("cli/workspace.ts")}).main(["render", "--config-file", ${JSON.stringify(EXAMPLE)}]).then(() => {
         const before = loaded();
         const rendered = ours();
         require(${at("cli/stackHandle.ts")});
         process.stderr.write(JSON.stringify({ before, rendered, engine: loaded() > 0 }) + "\\n");
       });`,
    );
    const { stdout, stderr } = await node(["--import", "tsx", probe]);
    assert.match(stdout, /^kind: Job$/m);
    // That the engine's SDK is seen where it is loaded shows that the count is a count.
    const facts: unknown = JSON.parse(stderr.trim().split("\n").at(-1)!);
    assert.deepEqual(facts, { before: 0, rendered: true, engine: true });
  });

  it("names the stacks there are, for one that there is not", async () => {
    const { code, stderr } = await workspace("render", "--config-file", EXAMPLE, "--stack", "dve");
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^There is no Pulumi\.dve\.yaml; stacks here: .*Did you mean STACK=dev\?\n/,
    );
  });

  describe("with several clusters", () => {
    const request = (clusters: string[], settings: Record<string, unknown> = {}) => {
      const config = {
        "science-platform:layers": ["cluster"],
        "science-platform:clusters": { a: {}, b: {} },
        "science-platform:defaultCluster": "b",
        ...settings,
      };
      fs.writeFileSync(path.join(folder, "Pulumi.two.yaml"), JSON.stringify({ config }));
      const configFile = variant("two.json", clusters.length > 0 ? { clusters } : {});
      return readRequest({ root: folder, configFile, stack: "two" });
    };

    it("names the cluster of each document, and the stack that will hold it", () => {
      const yaml = renderYaml(request(["a", "b"]));
      const comments = [...yaml.matchAll(/^# cluster: (.*)$/gm)].map(([, name]) => name);
      assert.deepEqual(comments, ["a", "a", "a", "b", "b", "b"]);
      const stacks = [...yaml.matchAll(/science-platform\/stack: (.*)$/gm)].map(([, name]) => name);
      assert.deepEqual(stacks, [
        "ws-a-machine-learning-jupyterlab-1-v1",
        "ws-b-machine-learning-jupyterlab-1-v1",
      ]);
      assert.equal(loadAll(yaml).length, 6);
    });

    it("means the stack's default cluster where none is named", () => {
      assert.deepEqual(
        request([]).placements.map(({ cluster }) => cluster),
        ["b"],
      );
    });

    it("refuses a cluster that the stack does not have, and reports every problem at once", () => {
      assert.throws(
        () => request(["a", "c"]),
        (error: unknown) => error instanceof ProblemsError && /clusters.*"c"/.test(error.message),
      );
      assert.throws(
        () => request(["a", "c"], { "science-platform:layer": 1 }),
        (error: unknown) =>
          error instanceof ProblemsError &&
          /Pulumi\.two\.yaml: layer: unknown key/.test(error.message),
      );
    });

    it("is not stopped by a changed description where it only looks or removes", () => {
      const configFile = variant("gone.json", { gpu_request: 1, gpu_selector: { type: "H100" } });
      request(["a"]);
      const options = { root: folder, configFile, stack: "two" };
      assert.throws(() => readRequest(options), ProblemsError);
      const { placements } = readRequest({ ...options, checked: false });
      assert.deepEqual(
        placements.map(({ stack }) => stack),
        ["ws-b-machine-learning-jupyterlab-1-v1"],
      );
    });
  });
});
