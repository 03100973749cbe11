import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import type { Server } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { egressAnswers } from "../../../local/cluster/egressClient";
import { currentRoutes, decide } from "../../../local/cluster/egressRoutes";
import { serveEgress } from "../../../local/cluster/egressServer";

describe("the egress socket", () => {
  describe("route", () => {
    const refused = (address: string, routes: Record<string, unknown>): string => {
      const decision = decide(address, routes);
      assert.equal(decision.allowed, false);
      return decision.allowed ? "" : decision.reason;
    };

    it("leads to loopback where one is registered", () => {
      const routes = { "198.18.4.2:443": "127.0.0.1:8443" };
      assert.deepEqual(decide("198.18.4.2:443", routes), {
        allowed: true,
        target: { host: "127.0.0.1", port: 8443 },
      });
    });

    it("is refused for everything else, loopback itself included", () => {
      const routes = { "198.18.4.2:443": "127.0.0.1:8443" };
      for (const address of [
        "198.18.4.2:80",
        "127.0.0.1:8443",
        "example.org:443",
        "toString",
        "",
      ]) {
        assert.equal(refused(address, routes), "it is simulated, and nothing is registered for it");
      }
    });

    it("is refused when it would lead off this machine", () => {
      for (const target of [
        "198.18.0.1:443",
        "10.0.0.1:443",
        "localhost:443",
        "127.0.0.1",
        "127.0.0.1:0",
        "127.0.0.1:65536",
        "127.0.0.1:80@example.org:80",
        443,
        null,
      ]) {
        const reason = refused("a:1", { "a:1": target });
        assert.equal(reason, "its route does not lead to 127.0.0.1");
      }
    });

    it("comes from the file as it is now, which cannot change a fixed one", () => {
      const folder = mkdtempSync(join(tmpdir(), "stand-routes-"));
      const file = join(folder, "routes.json");
      const fixed = { "node:1": "127.0.0.1:1" };
      try {
        assert.deepEqual(currentRoutes(fixed, file), fixed);
        writeFileSync(file, '{"svc:443": "127.0.0.1:2", "node:1": "127.0.0.1:3"}');
        assert.deepEqual(currentRoutes(fixed, file), { "svc:443": "127.0.0.1:2", ...fixed });
        writeFileSync(file, '{"svc:443": ');
        assert.deepEqual(currentRoutes(fixed, file), fixed);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  });

  describe("server", () => {
    let folder: string;
    let socketPath: string;
    let proxy: Server;
    const lines: string[] = [];
    const routes: Record<string, unknown> = {};

    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), "stand-egress-"));
      socketPath = join(folder, "egress.sock");
      // What a process that was killed leaves behind.
      writeFileSync(socketPath, "");
      lines.length = 0;
      proxy = await serveEgress(socketPath, {
        decide: (address) => decide(address, routes),
        log: (line) => lines.push(line),
      });
    });

    afterEach(() => {
      proxy.close();
      rmSync(folder, { recursive: true, force: true });
    });

    function connectTo(path: string): Promise<{ status: string; socket: Socket; head: string }> {
      return new Promise((resolve, reject) => {
        request({ socketPath, method: "CONNECT", path })
          .on("connect", (response, socket, head) => {
            const status = `${response.statusCode} ${response.statusMessage}`;
            resolve({ status, socket, head: String(head) });
          })
          .on("error", reject)
          .end();
      });
    }

    it("is for its owner alone and tells that it is served", async () => {
      assert.equal(statSync(socketPath).mode & 0o777, 0o600);
      assert.equal(await egressAnswers(socketPath), true);
      assert.equal(await egressAnswers(join(folder, "other.sock")), false);
      assert.deepEqual(lines, []);
    });

    it("refuses a simulated address at once and writes down which", async () => {
      const { status, socket } = await connectTo("198.18.7.7:443");
      socket.destroy();
      assert.equal(status, "403 Refused by the local stand");
      assert.deepEqual(lines, [
        "refused 198.18.7.7:443: it is simulated, and nothing is registered for it",
      ]);
    });

    it("joins a registered address with a program on loopback", async () => {
      const server = createServer((socket) => socket.end("hello from loopback"));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      routes["198.18.7.8:443"] = `127.0.0.1:${port}`;
      try {
        const { status, socket, head } = await connectTo("198.18.7.8:443");
        let text = head;
        for await (const part of socket) {
          text += String(part);
        }
        assert.equal(status, "200 Connection established");
        assert.equal(text, "hello from loopback");
        assert.deepEqual(lines, [`routed 198.18.7.8:443 to 127.0.0.1:${port}`]);
      } finally {
        server.close();
      }
    });

    it("says so when nobody listens at the end of a route", async () => {
      routes["198.18.7.9:443"] = "127.0.0.1:1";
      const { status, socket } = await connectTo("198.18.7.9:443");
      socket.destroy();
      assert.equal(status, "502 Nothing answers there");
      assert.match(lines[0] ?? "", /^failed 198\.18\.7\.9:443 at 127\.0\.0\.1:1: /);
      assert.equal(existsSync(socketPath), true);
    });
  });
});
