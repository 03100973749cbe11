import assert from "node:assert/strict";
import { gpuOperatorValues } from "../../components/model/gpuOperatorValues";
import type { KubernetesObject } from "../../components/model/kubernetesObject";
import { chartOrSkip, helmOrSkip, objectOf, renderChart, TRIED } from "../support/helm";

const TAINT = { key: "lab.example.org/gpu", value: "t4", effect: "NoSchedule" };
const TOLERATION = { key: TAINT.key, operator: "Equal", value: "t4", effect: "NoSchedule" };

const SETTINGS = {
  driver: false,
  toolkit: false,
  gpus: {
    t4: {
      resource: "nvidia.com/gpu",
      product: "Tesla-T4",
      type: "T4",
      vram: "16G",
      sharing: 4,
      taint: TAINT,
    },
    slice: {
      resource: "nvidia.com/mig-1g.10gb",
      product: "NVIDIA-A100-SXM4-80GB-MIG-1g.10gb",
      type: "A100-1g",
      vram: "10G",
      mig: "1g.10gb",
    },
  },
  nodes: { a: { gpus: [{ class: "t4" }] }, b: { gpus: [{ class: "slice" }] } },
};

for (const which of TRIED) {
  describe(`the ${which} chart gpu-operator with our values`, () => {
    let helm: string;
    let chart: string;

    before(async function () {
      chart = chartOrSkip(this, which, "gpu-operator");
      helm = await helmOrSkip(this);
    });

    function render(settings: Parameters<typeof gpuOperatorValues>[0]): KubernetesObject[] {
      const release = { name: "gpu-operator", namespace: "gpu-operator" };
      return renderChart(helm, chart, release, gpuOperatorValues(settings));
    }

    it("takes driver, toolkit, MIG strategy, sharing and tolerations", () => {
      const objects = render(SETTINGS);
      const policy = objectOf(objects, "ClusterPolicy", "cluster-policy").spec as Record<
        string,
        { enabled?: boolean; strategy?: string; config?: object; tolerations?: object[] }
      >;
      assert.equal(policy["driver"]!.enabled, false);
      assert.equal(policy["toolkit"]!.enabled, false);
      assert.equal(policy["mig"]!.strategy, "mixed");
      assert.deepEqual(policy["devicePlugin"]!.config, {
        name: "device-plugin-sharing",
        default: "unshared",
      });
      assert.deepEqual(policy["daemonsets"]!.tolerations?.at(-1), TOLERATION);
      const { data } = objectOf(objects, "ConfigMap", "device-plugin-sharing");
      assert.deepEqual(JSON.parse(data!["gpu-x4"]!), {
        version: "v1",
        flags: { migStrategy: "mixed" },
        sharing: { timeSlicing: { resources: [{ name: "nvidia.com/gpu", replicas: 4 }] } },
      });
      assert.deepEqual(Object.keys(data!).sort(), ["gpu-x4", "unshared"]);
      const worker = objectOf(objects, "DaemonSet", "gpu-operator-node-feature-discovery-worker");
      const { spec } = (worker.spec as { template: { spec: { tolerations: object[] } } }).template;
      assert.ok(spec.tolerations.some((it) => JSON.stringify(it).includes(TAINT.key)));
    });

    it("installs everything, and neither MIG nor sharing, where nothing is said", () => {
      const objects = render({});
      const policy = objectOf(objects, "ClusterPolicy", "cluster-policy").spec as Record<
        string,
        { enabled?: boolean; strategy?: string; config?: { name?: string } }
      >;
      assert.equal(policy["driver"]!.enabled, true);
      assert.equal(policy["toolkit"]!.enabled, true);
      assert.equal(policy["mig"]!.strategy, "none");
      assert.equal(policy["devicePlugin"]!.config?.name ?? "", "");
      assert.deepEqual(
        objects.filter(({ metadata }) => metadata.name === "device-plugin-sharing"),
        [],
      );
    });
  });
}
