import assert from "node:assert/strict";
import { GpuOperator, type GpuOperatorArgs } from "../../../components/addons/gpuOperator";
import { gpuOperatorValues } from "../../../components/model/gpuOperatorValues";
import { answerReads } from "../../support/mockCluster";
import { created, find, recorded, reset, valueOf } from "../../support/mocks";

const SETTINGS = {
  gpus: {
    t4: {
      resource: "nvidia.com/gpu",
      product: "Tesla-T4",
      type: "T4",
      vram: "16G",
      sharing: 4,
    },
  },
  nodes: {
    "gpu-1": { gpus: [{ class: "t4" }] },
    "cpu-1": {},
    remote: { virtual: true, gpus: [{ class: "t4" }] },
  },
};

function make(args?: GpuOperatorArgs): Promise<GpuOperator> {
  return created((opts) => new GpuOperator("g", args, opts));
}

describe("GpuOperator", () => {
  before(answerReads);
  beforeEach(reset);

  it("labels the nodes that need it, then installs the operator", async () => {
    const operator = await make({ ...SETTINGS, driver: false });
    assert.deepEqual(
      recorded()
        .map(({ name }) => name)
        .sort(),
      ["g", "g-gpu-1", "g-namespace", "g-release"],
    );
    assert.deepEqual(find("g-gpu-1").inputs["metadata"], {
      name: "gpu-1",
      labels: { "nvidia.com/device-plugin.config": "gpu-x4" },
    });
    assert.deepEqual(find("g-namespace").inputs["metadata"], {
      name: "gpu-operator",
      labels: { "pod-security.kubernetes.io/enforce": "privileged" },
    });
    const release = find("g-release");
    assert.deepEqual(release.inputs["values"], gpuOperatorValues({ ...SETTINGS, driver: false }));
    assert.deepEqual(
      [...release.dependsOn].sort(),
      [find("g-gpu-1").urn, find("g-namespace").urn].sort(),
    );
    assert.deepEqual(await valueOf(operator.nodeLabels), {
      "gpu-1": { "nvidia.com/device-plugin.config": "gpu-x4" },
    });
    assert.equal(await valueOf(operator.namespace), "gpu-operator");
    assert.equal(await valueOf(operator.ready), true);
  });

  it("touches no node where there is nothing to say", async () => {
    await make();
    assert.deepEqual(
      recorded()
        .map(({ name }) => name)
        .sort(),
      ["g", "g-namespace", "g-release"],
    );
  });

  it("lets further values win", async () => {
    await make({ values: { driver: { version: "570" }, toolkit: { enabled: false } } });
    const { driver, toolkit } = find("g-release").inputs["values"] as Record<string, object>;
    assert.deepEqual(driver, { enabled: true, version: "570" });
    assert.deepEqual(toolkit, { enabled: false });
  });

  it("refuses bad settings before anything is registered", async () => {
    await assert.rejects(
      make({ ...SETTINGS, migConfigs: { "gpu-1": "all-balanced" } }),
      /migConfigs\["gpu-1"\]|migConfigs.gpu-1: a layout for a node that offers no class/,
    );
    const nodes = { "gpu-1": { gpus: [{ class: "t5" }] } };
    await assert.rejects(make({ ...SETTINGS, nodes }), /Did you mean t4\?/);
    await assert.rejects(make({ charts: { mirror: __dirname } }), /has neither gpu-operator-/);
    assert.deepEqual(recorded(), []);
  });
});
