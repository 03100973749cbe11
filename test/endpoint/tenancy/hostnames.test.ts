import assert from "node:assert/strict";
import { HttpFault, type Hostnames } from "../../../endpoint/seams";
import { createHostnames, type HostnamesOptions } from "../../../endpoint/tenancy/hostnames";
import { settings } from "../../support/endpointSettings";
import { FakeKubernetes, tenant } from "../../support/fakeKubernetes";

const EXPOSED = settings({ exposure: { domain: "apps.example.org", reservedHosts: ["shop"] } });
const LEASES = "/apis/coordination.k8s.io/v1/namespaces/endpoint/leases";
const HOST = "app.apps.example.org";
const INGRESSES = "/apis/networking.k8s.io/v1/namespaces/user-alice/ingresses";

const alice = tenant("alice");
const bob = tenant("bob");

async function refused(promise: Promise<unknown>, status: number): Promise<HttpFault> {
  let found: HttpFault | undefined;
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof HttpFault, String(error));
    found = error;
    return true;
  });
  assert.equal(found!.status, status, found!.message);
  return found!;
}

describe("Hostnames", () => {
  let kubernetes: FakeKubernetes;
  beforeEach(() => {
    kubernetes = new FakeKubernetes();
  });

  /** One replica of the endpoint. */
  function replica(options: HostnamesOptions = {}): Hostnames {
    return createHostnames(EXPOSED, kubernetes, options);
  }

  function exposeAs(host: string, name = "sd-one"): void {
    kubernetes.put(`${INGRESSES}/${name}`, {
      metadata: { name, namespace: "user-alice" },
      spec: { rules: [{ host }] },
    });
  }

  it("claims a name by a Lease that says whose it is", async () => {
    await replica().claim(alice, "one", "app");
    const { metadata, spec } = kubernetes.objects.get(`${LEASES}/${HOST}`)!;
    assert.deepEqual(metadata.labels, {
      "app.kubernetes.io/managed-by": "science-platform-endpoint",
      "science-platform/deployment": "one",
      "science-platform/tenant": "alice",
      "science-platform/hostname": "true",
    });
    assert.equal(metadata.namespace, "endpoint");
    assert.equal(spec?.["holderIdentity"], "user-alice/one");
    assert.match(String(spec?.["renewTime"]), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  });

  it("looks at a claim each time, and renews it when half of its time is over", async () => {
    await replica().claim(alice, "one", "app");
    kubernetes.calls = [];
    await replica().claim(alice, "one", "app");
    assert.deepEqual(kubernetes.lines, [`GET ${LEASES}/${HOST}`]);
    await replica({ grace: 0 }).claim(alice, "one", "app");
    assert.deepEqual(kubernetes.lines.slice(1), [
      `GET ${LEASES}/${HOST}`,
      `PATCH ${LEASES}/${HOST}`,
    ]);
  });

  it("is not fooled by a claim that another replica gave up in between", async () => {
    const [here, there] = [replica(), replica()];
    await here.claim(alice, "one", "app");
    await there.release(alice, "one");
    await there.claim(bob, "one", "app");
    await refused(here.claim(alice, "one", "app"), 409);
  });

  it("gives one name to one deployment, however many ask at once", async () => {
    const asked = Array.from({ length: 40 }, (_, index) => {
      const who = tenant(`t${index}`);
      return replica()
        .claim(who, "one", "app")
        .then(
          () => who.namespace,
          (error: HttpFault) => error.status,
        );
    });
    const answers = await Promise.all(asked);
    const winners = answers.filter((answer) => typeof answer === "string");
    assert.equal(winners.length, 1);
    assert.ok(answers.every((answer) => answer === winners[0] || answer === 409));
    const lease = kubernetes.objects.get(`${LEASES}/${HOST}`);
    assert.equal(lease?.spec?.["holderIdentity"], `${winners[0]}/one`);
  });

  it("says of a name that is taken nothing but that", async () => {
    await replica().claim(alice, "one", "app");
    for (const [who, id] of [
      [bob, "one"],
      [alice, "two"],
    ] as const) {
      const fault = await refused(replica().claim(who, id, "app"), 409);
      assert.deepEqual(fault.errors, [
        { path: "exposed_hostname", message: "This host name is taken. Choose another." },
      ]);
    }
  });

  it("refuses names that cannot be had", async () => {
    for (const name of ["www", "hub", "shop", "", "a.b", "A", "*", "app.", "-a", "a".repeat(64)]) {
      await refused(replica().claim(alice, "one", name), 400);
    }
    const hidden = createHostnames(settings(), kubernetes);
    await refused(hidden.claim(alice, "one", "app"), 400);
    assert.deepEqual(kubernetes.calls, []);
  });

  it("gives up all that a deployment has claimed, and nothing else", async () => {
    const names = replica();
    await names.claim(alice, "one", "app");
    await names.claim(alice, "one", "app2");
    await names.claim(alice, "two", "app3");
    await names.claim(bob, "one", "app4");
    await names.release(alice, "one");
    assert.deepEqual([...kubernetes.objects.keys()].sort(), [
      `${LEASES}/app3.apps.example.org`,
      `${LEASES}/app4.apps.example.org`,
    ]);
    await names.release(alice, "one");
    await names.claim(bob, "two", "app");
    await refused(names.claim(alice, "one", "app"), 409);
  });

  it("keeps a name for its deployment as long as it is exposed under it", async () => {
    const options = { grace: 0 };
    await replica(options).claim(alice, "one", "app");
    exposeAs(HOST);
    await refused(replica(options).claim(bob, "one", "app"), 409);
    exposeAs("other.apps.example.org");
    await replica(options).claim(bob, "one", "app");
    const lease = kubernetes.objects.get(`${LEASES}/${HOST}`);
    assert.equal(lease?.spec?.["holderIdentity"], "user-bob/one");
  });

  it("leaves a PUT that is under way the time to come to its end", async () => {
    await replica().claim(alice, "one", "app");
    await refused(replica({ grace: 60_000 }).claim(bob, "one", "app"), 409);
    await replica({ grace: 0 }).claim(bob, "one", "app");
  });

  it("looks at HTTPRoutes where a Gateway exposes", async () => {
    const exposure = {
      kind: "gateway",
      domain: "apps.example.org",
      gateway: { name: "g", namespace: "gateways" },
    };
    const names = createHostnames(settings({ exposure }), kubernetes, { grace: 0 });
    await names.claim(alice, "one", "app");
    const routes = "/apis/gateway.networking.k8s.io/v1/namespaces/user-alice/httproutes";
    kubernetes.put(`${routes}/sd-one`, {
      metadata: { name: "sd-one" },
      spec: { hostnames: [HOST] },
    });
    await refused(names.claim(bob, "one", "app"), 409);
    kubernetes.objects.delete(`${routes}/sd-one`);
    await names.claim(bob, "one", "app");
  });

  it("takes over what is left of a namespace that is gone, and of no other that it may not read", async () => {
    const options = { grace: 0 };
    await replica(options).claim(alice, "one", "app");
    kubernetes.intercept = ({ path }) =>
      path === INGRESSES ? { status: 403, body: undefined } : undefined;
    kubernetes.put("/api/v1/namespaces/user-alice", { metadata: { name: "user-alice" } });
    await refused(replica(options).claim(bob, "one", "app"), 409);
    kubernetes.objects.delete("/api/v1/namespaces/user-alice");
    await replica(options).claim(bob, "one", "app");
  });

  it("does not take over a claim that was renewed meanwhile", async () => {
    const options = { grace: 0 };
    await replica(options).claim(alice, "one", "app");
    let raced = false;
    kubernetes.intercept = ({ path }) => {
      if (path === INGRESSES && !raced) {
        raced = true;
        // Alice comes back just now: her claim is renewed, and exposed.
        const lease = kubernetes.objects.get(`${LEASES}/${HOST}`)!;
        kubernetes.put(`${LEASES}/${HOST}`, lease);
        queueMicrotask(() => exposeAs(HOST));
      }
      return undefined;
    };
    await refused(replica(options).claim(bob, "one", "app"), 409);
    const lease = kubernetes.objects.get(`${LEASES}/${HOST}`);
    assert.equal(lease?.spec?.["holderIdentity"], "user-alice/one");
  });

  it("says when the API server does not help", async () => {
    kubernetes.intercept = () => ({ status: 500, body: undefined });
    const fault = await refused(replica().claim(alice, "one", "app"), 503);
    assert.equal(fault.headers?.["Retry-After"], "5");
    await refused(replica().release(alice, "one"), 503);
  });
});
