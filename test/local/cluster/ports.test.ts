import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PORT_NAMES, choosePorts, isFree } from "../../../local/cluster/ports";

describe("the ports of a cluster", () => {
  let folder: string;
  let file: string;
  const servers: Server[] = [];
  const none = (): boolean => false;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "stand-ports-"));
    file = join(folder, "ports.json");
  });

  afterEach(() => {
    servers.splice(0).forEach((server) => server.close());
    rmSync(folder, { recursive: true, force: true });
  });

  function occupy(port: number): Promise<void> {
    const server = createServer();
    servers.push(server);
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
  }

  it("are different, free, and kept in the file", async () => {
    const ports = await choosePorts(file, none);
    const numbers = PORT_NAMES.map((name) => ports[name]);
    assert.equal(new Set(numbers).size, PORT_NAMES.length);
    for (const port of numbers) {
      assert.ok(port >= 20_000 && port <= 29_999, `${port} is below the range for outgoing calls`);
      assert.equal(await isFree(port), true);
    }
    assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), ports);
  });

  it("stay the same while they are free", async () => {
    const first = await choosePorts(file, none);
    assert.deepEqual(await choosePorts(file, none), first);
  });

  it("stay the same while our own processes listen on them", async () => {
    const first = await choosePorts(file, none);
    await occupy(first.apiserver);
    assert.deepEqual(await choosePorts(file, (name) => name === "apiserver"), first);
  });

  it("are chosen anew one by one when somebody else took them, and the file follows", async () => {
    const first = await choosePorts(file, none);
    await occupy(first.apiserver);
    const second = await choosePorts(file, none);
    assert.notEqual(second.apiserver, first.apiserver);
    assert.deepEqual({ ...second, apiserver: first.apiserver }, first);
    assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), second);
  });

  it("never clash with those of another cluster", async () => {
    const first = await choosePorts(file, none);
    const second = await choosePorts(file, () => true, Object.values(first));
    const shared = Object.values(second).filter((port) => Object.values(first).includes(port));
    assert.deepEqual(shared, []);
  });

  for (const [what, content] of [
    ["half-written", '{"etcd": 2'],
    ["not an object", "[20000]"],
    ["full of nonsense", '{"etcd": "20000", "apiserver": 80, "kwok": 99999, "scheduler": 1.5}'],
  ] as const) {
    it(`are chosen anew when the file is ${what}`, async () => {
      writeFileSync(file, content);
      const ports = await choosePorts(file, none);
      assert.deepEqual(Object.keys(ports).sort(), [...PORT_NAMES].sort());
      assert.ok(Object.values(ports).every((port) => port >= 20_000 && port <= 29_999));
    });
  }
});
