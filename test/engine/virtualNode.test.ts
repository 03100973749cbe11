/** Virtual nodes of our own forms on the stand: waiting, labels, restricted pods, nothing left. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { ApiClient } from "../../components/cluster/apiClient";
import { KubeconfigCluster } from "../../components/cluster/kubeconfigCluster";
import { VirtualNode, type VirtualNodeArgs } from "../../components/interlink/virtualNode";
import { podSecurityLabels } from "../../components/model/namespaceObjects";
import {
  changesIn,
  ENGINE_TIMEOUT_MS,
  setProgram,
  standClient,
  standOrSkip,
  withStack,
  type Stand,
} from "../support/engine";

const GPUS = {
  t4: { resource: "nvidia.com/gpu", product: "Tesla-T4", type: "T4", vram: "16G" },
};
const LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
const CANARY = "canary-virtual-node";

interface Live {
  metadata: { labels: Record<string, string>; uid: string };
}

/** Not the one of a developer's stack, which may have the stand's virtual node. */
const CLUSTER = "local-2";

describe("VirtualNode on the stand", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  let stand: Stand;
  let api: ApiClient;
  let id: string;
  let node: string;

  before(async function () {
    stand = standOrSkip(this, [CLUSTER]);
    api = await standClient(stand, CLUSTER);
  });

  after(() => api?.close());

  beforeEach(() => {
    id = randomBytes(4).toString("hex");
    node = `vk-${id}`;
  });

  afterEach(async () => {
    await api.request("DELETE", `/api/v1/nodes/${node}`);
    await api.request("DELETE", `${LEASES}/${node}`);
    for (const namespace of [`vk-${id}`, `users-${id}`]) {
      await api.request("DELETE", `/api/v1/namespaces/${namespace}`);
    }
  });

  function args(over: Partial<VirtualNodeArgs> = {}): VirtualNodeArgs {
    return {
      nodeName: node,
      namespace: `vk-${id}`,
      offloadNamespaces: [`users-${id}`],
      interLink: { url: "https://gpu.example.org" },
      node: { cpu: "24", memory: "32Gi", gpus: [{ class: "t4", count: 2 }] },
      gpus: GPUS,
      login: { issuer: "https://iam.example.org/" },
      clientId: "lab",
      clientSecret: CANARY,
      refreshToken: `${CANARY}-refresh`,
      ...over,
    };
  }

  function program(over: Partial<VirtualNodeArgs> = {}): PulumiFn {
    return () => {
      const path = stand.clusters[CLUSTER]!.kubeconfig;
      const cluster = new KubeconfigCluster("lab", { path });
      const { kubeconfig, provider } = cluster;
      new VirtualNode("site", { ...args(over), kubeconfig }, { provider });
      return Promise.resolve();
    };
  }

  /** A node as a kubelet makes it: with a lease that it holds, so that KWOK does not make it Ready. */
  async function makeNode(conditions: object[]): Promise<void> {
    const lease = await api.request("POST", LEASES, {
      body: {
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: { name: node },
        spec: {
          holderIdentity: node,
          leaseDurationSeconds: 3600,
          renewTime: new Date().toISOString().replace("Z", "000Z"),
        },
      },
    });
    assert.equal(lease.status, 201);
    const metadata = { name: node };
    const made = await api.request("POST", "/api/v1/nodes", {
      body: { apiVersion: "v1", kind: "Node", metadata },
    });
    assert.equal(made.status, 201);
    await setConditions(conditions);
  }

  async function setConditions(conditions: object[]): Promise<void> {
    const answer = await api.request("PATCH", `/api/v1/nodes/${node}/status`, {
      type: "application/merge-patch+json",
      body: { status: { conditions } },
    });
    assert.equal(answer.status, 200);
  }

  async function restrictedNamespace(): Promise<void> {
    const labels = podSecurityLabels("restricted");
    const metadata = { name: `vk-${id}`, labels };
    const made = await api.request("POST", "/api/v1/namespaces", {
      body: { apiVersion: "v1", kind: "Namespace", metadata },
    });
    assert.equal(made.status, 201);
  }

  async function live(): Promise<Live> {
    return (await api.request("GET", `/api/v1/nodes/${node}`)).body as Live;
  }

  const ready = { type: "Ready", status: "True" };

  for (const form of ["objects", "seed"] as const) {
    it(`${form}: labels its node, in a restricted namespace; nothing changes twice; nothing is left`, async () => {
      await restrictedNamespace();
      await makeNode([ready]);
      const { uid } = (await live()).metadata;
      await withStack(program({ form }), async (stack) => {
        await stack.up();
        const { labels } = (await live()).metadata;
        assert.equal(labels["accelerator"], "T4");
        assert.equal(labels["science-platform/gpu-class.t4"], "true");
        const pods = (await api.request("GET", `/api/v1/namespaces/vk-${id}/pods`)).body as {
          items: { spec: { containers: object[] }; status: { phase: string } }[];
        };
        assert.equal(pods.items.length, 1);
        assert.equal(pods.items[0]!.status.phase, "Running");
        assert.ok(!JSON.stringify(pods.items[0]!.spec).includes(CANARY));

        await setConditions([ready]);
        assert.deepEqual(changesIn((await stack.up()).summary), {});

        const state = JSON.stringify(await stack.exportStack());
        assert.ok(!state.includes(CANARY));
      });
      const after = (await live()).metadata;
      assert.equal(after.uid, uid, "the node is the kubelet's");
      assert.ok(!("accelerator" in (after.labels ?? {})));
      for (const path of [
        `/apis/apps/v1/namespaces/vk-${id}/deployments/${node}`,
        `/apis/rbac.authorization.k8s.io/v1/clusterroles/${node}-virtual-kubelet`,
        `/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/${node}-virtual-kubelet`,
        `/apis/rbac.authorization.k8s.io/v1/namespaces/users-${id}/roles/${node}-virtual-kubelet`,
        `/apis/rbac.authorization.k8s.io/v1/namespaces/kube-node-lease/roles/${node}-virtual-kubelet`,
        `/api/v1/namespaces/vk-${id}/secrets/${node}-login`,
        `/api/v1/namespaces/vk-${id}/configmaps/${node}-config`,
        `/api/v1/namespaces/vk-${id}/serviceaccounts/${node}-virtual-kubelet`,
      ]) {
        assert.equal((await api.request("GET", path)).status, 404, path);
      }
      const namespace = await api.request("GET", `/api/v1/namespaces/vk-${id}`);
      assert.equal(namespace.status, 200, "a namespace may be others' too");
    });
  }

  it("makes no node, says why it is not Ready, and goes on from there", async () => {
    await withStack(program({ waitSeconds: 1 }), async (stack) => {
      await assert.rejects(
        stack.up(),
        /did not get Ready within 1 s: the virtual kubelet has not registered its node/,
      );
      assert.equal((await api.request("GET", `/api/v1/nodes/${node}`)).status, 404);

      const message = 'Post "https://gpu.example.org:443/pinglink": connection refused';
      await makeNode([
        { type: "Ready", status: "False", reason: "KubeletPending" },
        {
          type: "InterlinkConnectivity",
          status: "False",
          reason: "InterlinkPingFailed",
          message: `Ping failed: ${message}`,
        },
      ]);
      await assert.rejects(stack.up(), (error: Error) => {
        assert.match(error.message, /the remote host did not answer the ping/);
        assert.match(error.message, /sudo \.\/install\.sh --check/);
        return true;
      });

      await setConditions([ready]);
      assert.deepEqual(changesIn((await stack.up()).summary), { create: 1 });
      assert.equal((await live()).metadata.labels["accelerator"], "T4");

      // The node goes; a change of labels must not bring it back.
      await api.request("DELETE", `/api/v1/nodes/${node}`);
      setProgram(stack, program({ waitSeconds: 1, node: { cpu: "24", memory: "32Gi" } }));
      await assert.rejects(stack.up(), /has not registered its node/);
      assert.equal((await api.request("GET", `/api/v1/nodes/${node}`)).status, 404);
    });
  });

  it("labels the stand's own node, whose taints and capacity stay as they were", async () => {
    const path = "/api/v1/nodes/interlink-vk";
    const shape = async (): Promise<unknown> => {
      const { spec, status } = (await api.request("GET", path)).body as {
        spec: object;
        status: { capacity: object };
      };
      return { spec, capacity: status.capacity };
    };
    const before = await shape();
    const labels = { [`lab.example.org/${id}`]: "here" };
    const over = { nodeName: "interlink-vk", node: { cpu: "1", memory: "1Gi", labels } };
    await withStack(program(over), async (stack) => {
      await stack.up();
      const found = (await api.request("GET", path)).body as Live;
      assert.equal(found.metadata.labels[`lab.example.org/${id}`], "here");
      assert.deepEqual(await shape(), before);
    });
    assert.deepEqual(await shape(), before);
  });

  it("keeps the launcher of the token refresher in its ConfigMap", async () => {
    await makeNode([ready]);
    await withStack(program(), async (stack) => {
      await stack.up();
      const map = (
        await api.request("GET", `/api/v1/namespaces/vk-${id}/configmaps/${node}-config`)
      ).body as { data: Record<string, string> };
      const file = require.resolve("../../components/interlink/virtualNodeTokenEndpoint.py");
      assert.equal(map.data["token-endpoint.py"], fs.readFileSync(file, "utf8"));
    });
  });
});
