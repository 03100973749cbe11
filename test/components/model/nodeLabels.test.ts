import assert from "node:assert/strict";
import type { DeclaredNode, GpuClass } from "../../../components/model/gpuTypes";
import {
  checkNodeLabels,
  labelsOf,
  taintsOf,
  type NodeRule,
} from "../../../components/model/nodeLabels";
import { Problems } from "../../../components/model/problems";

const T4: GpuClass = { resource: "nvidia.com/gpu", product: "Tesla-T4", type: "T4", vram: "16G" };

function problemsOf(
  nodes: Record<string, DeclaredNode>,
  rules: NodeRule[] = [],
  gpus: Record<string, GpuClass> = {},
): readonly string[] {
  const problems = new Problems("dev");
  checkNodeLabels(nodes, gpus, rules, problems);
  return problems.list();
}

describe("labelsOf", () => {
  it("labels roles, own labels and a node's only class", () => {
    const node = { gpus: [{ class: "a100" }], roles: ["worker"], labels: { accelerator: "A100" } };
    assert.deepEqual(Object.entries(labelsOf(node)), [
      ["accelerator", "A100"],
      ["science-platform/gpu-class", "a100"],
      ["science-platform/gpu-class.a100", "true"],
      ["worker", "true"],
    ]);
  });

  it("gives a node with several classes a label for each, and none that names one", () => {
    assert.deepEqual(labelsOf({ gpus: [{ class: "b" }, { class: "a" }] }), {
      "science-platform/gpu-class.a": "true",
      "science-platform/gpu-class.b": "true",
    });
  });

  it("adds the labels of every rule whose selector its own labels match", () => {
    const rules: NodeRule[] = [
      { selector: { worker: "true" }, labels: { tier: "batch" } },
      { selector: { worker: "true", rack: "r1" }, labels: { cooling: "water" } },
      { selector: { tier: "batch" }, labels: { never: "by a rule's label" } },
      { selector: {}, labels: { site: "north" } },
    ];
    assert.deepEqual(labelsOf({ roles: ["worker"], labels: { rack: "r2" } }, rules), {
      rack: "r2",
      site: "north",
      tier: "batch",
      worker: "true",
    });
    assert.deepEqual(labelsOf({}, rules), { site: "north" });
  });

  it("labels nothing on a node that declares nothing", () => {
    assert.deepEqual(labelsOf({ cpu: "4", virtual: true }), {});
  });
});

describe("taintsOf", () => {
  it("gives each taint of the node's classes once, sorted", () => {
    const gpu = { key: "gpu", effect: "NoSchedule" };
    const gpus = {
      a: { ...T4, taint: gpu },
      b: { ...T4, taint: { ...gpu } },
      c: { ...T4, taint: { key: "a", value: "x", effect: "NoExecute" } },
      d: T4,
      e: { ...T4, taint: { key: "other", effect: "NoSchedule" } },
    };
    const node = { gpus: ["d", "c", "b", "a", "unknown"].map((name) => ({ class: name })) };
    assert.deepEqual(taintsOf(node, gpus), [
      { key: "a", value: "x", effect: "NoExecute" },
      { key: "gpu", effect: "NoSchedule" },
    ]);
  });
});

