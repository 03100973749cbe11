/** Namespaces, host names and GPUs against the real API server. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { kubeconfigAccess } from "../../../endpoint/kubernetes/access";
import { HttpPool } from "../../../endpoint/kubernetes/httpPool";
import type { HttpFault, Tenant } from "../../../endpoint/seams";
import { createCapacity, createHostnames, createTenantNamespaces } from "../../../endpoint/tenancy";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../../support/engine";
import { GPUS, NODES, settings } from "../../support/endpointSettings";

describe("tenancy on the stand", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  const id = randomBytes(3).toString("hex");
  const prefix = `t${id}-`;
  const domain = `${id}.example.net`;
  const read = settings({
    namespace: "default",
    namespacePrefix: prefix,
    exposure: { domain },
    quota: { cpu: "8", memory: "32Gi", gpus: { a100: 1 } },
    gpus: GPUS,
    nodes: NODES,
  });
  const made = new Set<string>();
  let kubernetes: HttpPool;

  const tenant = (name: string): Tenant => {
    made.add(`${prefix}${name}`);
    return { name, namespace: `${prefix}${name}`, subject: name, groups: [] };
  };

  before(function () {
    const stand = standOrSkip(this);
    kubernetes = new HttpPool(kubeconfigAccess(stand.clusters["local"]!.kubeconfig));
  });
  after(async () => {
    for (const name of made) {
      await kubernetes?.request("DELETE", `/api/v1/namespaces/${name}`);
    }
    await kubernetes?.close();
  });

  async function live(
    path: string,
  ): Promise<{ spec: unknown; items: { metadata: { name: string } }[] }> {
    const { status, body } = await kubernetes.request("GET", path);
    assert.equal(status, 200, path);
    return body as { spec: unknown; items: { metadata: { name: string } }[] };
  }

  it("makes a namespace once, by several replicas at a time", async () => {
    const alice = tenant("alice");
    const replicas = Array.from({ length: 4 }, () => createTenantNamespaces(read, kubernetes));
    await Promise.all(replicas.map((replica) => replica.ensure(alice)));
    const base = `/api/v1/namespaces/${alice.namespace}`;
    assert.deepEqual((await live(`${base}/resourcequotas/tenant`)).spec, {
      hard: {
        "requests.cpu": "8",
        "requests.memory": "32Gi",
        "requests.nvidia.com/gpu": "1",
        "requests.nvidia.com/mig-1g.10gb": "0",
        "services.nodeports": "0",
        "services.loadbalancers": "0",
      },
    });
    const policies = await live(
      `/apis/networking.k8s.io/v1/namespaces/${alice.namespace}/networkpolicies`,
    );
    assert.deepEqual(
      policies.items.map(({ metadata }) => metadata.name),
      [
        "allow-dns",
        "allow-ingress-controller",
        "allow-internet",
        "allow-same-namespace",
        "default-deny",
      ],
    );
  });

  it("refuses what the namespace is not for: a root pod, a Service that opens ports of nodes", async () => {
    const alice = tenant("alice");
    await createTenantNamespaces(read, kubernetes).ensure(alice);
    const base = `/api/v1/namespaces/${alice.namespace}`;
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "root" },
      spec: {
        containers: [
          { name: "c", image: "a:1", resources: { requests: { cpu: "1", memory: "1Gi" } } },
        ],
      },
    };
    const refusedPod = await kubernetes.request("POST", `${base}/pods?dryRun=All`, { body: pod });
    assert.equal(refusedPod.status, 403);
    assert.match(JSON.stringify(refusedPod.body), /PodSecurity/);
    for (const type of ["NodePort", "LoadBalancer"]) {
      const body = {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "open" },
        spec: { type, ports: [{ port: 80 }] },
      };
      const refused = await kubernetes.request("POST", `${base}/services?dryRun=All`, { body });
      assert.equal(refused.status, 403, type);
      assert.match(JSON.stringify(refused.body), /exceeded quota/);
    }
  });

  it("gives a host name to one of many that ask at once", async () => {
    const names = Array.from({ length: 12 }, (_, index) => tenant(`n${index}`));
    const answers = await Promise.all(
      names.map((who) =>
        createHostnames(read, kubernetes)
          .claim(who, "one", "app")
          .then(
            () => 200,
            (error: HttpFault) => error.status,
          ),
      ),
    );
    assert.equal(answers.filter((status) => status === 200).length, 1, answers.join(" "));
    assert.equal(answers.filter((status) => status === 409).length, 11, answers.join(" "));
    const winner = names[answers.indexOf(200)]!;
    await createHostnames(read, kubernetes).claim(winner, "one", "app");
    const loser = names[answers.indexOf(409)]!;
    await createHostnames(read, kubernetes).release(loser, "one");
    await createHostnames(read, kubernetes).release(winner, "one");
    const lease = `/apis/coordination.k8s.io/v1/namespaces/default/leases/app.${domain}`;
    assert.equal((await kubernetes.request("GET", lease)).status, 404);
  });

  it("takes over a name that nobody exposes any more, and no other", async () => {
    const [alice, bob] = [tenant("alice"), tenant("bob")];
    const namespaces = createTenantNamespaces(read, kubernetes);
    await Promise.all([namespaces.ensure(alice), namespaces.ensure(bob)]);
    const hostnames = createHostnames(read, kubernetes, { grace: 0 });
    await hostnames.claim(alice, "one", "old");
    const path = `/apis/networking.k8s.io/v1/namespaces/${alice.namespace}/ingresses`;
    const body = {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "one" },
      spec: {
        rules: [{ host: `old.${domain}` }],
        defaultBackend: { service: { name: "s", port: { number: 80 } } },
      },
    };
    assert.equal((await kubernetes.request("POST", path, { body })).status, 201);
    await assert.rejects(hostnames.claim(bob, "one", "old"), { status: 409 });
    assert.equal((await kubernetes.request("DELETE", `${path}/one`)).status, 200);
    await hostnames.claim(bob, "one", "old");
    await assert.rejects(createHostnames(read, kubernetes).claim(alice, "one", "old"), {
      status: 409,
    });
    await hostnames.release(bob, "one");
  });

  it("counts the GPUs of the stand", async () => {
    const capacity = createCapacity(read, kubernetes);
    await capacity.read();
    capacity.close();
    const found = capacity.free();
    assert.deepEqual(
      found.map(({ class: name, total }) => [name, total]),
      [
        ["a100", 4],
        ["a100-1g", 4],
      ],
    );
    found.forEach(({ total, used, free }) => assert.equal(free, Math.max(0, total - used)));
  });
});
