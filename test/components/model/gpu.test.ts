import assert from "node:assert/strict";
import { checkGpus } from "../../../components/model/gpu";
import type { DeclaredNode, GpuClass } from "../../../components/model/gpuTypes";
import { Problems } from "../../../components/model/problems";

const T4: GpuClass = { resource: "nvidia.com/gpu", product: "Tesla-T4", type: "T4", vram: "16G" };

function problemsOf(
  gpus: Record<string, GpuClass>,
  nodes: Record<string, DeclaredNode> = {},
): readonly string[] {
  const problems = new Problems("dev");
  checkGpus(gpus, nodes, problems);
  return problems.list();
}

describe("checkGpus", () => {
  it("accepts classes of every kind", () => {
    const gpus = {
      t4: T4,
      "a100-1g": {
        ...T4,
        resource: "nvidia.com/mig-1g.10gb",
        mig: "1g.10gb",
        vram: "10Gi",
        count: 7,
      },
      "a100-1g-me": { ...T4, resource: "nvidia.com/mig-1g.10gb.me", mig: "1g.10gb+me" },
      "a30-single": { ...T4, mig: "1g.6gb" },
      shared: {
        ...T4,
        resource: "nvidia.com/gpu.shared",
        sharing: 4,
        taint: { key: "nvidia.com/gpu", value: "present", effect: "NoSchedule" },
      },
      mi300: { ...T4, resource: "amd.com/gpu", taint: { key: "amd", effect: "NoExecute" } },
    };
    const nodes = { a: { gpus: [{ class: "t4", count: 2 }, { class: "shared" }] }, b: {} };
    assert.deepEqual(problemsOf(gpus, nodes), []);
  });

  it("refuses a class that a node offers and nobody declared, and says which is near", () => {
    assert.deepEqual(problemsOf({ t4: T4 }, { "gpu-1": { gpus: [{ class: "T5" }] } }), [
      'dev: nodes.gpu-1.gpus[0].class: a GPU class that gpus does not declare (found "T5"; allowed: t4). Did you mean t4?',
    ]);
    assert.deepEqual(problemsOf({}, { "gpu-1": { gpus: [{ class: "toString" }] } }), [
      'dev: nodes.gpu-1.gpus[0].class: a GPU class that gpus does not declare (found "toString"; allowed: nothing is defined). Declare it in gpus.',
    ]);
  });

  it("refuses a class twice, and two classes of one resource, on one node", () => {
    const gpus = { t4: T4, a100: { ...T4, type: "A100" } };
    assert.deepEqual(problemsOf(gpus, { n: { gpus: [{ class: "t4" }, { class: "t4" }] } }), [
      'dev: nodes.n.gpus[1].class: a class that this node offers already (found "t4"). Say it once, with the whole count.',
    ]);
    assert.deepEqual(problemsOf(gpus, { n: { gpus: [{ class: "t4" }, { class: "a100" }] } }), [
      'dev: nodes.n.gpus[1].class: the same resource as class t4 on this node: nvidia.com/gpu (found "a100"). Kubernetes could not tell them apart: give one its own resource, or offer one class here.',
    ]);
  });

  for (const resource of [
    "gpu",
    "nvidia.com/",
    "/gpu",
    "nvidia.com/a/b",
    "NVIDIA.com/gpu",
    "kubernetes.io/gpu",
    "x.kubernetes.io/gpu",
    "requests.nvidia.com/gpu",
    `nvidia.com/${"a".repeat(64)}`,
    `${"a".repeat(250)}.com/gpu`,
  ]) {
    it(`refuses the resource ${resource.slice(0, 30)}`, () => {
      const [first, ...more] = problemsOf({ t4: { ...T4, resource } });
      assert.match(first ?? "", /^dev: gpus\.t4\.resource: not an extended resource \(found /);
      assert.deepEqual(more, []);
    });
  }

  it("refuses class names that cannot be part of a label", () => {
    const longest = "c".repeat(53);
    assert.deepEqual(problemsOf({ [longest]: T4 }), []);
    for (const name of [`${longest}c`, "a100/1g", "-t4", "t4-", "a 100", ""]) {
      const found = problemsOf({ [name]: T4 });
      assert.equal(found.length, 1, name);
      assert.match(found[0]!, /: a class name that cannot be part of a node's label /);
    }
  });

  it("refuses a MIG profile that is none, and one that the resource does not agree with", () => {
    assert.deepEqual(problemsOf({ t4: { ...T4, mig: "10gb.1g" } }), [
      'dev: gpus.t4.mig: not a MIG profile (found "10gb.1g"; allowed: compute and memory slices, such as 1g.10gb).',
    ]);
    for (const resource of ["nvidia.com/mig-2g.20gb", "amd.com/gpu"]) {
      assert.deepEqual(problemsOf({ t4: { ...T4, resource, mig: "1g.10gb" } }), [
        `dev: gpus.t4.resource: not the resource of MIG profile 1g.10gb (found "${resource}"; allowed: nvidia.com/mig-1g.10gb, or nvidia.com/gpu on nodes that have this profile alone). Change mig or resource.`,
      ]);
    }
  });

  it("refuses amounts and counts that mean nothing", () => {
    assert.deepEqual(problemsOf({ t4: { ...T4, vram: "16 GB" } }), [
      'dev: gpus.t4.vram: not an amount of memory (found "16 GB"; allowed: a quantity above 0, such as 40G or 40Gi). Write it as 16G.',
    ]);
    assert.match(problemsOf({ t4: { ...T4, vram: "0" } })[0]!, /not an amount of memory/);
    for (const bad of [0, -1, 1.5, Number.NaN]) {
      const found = problemsOf(
        { t4: { ...T4, count: bad, sharing: bad } },
        { n: { gpus: [{ class: "t4", count: bad }] } },
      ).map((line) => line.split(" (")[0]);
      assert.deepEqual(found, [
        "dev: gpus.t4.count: not a count",
        "dev: gpus.t4.sharing: not a count",
        "dev: nodes.n.gpus[0].count: not a count",
      ]);
    }
  });

  it("refuses taints that Kubernetes would", () => {
    const taint = { key: "a/b/c", value: "no spaces", effect: "noschedule" };
    assert.deepEqual(
      problemsOf({ t4: { ...T4, taint } }).map((line) => line.split(";")[0]),
      [
        'dev: gpus.t4.taint.key: not a taint\'s key (found "a/b/c"',
        'dev: gpus.t4.taint.value: not a taint\'s value (found "no spaces"',
        'dev: gpus.t4.taint.effect: not a taint\'s effect (found "noschedule"',
      ],
    );
  });
});
