/** A federation on the stand: up in one go, nothing to do afterwards, and what returns when a node is lost. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import * as kubernetes from "@pulumi/kubernetes";
import type { ApiClient } from "../../components/cluster/apiClient";
import { Federation, type FederationArgs } from "../../components/mip/federation";
import { changesIn, stand, standClient, standOrSkip, withStack } from "../support/engine";
import { PLATFORM, UNMANAGED } from "../support/federations";

/** The cluster without a developer's stack: nodes of it are taken away here. */
const CLUSTER = "local-2";

/** Three releases with everything in them, on a busy machine. */
const TIMEOUT_MS = 600_000;

/** What the seed promises at most. */
const RETURN_MS = 300_000;

interface Live {
  metadata: { name: string; uid: string; labels?: Record<string, string>; annotations?: object };
  spec: Record<string, unknown> & { nodeName?: string; taints?: { key: string }[] };
  status?: {
    readyReplicas?: number;
    phase?: string;
    capacity?: object;
    conditions?: { type: string; status: string }[];
  };
}

describe("Federation on the stand", function () {
  this.timeout(TIMEOUT_MS);
  const namespace = `federation-${randomBytes(4).toString("hex")}`;
  const platform = {
    ...PLATFORM.platform,
    notebook: { storageClass: "local-hostpath" },
  };
  const args: FederationArgs = {
    ...UNMANAGED,
    ...PLATFORM,
    namespace,
    platform,
    charts: { ...UNMANAGED.charts, versions: { mip: "6f8b2c7" } },
    // One node to spare.
    localWorkers: 2,
  };
  let client: ApiClient | undefined;

  const program: PulumiFn = () => {
    const kubeconfig = fs.readFileSync(stand()!.clusters[CLUSTER]!.kubeconfig, "utf8");
    const provider = new kubernetes.Provider("stand", { kubeconfig });
    const federation = new Federation("f", args, { provider });
    return Promise.resolve({ url: federation.url, engineUrl: federation.engineUrl });
  };

  before(async function () {
    client = await standClient(standOrSkip(this, [CLUSTER]), CLUSTER);
  });

  after(async () => {
    await client?.request("DELETE", `/api/v1/namespaces/${namespace}`);
    client?.close();
  });

  async function list(api: string, kind: string): Promise<Live[]> {
    const { body } = await client!.request("GET", `${api}/namespaces/${namespace}/${kind}`);
    return (body as { items: Live[] }).items;
  }
  async function uids(kind: string): Promise<Record<string, string>> {
    const found = await list("/api/v1", kind);
    return Object.fromEntries(found.map(({ metadata }) => [metadata.name, metadata.uid]));
  }
  /** Nodes of the local workers' pods that run, by pod. */
  async function workers(): Promise<Record<string, string>> {
    const pods = await list("/api/v1", "pods");
    const running = pods.filter(
      ({ metadata, status }) =>
        metadata.name.startsWith("exaflow-localworker") && status?.phase === "Running",
    );
    return Object.fromEntries(running.map(({ metadata, spec }) => [metadata.name, spec.nodeName!]));
  }
  async function until(what: string, holds: () => Promise<boolean>, ms: number): Promise<void> {
    for (const end = Date.now() + ms; !(await holds());) {
      assert.ok(Date.now() < end, `${what}: not within ${ms / 1000} s`);
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }

  async function node(name: string): Promise<Live | undefined> {
    const { status, body } = await client!.request("GET", `/api/v1/nodes/${name}`);
    return status === 404 ? undefined : (body as Live);
  }

  /** A node that was taken away, as its kubelet would register it: without the labels of ours. */
  async function bringBack({ metadata, spec, status }: Live): Promise<void> {
    const { name, annotations } = metadata;
    const labels = Object.fromEntries(
      Object.entries(metadata.labels ?? {}).filter(([key]) => key.includes("kubernetes.io/")),
    );
    const body = {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name, labels, annotations },
      spec: { taints: spec.taints?.filter(({ key }) => !key.startsWith("node.kubernetes.io/")) },
    };
    assert.equal((await client!.request("POST", "/api/v1/nodes", { body })).status, 201);
    const capacity = status!.capacity;
    await client!.request("PATCH", `/api/v1/nodes/${name}/status`, {
      body: { status: { capacity, allocatable: capacity } },
      type: "application/merge-patch+json",
    });
    await until(
      `node ${name} is Ready`,
      async () =>
        (await node(name))?.status?.conditions?.some(
          (it) => it.type === "Ready" && it.status === "True",
        ) === true,
      60_000,
    );
  }

  it("is up in one go, has nothing to do afterwards, and survives the loss of a worker's node", async () => {
    await withStack(program, async (stack) => {
      const { outputs } = await stack.up();
      assert.equal(outputs["url"]!.value, "https://mip.lab.example.org/");
      for (const api of ["deployments", "statefulsets"]) {
        for (const { metadata, spec, status } of await list("/apis/apps/v1", api)) {
          assert.equal(status?.readyReplicas ?? 0, spec["replicas"], metadata.name);
        }
      }
      const services = await uids("services");
      assert.ok("exaflow-controller-service" in services);
      assert.ok("proxy-public" in services);
      assert.equal(Object.keys(await workers()).length, 2);
      const policies = await list("/apis/networking.k8s.io/v1", "networkpolicies");
      assert.ok(policies.some(({ metadata }) => metadata.name === "federation-default-deny"));

      assert.deepEqual(changesIn((await stack.up()).summary), {});

      const claims = await uids("persistentvolumeclaims");
      assert.ok(Object.keys(claims).length > 0);
      const [lostName] = Object.values(await workers());
      const lost = (await node(lostName!))!;
      await client!.request("DELETE", `/api/v1/nodes/${lostName}`);
      try {
        await until(
          "both workers run on the nodes that are left",
          async () => {
            const nodes = Object.values(await workers());
            return nodes.length === 2 && !nodes.includes(lostName!);
          },
          RETURN_MS,
        );
        assert.deepEqual(await uids("persistentvolumeclaims"), claims);
      } finally {
        await bringBack(lost);
      }
      await stack.up({ refresh: true });
      assert.equal((await node(lostName!))!.metadata.labels!["worker"], "true");
      assert.deepEqual(await uids("persistentvolumeclaims"), claims);
    });
  });
});
