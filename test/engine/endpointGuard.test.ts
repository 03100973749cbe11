/** What the API server's policies refuse the endpoint, though its rights would allow it. */
import assert from "node:assert/strict";
import { messageOf, type ApiAnswer } from "../../components/cluster/apiClient";
import { tenantNamespaceObject, tenantRoleBinding } from "../../components/model/tenantObjects";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../support/engine";
import { EndpointScene } from "./endpointScene";

describe("the endpoint's account is held", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  const scene = new EndpointScene();
  const { id, home, prefix, alice, bob, foreign, tenantRole, domain } = scene;

  before(async function () {
    await scene.open(standOrSkip(this));
  });
  afterEach(() => scene.uninstall());
  after(() => scene.close());

  /** Policies take a moment to be in force. */
  async function inForce(): Promise<void> {
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: `probe-${id}` } };
    const route = {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "probe" },
      spec: {
        rules: [{ host: `probe.${domain}` }],
        defaultBackend: { service: { name: "s", port: { number: 80 } } },
      },
    };
    const ingresses = `/apis/networking.k8s.io/v1/namespaces/${foreign}/ingresses?dryRun=All`;
    for (let attempt = 0; attempt < 300; attempt++) {
      const answers = await Promise.all([
        post("/api/v1/namespaces", namespace),
        scene.api.request("POST", ingresses, { body: route }),
      ]);
      if (answers.every(({ status }) => status === 422)) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.fail("the policies are not in force after 30 s");
  }

  beforeEach(async () => {
    await scene.install();
    await inForce();
  });

  async function refusedFor(words: RegExp, request: Promise<ApiAnswer>): Promise<void> {
    const answer = await request;
    assert.ok([403, 422].includes(answer.status), `${answer.status} ${messageOf(answer)}`);
    assert.match(messageOf(answer), words);
  }

  function post(path: string, body: object): Promise<ApiAnswer> {
    return scene.endpoint.request("POST", `${path}?dryRun=All`, { body });
  }

  const namespaceNamed = (name: string, over: object = {}): object => ({
    ...tenantNamespaceObject({ name: "carol", namespace: name }),
    ...over,
  });

  it("to namespaces of tenants, with their labels", async () => {
    const path = "/api/v1/namespaces";
    assert.equal((await post(path, namespaceNamed(`${prefix}carol`))).status, 201);
    await refusedFor(/begin with/, post(path, namespaceNamed("kube-evil")));
    for (const labels of [
      {},
      { "science-platform/tenant": "carol" },
      {
        "science-platform/tenant": "carol",
        "pod-security.kubernetes.io/enforce": "privileged",
      },
      { "pod-security.kubernetes.io/enforce": "restricted" },
    ]) {
      const metadata = { name: `${prefix}carol`, labels };
      await refusedFor(/its label and restricted/, post(path, namespaceNamed("", { metadata })));
    }
  });

  const bindings = (namespace: string): string =>
    `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`;
  const binding = (namespace: string, over: object = {}): object => ({
    ...tenantRoleBinding(
      { name: "bob", namespace },
      { serviceAccount: "endpoint", clusterRole: tenantRole },
      home,
    ),
    ...over,
  });

  it("to letting itself in there, with one role", async () => {
    assert.equal((await post(bindings(bob), binding(bob))).status, 201);
    await refusedFor(/begin with/, post(bindings("kube-system"), binding("kube-system")));
    await refusedFor(/begin with/, post(bindings(foreign), binding(foreign)));
    await refusedFor(/begin with/, post(bindings(home), binding(home)));
    const subjects = [{ kind: "ServiceAccount", name: "default", namespace: foreign }];
    await refusedFor(
      /binds its own role to itself/,
      post(bindings(bob), binding(bob, { subjects })),
    );
    const users = [{ kind: "User", name: "eve", apiGroup: "rbac.authorization.k8s.io" }];
    await refusedFor(
      /binds its own role to itself/,
      post(bindings(bob), binding(bob, { subjects: users })),
    );
    const admin = {
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "ClusterRole",
        name: "cluster-admin",
      },
    };
    await refusedFor(/./, post(bindings(bob), binding(bob, admin)));
  });

  it("to namespaces that are labelled, even below its prefix", async () => {
    const unlabelled = `${prefix}plain`;
    const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: unlabelled } };
    assert.equal((await scene.api.request("POST", "/api/v1/namespaces", { body })).status, 201);
    try {
      await refusedFor(/no tenant's/, post(bindings(unlabelled), binding(unlabelled)));
    } finally {
      await scene.api.request("DELETE", `/api/v1/namespaces/${unlabelled}`);
    }
  });

  it("to claims of host names in its own namespace", async () => {
    const leases = `/apis/coordination.k8s.io/v1/namespaces/${home}/leases`;
    const lease = {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name: "l" },
    };
    assert.equal((await post(leases, lease)).status, 201);
  });

  it("to hosts of the tenants' domain, which are for tenants' namespaces, whoever writes", async () => {
    const ingress = (hosts: (string | undefined)[], more: object = {}): object => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "i" },
      spec: {
        rules: hosts.map((host) => ({
          host,
          http: {
            paths: [
              {
                path: "/",
                pathType: "Prefix",
                backend: { service: { name: "s", port: { number: 80 } } },
              },
            ],
          },
        })),
        ...more,
      },
    });
    const path = (namespace: string): string =>
      `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`;
    const host = `app.${domain}`;
    const asAdmin = (namespace: string, hosts: string[]): Promise<ApiAnswer> =>
      scene.api.request("POST", `${path(namespace)}?dryRun=All`, { body: ingress(hosts) });
    await refusedFor(/for tenants' namespaces/, asAdmin(foreign, [host]));
    await refusedFor(
      /for tenants' namespaces/,
      asAdmin(foreign, ["hub.example.org", `*.${domain}`]),
    );
    assert.equal((await asAdmin(foreign, ["hub.example.org"])).status, 201);
    assert.equal((await asAdmin(alice, [host])).status, 201);
    assert.equal((await asAdmin(alice, ["hub.example.org"])).status, 201, "an operator may");

    assert.equal((await post(path(alice), ingress([host]))).status, 201);
    const backend = { defaultBackend: { service: { name: "s", port: { number: 80 } } } };
    for (const body of [
      ingress(["hub.example.org"]),
      ingress([host, "hub.example.org"]),
      ingress([domain]),
      ingress([undefined]),
      ingress([host], backend),
      ingress([], backend),
    ]) {
      await refusedFor(/exposes hosts below/, post(path(alice), body));
    }
  });
});
