import assert from "node:assert/strict";
import { placeGpu, type GpuPlacement } from "../../../components/model/gpu";
import type { DeclaredNode, GpuClass, GpuSelector } from "../../../components/model/gpuTypes";
import { Problems } from "../../../components/model/problems";

const GPUS: Record<string, GpuClass> = {
  a100: {
    resource: "nvidia.com/gpu",
    product: "NVIDIA-A100-SXM4-40GB",
    type: "A100",
    vram: "40G",
    taint: { key: "gpu", value: "a100", effect: "NoSchedule" },
  },
  rtx: {
    resource: "nvidia.com/gpu",
    product: "RTX-2070-Super",
    type: "RTX-2070-Super",
    vram: "8G",
    taint: { key: "desktop", effect: "NoExecute" },
  },
  slice: {
    resource: "nvidia.com/mig-1g.10gb",
    product: "NVIDIA-A100-SXM4-40GB-MIG-1g.10gb",
    type: "A100-1g",
    vram: "10G",
    sharing: 2,
  },
  remote: { resource: "nvidia.com/gpu", product: "Tesla-T4", type: "T4", vram: "16G" },
  nobody: { resource: "nvidia.com/gpu", product: "H200", type: "H200", vram: "141G" },
};

const NODES: Record<string, DeclaredNode> = {
  cpu: {},
  big: { gpus: [{ class: "a100", count: 4 }] },
  desk: { gpus: [{ class: "rtx" }] },
  sliced: { gpus: [{ class: "slice", count: 3 }] },
  far: { virtual: true, gpus: [{ class: "remote", count: 2 }] },
};

function place(
  count: number,
  selector?: GpuSelector,
  gpus = GPUS,
  nodes = NODES,
): { placement: GpuPlacement | undefined; problems: readonly string[] } {
  const problems = new Problems("ws.json");
  const paths = { count: "gpu_request", selector: "gpu_selector" };
  const placement = placeGpu(count, selector, gpus, nodes, problems, paths);
  return { placement, problems: problems.list() };
}

const A100_TOLERATION = { key: "gpu", operator: "Equal", value: "a100", effect: "NoSchedule" };
const RTX_TOLERATION = { key: "desktop", operator: "Exists", effect: "NoExecute" };

