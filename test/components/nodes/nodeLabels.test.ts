import assert from "node:assert/strict";
import { NodeLabels, type NodeLabelsArgs } from "../../../components/nodes/nodeLabels";
import { acceptHooks, answerReads } from "../../support/mockCluster";
import { created, find, plain, recorded, reset, valueOf } from "../../support/mocks";

const T4 = { resource: "nvidia.com/gpu", product: "Tesla-T4", type: "T4", vram: "16G" };
const TAINT = { key: "gpu", value: "t4", effect: "NoSchedule" };

function make(args: NodeLabelsArgs): Promise<NodeLabels> {
  return created((opts) => new NodeLabels("lab-nodes", args, opts));
}

function patches(): string[] {
  return recorded()
    .filter(({ type }) => type === "kubernetes:core/v1:NodePatch")
    .map(({ name }) => name);
}

describe("NodeLabels", () => {
  before(answerReads);
  before(acceptHooks);
  beforeEach(reset);

  it("patches exactly its labels on each node, below the component", async () => {
    const component = await make({
      gpus: { t4: T4 },
      nodes: {
        b: { gpus: [{ class: "t4" }], roles: ["worker"] },
        a: { labels: { accelerator: "none" } },
      },
      rules: [{ selector: { worker: "true" }, labels: { tier: "batch" } }],
    });
    assert.deepEqual(patches(), ["lab-nodes-a", "lab-nodes-b"]);
    const labels = {
      "science-platform/gpu-class": "t4",
      "science-platform/gpu-class.t4": "true",
      tier: "batch",
      worker: "true",
    };
    assert.deepEqual(plain(find("lab-nodes-b").inputs), {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: "b", labels },
    });
    assert.equal(find("lab-nodes-b").parent, find("lab-nodes").urn);
    assert.deepEqual(await valueOf(component.labels), { a: { accelerator: "none" }, b: labels });
  });

  it("registers no patch for a node that it has nothing to say of", async () => {
    await make({ nodes: { a: { cpu: "4" } } });
    assert.deepEqual(patches(), []);
  });

  it("names the taints in an annotation only where they are to be applied", async () => {
    const gpus = { t4: { ...T4, taint: TAINT } };
    const node = { gpus: [{ class: "t4" }] };
    await make({
      gpus,
      nodes: { a: node, b: { ...node, applyTaints: true } },
      kubeconfig: "unused",
    });
    const metadata = (name: string): Record<string, unknown> =>
      plain(find(name).inputs["metadata"]) as Record<string, unknown>;
    assert.ok(!("annotations" in metadata("lab-nodes-a")));
    assert.deepEqual(metadata("lab-nodes-b")["annotations"], {
      "science-platform/taints": '[{"key":"gpu","value":"t4","effect":"NoSchedule"}]',
    });
    assert.equal(find("lab-nodes-b").inputs["spec"], undefined);
  });

  it("refuses all that is wrong, at once and before any registration", async () => {
    await assert.rejects(
      async () =>
        make({
          gpus: { t4: { ...T4, vram: "much" } },
          nodes: { a: { gpus: [{ class: "t5" }], roles: ["nvidia.com/x"], applyTaints: true } },
        }),
      (error: Error) => {
        assert.deepEqual(
          error.message.split("\n").map((line) =>
            line
              .trim()
              .split(/[(.](?= |found)/)[0]
              ?.trim(),
          ),
          [
            "4 problems:",
            "lab-nodes: gpus.t4.vram: not an amount of memory",
            "lab-nodes: nodes.a.gpus[0].class: a GPU class that gpus does not declare",
            "lab-nodes: nodes.a.roles[0]: not ours to set: a key of NVIDIA's GPU feature discovery, which sets it back",
            "lab-nodes: nodes.a.applyTaints: taints are set with the cluster's kubeconfig, and none is given",
          ],
        );
        return true;
      },
    );
    assert.deepEqual(patches(), []);
  });
});
