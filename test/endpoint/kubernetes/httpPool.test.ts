/** The connections to the API server: what is sent, what is sent again, and what a lost answer becomes. */
import assert from "node:assert/strict";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { HttpPool } from "../../../endpoint/kubernetes/httpPool";
import { HttpFault } from "../../../endpoint/seams";

interface Seen {
  method?: string;
  url?: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}

type Handler = (response: http.ServerResponse, seen: Seen) => void;

describe("connections to the API server", () => {
  let server: http.Server;
  let pool: HttpPool;
  let seen: Seen[];
  let connections: number;
  /** What the server does with the next requests, the last for all that follow. */
  let handlers: Handler[];
  const observed: string[] = [];

  const good: Handler = (response) => response.end('{"kind":"Thing"}');
  const status =
    (code: number, headers: Record<string, string> = {}): Handler =>
    (response) =>
      response.writeHead(code, headers).end(`{"message":"said ${code}"}`);
  const reset: Handler = (response) => response.socket?.destroy();

  before(async () => {
    server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { method, url, headers } = request;
        const one = { method, url, headers, body: Buffer.concat(chunks).toString() };
        seen.push(one);
        (handlers.length > 1 ? handlers.shift()! : handlers[0]!)(response, one);
      });
    });
    server.on("connection", () => connections++);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    seen = [];
    connections = 0;
    handlers = [good];
    observed.length = 0;
    const { port } = server.address() as AddressInfo;
    pool = new HttpPool(
      { server: new URL(`http://127.0.0.1:${port}/k8s/`), token: () => "secret", tls: () => ({}) },
      {
        answered: (method, code) => observed.push(`${method} ${code}`),
        retried: (method, reason) => observed.push(`again ${method} ${reason}`),
      },
    );
  });
  afterEach(() => pool.close());

  async function fault(sent: Promise<unknown>): Promise<HttpFault> {
    const error: unknown = await sent.then(
      () => assert.fail("it was not refused"),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof HttpFault, String(error));
    return error;
  }

  it("asks below the server's own path, with the token", async () => {
    const answer = await pool.request("GET", "/api/v1/pods?limit=1");
    assert.deepEqual(answer, { status: 200, body: { kind: "Thing" } });
    assert.equal(seen[0]?.url, "/k8s/api/v1/pods?limit=1");
    assert.equal(seen[0]?.headers.authorization, "Bearer secret");
    assert.equal(seen[0]?.headers["content-type"], undefined);
  });

  it("applies as its field manager, strictly", async () => {
    await pool.apply("/api/v1/namespaces/a/services/b", { kind: "Service" });
    const { method, url, headers, body } = seen[0]!;
    assert.equal(method, "PATCH");
    assert.equal(
      url,
      "/k8s/api/v1/namespaces/a/services/b?fieldManager=science-platform-endpoint&fieldValidation=Strict&force=true",
    );
    assert.equal(headers["content-type"], "application/apply-patch+yaml");
    assert.deepEqual(JSON.parse(body), { kind: "Service" });
    await pool.apply("/x", {}, { dryRun: true, force: false });
    assert.match(seen[1]!.url!, /force=false&dryRun=All$/);
  });

  it("keeps connections open", async () => {
    for (let i = 0; i < 20; i++) {
      await pool.request("GET", "/x");
    }
    // One that was just answered may not count as free yet.
    assert.ok(connections <= 2, `${connections} connections`);
  });

  it("gives refusals as they are", async () => {
    handlers = [status(422)];
    assert.deepEqual(await pool.request("PUT", "/x", { body: {} }), {
      status: 422,
      body: { message: "said 422" },
    });
    assert.equal(seen.length, 1);
  });

  it("sends again what failed in passing, with the same body", async () => {
    handlers = [reset, status(503), good];
    const answer = await pool.request("PATCH", "/x", { body: { a: 1 } });
    assert.equal(answer.status, 200);
    assert.deepEqual(
      seen.map(({ body }) => body),
      ['{"a":1}', '{"a":1}', '{"a":1}'],
    );
    assert.deepEqual(observed, [
      "PATCH 0",
      "again PATCH UND_ERR_SOCKET",
      "PATCH 503",
      "again PATCH 503",
      "PATCH 200",
    ]);
  });

  it("does not POST twice what may have been done, unless it is told that it may", async () => {
    handlers = [reset, good];
    assert.equal((await fault(pool.request("POST", "/x", { body: {} }))).status, 503);
    assert.equal(seen.length, 1);
    handlers = [reset, good];
    const answer = await pool.request("POST", "/x", { body: {}, repeatable: true });
    assert.equal(answer.status, 200);
  });

  it("makes 503 of a server that stays broken, and keeps why for the log", async () => {
    handlers = [status(500)];
    const error = await fault(pool.request("GET", "/x"));
    assert.equal(error.status, 503);
    assert.equal(seen.length, 5);
    assert.match((error.cause as Error).message, /500: said 500/);
    assert.doesNotMatch(error.message, /said 500/);
  });

  it("gives up waiting for an answer, and asks again", async () => {
    handlers = [() => undefined, good];
    const answer = await pool.request("GET", "/x", { timeoutMs: 500 });
    assert.equal(answer.status, 200);
    assert.equal(seen.length, 2);
  });

  it("streams, and ends the request when it is told to", async () => {
    let closed = false;
    handlers = [
      (response) => {
        response.write("one\n");
        response.on("close", () => (closed = true));
      },
    ];
    const controller = new AbortController();
    const stream = await pool.stream("/log", controller.signal);
    stream.on("error", () => undefined);
    const [chunk] = await new Promise<[string]>((resolve) =>
      stream.once("data", (data: Buffer) => resolve([data.toString()])),
    );
    assert.equal(chunk, "one\n");
    controller.abort();
    const start = Date.now();
    while (!closed && Date.now() - start < 1000) {
      await sleep(5);
    }
    assert.equal(closed, true);
  });

  it("refuses a stream in the API server's words, without its insides where it is broken", async () => {
    handlers = [status(400)];
    const refused = await fault(pool.stream("/log", new AbortController().signal));
    assert.deepEqual([refused.status, refused.message], [400, "said 400"]);
    handlers = [status(502)];
    const broken = await fault(pool.stream("/log", new AbortController().signal));
    assert.equal(broken.status, 503);
    assert.doesNotMatch(broken.message, /said/);
  });
});
