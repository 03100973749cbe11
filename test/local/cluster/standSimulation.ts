/** What a cluster of the stand simulates; registered by `stand.test.ts`. */
import assert from "node:assert/strict";
import type { ApiObject } from "../../../local/cluster/api";
import { NAMESPACE, eventually, podSpec } from "./standFixture";
import type { Node, Pod, TestStand } from "./standFixture";

interface Exposed extends ApiObject {
  status: { loadBalancer: { ingress?: { ip: string }[] } };
}
interface Claim extends ApiObject {
  spec: { volumeName?: string };
  status: { phase: string; capacity?: { storage: string } };
}

/** Registers the tests; `stand` is up when they run. */
export function testSimulation(stand: TestStand): void {
  it("has every simulated node, Ready, with what it offers", async () => {
    const { items } = await stand.api.get<{ items: Node[] }>("/api/v1/nodes");
    const nodes = new Map(items.map((node) => [node.metadata.name, node]));
    assert.deepEqual([...nodes.keys()].sort(), [
      ...["cpu-1", "cpu-2", "gpu-a100", "gpu-mig", "interlink-vk"],
      ...["mip-master", "mip-worker-1", "mip-worker-2", "mip-worker-3"],
    ]);
    for (const node of items) {
      const ready = node.status.conditions.find((condition) => condition.type === "Ready");
      assert.equal(ready?.status, "True", node.metadata.name);
      assert.equal(node.metadata.labels?.["kubernetes.io/hostname"], node.metadata.name);
      assert.equal(node.metadata.annotations?.["kwok.x-k8s.io/node"], "fake");
    }
    const gpus = (name: string): Record<string, string> =>
      Object.fromEntries(
        Object.entries(nodes.get(name)?.status.allocatable ?? {}).filter(([resource]) =>
          resource.startsWith("nvidia.com/"),
        ),
      );
    assert.deepEqual(gpus("cpu-1"), {});
    assert.deepEqual(gpus("gpu-a100"), { "nvidia.com/gpu": "4" });
    assert.deepEqual(gpus("gpu-mig"), {
      "nvidia.com/mig-1g.10gb": "4",
      "nvidia.com/mig-2g.20gb": "2",
      "nvidia.com/mig-3g.40gb": "1",
    });
    assert.deepEqual(gpus("interlink-vk"), { "nvidia.com/gpu": "2" });
    const virtual = nodes.get("interlink-vk");
    assert.equal(virtual?.metadata.labels?.["virtual-node.interlink/type"], "virtual-kubelet");
    assert.deepEqual(virtual?.spec.taints, [
      { key: "virtual-node.interlink/no-schedule", value: "true", effect: "NoSchedule" },
    ]);
  });

  it("runs a Deployment's pod, with addresses that exist nowhere, and shows a log", async () => {
    await stand.post("/apis/apps/v1/namespaces/default/deployments", {
      metadata: { name: "web" },
      spec: {
        selector: { matchLabels: { app: "web" } },
        template: { metadata: { labels: { app: "web" } }, spec: podSpec() },
      },
    });
    const pod = await stand.runningPod("app=web");
    assert.match(pod.status.podIP ?? "", /^198\.19\./);
    assert.equal(pod.status.hostIP, "198.19.128.1");
    const log = await stand.api.get<string>(`${NAMESPACE}/pods/${pod.metadata.name}/log`);
    assert.equal(log, "This container is simulated: nothing runs in it.\n");
  });

  it("keeps a Job's pod running, and lets one end that says so", async () => {
    const job = (name: string, annotations: object): Promise<ApiObject> =>
      stand.post("/apis/batch/v1/namespaces/default/jobs", {
        metadata: { name },
        spec: {
          template: { metadata: { annotations }, spec: podSpec({ restartPolicy: "Never" }) },
        },
      });
    await job("lasting", {});
    const pod = await stand.runningPod("job-name=lasting");
    await job("ending", { "science-platform/simulate": "complete" });
    type Job = ApiObject & { status: { succeeded?: number; active?: number } };
    const path = "/apis/batch/v1/namespaces/default/jobs";
    await eventually("the Job to end", async () =>
      (await stand.api.get<Job>(`${path}/ending`)).status.succeeded === 1 ? true : undefined,
    );
    // Both were started alike; the first one had more time to end than the second one needed.
    const still = await stand.api.get<Pod>(`${NAMESPACE}/pods/${pod.metadata.name}`);
    assert.equal(still.status.phase, "Running");
    assert.equal(still.metadata.uid, pod.metadata.uid);
    assert.equal((await stand.api.get<Job>(`${path}/lasting`)).status.active, 1);
  });

  it("schedules a pod with four GPUs on the node that has them, and a fifth GPU nowhere", async () => {
    const pod = (name: string, count: string): Promise<ApiObject> =>
      stand.post(`${NAMESPACE}/pods`, {
        metadata: { name, labels: { gpus: name } },
        spec: podSpec({}, { resources: { limits: { "nvidia.com/gpu": count } } }),
      });
    await pod("four", "4");
    assert.equal((await stand.runningPod("gpus=four")).spec.nodeName, "gpu-a100");
    await pod("fifth", "1");
    const reason = await eventually("the scheduler's verdict", async () => {
      type Verdict = Pod & { status: { conditions?: { reason?: string }[] } };
      const found = await stand.api.get<Verdict>(`${NAMESPACE}/pods/fifth`);
      return found.status.conditions?.[0]?.reason;
    });
    assert.equal(reason, "Unschedulable");
  });

  it("binds a claim of the default class, grows it, and removes the volume after the claim", async () => {
    const path = `${NAMESPACE}/persistentvolumeclaims`;
    await stand.post(path, {
      metadata: { name: "home" },
      spec: { accessModes: ["ReadWriteMany"], resources: { requests: { storage: "1Gi" } } },
    });
    const capacity = (size: string): Promise<Claim> =>
      eventually(`a claim of ${size}`, async () => {
        const claim = await stand.api.get<Claim>(`${path}/home`);
        return claim.status.phase === "Bound" && claim.status.capacity?.storage === size
          ? claim
          : undefined;
      });
    const volume = (await capacity("1Gi")).spec.volumeName;
    await stand.api.mergePatch(`${path}/home`, {
      spec: { resources: { requests: { storage: "3Gi" } } },
    });
    assert.equal((await capacity("3Gi")).spec.volumeName, volume);
    await stand.api.call("DELETE", `${path}/home`);
    await eventually("the volume to go", async () =>
      (await stand.api.find(`/api/v1/persistentvolumes/${volume}`)) === undefined
        ? true
        : undefined,
    );
  });

  it("gives LoadBalancer Services and Ingresses an address, and other Services none", async () => {
    const service = (name: string, type: string): Promise<ApiObject> =>
      stand.post(`${NAMESPACE}/services`, {
        metadata: { name },
        spec: { type, ports: [{ port: 80 }], selector: { app: "web" } },
      });
    await service("inner", "ClusterIP");
    await service("outer", "LoadBalancer");
    const ingresses = "/apis/networking.k8s.io/v1/namespaces/default/ingresses";
    await stand.post(ingresses, {
      metadata: { name: "web" },
      spec: { defaultBackend: { service: { name: "inner", port: { number: 80 } } } },
    });
    const address = (path: string): Promise<string> =>
      eventually(`an address of ${path}`, async () => {
        const found = await stand.api.get<Exposed>(path);
        return found.status.loadBalancer.ingress?.[0]?.ip;
      });
    assert.match(await address(`${NAMESPACE}/services/outer`), /^198\.19\.(19[2-9]|2\d\d)\.\d+$/);
    assert.match(await address(`${ingresses}/web`), /^198\.19\.(19[2-9]|2\d\d)\.\d+$/);
    const inner = await stand.api.get<Exposed>(`${NAMESPACE}/services/inner`);
    assert.deepEqual(inner.status.loadBalancer, {});
  });
}
