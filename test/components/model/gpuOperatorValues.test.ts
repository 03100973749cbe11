import assert from "node:assert/strict";
import {
  checkGpuOperator,
  gpuOperatorNodeLabels,
  gpuOperatorValues,
  migStrategy,
  type GpuOperatorSettings,
} from "../../../components/model/gpuOperatorValues";
import type { GpuClass } from "../../../components/model/gpuTypes";
import { Problems } from "../../../components/model/problems";

const T4: GpuClass = { resource: "nvidia.com/gpu", product: "Tesla-T4", type: "T4", vram: "16G" };

function slice(mig: string, resource = `nvidia.com/mig-${mig}`): GpuClass {
  return { resource, product: "NVIDIA-A100-SXM4-80GB", type: "A100", vram: "10G", mig };
}

const GPUS: Record<string, GpuClass> = {
  t4: T4,
  shared: { ...T4, sharing: 4 },
  small: slice("1g.10gb"),
  medium: slice("2g.20gb"),
  plain: slice("1g.10gb", "nvidia.com/gpu"),
  amd: { ...T4, resource: "amd.com/gpu", sharing: 2 },
};

function settings(nodes: Record<string, string[]>, more: object = {}): GpuOperatorSettings {
  const offers = Object.entries(nodes).map(([node, classes]) => [
    node,
    { gpus: classes.map((name) => ({ class: name })) },
  ]);
  return { gpus: GPUS, nodes: Object.fromEntries(offers) as GpuOperatorSettings["nodes"], ...more };
}

function problemsOf(given: GpuOperatorSettings): readonly string[] {
  const problems = new Problems("g");
  checkGpuOperator(given, problems);
  return problems.list();
}

