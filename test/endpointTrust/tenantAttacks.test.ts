/** Attacks of tenants that test/endpoint/{sandboxAttacks,tenantAttacks}.test.ts do not have: each refused, or harmless. */
import assert from "node:assert/strict";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../support/engine";
import {
  record,
  startTenantEndpoint,
  type Answer,
  type TenantEndpoint,
} from "../support/tenantEndpoint";

const DEPLOYMENTS = "/kubernetes/deployments";

interface Rule {
  to?: { ipBlock?: { cidr: string; except?: string[] } }[];
}

describe("further attacks of tenants (reliability.md 2.5)", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  let endpoint: TenantEndpoint;
  before(async function () {
    endpoint = await startTenantEndpoint(standOrSkip(this), {
      quota: { cpu: "4", memory: "16Gi", pods: 10, claims: 2, storage: "10Gi" },
      containerLimits: { cpu: "1", memory: "1Gi" },
      limits: { registries: ["docker.io", "ghcr.io"] },
    });
    await endpoint.call("alice", "GET", "/items/deployments");
  });
  after(() => endpoint?.close());

  function put(id: string, body: object, tenant = "alice"): Promise<Answer> {
    return endpoint.call(tenant, "PUT", `${DEPLOYMENTS}/${id}`, body);
  }

  async function refused(answer: Promise<Answer>, status: number, words: RegExp): Promise<void> {
    const { status: found, body } = await answer;
    assert.equal(found, status, JSON.stringify(body));
    assert.match(JSON.stringify(body), words);
  }

  async function live<T>(path: string): Promise<T> {
    const at = path.replace("NS", endpoint.namespace("alice"));
    const { status, body } = await endpoint.kubernetes.request("GET", at);
    assert.equal(status, 200, JSON.stringify(body));
    return body as T;
  }

  it("more than the namespace may hold: the quota counts cores, memory, pods, claims and sizes", async () => {
    const { items } = await live<{ items: { spec: { hard: Record<string, string> } }[] }>(
      "/api/v1/namespaces/NS/resourcequotas",
    );
    const hard = Object.assign({}, ...items.map(({ spec }) => spec.hard)) as Record<string, string>;
    for (const key of [
      ...["limits.cpu", "limits.memory", "pods", "persistentvolumeclaims", "requests.storage"],
      ...["services.nodeports", "services.loadbalancers"],
    ]) {
      assert.ok(
        key in hard || key.replace("limits", "requests") in hard,
        `${key} of ${JSON.stringify(hard)}`,
      );
    }
    const volumes = [1, 2, 3].map((i) => ({ name: `v${i}`, size: "1Gi" }));
    const volumeMounts = volumes.map(({ name }) => ({ name, mountPath: `/${name}` }));
    await refused(put("claims", record({ volumeMounts }, { volumes })), 403, /your quota/);
    const big = [{ name: "big", size: "11Gi" }];
    const mount = [{ name: "big", mountPath: "/big" }];
    await refused(put("big", record({ volumeMounts: mount }, { volumes: big })), 403, /your quota/);
  });

  it("pods without bounds, put there by others: the namespace has defaults", async () => {
    const { items } = await live<{ items: { spec: { limits: { default?: object }[] } }[] }>(
      "/api/v1/namespaces/NS/limitranges",
    );
    assert.ok(items.some(({ spec }) => spec.limits.some((one) => one.default !== undefined)));
  });

  it("the metadata address and private networks: no policy lets pods reach them", async () => {
    const { items } = await live<{
      items: { spec: { podSelector: object; egress?: Rule[] } }[];
    }>("/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies");
    const blocks = items.flatMap(({ spec }) =>
      (spec.egress ?? []).flatMap(({ to }) => {
        assert.ok(
          to !== undefined && to.length > 0,
          "a rule without peers lets everything through",
        );
        return to.flatMap(({ ipBlock }) => (ipBlock === undefined ? [] : [ipBlock]));
      }),
    );
    const all = blocks.filter(({ cidr }) => cidr === "0.0.0.0/0");
    for (const { except = [] } of all) {
      for (const cidr of ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]) {
        assert.ok(except.includes(cidr), `${cidr} is not among ${except.join()}`);
      }
      assert.ok(
        except.some((cidr) => /^169\.254\.(0\.0\/16|169\.254\/32)$/.test(cidr)),
        except.join(),
      );
    }
    assert.ok(blocks.every(({ cidr, except }) => cidr !== "::/0" || (except ?? []).length > 0));
  });

  it("101 variables, or 33 KiB of them", async () => {
    const environment = Array.from({ length: 101 }, (_, i) => ({ name: `V${i}`, value: "x" }));
    await refused(put("env", record({ environment })), 400, /environment/);
    const large = [{ name: "LARGE", value: "x".repeat(33 * 1024) }];
    await refused(put("env", record({ environment: large })), 400, /bytes/);
  });

  it("variables whose names or values end the line, or hold a NUL", async () => {
    for (const variable of [
      { name: "A\nB", value: "x" },
      { name: "A=B", value: "x" },
      { name: "", value: "x" },
      { name: "A", value: "a\0b" },
    ]) {
      await refused(put("env", record({ environment: [variable] })), 400, /environment/);
    }
  });

  it("images from other registries, under names that look like ours", async () => {
    for (const image of [
      "evil.example.org/nginx:1",
      "docker.io.evil.example.org/nginx:1",
      "docker.io@evil.example.org/nginx:1",
      "evil.example.org/docker.io/nginx:1",
      "ghcr.io:5000/nginx:1",
      "docker.io:443/nginx:1",
      "GHCR.io/nginx:1",
      "http://docker.io/nginx:1",
      "docker.io/../evil/nginx:1",
      "nginx:1@sha256:0",
      "nginx:1 --privileged",
    ]) {
      await refused(put("image", record({ image })), 400, /image/);
    }
    assert.equal(
      (await put("image", record({ image: "nginx:1.29" }, { replicas: 0 }))).status,
      201,
    );
  });

  it("titles that end the line", async () => {
    for (const title of ["a\r\nX-Evil: 1", "a\u0000b", "a\nb", "\u001b[31m", "", "x".repeat(201)]) {
      await refused(put("title", record({}, {}, { title })), 400, /title/);
    }
  });

  it("titles that look like annotations or HTML: they are text, and annotations are ours alone", async () => {
    const title = '<script>alert(1)</script>", "nginx.ingress.kubernetes.io/server-snippet": "';
    const body = record({}, { replicas: 0 }, { title, exposed_hostname: "plain" });
    const answer = await put("plain", body);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    const { metadata, spec } = await live<{
      metadata: { annotations?: Record<string, string> };
      spec: { rules: { host: string }[] };
    }>("/apis/networking.k8s.io/v1/namespaces/NS/ingresses/sd-plain");
    for (const key of Object.keys(metadata.annotations ?? {})) {
      assert.doesNotMatch(key, /snippet|auth|proxy|rewrite|configuration/);
    }
    assert.deepEqual(
      spec.rules.map(({ host }) => host),
      [`plain.${endpoint.domain}`],
    );
    const page = await endpoint.call("alice", "GET", DEPLOYMENTS);
    assert.match(String(page.headers["content-type"]), /^application\/json/);
    assert.equal(page.headers["x-content-type-options"], "nosniff");
  });

  it("answers that are kept by others: none may be, the GET that restarts least of all", async () => {
    await put("kept", record({}, { replicas: 0 }));
    for (const url of ["kept", "kept/hooks/restart", "kept/config", "gone"]) {
      const { headers } = await endpoint.call("alice", "GET", `${DEPLOYMENTS}/${url}`);
      assert.equal(headers["cache-control"], "no-store", url);
    }
  });

  it("a pod of its own that carries another deployment's name: found by labels, not by names", async () => {
    const namespace = endpoint.namespace("alice");
    const name = "sd-kept-12345-abcde";
    const body = {
      metadata: { name, namespace, labels: { app: "sd-kept" } },
      spec: {
        schedulerName: "nobody",
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
        containers: [
          {
            name: "c",
            image: "busybox",
            resources: { limits: { cpu: "100m", memory: "64Mi" } },
            securityContext: {
              allowPrivilegeEscalation: false,
              runAsUser: 1000,
              capabilities: { drop: ["ALL"] },
            },
          },
        ],
      },
    };
    const at = `/api/v1/namespaces/${namespace}/pods`;
    const made = await endpoint.kubernetes.request("POST", at, { body });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    for (const [method, route] of [
      ["GET", "logs"],
      ["GET", "events"],
      ["DELETE", "pods"],
    ] as const) {
      const answer = await endpoint.call("alice", method, `${DEPLOYMENTS}/kept/${route}/${name}`);
      assert.equal(answer.status, 404, route);
    }
    assert.equal((await endpoint.kubernetes.request("GET", `${at}/${name}`)).status, 200);
  });

  it("objects of others under its names: they are not taken over, changed or deleted", async () => {
    const namespace = endpoint.namespace("alice");
    const at = `/api/v1/namespaces/${namespace}/secrets`;
    const secret = { metadata: { name: "sd-kept-secret" }, stringData: { KEY: "canary-81c" } };
    await endpoint.kubernetes.request("POST", at, { body: secret });
    const read = await endpoint.call("alice", "GET", `${DEPLOYMENTS}/kept/secret`);
    assert.equal(read.status, 404);
    assert.doesNotMatch(JSON.stringify(read.body), /canary/);
    await endpoint.call("alice", "DELETE", `${DEPLOYMENTS}/kept`);
    const { status } = await endpoint.kubernetes.request("GET", `${at}/sd-kept-secret`);
    assert.equal(status, 200, "DELETE takes what is labelled as the deployment's");
  });

  it("a storm of tokens with a key that nobody knows: the issuer is asked once, others are let in", async () => {
    const { issuer, app } = endpoint;
    const send = async (token: string): Promise<number> => {
      const headers = { authorization: `Bearer ${token}` };
      return (await app.inject({ url: "/kubernetes/capacity", headers })).statusCode;
    };
    const known = await issuer.token();
    const unknown = await issuer.token({ header: { kid: "nobody-knows-it" } });
    const asked = issuer.asked;
    const good: number[] = [];
    const bad: number[] = [];
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        for (let i = 0; i < 10; i++) {
          bad.push(await send(unknown));
          good.push(await send(known));
        }
      }),
    );
    assert.deepEqual([...new Set(good)], [200]);
    assert.deepEqual([...new Set(bad)], [401]);
    assert.ok(issuer.asked - asked <= 1, `${issuer.asked - asked} times`);
  });
});