describe("placeGpu", () => {
  it("selects the one class that matches by its label", () => {
    const expected: GpuPlacement = {
      resource: "nvidia.com/gpu",
      count: 2,
      classes: ["a100"],
      nodeSelector: { "science-platform/gpu-class.a100": "true" },
      tolerations: [A100_TOLERATION],
      virtual: false,
    };
    for (const selector of [
      { class: "a100" },
      { type: "a100" },
      { vram: "40G" },
      { vram: "40Gi" },
      { vram: "40 GB" },
      { vram: "40000M" },
      { product: "NVIDIA-A100-SXM4-40GB" },
      { type: "A100", vram: "40GiB", product: "NVIDIA-A100-SXM4-40GB", class: "a100" },
      { type: "A100", vram: undefined },
    ]) {
      assert.deepEqual(place(2, selector), { placement: expected, problems: [] });
    }
  });

  it("reads the seed's selector", () => {
    assert.deepEqual(place(1, { type: "RTX-2070-Super", vram: "8G" }).placement, {
      resource: "nvidia.com/gpu",
      count: 1,
      classes: ["rtx"],
      nodeSelector: { "science-platform/gpu-class.rtx": "true" },
      tolerations: [RTX_TOLERATION],
      virtual: false,
    });
  });

  it("takes any plain GPU without a selector, on any real node that has enough", () => {
    assert.deepEqual(place(1), {
      placement: {
        resource: "nvidia.com/gpu",
        count: 1,
        classes: ["a100", "rtx"],
        tolerations: [A100_TOLERATION, RTX_TOLERATION],
        virtual: false,
      },
      problems: [],
    });
    assert.deepEqual(place(1, {}), place(1));
    assert.deepEqual(place(3).placement?.tolerations, [A100_TOLERATION]);
  });

  it("takes another resource without a selector where it is the only one", () => {
    const { placement } = place(1, undefined, { slice: GPUS["slice"]! });
    assert.equal(placement?.resource, "nvidia.com/mig-1g.10gb");
    assert.ok(!("nodeSelector" in placement) && !("affinity" in placement));
  });

  it("gives one term for each of several classes that match", () => {
    const gpus = { ...GPUS, a100b: { ...GPUS["a100"]!, product: "A100-PCIE" } };
    const nodes = { ...NODES, other: { gpus: [{ class: "a100b" }] } };
    const { placement, problems } = place(1, { type: "A100" }, gpus, nodes);
    assert.deepEqual(problems, []);
    assert.deepEqual(placement, {
      resource: "nvidia.com/gpu",
      count: 1,
      classes: ["a100", "a100b"],
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: ["a100", "a100b"].map((name) => ({
              matchExpressions: [{ key: `science-platform/gpu-class.${name}`, operator: "Exists" }],
            })),
          },
        },
      },
      // Both classes have the same taint.
      tolerations: [A100_TOLERATION],
      virtual: false,
    });
  });

  it("multiplies what a node offers by how many share each", () => {
    assert.equal(place(6, { class: "slice" }).placement?.count, 6);
    assert.deepEqual(place(7, { class: "slice" }).problems, [
      "ws.json: gpu_request: more GPUs than any one node has: sliced offers 6 of slice (found 7; allowed: up to 6). Ask for fewer: a pod runs on one node.",
    ]);
  });

  it("goes to a virtual node only where no other has it, and tolerates its taint then", () => {
    const { placement } = place(2, { type: "T4" });
    assert.equal(placement?.virtual, true);
    assert.deepEqual(placement?.tolerations, [
      { key: "virtual-node.interlink/no-schedule", operator: "Exists" },
    ]);
    const nodes = { ...NODES, near: { gpus: [{ class: "remote", count: 1 }] } };
    assert.equal(place(1, { type: "T4" }, GPUS, nodes).placement?.virtual, false);
    assert.deepEqual(place(2, { type: "T4" }, GPUS, nodes).problems, [
      "ws.json: gpu_request: more GPUs than any one node has: far offers 2 of remote, near offers 1 of remote (found 2; allowed: up to 1). Ask for fewer: a pod runs on one node.",
    ]);
  });

  it("needs every key to match, and names the nearest of what does not", () => {
    const all = Object.entries(GPUS)
      .map(
        ([name, { type, vram, product }]) =>
          `${name} (type ${type}, vram ${vram}, product ${product})`,
      )
      .join(", ");
    assert.deepEqual(place(1, { type: "A10" }).problems, [
      `ws.json: gpu_selector: no GPU class matches (found {"type":"A10"}; allowed: ${all}). Did you mean type A100?`,
    ]);
    assert.deepEqual(place(1, { type: "A100", vram: "8G" }).problems, [
      `ws.json: gpu_selector: no GPU class matches (found {"type":"A100","vram":"8G"}; allowed: ${all}). Ask for one of these, or declare the class in gpus and who offers it in nodes.`,
    ]);
    // Product and class are names, so their case matters.
    assert.match(
      place(1, { product: "tesla-t4" }).problems[0]!,
      /Did you mean product Tesla-T4\?$/,
    );
    assert.match(place(1, { vram: "lots" }).problems[0]!, /no GPU class matches/);
  });

  it("names the nodes looked at where nobody offers what matches", () => {
    assert.deepEqual(place(1, { type: "H200" }), {
      placement: undefined,
      problems: [
        'ws.json: gpu_selector: a GPU nobody offers: no node has class nobody (nodes looked at: cpu, big, desk, sliced, far) (found {"type":"H200"}). Say in nodes which node offers it.',
      ],
    });
  });

  it("refuses more than any node has, with each node's number", () => {
    assert.deepEqual(place(5).problems, [
      "ws.json: gpu_request: more GPUs than any one node has: big offers 4 of a100, desk offers 1 of rtx, far offers 2 of remote (found 5; allowed: up to 4). Ask for fewer: a pod runs on one node.",
    ]);
  });

  it("asks for more where the classes that match are different resources", () => {
    const gpus = { ...GPUS, slice: { ...GPUS["slice"]!, type: "A100" } };
    assert.deepEqual(place(1, { type: "A100" }, gpus).problems, [
      'ws.json: gpu_selector: several GPU classes match, and they are different resources: a100 (type A100, vram 40G, product NVIDIA-A100-SXM4-40GB) is nvidia.com/gpu; slice (type A100, vram 10G, product NVIDIA-A100-SXM4-40GB-MIG-1g.10gb) is nvidia.com/mig-1g.10gb (found {"type":"A100"}). Add type, vram or product, so that one kind is meant.',
    ]);
    assert.deepEqual(place(1, { type: "A100", vram: "10G" }, gpus).placement?.classes, ["slice"]);
  });

  it("says what to declare where there is no vocabulary", () => {
    assert.deepEqual(place(1, undefined, {}, {}), {
      placement: undefined,
      problems: [
        "ws.json: gpu_request: a GPU nobody offers: no GPU class is declared (found 1). Declare the classes in gpus, and in nodes which node offers them.",
      ],
    });
  });

  it("gives nothing for 0, and refuses what is no number of GPUs", () => {
    assert.deepEqual(place(0, { type: "none" }), { placement: undefined, problems: [] });
    for (const bad of [-1, 0.5, Number.NaN]) {
      assert.match(place(bad).problems[0]!, /^ws\.json: gpu_request: not a number of GPUs/);
    }
  });
});
