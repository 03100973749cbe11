/** What may come over a socket: the endpoint refuses it in time, and goes on serving the others. */
import assert from "node:assert/strict";
import * as net from "node:net";
import * as fc from "fast-check";
import type { FastifyInstance } from "fastify";
import { buildServer } from "../../endpoint/server";
import { HttpFault } from "../../endpoint/seams";
import type { Service } from "../../endpoint/service";
import { settings } from "../support/endpointSettings";
import { seed } from "../support/seed";

describe("what comes over the wire (E8)", function () {
  this.timeout(60_000);
  let app: FastifyInstance;
  let port: number;

  before(async () => {
    const tenant = { name: "a", namespace: "user-a", subject: "a", groups: [] };
    app = await buildServer({
      settings: settings({ rateLimit: { reads: 1e6, writes: 1e6, refused: 1e6 } }),
      service: {
        list: () => Promise.resolve([]),
        put: () => Promise.reject(new HttpFault(400, [{ message: "no record" }])),
      } as Partial<Service> as Service,
      authenticator: { tenantOf: () => Promise.resolve(tenant), close: () => undefined },
      notReady: () => undefined,
      logLevel: "silent",
    });
    await app.listen({ host: "127.0.0.1", port: 0 });
    port = (app.server.address() as net.AddressInfo).port;
  });
  after(() => app.close());

  /** What the server says to these bytes, until it closes or a second is over. */
  async function raw(bytes: string | Buffer): Promise<string> {
    const socket = net.connect(port, "127.0.0.1");
    let said = "";
    socket.on("data", (data) => (said += data.toString("latin1")));
    socket.on("error", () => undefined);
    socket.write(bytes);
    await new Promise<void>((resolve) => {
      socket.on("close", () => resolve());
      setTimeout(resolve, 1000);
    });
    socket.destroy();
    return said;
  }

  async function serves(): Promise<void> {
    const { status } = await fetch(`http://127.0.0.1:${port}/kubernetes/deployments`);
    assert.equal(status, 200);
  }

  const put = (headers: string, body = ""): string =>
    `PUT /kubernetes/deployments/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n${headers}\r\n\r\n${body}`;

  const CASES: [string, () => string, RegExp][] = [
    [
      "headers of 100 KB",
      () => put(`X-Long: ${"x".repeat(100_000)}`),
      /^HTTP\/1\.1 431 .*too large/s,
    ],
    [
      "a body that is said to have 10 MB",
      () => put("Content-Length: 10485760", "{"),
      /^HTTP\/1\.1 413 /,
    ],
    [
      "chunks without end",
      () => put("Transfer-Encoding: chunked", `10000\r\n${"x".repeat(65536)}\r\n`.repeat(10)),
      /^HTTP\/1\.1 413 /,
    ],
    [
      "100,000 brackets",
      () => put("Content-Length: 100000", "[".repeat(100_000)),
      /^HTTP\/1\.1 400 .*nested deeper/s,
    ],
    ["two lengths", () => put("Content-Length: 1\r\nContent-Length: 2", "{}"), /^HTTP\/1\.1 400 /],
    [
      "a length and chunks",
      () => put("Content-Length: 4\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
      /^HTTP\/1\.1 400 /,
    ],
    [
      "no HTTP",
      () => "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
      /^HTTP\/1\.1 400 .*not HTTP/s,
    ],
  ];
  for (const [what, bytes, expected] of CASES) {
    it(`refuses ${what}`, async () => {
      assert.match(await raw(bytes()), expected);
      await serves();
    });
  }

  it("serves 100 headers, and 50 who send their requests a byte at a time do not hold up others", async () => {
    const headers = Array.from({ length: 100 }, (_, i) => `X-${i}: ${i}`).join("\r\n");
    const get = `GET /kubernetes/deployments HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${headers}\r\n\r\n`;
    assert.match(await raw(get), /^HTTP\/1\.1 200 /);
    const slow = Array.from({ length: 50 }, () => {
      const socket = net.connect(port, "127.0.0.1").on("error", () => undefined);
      socket.write("GET /kubernetes/deployments HTTP/1.1\r\nHost: a\r\n");
      return socket;
    });
    const start = performance.now();
    await serves();
    assert.ok(performance.now() - start < 500);
    slow.forEach((socket) => socket.destroy());
  });

  it("answers any bytes with 4xx or nothing, never 5xx", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.string(), async (bytes, id) => {
        const answer = await app.inject({
          method: "PUT",
          url: `/kubernetes/deployments/${encodeURIComponent(id)}`,
          headers: { "content-type": "application/json" },
          payload: Buffer.from(bytes),
        });
        return answer.statusCode >= 400 && answer.statusCode < 500;
      }),
      { seed, numRuns: 100, examples: [[new Uint8Array([0x7b, 0x7d]), "\0"]] },
    );
  });
});
