import assert from "node:assert/strict";
import { request } from "node:https";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import type { Server } from "node:https";
import { listen } from "../../../local/webhook/listener";

const HOST = "cert-manager-webhook.cm.svc";
const LATE = "late-webhook.cm.svc";
const LATE_MS = 300;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Answer {
  status: number;
  body: { response?: { uid: string; allowed: boolean } };
}

describe("the stand's webhook listens", () => {
  const said: string[] = [];
  let authority: string;
  let server: Server;
  let port: number;

  before(async () => {
    port = await freePort();
    const late = new Map([
      [HOST, 0],
      [LATE, LATE_MS],
    ]);
    const options = {
      late: (host: string) => late.get(host),
      say: (line: string) => said.push(line),
    };
    ({ authority, server } = await listen({ ...options, port }));
  });

  after(() => server.close());

  function ask(path: string, body: unknown, servername = HOST, ca = authority): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        port,
        path,
        method: "POST",
        agent: false,
        ca,
        servername,
      };
      const call = request(options, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => {
          const status = response.statusCode ?? 0;
          resolve({ status, body: text === "" ? {} : (JSON.parse(text) as Answer["body"]) });
        });
      });
      call.on("error", reject);
      call.end(typeof body === "string" ? body : JSON.stringify(body));
    });
  }

  const review = {
    request: {
      uid: "u-1",
      operation: "CREATE",
      resource: { group: "cert-manager.io", resource: "clusterissuers" },
      userInfo: { username: "ada" },
      object: { spec: {} },
    },
  };

  it("by the name of each Service that it stands behind, and answers its review", async () => {
    for (const path of ["/validate?timeout=10s", "/mutate"]) {
      assert.deepEqual(await ask(path, review), {
        status: 200,
        body: {
          apiVersion: "admission.k8s.io/v1",
          kind: "AdmissionReview",
          response: { uid: "u-1", allowed: true },
        },
      });
    }
  });

  it("to no other name, and with an authority of its own", async () => {
    await assert.rejects(ask("/validate", review, "other.cm.svc"));
    await assert.rejects(ask("/validate", review, HOST, ""), /certificate/);
  });

  it("as late as it is told, for that Service alone", async () => {
    const started = Date.now();
    await ask("/validate", review, LATE);
    assert.ok(Date.now() - started >= LATE_MS);
  });

  it("and survives what it does not understand", async () => {
    assert.equal((await ask("/elsewhere", review)).status, 404);
    assert.equal((await ask("/validate", "{")).status, 500);
    assert.match(said.at(-1) ?? "", /^failed: /);
    assert.equal((await ask("/validate", review)).status, 200);
  });
});
