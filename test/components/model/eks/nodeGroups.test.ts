import assert from "node:assert/strict";
import { nodeGroupPlan } from "../../../../components/model/eks/nodeGroups";
import { parseInstanceType } from "../../../../components/model/eks/instanceTypes";
import type { EksNodeGroup } from "../../../../components/model/eks/settings";
import { faults, GPUS } from "../../../support/eksSettings";

const CPU = { instanceTypes: ["m7i.large"] };

/** The problems of one group beside a plain one. */
const of = (group: Partial<EksNodeGroup>) =>
  faults({ gpus: GPUS, nodeGroups: { cpu: CPU, g: { instanceTypes: ["m7i.large"], ...group } } });

describe("nodeGroupPlan", () => {
  it("has AL2023 for the architecture, and defaults", () => {
    assert.deepEqual(nodeGroupPlan(CPU), {
      amiType: "AL2023_x86_64_STANDARD",
      instanceTypes: ["m7i.large"],
      capacityType: "ON_DEMAND",
      diskSize: 50,
      minSize: 1,
      maxSize: 3,
      desiredSize: 1,
      labels: {},
      taints: [],
      templateTags: {},
    });
    const arm = nodeGroupPlan({ instanceTypes: ["m7g.large"], minSize: 5, capacityType: "SPOT" });
    assert.deepEqual(
      [arm.amiType, arm.maxSize, arm.desiredSize, arm.capacityType],
      ["AL2023_ARM_64_STANDARD", 5, 5, "SPOT"],
    );
    assert.equal(nodeGroupPlan({ instanceTypes: ["g5g.xlarge"] }).amiType, "AL2023_ARM_64_NVIDIA");
  });

  it("labels and taints nodes by their GPU classes, and tells the autoscaler of empty groups", () => {
    const group: EksNodeGroup = {
      instanceTypes: ["g6.xlarge"],
      minSize: 0,
      gpus: [{ class: "l4" }],
      roles: ["worker"],
      labels: { "example.org/rack": "a" },
      taints: [{ key: "dedicated", value: "ml", effect: "NoExecute" }],
    };
    const plan = nodeGroupPlan(group, { l4: { ...GPUS.l4, sharing: 4 } });
    assert.equal(plan.amiType, "AL2023_x86_64_NVIDIA");
    assert.equal(plan.diskSize, 100);
    assert.deepEqual(plan.labels, {
      "example.org/rack": "a",
      "science-platform/gpu-class": "l4",
      "science-platform/gpu-class.l4": "true",
      worker: "true",
    });
    assert.deepEqual(plan.taints, [
      { key: "nvidia.com/gpu", effect: "NO_SCHEDULE" },
      { key: "dedicated", value: "ml", effect: "NO_EXECUTE" },
    ]);
    const template = "k8s.io/cluster-autoscaler/node-template";
    assert.deepEqual(plan.templateTags, {
      [`${template}/label/example.org/rack`]: "a",
      [`${template}/label/science-platform/gpu-class`]: "l4",
      [`${template}/label/science-platform/gpu-class.l4`]: "true",
      [`${template}/label/worker`]: "true",
      [`${template}/taint/nvidia.com/gpu`]: ":NoSchedule",
      [`${template}/taint/dedicated`]: "ml:NoExecute",
      [`${template}/resources/nvidia.com/gpu`]: "4",
    });
  });
});

describe("instance types", () => {
  for (const [text, arm, count] of [
    ["m7i.large", false, undefined],
    ["c7gn.16xlarge", true, undefined],
    ["a1.metal", true, undefined],
    ["t2.medium", false, undefined],
    ["u-6tb1.112xlarge", false, undefined],
    ["p4d.24xlarge", false, 8],
    ["p6-b200.48xlarge", false, 8],
    ["g4dn.xlarge", false, 1],
    ["g5g.16xlarge", true, 2],
    ["gr6.8xlarge", false, 1],
  ] as const) {
    it(`knows ${text}`, () => {
      const type = parseInstanceType(text);
      assert.equal(type?.arm, arm);
      assert.equal(type?.gpus?.count, count);
    });
  }

  it("leaves GPUs of families to come to AWS", () => {
    assert.deepEqual(parseInstanceType("g9.xlarge")?.gpus, { products: [] });
    assert.deepEqual(of({ instanceTypes: ["g9.xlarge"], gpus: [{ class: "l4", count: 3 }] }), []);
  });

  for (const text of ["large", "m7i", "m7i.huge", "m7i.large ", "M7i.large"]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.match(
        of({ instanceTypes: [text] })[0]!,
        /nodeGroups\.g\.instanceTypes\[0\]: not an EC2 instance type/,
      );
    });
  }
});

