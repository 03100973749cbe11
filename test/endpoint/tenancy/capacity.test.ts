import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { HttpFault } from "../../../endpoint/seams";
import { createCapacity, type RunningCapacity } from "../../../endpoint/tenancy/capacity";
import { GPUS, NODES } from "../../support/endpointSettings";
import { FakeKubernetes, tenant } from "../../support/fakeKubernetes";

const QUOTA = "/api/v1/namespaces/user-alice/resourcequotas/gpu-reservation";
const alice = tenant("alice");

function pod(requests: Record<string, string>[], more: object = {}): object {
  const containers = requests.map((limits) => ({ resources: { limits, requests: limits } }));
  return { metadata: { name: "p" }, spec: { containers, ...more }, status: { phase: "Running" } };
}

describe("Capacity", () => {
  let kubernetes: FakeKubernetes;
  let folder: string;
  const open: RunningCapacity[] = [];

  beforeEach(() => {
    kubernetes = new FakeKubernetes();
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "capacity-"));
  });
  afterEach(() => {
    open.splice(0).forEach((one) => one.close());
    fs.rmSync(folder, { recursive: true });
  });

  function make(reservations?: unknown, errors: unknown[] = []): RunningCapacity {
    const reservationsFile = path.join(folder, "reservations.json");
    if (reservations !== undefined) {
      fs.writeFileSync(
        reservationsFile,
        typeof reservations === "string" ? reservations : JSON.stringify(reservations),
      );
    }
    const capacity = createCapacity(
      {
        gpus: GPUS,
        nodes: NODES,
        reservationsFile: reservations === undefined ? undefined : reservationsFile,
      },
      kubernetes,
      { every: 3_600_000, onError: (error) => errors.push(error) },
    );
    open.push(capacity);
    return capacity;
  }

  function cluster(podsByNode: Record<string, object[]>): void {
    kubernetes.put("/api/v1/nodes/gpu-a100", {
      metadata: { name: "gpu-a100" },
      status: { allocatable: { "nvidia.com/gpu": "4", cpu: "64" } },
    });
    kubernetes.intercept = ({ path: asked }) => {
      const node = /^\/api\/v1\/pods\?resourceVersion=0&fieldSelector=spec.nodeName%3D(.+)$/.exec(
        asked,
      );
      if (node !== null) {
        return { status: 200, body: { items: podsByNode[node[1]!] ?? [] } };
      }
      const name = /^\/api\/v1\/nodes\/(.+)\?resourceVersion=0$/.exec(asked)?.[1];
      const body = kubernetes.objects.get(`/api/v1/nodes/${name}`);
      return name === undefined ? undefined : { status: body ? 200 : 404, body };
    };
  }

  it("counts what nodes have and what pods hold, by class", async () => {
    cluster({
      "gpu-a100": [
        pod([{ "nvidia.com/gpu": "1" }, { cpu: "1" }]),
        pod([{ "nvidia.com/gpu": "1" }]),
        // Init containers run before: the larger of both counts.
        pod([{ cpu: "1" }], {
          initContainers: [{ resources: { limits: { "nvidia.com/gpu": "1" } } }],
        }),
        { ...pod([{ "nvidia.com/gpu": "4" }]), status: { phase: "Succeeded" } },
        { ...pod([{ "nvidia.com/gpu": "4" }]), status: { phase: "Failed" } },
      ],
    });
    const capacity = make();
    assert.deepEqual(capacity.free(), []);
    await capacity.read();
    assert.deepEqual(capacity.free(), [
      { class: "a100", resource: "nvidia.com/gpu", total: 4, used: 3, free: 1 },
      // Its node is not there.
      { class: "a100-1g", resource: "nvidia.com/mig-1g.10gb", total: 0, used: 0, free: 0 },
    ]);
  });

  it("keeps the last reading when one fails, and tells of it", async () => {
    cluster({});
    const errors: unknown[] = [];
    const capacity = make(undefined, errors);
    await capacity.read();
    const before = capacity.free();
    kubernetes.intercept = () => ({ status: 500, body: undefined });
    await capacity.read();
    assert.equal(capacity.free(), before);
    assert.equal(errors.length, 1);
  });

  it("holds nobody to reservations where there is no file of them", async () => {
    await make().check(alice, [{ resource: "nvidia.com/gpu", count: 400 }]);
    assert.deepEqual(kubernetes.calls, []);
  });

  it("lets a tenant have what is reserved, and makes the API server count it over all deployments", async () => {
    const capacity = make([
      { tenant: "alice", class: "a100", count: 2 },
      { tenant: "bob", class: "a100", count: 9 },
    ]);
    await capacity.check(alice, [
      { resource: "nvidia.com/gpu", count: 1 },
      { resource: "nvidia.com/gpu", count: 1 },
    ]);
    assert.deepEqual(kubernetes.objects.get(QUOTA)?.spec, {
      hard: { "requests.nvidia.com/gpu": "2", "requests.nvidia.com/mig-1g.10gb": "0" },
    });
    await capacity.check(alice, [{ resource: "nvidia.com/gpu", count: 2 }]);
    assert.equal(kubernetes.calls.length, 1, "the quota is as it was");
    await capacity.check(alice, []);
  });

  it("refuses more than that, with every resource that is short", async () => {
    const capacity = make([{ tenant: "alice", class: "a100", count: 1 }]);
    const wanted = [
      { resource: "nvidia.com/gpu", count: 2 },
      { resource: "nvidia.com/mig-1g.10gb", count: 1 },
    ];
    await assert.rejects(capacity.check(alice, wanted), (error) => {
      assert.ok(error instanceof HttpFault);
      assert.equal(error.status, 400);
      assert.deepEqual(
        error.errors.map(({ path: at, message }) => `${at}: ${message}`),
        [
          "gpu: 2 of nvidia.com/gpu are wanted, but 1 are reserved for you now. Ask for fewer, for fewer replicas, or reserve them first.",
          "gpu: 1 of nvidia.com/mig-1g.10gb are wanted, but 0 are reserved for you now. Ask for fewer, for fewer replicas, or reserve them first.",
        ],
      );
      return true;
    });
    assert.deepEqual(kubernetes.calls, []);
  });

  it("heeds the times of reservations, and changes of the file", async () => {
    const past = new Date(Date.now() - 60_000).toISOString();
    const future = new Date(Date.now() + 60_000).toISOString();
    const capacity = make([
      { tenant: "alice", class: "a100", count: 1, from: past, until: future },
      { tenant: "alice", class: "a100", count: 1, until: past },
      { tenant: "alice", class: "a100", count: 1, from: future },
    ]);
    const two = [{ resource: "nvidia.com/gpu", count: 2 }];
    await capacity.check(alice, [{ resource: "nvidia.com/gpu", count: 1 }]);
    await assert.rejects(capacity.check(alice, two), /1 are reserved/);
    fs.writeFileSync(
      path.join(folder, "reservations.json"),
      JSON.stringify([{ tenant: "alice", class: "a100", count: 10 }]),
    );
    await capacity.check(alice, two);
  });

  it("gives no GPUs while the file cannot be read", async () => {
    for (const content of ["{", "[{}]", '[{"tenant":"a","class":"a100","count":-1}]', "7"]) {
      const errors: unknown[] = [];
      const wanted = [{ resource: "nvidia.com/gpu", count: 1 }];
      await assert.rejects(make(content, errors).check(alice, wanted), (error) => {
        assert.ok(error instanceof HttpFault);
        assert.equal(error.status, 503);
        return true;
      });
      assert.equal(errors.length, 1, content);
    }
  });
});
