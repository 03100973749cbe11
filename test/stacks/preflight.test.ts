import assert from "node:assert/strict";
import * as path from "node:path";
import { NODES } from "../support/preflightReads";
import { CLEAN, run, unsound, workspace } from "../support/preflightRun";
import { useFakeApi } from "../support/fakeApi";

const A100 = { resource: "nvidia.com/gpu", product: "NVIDIA-A100", type: "A100", vram: "40G" };

describe("preflight", () => {
  const api = useFakeApi();

  describe("clusters", () => {
    it("contacts no cluster that has neither nodes nor workspaces", async () => {
      assert.deepEqual(await run(api, []), CLEAN);
      assert.deepEqual(api.seen, []);
    });

    it("passes over a workspace of a cluster that this run leaves out", async () => {
      assert.deepEqual(await run(api, [workspace("a", { clusters: ["other"] })]), CLEAN);
      assert.deepEqual(api.seen, []);
    });

    it("passes over a workspace that cannot be named, or whose clusters are open", async () => {
      for (const wrong of ["namespace", "chart_name", "clusters[0]", ""]) {
        assert.deepEqual(await run(api, [unsound("a", [wrong])]), CLEAN);
      }
      assert.deepEqual(api.seen, []);
    });

    it("looks at what is right of a workspace with something wrong", async () => {
      const spec = { userSecrets: ["ann"], existingVolumes: [{ claim: "c", mountPath: "/c" }] };
      const wrong = unsound("a", ["tag", "existing_persistent_volume[0].name"], spec);
      assert.deepEqual(Object.values((await run(api, [wrong])).workspaces).flat(), [
        'a.json: user_secret[0]: namespace team on cluster lab has no such Secret, and workspaces.userSecrets does not make it (found "ann"). ' +
          "Create it, or give its content in workspaces.userSecrets.",
      ]);
    });

    it("looks at a cluster with the kubeconfig that another stack has", async () => {
      const config = { clusters: { eks: { stack: "base" } }, nodes: { "cpu-1": {} } };
      const linked = { eks: api.kubeconfig() };
      assert.deepEqual((await run(api, [], config, { linked })).config, [
        "Pulumi.dev.yaml: nodes.cpu-1: cluster eks has no such node (allowed: nothing is defined). Name a node that exists, or remove the entry.",
      ]);
    });

    it("leaves it to who read that stack to say that it has none", async () => {
      const config = { clusters: { eks: { stack: "base" } } };
      assert.deepEqual(await run(api, [workspace("a")], config), CLEAN);
      assert.deepEqual(api.seen, []);
    });

    it("sends to the embedded cluster's start where its kubeconfig is missing", async () => {
      const kubeconfig = "./.local/clusters/local/kubeconfig";
      const found = await run(api, [workspace("a")], { clusters: { local: { kubeconfig } } });
      assert.deepEqual(found, {
        ...CLEAN,
        config: [
          `Pulumi.dev.yaml: clusters.local.kubeconfig: does not exist (found "${kubeconfig}"). ` +
            "Run `make cluster` to start the embedded cluster, which writes it.",
        ],
      });
    });

    it("says where else a kubeconfig is missing", async () => {
      const found = await run(api, [workspace("a")], {
        clusters: { lab: { kubeconfig: "elsewhere" } },
      });
      assert.deepEqual(found.config, [
        'Pulumi.dev.yaml: clusters.lab.kubeconfig: does not exist (found "elsewhere"). ' +
          "Name a kubeconfig that exists; paths are relative to the project.",
      ]);
    });

    it("reports a context that the kubeconfig does not have", async () => {
      const found = await run(api, [workspace("a")], {
        clusters: { lab: { kubeconfig: "kubeconfig", context: "tset" } },
      });
      assert.deepEqual(found.config, [
        `Pulumi.dev.yaml: clusters.lab.kubeconfig: cluster lab: ${path.join(api.folder, "kubeconfig")}: ` +
          'a context that the kubeconfig does not have (found "tset"; allowed: test). Did you mean test?',
      ]);
    });

    it("reports a cluster that does not accept the credentials, and checks the others", async () => {
      api.write("wrong", api.kubeconfig({ token: "wrong" }));
      api.lists = { [NODES]: [{ metadata: { name: "cpu-1" } }] };
      const found = await run(api, [], {
        clusters: { lab: { kubeconfig: "kubeconfig" }, far: { kubeconfig: "wrong" } },
        defaultCluster: "lab",
        nodes: { "cpu-2": {}, there: { cluster: "far" } },
      });
      assert.deepEqual([...found.config].sort(), [
        `Pulumi.dev.yaml: clusters.far: cluster far at ${api.url} does not accept the kubeconfig's credentials. ` +
          "They may have expired: log in again, or write the kubeconfig anew.",
        "Pulumi.dev.yaml: nodes.cpu-2: cluster lab has no such node (allowed: cpu-1). Did you mean cpu-1?",
      ]);
    });

    it("notes a cluster behind a proxy as not checked", async () => {
      api.write("proxied", api.kubeconfig(undefined, { "proxy-url": "http://127.0.0.1:1" }));
      const found = await run(api, [workspace("a")], {
        clusters: { lab: { kubeconfig: "proxied" } },
      });
      assert.deepEqual(found, {
        ...CLEAN,
        notes: [
          "cluster lab is reached through a proxy (proxy-url), which requests outside the Kubernetes provider do not support: not checked",
        ],
      });
      assert.deepEqual(api.seen, []);
    });

    it("warns of a certificate that is not looked at", async () => {
      api.write("loose", api.kubeconfig(undefined, { "insecure-skip-tls-verify": true }));
      const found = await run(api, [workspace("a")], {
        clusters: { lab: { kubeconfig: "loose" } },
      });
      assert.equal(found.notes.length, 1);
      assert.match(found.notes[0]!, /^cluster test: insecure-skip-tls-verify lets anyone/);
    });
  });

  describe("nodes", () => {
    it("lists the nodes that there are where one does not exist", async () => {
      api.lists = {
        [NODES]: [{ metadata: { name: "gpu-b" } }, { metadata: { name: "gpu-a" } }],
      };
      const found = await run(api, [], { nodes: { "gpu-a": {}, "node.seven": {} } });
      assert.deepEqual(found, {
        ...CLEAN,
        config: [
          'Pulumi.dev.yaml: nodes["node.seven"]: cluster lab has no such node (allowed: gpu-a, gpu-b). ' +
            "Name a node that exists, or remove the entry.",
        ],
      });
      assert.deepEqual(api.paths, [NODES]);
    });

    it("notes that a node offers fewer GPUs than declared", async () => {
      const node = (name: string, gpus: string): object => ({
        metadata: { name },
        status: { allocatable: { cpu: "8", "nvidia.com/gpu": gpus } },
      });
      api.lists = { [NODES]: [node("gpu-a", "4"), node("gpu-b", "2")] as never };
      const gpus = [{ class: "a100", count: 4 }];
      const found = await run(api, [], {
        gpus: { a100: A100 },
        nodes: { "gpu-a": { gpus }, "gpu-b": { gpus } },
      });
      assert.deepEqual(found, {
        ...CLEAN,
        notes: ["cluster lab: node gpu-b is declared with 4 nvidia.com/gpu, but offers 2"],
      });
    });

    it("leaves nodes alone where the user may not list them", async () => {
      api.refusals = { [NODES]: { status: 403 } };
      assert.deepEqual(await run(api, [], { nodes: { any: {} } }), {
        ...CLEAN,
        notes: [
          "cluster lab: the kubeconfig's user may not list nodes; not checked: whether the declared nodes exist",
        ],
      });
    });
  });
});