describe("node groups that AWS would refuse", () => {
  it("pass when nothing is wrong", () => {
    assert.deepEqual(of({ instanceTypes: ["p4d.24xlarge"], gpus: [{ class: "a100" }] }), []);
    assert.deepEqual(of({ minSize: 0, maxSize: 1, diskSize: 20, capacityType: "SPOT" }), []);
  });

  it("have sizes that do not fit together", () => {
    assert.deepEqual(of({ minSize: 4, maxSize: 2 }), [
      "lab: nodeGroups.g.minSize: more than maxSize, 2 (found 4). Raise maxSize, or lower minSize.",
    ]);
    assert.deepEqual(of({ minSize: 1, maxSize: 2, desiredSize: 3 }), [
      "lab: nodeGroups.g.desiredSize: outside minSize and maxSize (found 3; allowed: 1 to 2).",
    ]);
    assert.match(of({ maxSize: 0 })[0]!, /maxSize: not a number of nodes/);
    assert.match(of({ minSize: 1.5 })[0]!, /minSize: not a number of nodes/);
  });

  it("have a disk below what the image needs", () => {
    assert.deepEqual(of({ diskSize: 8 }), [
      "lab: nodeGroups.g.diskSize: smaller than what image AL2023_x86_64_STANDARD needs (found 8; " +
        "allowed: 20 to 16384 (GiB)).",
    ]);
    assert.match(
      of({ instanceTypes: ["g6.xlarge"], diskSize: 20 })[0]!,
      /smaller than what image AL2023_x86_64_NVIDIA needs \(found 20; allowed: 50/,
    );
  });

  it("have instances without the GPU that the class asks for, or too few", () => {
    assert.deepEqual(of({ gpus: [{ class: "l4" }] }), [
      'lab: nodeGroups.g.gpus[0].class: m7i.large has no GPU, class l4 is NVIDIA-L4 (found "l4"; ' +
        "allowed: instances of g6, gr6).",
    ]);
    assert.match(
      of({ instanceTypes: ["g5.xlarge"], gpus: [{ class: "l4" }] })[0]!,
      /g5\.xlarge has NVIDIA-A10G, class l4 is NVIDIA-L4/,
    );
    assert.deepEqual(of({ instanceTypes: ["g6.xlarge"], gpus: [{ class: "l4", count: 2 }] }), [
      "lab: nodeGroups.g.gpus[0].count: more than g6.xlarge has (found 2; allowed: 1 to 1).",
    ]);
    assert.match(
      of({ gpus: [{ class: "l5" }] })[0]!,
      /nodeGroups\.g\.gpus\[0\]\.class: .* Did you mean l4\?/,
    );
  });

  it("mix what no image serves", () => {
    assert.match(of({ instanceTypes: ["m7i.large", "m7g.large"] })[0]!, /with and without arm64/);
    assert.match(of({ instanceTypes: ["m7i.large", "g6.xlarge"] })[0]!, /with and without GPUs/);
    assert.match(of({ instanceTypes: [] })[0]!, /instanceTypes: empty/);
  });

  it("have labels and taints that nodes cannot have", () => {
    assert.match(of({ roles: ["node-role.kubernetes.io/gpu"] })[0]!, /may not give themselves/);
    assert.match(
      of({ labels: { "a b": "c" } })[0]!,
      /nodeGroups\.g\.labels\["a b"\]: not a label's key/,
    );
    assert.match(
      of({ taints: [{ key: "a", effect: "Never" }] })[0]!,
      /taints\[0\]\.effect: not a taint's effect/,
    );
    assert.match(of({ capacityType: "FREE" as never })[0]!, /capacityType: not a way to buy/);
  });

  it("leave the add-ons without a node", () => {
    const alone = (group: Partial<EksNodeGroup>) =>
      faults({ gpus: GPUS, nodeGroups: { g: { instanceTypes: ["g6.xlarge"], ...group } } });
    assert.match(alone({ minSize: 0 })[0]!, /nodeGroups: no group always has a node/);
    assert.match(alone({ gpus: [{ class: "l4" }] })[0]!, /nodeGroups: no group always has a node/);
    assert.deepEqual(alone({}), []);
    assert.match(faults({ nodeGroups: { "Not-ok": CPU } })[0]!, /not a name of a node group/);
  });
});
