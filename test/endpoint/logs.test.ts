/** Logs on their way through the endpoint: what is asked for, and what stays open when a reader goes away (E9). */
import assert from "node:assert/strict";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { EndpointClient, EndpointError } from "../../endpoint/client/client";
import { createService } from "../../endpoint/deployments";
import { openCaches } from "../../endpoint/kubernetes/caches";
import { HttpPool } from "../../endpoint/kubernetes/httpPool";
import { buildServer } from "../../endpoint/server";
import { settings } from "../support/endpointSettings";
import { FULL } from "../support/seed";

const READERS = FULL ? 1000 : 60;
const STREAMS = 5;

describe("logs", function () {
  this.timeout(FULL ? 300_000 : 60_000);
  let api: http.Server;
  let app: FastifyInstance;
  let pool: HttpPool;
  let client: EndpointClient;
  /** Queries of the logs that the API server was asked for. */
  let asked: string[];
  /** Logs that it is giving now. */
  let open: number;

  const labels = { "science-platform/deployment": "one", "science-platform/tenant": "alice" };
  const pod = (containers: string[], over: object = {}): object => ({
    kind: "Pod",
    metadata: { name: "p", namespace: "user-alice", uid: "u", labels: { ...labels, ...over } },
    spec: { containers: containers.map((name) => ({ name })) },
  });
  const PODS: Record<string, object> = {
    single: pod(["web"]),
    double: pod(["web", "db"]),
    foreign: pod(["web"], { "science-platform/deployment": "other" }),
  };

  before(async () => {
    api = http.createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://api");
      const [, name = "", log] = /\/pods\/([^/]+)(\/log)?$/.exec(url.pathname) ?? [];
      if (log === undefined) {
        const found = PODS[name];
        response.statusCode = found === undefined ? 404 : 200;
        response.end(JSON.stringify(found ?? { message: "no such pod" }));
        return;
      }
      asked.push(url.search);
      open++;
      response.on("close", () => open--);
      response.writeHead(200, { "content-type": "text/plain" });
      if (url.searchParams.get("follow") !== "true") {
        response.end("one\ntwo\n");
        return;
      }
      // As much as the reader takes, without end.
      const write = (): void => {
        while (!response.destroyed && response.write("x".repeat(16_384) + "\n"));
      };
      response.on("drain", write);
      write();
    });
    await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
    const { port } = api.address() as AddressInfo;
    const server = new URL(`http://127.0.0.1:${port}`);
    pool = new HttpPool({ server, token: () => undefined, tls: () => ({}) });
    const read = settings({ rateLimit: { reads: 1e6, streams: STREAMS } });
    const tenant = { name: "alice", namespace: "user-alice", subject: "alice", groups: [] };
    app = await buildServer({
      settings: read,
      service: createService({
        settings: read,
        kubernetes: pool,
        caches: openCaches(pool),
        namespaces: { ensure: () => Promise.resolve() },
        hostnames: { claim: () => Promise.resolve(), release: () => Promise.resolve() },
        capacity: { free: () => [], check: () => Promise.resolve() },
      }),
      authenticator: { tenantOf: () => Promise.resolve(tenant), close: () => undefined },
      notReady: () => undefined,
      logLevel: "silent",
    });
    await app.listen({ host: "127.0.0.1", port: 0 });
    const { port: own } = app.server.address() as AddressInfo;
    client = new EndpointClient({ url: `http://127.0.0.1:${own}`, token: "t" });
  });
  after(async () => {
    await app.close();
    await pool.close();
    api.closeAllConnections();
    api.close();
  });
  beforeEach(() => {
    asked = [];
    open = 0;
  });

  async function text(name: string, query: Parameters<EndpointClient["logs"]>[2]): Promise<string> {
    return new Response(await client.logs("one", name, query)).text();
  }

  async function refused(call: Promise<unknown>): Promise<[number, string]> {
    const error: unknown = await call.then(
      () => assert.fail("it was not refused"),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof EndpointError, String(error));
    return [error.status, error.message];
  }

  /** Waits a second at most, until the API server gives so many logs. */
  async function givesOnly(count: number): Promise<void> {
    const start = Date.now();
    while (open !== count) {
      assert.ok(Date.now() - start < 1000, `${open} logs are open after a second`);
      await sleep(5);
    }
  }

  it("passes on what is asked for, and nothing else", async () => {
    assert.equal(await text("single", {}), "one\ntwo\n");
    const all = {
      container: "db",
      sinceSeconds: 123,
      tailLines: 0,
      previous: true,
      timestamps: true,
      follow: false,
    };
    await text("double", all);
    assert.deepEqual(asked, [
      "?container=web",
      "?container=db&sinceSeconds=123&tailLines=0&previous=true&timestamps=true",
    ]);
  });

  it("asks which container is meant, and knows whose pods there are", async () => {
    const which = /several containers\. Name one of: web, db\./;
    const [status, message] = await refused(client.logs("one", "double"));
    assert.equal(status, 400);
    assert.match(message, which);
    const [wrong] = await refused(client.logs("one", "double", { container: "nginx" }));
    assert.equal(wrong, 400);
    for (const name of ["foreign", "absent"]) {
      const [notFound, words] = await refused(client.logs("one", name));
      assert.equal(notFound, 404);
      assert.doesNotMatch(words, /other/);
    }
    assert.deepEqual(asked, []);
  });

  it("ends the log behind it within a second when its reader goes away, each time", async () => {
    for (let i = 0; i < READERS; i++) {
      const gone = new AbortController();
      const log = await client.logs("one", "single", { follow: true }, gone.signal);
      const reader = log.getReader();
      assert.ok(((await reader.read()).value?.length ?? 0) > 0);
      gone.abort();
      await reader.closed.catch(() => undefined);
    }
    await givesOnly(0);
    const connections = await new Promise<number>((resolve) =>
      app.server.getConnections((_error, count) => resolve(count)),
    );
    assert.ok(connections < 10, `${connections} connections are left`);
  });

  it("lets a tenant follow so many at once, and one more when another has ended", async () => {
    const controllers = await Promise.all(
      Array.from({ length: STREAMS }, async () => {
        const controller = new AbortController();
        await client.logs("one", "single", { follow: true }, controller.signal);
        return controller;
      }),
    );
    const [status] = await refused(client.logs("one", "single"));
    assert.equal(status, 429);
    controllers.forEach((controller) => controller.abort());
    await givesOnly(0);
    assert.equal(await text("single", {}), "one\ntwo\n");
  });
});
