/** What a tenant may try against others and against the platform: each is refused, or does no harm. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../support/engine";
import {
  record,
  startTenantEndpoint,
  type Answer,
  type TenantEndpoint,
} from "../support/tenantEndpoint";

const DEPLOYMENTS = "/kubernetes/deployments";

describe("what tenants may try", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  let endpoint: TenantEndpoint;
  const everyone = ["alice", "bob", "carol"];
  /** A pod of each tenant's deployment `one`. */
  const pods: Record<string, string> = {};

  before(async function () {
    endpoint = await startTenantEndpoint(standOrSkip(this));
    for (const tenant of everyone) {
      const answer = await endpoint.call(tenant, "PUT", `${DEPLOYMENTS}/one`, record());
      assert.equal(answer.status, 201, JSON.stringify(answer.body));
      pods[tenant] = await firstPod(tenant);
    }
  });
  after(() => endpoint?.close());

  async function firstPod(tenant: string): Promise<string> {
    for (let attempt = 0; attempt < 200; attempt++) {
      const { body } = await endpoint.call(tenant, "GET", `${DEPLOYMENTS}/one`);
      const [pod] = (body as { pods?: { name: string }[] }).pods ?? [];
      if (pod !== undefined) {
        return pod.name;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return assert.fail(`no pod of ${tenant} after 10 s`);
  }

  async function live(path: string): Promise<unknown> {
    const { status, body } = await endpoint.kubernetes.request("GET", path);
    assert.equal(status, 200, path);
    return body;
  }

  function expect(answer: Answer, statuses: number[], what: string): void {
    const text = JSON.stringify(answer.body);
    assert.ok(statuses.includes(answer.status), `${what}: ${answer.status} ${text}`);
    // No internals in what is said.
    assert.doesNotMatch(text, /\bat [\w.<>]+ \(|node_modules|\.ts:\d+|127\.0\.0\.1/, what);
  }

  describe("against another tenant's deployment", () => {
    it("finds 404 on every route, whoever asks for whose", async () => {
      await endpoint.call("alice", "PUT", `${DEPLOYMENTS}/only-alice`, record());
      const routes: [method: string, url: string, body?: unknown][] = [
        ["GET", "only-alice"],
        ["PUT", "only-alice"],
        ["PATCH", "only-alice?scale=0"],
        ["DELETE", "only-alice"],
        ["GET", "only-alice/hooks/restart"],
        ["POST", "only-alice/hooks/restart"],
        ["GET", `only-alice/logs/${pods["alice"]}`],
        ["GET", `only-alice/events/${pods["alice"]}`],
        ["DELETE", `only-alice/pods/${pods["alice"]}`],
        ["GET", "only-alice/config"],
        ["GET", "only-alice/secret"],
      ];
      for (const other of ["bob", "carol"]) {
        for (const [method, url] of routes) {
          const answer = await endpoint.call(other, method, `${DEPLOYMENTS}/${url}`);
          expect(answer, [404], `${other} ${method} ${url}`);
        }
        for (const method of ["GET", "PATCH", "DELETE"]) {
          const body = method === "PATCH" ? { title: "mine" } : undefined;
          const answer = await endpoint.call(other, method, "/items/deployments/only-alice", body);
          expect(answer, [404], `${other} ${method} item`);
        }
      }
      const { status } = await endpoint.call("alice", "GET", `${DEPLOYMENTS}/only-alice`);
      assert.equal(status, 200);
    });

    it("does not reach another's pod through a deployment of its own", async () => {
      for (const thief of everyone) {
        for (const victim of everyone.filter((name) => name !== thief)) {
          for (const [method, route] of [
            ["GET", "logs"],
            ["GET", "events"],
            ["DELETE", "pods"],
          ] as const) {
            const url = `${DEPLOYMENTS}/one/${route}/${pods[victim]}`;
            expect(await endpoint.call(thief, method, url), [404], `${thief} ${method} ${url}`);
          }
        }
      }
    });

    it("does not reach a pod of another deployment of the same tenant", async () => {
      await endpoint.call("alice", "PUT", `${DEPLOYMENTS}/two`, record());
      for (const [method, route] of [
        ["GET", "logs"],
        ["GET", "events"],
        ["DELETE", "pods"],
      ] as const) {
        const answer = await endpoint.call(
          "alice",
          method,
          `${DEPLOYMENTS}/two/${route}/${pods["alice"]}`,
        );
        expect(answer, [404], `${method} ${route}`);
      }
    });

    it("sees its own deployments alone in lists", async () => {
      const { body } = await endpoint.call("bob", "GET", "/items/deployments");
      assert.doesNotMatch(JSON.stringify(body), /only-alice/);
    });
  });

  it("with paths that lead elsewhere", async () => {
    for (const id of [
      "..",
      "%2e%2e",
      "..%2f..%2fkube-system",
      "one%2f..%2f..%2fsecrets",
      "%00",
      "one%0d%0aX-Evil:%201",
      "a".repeat(400),
      "kube-system%2fone",
    ]) {
      for (const url of [`${DEPLOYMENTS}/${id}`, `${DEPLOYMENTS}/one/logs/${id}`]) {
        expect(await endpoint.call("alice", "GET", url), [400, 404, 414], url);
      }
    }
    for (const url of [
      `${DEPLOYMENTS}//one`,
      `//${DEPLOYMENTS}/one/../one/secret`,
      "/../etc/passwd",
    ]) {
      expect(await endpoint.call("alice", "GET", url), [400, 404], url);
    }
  });

  it("with host names that are another's, the platform's, or look like them", async () => {
    const exposed = (hostname: unknown): object =>
      record({}, {}, { exposed_service: "web", exposed_port: 8080, exposed_hostname: hostname });
    const put = (tenant: string, id: string, hostname: unknown): Promise<Answer> =>
      endpoint.call(tenant, "PUT", `${DEPLOYMENTS}/${id}`, exposed(hostname));
    expect(await put("alice", "web", "shop"), [201], "first come");
    const taken = await put("bob", "web", "shop");
    expect(taken, [409], "second");
    assert.doesNotMatch(JSON.stringify(taken.body), /alice/);
    expect(await endpoint.call("bob", "GET", `${DEPLOYMENTS}/web`), [404], "nothing half-made");
    for (const name of [
      ...[
        "www",
        "hub",
        "api",
        "auth",
        "*",
        "*.",
        "shop.",
        "sh op",
        "SHOP",
        "xn--shp-hna",
        "",
        "-a",
      ],
      ...["a-", "a.b", `shop.${endpoint.domain}`, "a".repeat(64), "shop\n", "shóp", 7, {}],
    ]) {
      expect(await put("bob", "web", name), [400], JSON.stringify(name));
    }
    expect(await endpoint.call("alice", "DELETE", `${DEPLOYMENTS}/web`), [200], "given up");
    expect(await put("bob", "web", "shop"), [201], "free again");
  });

  it("by asking for one host name at the same time: one gets it", async () => {
    const body = record({}, {}, { exposed_hostname: "race" });
    const answers = await Promise.all(
      everyone.map((tenant) => endpoint.call(tenant, "PUT", `${DEPLOYMENTS}/race`, body)),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409]);
    const ingresses = await Promise.all(
      everyone.map(async (tenant) => {
        const path = `/apis/networking.k8s.io/v1/namespaces/${endpoint.namespace(tenant)}/ingresses`;
        const { items } = (await live(path)) as { items: object[] };
        return items.filter((item) => JSON.stringify(item).includes(`race.${endpoint.domain}`));
      }),
    );
    assert.equal(ingresses.flat().length, 1);
  });

  it("with headers that say who or where somebody is", async () => {
    const token = await endpoint.issuer.token({ claims: { sub: "alice" } });
    const answer = await endpoint.app.inject({
      method: "GET",
      url: `${DEPLOYMENTS}/one`,
      headers: {
        authorization: `Bearer ${token}`,
        host: "evil.example.org",
        "x-forwarded-host": "evil.example.org",
        "x-forwarded-user": "bob",
        "x-remote-user": "bob",
        "impersonate-user": "system:admin",
        "x-tenant": "bob",
        "x-http-method-override": "DELETE",
      },
    });
    assert.equal(answer.statusCode, 200);
    const { pods: found } = answer.json<{ pods: { name: string }[] }>();
    assert.deepEqual(
      found.map(({ name }) => name),
      [pods["alice"]],
    );
    assert.doesNotMatch(answer.body + JSON.stringify(answer.headers), /evil/);
  });

  it("with tokens that are not good", async () => {
    const { issuer, app } = endpoint;
    const [header = "", payload = ""] = (await issuer.token()).split(".");
    const encoded = (value: object): string =>
      Buffer.from(JSON.stringify(value)).toString("base64url");
    const key = JSON.stringify(issuer.jwks.keys[0]);
    const confused = `${encoded({ alg: "HS256", kid: "key-1" })}.${payload}`;
    const tokens = [
      `${encoded({ alg: "none" })}.${payload}.`,
      `${header}.${payload}.`,
      `${confused}.${createHmac("sha256", key).update(confused).digest("base64url")}`,
      await issuer.token({ claims: { aud: "another" } }),
      await issuer.token({ claims: { iss: "https://evil.example.org" } }),
      await issuer.token({ expiresIn: -3600 }),
      await issuer.token({ header: { kid: "../../key" } }),
      "x".repeat(64 * 1024),
    ];
    for (const token of tokens) {
      const answer = await app.inject({
        method: "GET",
        url: `${DEPLOYMENTS}/one`,
        headers: { authorization: `Bearer ${token}` },
      });
      assert.ok(
        [401, 431].includes(answer.statusCode),
        `${answer.statusCode} ${token.slice(0, 40)}`,
      );
    }
    const cookie = await app.inject({
      method: "GET",
      url: `${DEPLOYMENTS}/one/hooks/restart`,
      headers: { cookie: `session=${await issuer.token()}` },
    });
    assert.equal(cookie.statusCode, 401, "a cookie is no token: others' pages cannot restart");
  });

  it("with names that become another tenant's", async () => {
    const claims = ["alice", "Alice", "alice ", "ALICE", "al.ice", "alice\u200b", "аlice"];
    const seen = new Map<string, string>();
    for (const sub of claims) {
      const token = await endpoint.issuer.token({ claims: { sub } });
      const answer = await endpoint.app.inject({
        method: "GET",
        url: `${DEPLOYMENTS}/one`,
        headers: { authorization: `Bearer ${token}` },
      });
      seen.set(sub, String(answer.statusCode));
    }
    assert.deepEqual([...seen.values()], ["200", ...claims.slice(1).map(() => "404")]);
  });
});
