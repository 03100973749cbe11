/** The chart's form on the stand, what Pod Security says of every form, and the one-node cluster. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { ApiClient } from "../../components/cluster/apiClient";
import { KubeconfigCluster } from "../../components/cluster/kubeconfigCluster";
import { VirtualNode } from "../../components/interlink/virtualNode";
import { UntaintedNode } from "../../components/interlink/virtualNodeUntaint";
import type { Taint } from "../../components/model/gpuTypes";
import { virtualNodeObjects } from "../../components/model/virtualNodeObjects";
import { VIRTUAL_NODE_POD_SECURITY } from "../../components/model/virtualNodePodSecurity";
import {
  changesIn,
  ENGINE_TIMEOUT_MS,
  standClient,
  standOrSkip,
  withStack,
  type Stand,
} from "../support/engine";
import { virtualNode } from "../support/virtualNodes";

describe("VirtualNode's forms on the stand", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  const id = randomBytes(4).toString("hex");
  const node = `vkf-${id}`;
  const namespace = `vkf-home-${id}`;
  let stand: Stand;
  let api: ApiClient;

  before(async function () {
    stand = standOrSkip(this);
    api = await standClient(stand);
    const labels = {
      "pod-security.kubernetes.io/enforce": "restricted",
    };
    const metadata = { name: `vkf-restricted-${id}`, labels };
    const body = { apiVersion: "v1", kind: "Namespace", metadata };
    assert.equal((await api.request("POST", "/api/v1/namespaces", { body })).status, 201);
  });

  after(async () => {
    for (const name of [`vkf-restricted-${id}`, namespace, `vkf-users-${id}`]) {
      await api?.request("DELETE", `/api/v1/namespaces/${name}`);
    }
    api?.close();
  });

  afterEach(async () => {
    await api.request("DELETE", `/api/v1/nodes/${node}`);
  });

  function inCluster(make: (cluster: KubeconfigCluster) => void): PulumiFn {
    return () => {
      make(new KubeconfigCluster("lab", { path: stand.clusters["local"]!.kubeconfig }));
      return Promise.resolve();
    };
  }

  async function makeNode(taints: Taint[]): Promise<void> {
    // As a kubelet registers it. Without any label the stand would not simulate it.
    const metadata = { name: node, labels: { "kubernetes.io/hostname": node } };
    const body = { apiVersion: "v1", kind: "Node", metadata, spec: { taints } };
    assert.equal((await api.request("POST", "/api/v1/nodes", { body })).status, 201);
  }

  it("chart: installs, labels the node, changes nothing twice, and leaves nothing", async () => {
    await makeNode([]);
    const program = inCluster(({ provider, kubeconfig }) => {
      new VirtualNode(
        "site",
        {
          ...virtualNode({ nodeName: node, namespace, offloadNamespaces: [`vkf-users-${id}`] }),
          config: undefined,
          caCertificate: "-----BEGIN CERTIFICATE-----",
          form: "chart",
          login: undefined,
          unauthenticated: true,
          charts: { mirror: "local/charts" },
          kubeconfig,
        },
        { provider },
      );
    });
    const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments/${node}-node`;
    await withStack(program, async (stack) => {
      await stack.up();
      assert.equal((await api.request("GET", deployment)).status, 200);
      const { metadata } = (await api.request("GET", `/api/v1/nodes/${node}`)).body as {
        metadata: { labels: Record<string, string> };
      };
      assert.equal(metadata.labels["accelerator"], "T4");
      assert.deepEqual(changesIn((await stack.up()).summary), {});
    });
    assert.equal((await api.request("GET", deployment)).status, 404);
  });

  for (const form of ["objects", "seed"] as const) {
    it(`${form}: its pod passes Pod Security's restricted`, async () => {
      assert.deepEqual(VIRTUAL_NODE_POD_SECURITY[form], []);
      const tracing =
        form === "seed" ? { tracing: true } : { tracing: true, tracingEndpoint: "collector:4317" };
      const objects = virtualNodeObjects(virtualNode({ form, ...tracing }), { launcher: "x" });
      const { template } = objects.find(({ kind }) => kind === "Deployment")!.spec as {
        template: { spec: object };
      };
      const answer = await dryRun({ ...template.spec, serviceAccountName: "default" });
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
    });
  }

  it("chart: Pod Security's restricted refuses its pod for the listed reasons alone", async () => {
    const pod = { containers: [{ name: "vk", image: "vk" }] };
    const answer = await dryRun(pod);
    assert.equal(answer.status, 403);
    const { message } = answer.body as { message: string };
    const violations = message
      .slice(message.indexOf('"restricted:latest": ') + '"restricted:latest": '.length)
      .split(/\), /)
      .map((violation) => violation.replace(/ \(.*$/s, ""));
    assert.deepEqual(
      violations,
      VIRTUAL_NODE_POD_SECURITY.chart.map(({ rule }) => rule),
    );
  });

  function dryRun(spec: object): ReturnType<ApiClient["request"]> {
    const body = { apiVersion: "v1", kind: "Pod", metadata: { name: "vk" }, spec };
    const path = `/api/v1/namespaces/vkf-restricted-${id}/pods?dryRun=All`;
    return api.request("POST", path, { body });
  }

  describe("UntaintedNode", () => {
    const MASTER = { key: "node-role.kubernetes.io/master", effect: "NoSchedule" };
    const CONTROL_PLANE = { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" };
    const FOREIGN = { key: "lab.example.org/repair", value: "soon", effect: "NoSchedule" };
    const OTHER_EFFECT = { ...CONTROL_PLANE, effect: "NoExecute" };

    /** Without those that the node controller sets and takes away. */
    async function taints(): Promise<Taint[]> {
      const { spec } = (await api.request("GET", `/api/v1/nodes/${node}`)).body as {
        spec: { taints?: Taint[] };
      };
      return (spec.taints ?? []).filter(({ key }) => !key.startsWith("node.kubernetes.io/"));
    }

    const program = inCluster(({ provider, kubeconfig }) => {
      new UntaintedNode("single", { node, kubeconfig }, { provider });
    });

    it("takes both taints away, and no other; again when they come back; for good", async () => {
      await makeNode([MASTER, FOREIGN, CONTROL_PLANE, OTHER_EFFECT]);
      await withStack(program, async (stack) => {
        await stack.up();
        assert.deepEqual(await taints(), [FOREIGN, OTHER_EFFECT]);
        assert.deepEqual(changesIn((await stack.up()).summary), {});
        const back = await api.request("PATCH", `/api/v1/nodes/${node}`, {
          type: "application/merge-patch+json",
          body: { spec: { taints: [FOREIGN, MASTER] } },
        });
        assert.equal(back.status, 200);
        assert.deepEqual(changesIn((await stack.up()).summary), { update: 1 });
        assert.deepEqual(await taints(), [FOREIGN]);
        assert.deepEqual(changesIn((await stack.up()).summary), {});
      });
      assert.deepEqual(await taints(), [FOREIGN]);
      const { metadata } = (await api.request("GET", `/api/v1/nodes/${node}`)).body as {
        metadata: { annotations?: Record<string, string> };
      };
      assert.ok(!("science-platform/untainted" in (metadata.annotations ?? {})));
    });

    it("refuses a node that does not exist, and makes none", async () => {
      await withStack(
        inCluster(() => undefined),
        async (stack) => {
          stack.workspace.program = program;
          await assert.rejects(stack.preview(), /not found|does not exist/i);
          await assert.rejects(stack.up(), /not found|does not exist/i);
        },
      );
      assert.equal((await api.request("GET", `/api/v1/nodes/${node}`)).status, 404);
    });
  });
});