describe("the GPU operator's values", () => {
  it("install driver and toolkit, and neither MIG nor sharing, where nothing is said", () => {
    const values = {
      driver: { enabled: true },
      toolkit: { enabled: true },
      mig: { strategy: "none" },
    };
    assert.deepEqual(gpuOperatorValues({}), values);
    assert.deepEqual(gpuOperatorValues(settings({ a: ["t4"], b: [] })), values);
    assert.deepEqual(gpuOperatorNodeLabels(settings({ a: ["t4"], b: [] })), {});
  });

  it("leave driver and toolkit to images that carry them", () => {
    const { driver, toolkit } = gpuOperatorValues({ driver: false, toolkit: false });
    assert.deepEqual([driver, toolkit], [{ enabled: false }, { enabled: false }]);
  });

  it("follow the offered classes in the MIG strategy, not those declared alone", () => {
    assert.equal(migStrategy(settings({ a: ["t4"] })), "none");
    assert.equal(migStrategy(settings({ a: ["plain"] })), "single");
    assert.equal(migStrategy(settings({ a: ["small"], b: ["t4"] })), "mixed");
    const virtual = { a: { virtual: true, gpus: [{ class: "small" }] } };
    assert.equal(migStrategy({ gpus: GPUS, nodes: virtual }), "none");
  });

  it("share by a configuration that the node's label names, and leave other nodes unshared", () => {
    const given = settings({ a: ["shared"], b: ["shared"], c: ["t4"], d: ["amd"] });
    assert.deepEqual(gpuOperatorNodeLabels(given), {
      a: { "nvidia.com/device-plugin.config": "gpu-x4" },
      b: { "nvidia.com/device-plugin.config": "gpu-x4" },
    });
    const { devicePlugin } = gpuOperatorValues(given) as {
      devicePlugin: { config: { data: Record<string, string> } };
    };
    const { data, ...config } = devicePlugin.config;
    assert.deepEqual(config, { create: true, name: "device-plugin-sharing", default: "unshared" });
    assert.deepEqual(
      Object.entries(data).map(([key, text]) => [key, JSON.parse(text) as unknown]),
      [
        ["unshared", { version: "v1", flags: { migStrategy: "none" } }],
        [
          "gpu-x4",
          {
            version: "v1",
            flags: { migStrategy: "none" },
            sharing: { timeSlicing: { resources: [{ name: "nvidia.com/gpu", replicas: 4 }] } },
          },
        ],
      ],
    );
  });

  it("share slices too, each resource of the node by its own number", () => {
    const gpus = {
      small: { ...slice("1g.10gb"), sharing: 2 },
      medium: { ...slice("2g.20gb"), sharing: 3 },
    };
    const nodes = { a: { gpus: [{ class: "small" }, { class: "medium" }] } };
    assert.deepEqual(gpuOperatorNodeLabels({ gpus, nodes }), {
      a: { "nvidia.com/device-plugin.config": "mig-1g.10gb-x2.mig-2g.20gb-x3" },
    });
  });

  it("name a configuration by a digest where the name would be no label", () => {
    const gpus = Object.fromEntries(
      ["1g.10gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"].map((mig) => [
        mig,
        { ...slice(mig), sharing: 2 },
      ]),
    );
    const nodes = { a: { gpus: Object.keys(gpus).map((name) => ({ class: name })) } };
    const name = gpuOperatorNodeLabels({ gpus, nodes })["a"]!["nvidia.com/device-plugin.config"]!;
    assert.match(name, /^shared-[0-9a-f]{16}$/);
    const { devicePlugin } = gpuOperatorValues({ gpus, nodes }) as {
      devicePlugin: { config: { data: object } };
    };
    assert.deepEqual(Object.keys(devicePlugin.config.data), ["unshared", name]);
  });

  it("lay out nodes that offer one profile alone, or as told; leave others alone", () => {
    const given = settings(
      {
        a: ["small"],
        b: ["small", "medium"],
        c: ["small", "medium"],
        d: ["small", "t4"],
        e: ["plain"],
      },
      { migConfigs: { b: "all-balanced" } },
    );
    assert.deepEqual(gpuOperatorNodeLabels(given), {
      a: { "nvidia.com/mig.config": "all-1g.10gb" },
      b: { "nvidia.com/mig.config": "all-balanced" },
      e: { "nvidia.com/mig.config": "all-1g.10gb" },
    });
    // mig-manager writes the profile with media engines so, since a label takes no plus.
    const media = { gpus: { me: slice("1g.10gb+me", "nvidia.com/mig-1g.10gb.me") } };
    assert.deepEqual(
      gpuOperatorNodeLabels({ ...media, nodes: { a: { gpus: [{ class: "me" }] } } }),
      {
        a: { "nvidia.com/mig.config": "all-1g.10gb.me" },
      },
    );
  });

  it("tolerate the taints of the offered classes, with those of the chart", () => {
    const taint = { key: "lab.example.org/gpu", value: "t4", effect: "NoSchedule" };
    const gpus = {
      t4: { ...T4, taint },
      other: { ...T4, taint },
      a100: { ...T4, taint: { key: "busy", effect: "NoExecute" } },
    };
    const nodes = {
      a: { gpus: [{ class: "t4" }] },
      b: { gpus: [{ class: "other" }] },
      c: { gpus: [{ class: "a100" }] },
    };
    const ours = [
      { key: "lab.example.org/gpu", operator: "Equal", value: "t4", effect: "NoSchedule" },
      { key: "busy", operator: "Exists", effect: "NoExecute" },
    ];
    const theirs = { key: "nvidia.com/gpu", operator: "Exists", effect: "NoSchedule" };
    const controlPlane = {
      key: "node-role.kubernetes.io/control-plane",
      operator: "Equal",
      value: "",
      effect: "NoSchedule",
    };
    const values = gpuOperatorValues({ gpus, nodes });
    assert.deepEqual(values["daemonsets"], { tolerations: [theirs, ...ours] });
    assert.deepEqual(values["node-feature-discovery"], {
      worker: { tolerations: [controlPlane, theirs, ...ours] },
    });
  });

  it("refuse layouts that mean nothing, and two kinds of slices in one cluster", () => {
    assert.deepEqual(
      problemsOf(
        settings({ a: ["small"], b: ["t4"] }, { migConfigs: { a: "", b: "all", z: "all" } }),
      ),
      [
        'g: migConfigs.a: not the name of a layout (found ""; allowed: the value of a label, not empty). Take one of mig-manager\'s names, such as all-balanced.',
        'g: migConfigs.b: a layout for a node that offers no class with a MIG profile (found "all"; allowed: for a). Remove it, or declare in nodes what the node offers.',
        'g: migConfigs.z: a layout for a node that offers no class with a MIG profile (found "all"; allowed: for a). Remove it, or declare in nodes what the node offers.',
      ],
    );
    assert.deepEqual(problemsOf(settings({ a: ["small"], b: ["plain"] })), [
      "g: gpus: slices with names of their own (on a) and slices that stand as nvidia.com/gpu (on b): the operator has one MIG strategy for all nodes. Give every class with a MIG profile the resource nvidia.com/mig-<profile>.",
    ]);
    assert.deepEqual(problemsOf(settings({ a: ["small"], b: ["t4"] })), []);
  });
});
