import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { ApiClient } from "../../components/cluster/apiClient";
import { KubeconfigCluster } from "../../components/cluster/kubeconfigCluster";
import type { DeclaredNode, GpuClass, Taint } from "../../components/model/gpuTypes";
import { NodeLabels } from "../../components/nodes/nodeLabels";
import {
  changesIn,
  ENGINE_TIMEOUT_MS,
  setProgram,
  standClient,
  standOrSkip,
  withStack,
  type Stand,
} from "../support/engine";

interface LiveNode {
  metadata: { uid: string; labels: Record<string, string>; annotations: Record<string, string> };
  spec: { taints?: Taint[] };
}

const GPUS: Record<string, GpuClass> = {
  t4: {
    resource: "nvidia.com/gpu",
    product: "Tesla-T4",
    type: "T4",
    vram: "16G",
    taint: { key: "lab.example.org/gpu", value: "t4", effect: "NoSchedule" },
  },
};

const FOREIGN_TAINT = { key: "lab.example.org/repair", value: "soon", effect: "NoSchedule" };
const OURS = { key: "lab.example.org/gpu", value: "t4", effect: "NoSchedule" };

describe("NodeLabels on the stand", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  let stand: Stand;
  let api: ApiClient;
  let name: string;

  before(async function () {
    stand = standOrSkip(this);
    api = await standClient(stand);
  });

  after(() => api?.close());

  beforeEach(async () => {
    name = `labels-${randomBytes(4).toString("hex")}`;
    const made = await api.request("POST", "/api/v1/nodes", {
      body: {
        apiVersion: "v1",
        kind: "Node",
        metadata: {
          name,
          labels: { "lab.example.org/rack": "r1" },
          annotations: { "lab.example.org/owner": "someone" },
        },
        spec: { taints: [FOREIGN_TAINT] },
      },
    });
    assert.equal(made.status, 201);
  });

  afterEach(async () => {
    await api.request("DELETE", `/api/v1/nodes/${name}`);
  });

  async function live(): Promise<LiveNode> {
    return (await api.request("GET", `/api/v1/nodes/${name}`)).body as LiveNode;
  }

  /** Taints that are not the node controller's: the simulated node never becomes ready. */
  async function taints(): Promise<Taint[]> {
    const found = (await live()).spec.taints ?? [];
    return found.filter(({ key }) => key.startsWith("lab.example.org/"));
  }

  async function merge(body: object): Promise<void> {
    const answer = await api.request("PATCH", `/api/v1/nodes/${name}`, {
      body,
      type: "application/merge-patch+json",
    });
    assert.equal(answer.status, 200);
  }

  function program(nodes: Record<string, DeclaredNode>): PulumiFn {
    return () => {
      const cluster = new KubeconfigCluster("lab", { path: stand.clusters["local"]!.kubeconfig });
      new NodeLabels(
        "nodes",
        { nodes, gpus: GPUS, kubeconfig: cluster.kubeconfig },
        { provider: cluster.provider },
      );
      return Promise.resolve();
    };
  }

  it("sets its labels, removes those declared no longer, and leaves all others", async () => {
    const first = program({
      [name]: { gpus: [{ class: "t4" }], roles: ["worker"], labels: { accelerator: "T4" } },
    });
    await withStack(first, async (stack) => {
      await stack.up();
      const labelled = await live();
      assert.equal(labelled.metadata.labels["science-platform/gpu-class.t4"], "true");
      assert.equal(labelled.metadata.labels["science-platform/gpu-class"], "t4");
      assert.equal(labelled.metadata.labels["worker"], "true");
      assert.equal(labelled.metadata.labels["accelerator"], "T4");
      assert.equal(labelled.metadata.labels["lab.example.org/rack"], "r1");

      assert.deepEqual(changesIn((await stack.up()).summary), {});

      setProgram(stack, program({ [name]: { roles: ["master"] } }));
      assert.deepEqual(changesIn((await stack.up()).summary), { update: 1 });
      const { labels, annotations } = (await live()).metadata;
      assert.equal(labels["master"], "true");
      assert.equal(labels["lab.example.org/rack"], "r1");
      assert.equal(annotations["lab.example.org/owner"], "someone");
      for (const key of ["worker", "accelerator", "science-platform/gpu-class"]) {
        assert.ok(!(key in labels), `${key} is still there`);
      }
      assert.deepEqual(await taints(), [FOREIGN_TAINT]);
    });
    const left = await live();
    assert.ok(!("master" in left.metadata.labels));
    assert.equal(left.metadata.labels["lab.example.org/rack"], "r1");
    assert.deepEqual(await taints(), [FOREIGN_TAINT]);
  });

  it("sets the taints of its classes, and takes away its own alone", async () => {
    const tainted = program({ [name]: { gpus: [{ class: "t4" }], applyTaints: true } });
    const { uid } = (await live()).metadata;
    await withStack(tainted, async (stack) => {
      await stack.up();
      assert.deepEqual(await taints(), [FOREIGN_TAINT, OURS]);
      assert.deepEqual(changesIn((await stack.up()).summary), {});

      // Someone else's taint that came later, and one of ours that someone took away.
      const later = { key: "lab.example.org/later", effect: "NoSchedule" };
      await merge({ spec: { taints: [FOREIGN_TAINT, later] } });
      assert.deepEqual(changesIn((await stack.up()).summary), { update: 1 });
      assert.deepEqual(await taints(), [FOREIGN_TAINT, later, OURS]);
      assert.deepEqual(changesIn((await stack.up()).summary), {});

      setProgram(stack, program({ [name]: { gpus: [{ class: "t4" }] } }));
      await stack.up();
      assert.deepEqual(await taints(), [FOREIGN_TAINT, later]);

      setProgram(stack, tainted);
      await stack.up();
      assert.deepEqual(await taints(), [FOREIGN_TAINT, later, OURS]);

      // The node is given up while the stack goes on.
      setProgram(stack, program({}));
      await stack.up();
      assert.deepEqual(await taints(), [FOREIGN_TAINT, later]);
      await merge({ spec: { taints: [FOREIGN_TAINT] } });

      setProgram(stack, tainted);
      await stack.up();
      assert.deepEqual(await taints(), [FOREIGN_TAINT, OURS]);

      // Without the program nobody could take the taint away: the engine does not begin.
      await assert.rejects(stack.destroy(), /--run-program/);
      assert.deepEqual(await taints(), [FOREIGN_TAINT, OURS]);
    });
    // The destroy ran at the end of withStack.
    const left = await live();
    assert.deepEqual(await taints(), [FOREIGN_TAINT]);
    assert.equal(left.metadata.uid, uid);
    for (const key of Object.keys(left.metadata.annotations)) {
      assert.ok(!key.startsWith("science-platform/"), `${key} is still there`);
    }
  });

  it("leaves a taint that was there before, though it is one that it wants", async () => {
    await merge({ spec: { taints: [OURS] } });
    const tainted = program({ [name]: { gpus: [{ class: "t4" }], applyTaints: true } });
    await withStack(tainted, async (stack) => {
      await stack.up();
      assert.deepEqual(await taints(), [OURS]);
    });
    assert.deepEqual(await taints(), [OURS]);
  });

  it("refuses, in preview, a taint that someone else set to another value", async () => {
    await merge({ spec: { taints: [{ ...OURS, value: "a100" }] } });
    const tainted = program({ [name]: { gpus: [{ class: "t4" }], applyTaints: true } });
    await withStack(tainted, async (stack) => {
      await assert.rejects(
        stack.preview(),
        new RegExp(
          `node ${name}: taint lab.example.org/gpu:NoSchedule is there already with value "a100"`,
        ),
      );
    });
  });

  it("refuses a label that someone else set to another value", async () => {
    await withStack(program({ [name]: { labels: { shared: "ours" } } }), async (stack) => {
      const theirs = await api.request("PATCH", `/api/v1/nodes/${name}?fieldManager=someone-else`, {
        type: "application/apply-patch+yaml",
        body: { apiVersion: "v1", kind: "Node", metadata: { name, labels: { shared: "theirs" } } },
      });
      assert.equal(theirs.status, 200);
      await assert.rejects(stack.up(), /conflict.*someone-else|someone-else.*conflict/is);
      assert.equal((await live()).metadata.labels["shared"], "theirs");
    });
  });

  it("refuses a node that does not exist, and does not make it", async () => {
    const absent = `${name}-absent`;
    const both = program({ [name]: { roles: ["worker"] }, [absent]: { roles: ["worker"] } });
    await withStack(program({}), async (stack) => {
      setProgram(stack, both);
      await assert.rejects(
        stack.preview(),
        new RegExp(`${absent}.*(not found|does not exist)`, "is"),
      );
      await assert.rejects(stack.up(), new RegExp(absent));
    });
    const answer = await api.request("GET", `/api/v1/nodes/${absent}`);
    assert.equal(answer.status, 404);
  });
});