describe("checkNodeLabels", () => {
  it("accepts labels, roles and rules that are ours", () => {
    const nodes = {
      a: {
        labels: { accelerator: "A100", "example.org/rack": "", "node-role.kubernetes.io/gpu": "" },
        roles: ["master", "node-role.kubernetes.io/worker"],
      },
      b: { roles: ["smpc_player"] },
    };
    const rules = [{ selector: { smpc_player: "true" }, labels: { zone: "b" } }];
    assert.deepEqual(problemsOf(nodes, rules), []);
  });

  for (const [key, whose] of [
    ["kubernetes.io/hostname", "Kubernetes itself"],
    ["topology.kubernetes.io/zone", "Kubernetes itself"],
    ["node.k8s.io/x", "Kubernetes itself"],
    ["nvidia.com/gpu.product", "NVIDIA's GPU feature discovery"],
    ["feature.nvidia.com/x", "NVIDIA's GPU feature discovery"],
    ["science-platform/gpu-class", "made from gpus"],
  ] as const) {
    it(`refuses ${key} as a label, as a role and in a rule`, () => {
      const node = { labels: { [key]: "true" }, roles: [key] };
      const found = problemsOf({ a: node }, [{ selector: {}, labels: { [key]: "true" } }]);
      assert.equal(found.length, 3);
      assert.ok(found.every((line) => line.includes("not ours to set") && line.includes(whose)));
      assert.match(found[0]!, /^dev: nodes\.a\.labels/);
      assert.match(found[1]!, /^dev: nodes\.a\.roles\[0\]/);
      assert.match(found[2]!, /^dev: rules\[0\]\.labels/);
    });
  }

  it("does not take a domain that only ends alike for one of Kubernetes", () => {
    assert.deepEqual(problemsOf({ a: { labels: { "mykubernetes.io/x": "1" } } }), []);
  });

  it("refuses keys and values that Kubernetes would", () => {
    const labels = { "a b": "1", "x/y/z": "1", good: "-", long: "v".repeat(64) };
    assert.deepEqual(
      problemsOf({ a: { labels } }).map((line) => line.split(" (")[0]),
      [
        `dev: nodes.a.labels["a b"]: not a label's key`,
        `dev: nodes.a.labels["x/y/z"]: not a label's key`,
        "dev: nodes.a.labels.good: not a label's value",
        "dev: nodes.a.labels.long: not a label's value",
      ],
    );
  });

  it("refuses a role that is a label with another value", () => {
    assert.deepEqual(problemsOf({ a: { roles: ["worker"], labels: { worker: "no" } } }), [
      'dev: nodes.a.roles[0]: a role that is a label too, with another value: "no" (found "worker"). Remove the role, or the label worker.',
    ]);
    assert.deepEqual(problemsOf({ a: { roles: ["worker"], labels: { worker: "true" } } }), []);
  });

  it("refuses a rule that matches no node, or gives a node a second value", () => {
    const nodes = { a: { roles: ["worker"], labels: { rack: "r1" } } };
    assert.deepEqual(problemsOf(nodes, [{ selector: { wroker: "true" }, labels: { x: "1" } }]), [
      'dev: rules[0].selector: matches no declared node (found {"wroker":"true"}). Correct the labels, or remove the rule.',
    ]);
    const selector = { worker: "true" };
    assert.deepEqual(
      problemsOf(nodes, [
        { selector, labels: { rack: "r2", tier: "a" } },
        { selector: {}, labels: { tier: "b" } },
        { selector: {}, labels: { rack: "r1" } },
      ]),
      [
        'dev: rules[0].labels.rack: node a has it already with another value: "r1" (the node\'s own) (found "r2"). Give one value, or narrow the selector.',
        'dev: rules[1].labels.tier: node a has it already with another value: "a" (rules[0]) (found "b"). Give one value, or narrow the selector.',
      ],
    );
  });

  it("refuses taints on a virtual node, and two values of one taint", () => {
    assert.match(
      problemsOf({ vk: { virtual: true, applyTaints: true } })[0]!,
      /^dev: nodes\.vk\.applyTaints: a virtual kubelet writes its node's taints itself\./,
    );
    const taint = (value: string): GpuClass => ({
      ...T4,
      taint: { key: "gpu", value, effect: "NoSchedule" },
    });
    const node = { gpus: [{ class: "x" }, { class: "y" }] };
    assert.deepEqual(problemsOf({ n: node }, [], { x: taint("1"), y: taint("2") }), [
      'dev: nodes.n.gpus: classes that want taint gpu:NoSchedule with different values: "1" and "2". Give the classes the same taint: a node has one value of it.',
    ]);
  });
});
