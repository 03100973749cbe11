/** What a tenant may try to leave its sandbox: no field for it exists, and what is allowed stays within. */
import assert from "node:assert/strict";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../support/engine";
import { record, startTenantEndpoint, type TenantEndpoint } from "../support/tenantEndpoint";

const DEPLOYMENTS = "/kubernetes/deployments";

interface Pod {
  metadata: { name: string; namespace: string };
  spec: Record<string, unknown>;
}

describe("the sandbox of a tenant", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  let endpoint: TenantEndpoint;
  before(async function () {
    endpoint = await startTenantEndpoint(standOrSkip(this));
  });
  after(() => endpoint?.close());

  async function live(path: string): Promise<unknown> {
    const { status, body } = await endpoint.kubernetes.request("GET", path);
    assert.equal(status, 200, path);
    return body;
  }

  /** The pods of a tenant, once there are any. */
  async function podsOf(tenant: string): Promise<Pod[]> {
    const path = `/api/v1/namespaces/${endpoint.namespace(tenant)}/pods`;
    for (let attempt = 0; attempt < 200; attempt++) {
      const { items } = (await live(path)) as { items: Pod[] };
      if (items.length > 0) {
        return items;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return assert.fail(`no pods of ${tenant} after 10 s`);
  }

  it("is left by no field: none of them exists", async () => {
    const table: [container: object, document: object][] = [
      [{ securityContext: { privileged: true } }, {}],
      [{ privileged: true }, {}],
      [{ hostPort: 80 }, {}],
      [{ ports: [{ name: "http", port: 8080, hostPort: 80 }] }, {}],
      [{ ports: [{ name: "http", port: 8080, nodePort: 30_000 }] }, {}],
      [{}, { hostNetwork: true }],
      [{}, { hostPID: true }],
      [{}, { nodeName: "cpu-1" }],
      [{}, { nodeSelector: { a: "b" } }],
      [{}, { tolerations: [{ operator: "Exists" }] }],
      [{}, { priorityClassName: "system-node-critical" }],
      [{}, { runtimeClassName: "runc" }],
      [{}, { serviceAccountName: "admin" }],
      [{}, { automountServiceAccountToken: true }],
      [{}, { annotations: { "nginx.ingress.kubernetes.io/server-snippet": "x" } }],
      [{}, { volumes: [{ name: "v", hostPath: { path: "/" } }] }],
      [{}, { volumes: [{ name: "v", secret: { secretName: "x" } }] }],
      [{}, { volumes: [{ name: "v", size: "1Gi", storageClass: "fast" }] }],
      [
        { volumeMounts: [{ name: "v", mountPath: "/a", subPath: "../.." }] },
        { volumes: [{ name: "v", size: "1Gi" }] },
      ],
      [
        { volumeMounts: [{ name: "v", mountPath: "/../etc" }] },
        { volumes: [{ name: "v", size: "1Gi" }] },
      ],
      [
        { volumeMounts: [{ name: "v", mountPath: "/var/run/secrets" }] },
        { volumes: [{ name: "v", size: "1Gi" }] },
      ],
      [{ user: 0 }, {}],
      [{ group: 0 }, {}],
      [{ fsGroup: 0 }, {}],
      [{ image: "file:///etc/passwd" }, {}],
      [{ image: "a b" }, {}],
      [{ environmentFrom: [{ secretRef: { name: "x" } }] }, {}],
      [{ environment: [{ name: "A", valueFrom: { secretKeyRef: { name: "x", key: "y" } } }] }, {}],
      [{ lifecycle: { postStart: {} } }, {}],
      [{}, { externalIPs: ["1.2.3.4"] }],
      [{}, { kind: "DaemonSet" }],
    ];
    for (const [container, document] of table) {
      const answer = await endpoint.call(
        "alice",
        "PUT",
        `${DEPLOYMENTS}/sandbox`,
        record(container, document),
      );
      const what = JSON.stringify([container, document, answer.body]);
      assert.equal(answer.status, 400, what);
      const { errors } = answer.body as { errors: { path?: string; message: string }[] };
      assert.ok(errors.length >= 1 && errors.every(({ message }) => message !== ""), what);
    }
    const { status } = await endpoint.call("alice", "GET", `${DEPLOYMENTS}/sandbox`);
    assert.equal(status, 404, "nothing is left");
  });

  it("holds what is allowed: pods that reach nothing of the cluster", async () => {
    const mounted = {
      user: 2000,
      environment: [
        { name: "A", value: "$(B)`id`; rm -rf /" },
        { name: "KUBERNETES_SERVICE_HOST", value: "evil.example.org" },
      ],
      command: ["sh"],
      args: ["-c", "curl http://169.254.169.254/"],
      volumeMounts: [{ name: "v", mountPath: "/data" }],
    };
    const body = record(mounted, { volumes: [{ name: "v", size: "1Gi" }] });
    const answer = await endpoint.call("alice", "PUT", `${DEPLOYMENTS}/allowed`, body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    const [pod] = await podsOf("alice");
    const { spec } = pod!;
    assert.equal(spec["automountServiceAccountToken"], false);
    assert.equal(spec["enableServiceLinks"], false);
    for (const key of ["hostNetwork", "hostPID", "hostIPC", "priorityClassName"]) {
      assert.ok(!spec[key], key);
    }
    assert.doesNotMatch(JSON.stringify(spec), /hostPath|"privileged":true|serviceAccountToken/);
    const [container] = spec["containers"] as { command: string[]; args: string[] }[];
    assert.deepEqual(container?.command, ["sh"], "nothing of it goes through a shell of ours");
  });

  it("is a namespace under restricted pod security, with default deny and no open ports", async () => {
    await endpoint.call("bob", "PUT", `${DEPLOYMENTS}/one`, record());
    const namespace = endpoint.namespace("bob");
    const { metadata } = (await live(`/api/v1/namespaces/${namespace}`)) as {
      metadata: { labels: Record<string, string> };
    };
    assert.equal(metadata.labels["pod-security.kubernetes.io/enforce"], "restricted");
    const quotas = await live(`/api/v1/namespaces/${namespace}/resourcequotas/tenant`);
    const { hard } = (quotas as { spec: { hard: Record<string, string> } }).spec;
    assert.equal(hard["services.nodeports"], "0");
    assert.equal(hard["services.loadbalancers"], "0");
    const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies/default-deny`;
    const policy = (await live(path)) as { spec: { podSelector: object; policyTypes: string[] } };
    assert.deepEqual(policy.spec.podSelector, {});
    assert.deepEqual([...policy.spec.policyTypes].sort(), ["Egress", "Ingress"]);
  });
});
