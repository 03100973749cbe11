import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as path from "node:path";
import type { EngineEvent, PulumiFn } from "@pulumi/pulumi/automation";
import { GpuOperator } from "../../components/addons/gpuOperator";
import { IngressNginx, RETIRED } from "../../components/addons/ingressNginx";
import { KubeconfigCluster } from "../../components/cluster/kubeconfigCluster";
import type { ApiClient } from "../../components/cluster/apiClient";
import {
  changesIn,
  ENGINE_TIMEOUT_MS,
  standClient,
  standOrSkip,
  withStack,
  type Stand,
} from "../support/engine";
import { hasObject, live, removeNamespace } from "../support/liveObjects";

const STAND_INS = { mirror: path.resolve(__dirname, "../../local/charts") };

/** The real chart where there is one. Not so for the GPU operator: it cannot go without a Job that runs. */
const CHARTS = { mirror: process.env["CHARTS_DIR"] ?? STAND_INS.mirror };

function onCluster(stand: Stand, make: (cluster: KubeconfigCluster) => unknown): PulumiFn {
  return () => {
    make(new KubeconfigCluster("lab", { path: stand.clusters["local"]!.kubeconfig }));
    return Promise.resolve();
  };
}

describe("the add-ons on the stand", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  let stand: Stand;
  let api: ApiClient;
  let namespace: string;

  before(async function () {
    stand = standOrSkip(this);
    api = await standClient(stand);
  });

  after(() => api?.close());

  beforeEach(() => {
    namespace = `addons-${randomBytes(4).toString("hex")}`;
  });

  afterEach(() => removeNamespace(api, namespace));

  it("IngressNginx: up with its hooks, then nothing to do, then all gone", async () => {
    const program = onCluster(stand, ({ provider }) => {
      const ingress = new IngressNginx(
        "ingress",
        {
          namespace,
          releaseName: namespace,
          className: namespace,
          serviceType: "NodePort",
          charts: CHARTS,
          // The webhook of this test must not be asked about anybody else's Ingresses: nobody answers there.
          values: {
            controller: {
              admissionWebhooks: { namespaceSelector: { matchLabels: { test: namespace } } },
            },
          },
        },
        { provider },
      );
      return { className: ingress.className };
    });
    const name = `${namespace}-ingress-nginx`;
    const objects = [
      `/apis/apps/v1/namespaces/${namespace}/deployments/${name}-controller`,
      `/api/v1/namespaces/${namespace}/services/${name}-controller`,
      `/apis/networking.k8s.io/v1/ingressclasses/${namespace}`,
      `/apis/rbac.authorization.k8s.io/v1/clusterroles/${name}`,
      `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${name}-admission`,
    ];
    await withStack(program, async (stack) => {
      const events: EngineEvent[] = [];
      await stack.up({ onEvent: (event) => events.push(event) });
      const deployment = (await live(api, objects[0]!)) as {
        status: { readyReplicas?: number };
      };
      assert.equal(deployment.status.readyReplicas, 1);
      const service = (await live(api, objects[1]!)) as { spec: { type: string } };
      assert.equal(service.spec.type, "NodePort");
      const ingressClass = (await live(api, objects[2]!)) as { spec: { controller: string } };
      assert.equal(ingressClass.spec.controller, `k8s.io/${namespace}`);
      await Promise.all(objects.map((object) => live(api, object)));
      const warnings = events.flatMap(({ diagnosticEvent }) =>
        diagnosticEvent?.severity === "warning" ? [diagnosticEvent] : [],
      );
      assert.ok(
        warnings.some(
          ({ message, urn }) => message.includes(RETIRED) && urn?.endsWith("IngressNginx::ingress"),
        ),
      );
      assert.deepEqual(changesIn((await stack.up()).summary), {});
    });
    for (const object of objects) {
      assert.ok(!(await hasObject(api, object)), `${object} is still there`);
    }
    // Shared with others: only given up.
    assert.ok(await hasObject(api, `/api/v1/namespaces/${namespace}`));
  });

  it("GpuOperator: up, its label on the node that shares, then nothing to do, then gone", async () => {
    const node = namespace;
    const made = await api.request("POST", "/api/v1/nodes", {
      body: { apiVersion: "v1", kind: "Node", metadata: { name: node, labels: { rack: "r1" } } },
    });
    assert.equal(made.status, 201);
    const t4 = { resource: "nvidia.com/gpu", product: "Tesla-T4", type: "T4", vram: "16G" };
    const program = onCluster(stand, ({ provider }) => {
      new GpuOperator(
        "gpu",
        {
          namespace,
          charts: STAND_INS,
          driver: false,
          gpus: { t4: { ...t4, sharing: 4 } },
          nodes: { [node]: { gpus: [{ class: "t4" }] } },
        },
        { provider },
      );
    });
    const labelsOf = async (): Promise<Record<string, string>> => {
      const found = (await live(api, `/api/v1/nodes/${node}`)) as {
        metadata: { labels: Record<string, string> };
      };
      return found.metadata.labels;
    };
    const policy = "/apis/nvidia.com/v1/clusterpolicies/cluster-policy";
    const operator = `/apis/apps/v1/namespaces/${namespace}/deployments/gpu-operator`;
    try {
      await withStack(program, async (stack) => {
        await stack.up();
        assert.equal((await labelsOf())["nvidia.com/device-plugin.config"], "gpu-x4");
        const { spec } = (await live(api, policy)) as { spec: Record<string, unknown> };
        assert.deepEqual(spec["driver"], { enabled: false });
        assert.deepEqual(spec["toolkit"], { enabled: true });
        assert.deepEqual(spec["devicePlugin"], {
          enabled: true,
          config: { name: "device-plugin-sharing", default: "unshared" },
        });
        const configs = (await live(
          api,
          `/api/v1/namespaces/${namespace}/configmaps/device-plugin-sharing`,
        )) as { data: Record<string, string> };
        assert.deepEqual(Object.keys(configs.data).sort(), ["gpu-x4", "unshared"]);
        await live(api, operator);
        assert.deepEqual(changesIn((await stack.up()).summary), {});
      });
      assert.deepEqual(
        Object.keys(await labelsOf()).filter((key) => key.startsWith("nvidia.com/")),
        [],
      );
      assert.equal((await labelsOf())["rack"], "r1");
      assert.ok(!(await hasObject(api, policy)));
      assert.ok(!(await hasObject(api, operator)));
    } finally {
      await api.request("DELETE", `/api/v1/nodes/${node}`);
      // Helm leaves what lies in a chart's folder of CRDs; the docs say so.
      await api.request(
        "DELETE",
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/clusterpolicies.nvidia.com",
      );
    }
  });
});
