/** What all routes have in common: who is let in, what is read, how refusals look, and what the log has. */
import assert from "node:assert/strict";
import type { FastifyInstance, InjectOptions } from "fastify";
import { buildServer } from "../../endpoint/server";
import { HttpFault, type Tenant } from "../../endpoint/seams";
import type { Service } from "../../endpoint/service";
import { settings } from "../support/endpointSettings";

const ALICE: Tenant = { name: "alice", namespace: "user-alice", subject: "alice", groups: [] };
const PATH = "/kubernetes/deployments/one";
const CANARY = "canary-7f3a";

/** A service whose every function gives back what it was called with, or does what a test wants. */
function service(over: Partial<Service> = {}): { service: Service; calls: unknown[][] } {
  const calls: unknown[][] = [];
  const target = over as Record<string, (...args: unknown[]) => unknown>;
  const recorded = new Proxy(target, {
    get:
      (own, name: string) =>
      (...args: unknown[]) => {
        calls.push([name, ...args]);
        const answer = own[name];
        return answer === undefined ? Promise.resolve(undefined) : answer(...args);
      },
  });
  return { service: recorded as unknown as Service, calls };
}

describe("the endpoint's server", () => {
  let app: FastifyInstance;
  let calls: unknown[][];
  let log: string;
  let missing: string | undefined;

  async function serve(over: Partial<Service> = {}, rateLimit: object = {}): Promise<void> {
    const made = service(over);
    calls = made.calls;
    log = "";
    app = await buildServer({
      settings: settings({ rateLimit, limits: { maxDocumentBytes: 1000 } }),
      service: made.service,
      authenticator: {
        tenantOf: (header) =>
          header === "Bearer good"
            ? Promise.resolve(ALICE)
            : Promise.reject(new HttpFault(401, [{ message: "Who are you?" }])),
        close: () => undefined,
      },
      notReady: () => missing,
      logStream: { write: (line) => (log += line) },
    });
  }

  afterEach(() => app.close());

  async function send(
    method: InjectOptions["method"],
    url: string,
    over: InjectOptions = {},
  ): Promise<{ status: number; body: unknown; headers: Record<string, unknown> }> {
    const headers = { authorization: "Bearer good", ...over.headers };
    const answer = await app.inject({ ...over, method, url, headers });
    const isJson = String(answer.headers["content-type"]).startsWith("application/json");
    return {
      status: answer.statusCode,
      body: isJson ? answer.json() : answer.body,
      headers: answer.headers,
    };
  }

  it("lets nobody in without a valid token, and reads nothing of a stranger's body", async () => {
    await serve();
    for (const headers of [{ authorization: "" }, { authorization: "Bearer bad" }]) {
      const payload = "{".repeat(10);
      const json = { "content-type": "application/json", ...headers };
      const answer = await send("PUT", PATH, { payload, headers: json });
      assert.deepEqual(
        [answer.status, answer.body],
        [401, { errors: [{ message: "Who are you?" }] }],
      );
    }
    assert.deepEqual(calls, []);
  });

  it("counts requests without a valid token, and lets good ones through all the same", async () => {
    await serve({ list: () => Promise.resolve([]) }, { refused: 2 });
    const stranger = { headers: { authorization: "Bearer bad" } };
    const url = "/kubernetes/deployments";
    const statuses = [];
    for (let i = 0; i < 3; i++) {
      statuses.push((await send("GET", url, stranger)).status);
    }
    assert.deepEqual(statuses, [401, 401, 429]);
    assert.equal((await send("GET", url)).status, 200);
  });

  it("limits a subject's changes apart from its reads, and says when to come back", async () => {
    await serve({ list: () => Promise.resolve([]) }, { writes: 1 });
    const url = `${PATH}/hooks/restart`;
    await send("POST", url);
    const { status, headers } = await send("POST", url);
    assert.equal(status, 429);
    assert.match(String(headers["retry-after"]), /^[1-9]\d*$/);
    assert.equal((await send("GET", "/kubernetes/deployments")).status, 200);
  });

  it("answers 405 with the methods that there are, and 404 where there is nothing", async () => {
    await serve();
    const wrong = await send("POST", PATH);
    assert.deepEqual([wrong.status, wrong.headers["allow"]], [405, "PUT, GET, PATCH, DELETE"]);
    const nothing = await send("GET", "/kubernetes/nothing");
    assert.deepEqual(
      [nothing.status, nothing.body],
      [404, { errors: [{ message: "There is nothing at this path." }] }],
    );
    assert.deepEqual(calls, []);
  });

  const REFUSED: [string, InjectOptions["method"], string, InjectOptions, number, string][] = [
    ["an id that is none", "GET", "/kubernetes/deployments/..%2f..%2fx", {}, 400, "id"],
    ["an id of 64 characters", "GET", `/kubernetes/deployments/${"a".repeat(64)}`, {}, 400, "id"],
    ["an id with a line break", "GET", "/kubernetes/deployments/a%0d%0ab", {}, 400, "id"],
    ["a pod that is none", "GET", `${PATH}/events/A_B`, {}, 400, "pod"],
    ["no scale", "PATCH", PATH, {}, 400, "scale"],
    ["a scale beyond the limit", "PATCH", `${PATH}?scale=17`, {}, 400, "scale"],
    ["a scale below zero", "PATCH", `${PATH}?scale=-1`, {}, 400, "scale"],
    ["half a replica", "PATCH", `${PATH}?scale=1.5`, {}, 400, "scale"],
    ["a scale twice", "PATCH", `${PATH}?scale=1&scale=2`, {}, 400, "scale"],
    ["an unknown parameter", "GET", `${PATH}?version=1`, {}, 400, "version"],
    ["a version that is none", "GET", `${PATH}?resourceVersion=1e5`, {}, 400, "resourceVersion"],
    [
      "keepVolumes that is no truth value",
      "DELETE",
      `${PATH}?keepVolumes=2`,
      {},
      400,
      "keepVolumes",
    ],
    ["no seconds", "GET", `${PATH}/logs/p?sinceSeconds=0`, {}, 400, "sinceSeconds"],
  ];
  for (const [what, method, url, over, status, path] of REFUSED) {
    it(`refuses ${what}`, async () => {
      await serve();
      const answer = await send(method, url, over);
      assert.equal(answer.status, status);
      const [error] = (answer.body as { errors: { path: string; message: string }[] }).errors;
      assert.equal(error?.path, path);
      assert.deepEqual(calls, []);
    });
  }

  const json = { "content-type": "application/json" };
  const BODIES: [string, string, object, number][] = [
    ["broken JSON", '{"title":', json, 400],
    ["a key that changes objects", '{"__proto__":{}}', json, 400],
    ["nesting without end", "[".repeat(6000), json, 400],
    ["another content type", "title: x", { "content-type": "application/yaml" }, 415],
    ["plain text", "x", { "content-type": "text/plain" }, 415],
    ["too many bytes", JSON.stringify("x".repeat(30_000)), json, 413],
  ];
  for (const [what, payload, headers, status] of BODIES) {
    it(`refuses a body with ${what}`, async () => {
      await serve();
      const answer = await send("PUT", PATH, {
        payload,
        headers: headers as Record<string, string>,
      });
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      assert.equal((answer.body as { errors: unknown[] }).errors.length, 1);
      assert.deepEqual(calls, []);
    });
  }

  it("takes a body of no bytes for none, with or without a content type", async () => {
    await serve({
      put: () =>
        Promise.resolve({
          created: false,
          spec: { containers: [] },
          resourceVersion: "7",
          warnings: [],
        }),
    });
    assert.equal((await send("PUT", PATH)).status, 200);
    assert.equal((await send("PUT", PATH, { headers: json })).status, 200);
    assert.deepEqual(calls, [
      ["put", ALICE, "one", undefined],
      ["put", ALICE, "one", undefined],
    ]);
  });

  it("answers PUT with the document, its version, and warnings that fit into a header", async () => {
    const spec = { containers: [{ name: "web", image: "nginx" }] };
    const warnings = ['image: "latest" änderbar', "second"];
    await serve({
      put: () => Promise.resolve({ created: true, spec, resourceVersion: "7", warnings }),
    });
    const { status, body, headers } = await send("PUT", PATH, {
      payload: { title: "t", data: "d" },
    });
    assert.deepEqual([status, body, headers["resource-version"]], [201, spec, "7"]);
    assert.equal(headers["warning"], `299 - "image: 'latest' ?nderbar", 299 - "second"`);
    assert.equal(headers["cache-control"], "no-store");
  });

  it("keeps errors of its own to itself, and logs where they were, without what was sent", async () => {
    await serve({
      put: () => Promise.reject(new TypeError(`cannot read ${CANARY}`)),
    });
    const { status, body } = await send("PUT", PATH, {
      payload: { title: CANARY, data: CANARY },
      headers: { authorization: "Bearer good", cookie: CANARY },
    });
    assert.equal(status, 500);
    assert.match(JSON.stringify(body), /Something is wrong here.*request [0-9a-f-]{36}/);
    assert.doesNotMatch(JSON.stringify(body) + log, new RegExp(CANARY));
    assert.match(log, /"name":"TypeError"/);
    assert.match(log, /server\.test\.ts/);
  });

  it("logs who did what, and neither tokens, queries, bodies nor refusals' words", async () => {
    await serve({
      setValues: () => Promise.reject(new HttpFault(400, [{ path: "data.A", message: CANARY }])),
    });
    await send("PUT", `${PATH}/secret`, { payload: { data: { A: CANARY } } });
    await send("GET", `${PATH}/logs/p?container=${CANARY}`);
    const lines = log
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const [first] = lines;
    const { method, route, tenant, status, params } = first!;
    assert.deepEqual(
      { method, route, tenant, status, params },
      {
        method: "PUT",
        route: "/kubernetes/deployments/:id/secret",
        tenant: "alice",
        status: 400,
        params: { id: "one" },
      },
    );
    assert.doesNotMatch(log, new RegExp(`${CANARY}|Bearer|good`));
  });

  it("is alive while it is not ready, and says what is missing", async () => {
    missing = "reading pods";
    await serve();
    assert.deepEqual((await send("GET", "/healthz")).status, 200);
    const { status, body } = await send("GET", "/readyz");
    assert.deepEqual([status, body], [503, { status: "reading pods" }]);
    missing = undefined;
    assert.equal((await send("GET", "/readyz")).status, 200);
  });

  it("answers a path that is no path in the same form", async () => {
    await serve();
    const { status, body } = await send("GET", "/%zz");
    assert.deepEqual(
      [status, body],
      [400, { errors: [{ message: "The path is not a valid one." }] }],
    );
  });
});
