import assert from "node:assert/strict";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { ClusterAccessError } from "../../../components/cluster/accessError";
import { HttpConnection } from "../../../components/cluster/httpConnection";

describe("a connection to an API server", () => {
  let server: http.Server;

  before(async () => {
    server = http.createServer((request, response) => {
      if (request.url === "/cut") {
        response.writeHead(200, { "Content-Length": 100 });
        response.write("{", () => response.destroy());
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  after(() => {
    server.closeAllConnections();
    server.close();
  });

  async function failure(path: string): Promise<ClusterAccessError> {
    const { port } = server.address() as AddressInfo;
    const contents = JSON.stringify({
      contexts: [{ name: "c", context: { cluster: "k", user: "u" } }],
      clusters: [{ name: "k", cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [{ name: "u", user: {} }],
    });
    const connection = await HttpConnection.open({ cluster: "lab", contents });
    try {
      const sent = connection.send({ method: "GET", path, timeout: 200 });
      const result: unknown = await sent.catch((error: unknown) => error);
      assert.ok(result instanceof ClusterAccessError, JSON.stringify(result));
      assert.equal(result.kind, "unreachable");
      return result;
    } finally {
      connection.close();
    }
  }

  it("says how long it waited for a server that is silent", async () => {
    assert.match((await failure("/silent")).reason, /: there is no answer within 0\.2 s$/);
  });

  it("says that an answer was cut off", async () => {
    assert.match((await failure("/cut")).reason, /: the connection is cut$/);
  });
});
