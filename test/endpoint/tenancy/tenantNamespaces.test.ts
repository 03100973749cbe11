import assert from "node:assert/strict";
import type { EndpointOptions } from "../../../components/model/endpointSettings";
import { HttpFault, type TenantNamespaces } from "../../../endpoint/seams";
import { createTenantNamespaces } from "../../../endpoint/tenancy/tenantNamespaces";
import { settings } from "../../support/endpointSettings";
import { FakeKubernetes, tenant } from "../../support/fakeKubernetes";

const NAMESPACE = "/api/v1/namespaces/user-alice";
const ACCESS = { serviceAccount: "endpoint", clusterRole: "endpoint-tenant" };
const alice = tenant("alice");

async function refused(promise: Promise<unknown>, status: number, words: RegExp): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof HttpFault, String(error));
    assert.equal(error.status, status, error.message);
    assert.match(error.message, words);
    return true;
  });
}

describe("TenantNamespaces", () => {
  let kubernetes: FakeKubernetes;
  beforeEach(() => {
    kubernetes = new FakeKubernetes();
  });

  function make(over: Partial<EndpointOptions> = {}, trustFor = 60_000): TenantNamespaces {
    return createTenantNamespaces(settings(over), kubernetes, { trustFor, retryAfter: 1 });
  }

  it("makes the namespace, lets itself in, and then sets quota, limits and policies", async () => {
    await make({ access: ACCESS, quota: { cpu: "8" } }).ensure(alice);
    const made = kubernetes.calls.filter(({ method }) => method !== "GET");
    assert.deepEqual(
      made.map(({ method, path }) => `${method} ${path.replace(/.*user-alice\//, "")}`),
      [
        "POST /api/v1/namespaces",
        "APPLY rolebindings/tenant",
        "APPLY resourcequotas/tenant",
        "APPLY limitranges/tenant",
        "APPLY networkpolicies/default-deny",
        "APPLY networkpolicies/allow-dns",
        "APPLY networkpolicies/allow-same-namespace",
        "APPLY networkpolicies/allow-ingress-controller",
        "APPLY networkpolicies/allow-internet",
      ],
    );
    const { metadata } = made[0]!.body as { metadata: object };
    assert.deepEqual(metadata, {
      name: "user-alice",
      labels: {
        "app.kubernetes.io/managed-by": "science-platform-endpoint",
        "science-platform/tenant": "alice",
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
      },
      annotations: { "science-platform/tenant-claim": "alice" },
    });
  });

  it("is done once, however many ask", async () => {
    const namespaces = make();
    await Promise.all(Array.from({ length: 30 }, () => namespaces.ensure(alice)));
    await namespaces.ensure(alice);
    assert.equal(kubernetes.lines.filter((line) => line === "POST /api/v1/namespaces").length, 1);
    assert.equal(kubernetes.lines.filter((line) => line === `GET ${NAMESPACE}`).length, 1);
  });

  it("looks again after a while, and makes what was deleted meanwhile, with all that belongs to it", async () => {
    const namespaces = make({}, 0);
    await namespaces.ensure(alice);
    const writes = (): number => kubernetes.calls.filter(({ method }) => method === "APPLY").length;
    const first = writes();
    await namespaces.ensure(alice);
    assert.equal(writes(), first, "nothing is applied again");
    kubernetes.objects.clear();
    await namespaces.ensure(alice);
    assert.equal(writes(), 2 * first);
    assert.ok(kubernetes.objects.has(NAMESPACE));
  });

  it("never takes over a namespace that is somebody else's", async () => {
    const others: (Record<string, string> | undefined)[] = [
      undefined,
      {},
      { "science-platform/tenant": "bob" },
    ];
    for (const labels of others) {
      kubernetes.objects.clear();
      kubernetes.calls = [];
      kubernetes.put(NAMESPACE, { metadata: { name: "user-alice", labels } });
      await refused(make().ensure(alice), 409, /exists, but is not this tenant's/);
      assert.deepEqual(kubernetes.lines, [`GET ${NAMESPACE}`]);
    }
  });

  it("gives in to another replica that was faster, and to nobody else", async () => {
    const owned = { "science-platform/tenant": "alice" };
    for (const [labels, good] of [
      [owned, true],
      [{}, false],
    ] as const) {
      kubernetes.objects.clear();
      kubernetes.intercept = ({ method, path }) => {
        if (method === "POST" && path === "/api/v1/namespaces") {
          kubernetes.put(NAMESPACE, { metadata: { name: "user-alice", labels } });
          return { status: 409, body: undefined };
        }
        return undefined;
      };
      const ensured = make().ensure(alice);
      await (good ? ensured : refused(ensured, 409, /not this tenant's/));
    }
  });

  it("waits for a namespace that is being deleted", async () => {
    kubernetes.put(NAMESPACE, {
      metadata: {
        name: "user-alice",
        labels: { "science-platform/tenant": "alice" },
        deletionTimestamp: "2026-01-01T00:00:00Z",
      },
    });
    await refused(make().ensure(alice), 503, /being deleted/);
  });

  it("makes none where the operator does, and writes nothing there", async () => {
    await refused(make({ createNamespaces: false }).ensure(alice), 403, /Ask the operator/);
    kubernetes.put(NAMESPACE, {
      metadata: { name: "user-alice", labels: { "science-platform/tenant": "alice" } },
    });
    await make({ createNamespaces: false }).ensure(alice);
    assert.ok(kubernetes.calls.every(({ method }) => method === "GET"));
  });

  it("bears that a right which was just given is not in force yet", async () => {
    let refusals = 3;
    kubernetes.intercept = ({ path }) =>
      path.endsWith("resourcequotas/tenant") && refusals-- > 0
        ? { status: 403, body: undefined }
        : undefined;
    await make({ access: ACCESS }).ensure(alice);
    assert.ok(kubernetes.objects.has(`${NAMESPACE}/resourcequotas/tenant`));
  });

  it("tries again after a failure, which it does not remember", async () => {
    const namespaces = make();
    kubernetes.intercept = ({ method }) =>
      method === "APPLY" ? { status: 422, body: undefined } : undefined;
    await refused(namespaces.ensure(alice), 503, /was refused \(422\)/);
    kubernetes.intercept = () => undefined;
    await namespaces.ensure(alice);
    assert.ok(kubernetes.objects.has(`${NAMESPACE}/resourcequotas/tenant`));
  });
});
