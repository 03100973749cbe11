import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { HttpFault } from "../../../endpoint/seams";
import { mayFetchFrom } from "../../../endpoint/tenancy/addresses";
import { createRecordSource, type OpenRecordSource } from "../../../endpoint/tenancy/recordSource";
import { tenant } from "../../support/fakeKubernetes";

const alice = tenant("alice");
const RECORD = {
  id: "one",
  title: "My service",
  data: "containers: []",
  exposed_port: 80,
  exposed_hostname: null,
  user_created: "alice",
  secret_field: "canary",
};

describe("the addresses that may be fetched from", () => {
  it("are public ones, unless private ones are meant", () => {
    const table: [address: string, open: boolean, allowed: boolean][] = [
      ["93.184.216.34", true, true],
      ["2606:2800:220:1::1", true, true],
      ["10.1.2.3", false, true],
      ["172.31.0.1", false, true],
      ["172.32.0.1", true, true],
      ["192.168.1.1", false, true],
      ["127.0.0.1", false, true],
      ["100.64.0.1", false, true],
      ["198.18.0.1", false, true],
      ["::1", false, true],
      ["fd12::1", false, true],
      ["::ffff:10.0.0.1", false, true],
      ["::ffff:a00:1", false, true],
      ["::ffff:93.184.216.34", true, true],
      ["64:ff9b::a00:1", false, true],
      ["2002:a00:1::", false, true],
      ["169.254.169.254", false, false],
      ["::ffff:169.254.169.254", false, false],
      ["::ffff:a9fe:a9fe", false, false],
      ["fd00:ec2::254", false, false],
      ["fe80::1", false, false],
      ["0.0.0.0", false, false],
      ["::", false, false],
      ["224.0.0.1", false, false],
      ["255.255.255.255", false, false],
      ["example.org", false, false],
      ["", false, false],
    ];
    for (const [address, open, allowed] of table) {
      assert.equal(mayFetchFrom(address, false), open, address);
      assert.equal(mayFetchFrom(address, true), allowed, `${address}, private allowed`);
    }
  });
});

describe("RecordSource", () => {
  let server: http.Server;
  let port: number;
  let answer: (request: http.IncomingMessage, response: http.ServerResponse) => void;
  const seen: http.IncomingMessage[] = [];
  const open: OpenRecordSource[] = [];
  let folder: string;

  before(async () => {
    server = http.createServer((request, response) => {
      seen.push(request);
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "records-"));
  });
  after(async () => {
    await Promise.all(open.map((source) => source.close()));
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    fs.rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    seen.length = 0;
    answer = (_request, response) => response.end(JSON.stringify({ data: RECORD }));
  });

  function source(over: object = {}, options: object = {}): OpenRecordSource {
    const made = createRecordSource(
      {
        url: `http://localhost:${port}/items/deployments`,
        ownerField: "user_created",
        allowPrivateNetworks: true,
        ...over,
      },
      options,
    );
    open.push(made);
    return made;
  }

  async function refused(promise: Promise<unknown>, status: number): Promise<void> {
    await assert.rejects(promise, (error) => {
      assert.ok(error instanceof HttpFault, String(error));
      assert.equal(error.status, status, error.message);
      assert.ok(!error.message.includes("canary"));
      return true;
    });
  }

  it("gives the fields of a record, bare or wrapped, and no others", async () => {
    const expected = { title: "My service", data: "containers: []", exposed_port: 80 };
    assert.deepEqual(await source().recordOf(alice, "one"), expected);
    answer = (_request, response) => response.end(JSON.stringify(RECORD));
    assert.deepEqual(await source().recordOf(alice, "one"), expected);
  });

  it("shows a token of its own, and never a tenant's", async () => {
    const tokenFile = path.join(folder, "token");
    fs.writeFileSync(tokenFile, "of-the-endpoint\n");
    await source({ tokenFile }).recordOf(alice, "one");
    await source().recordOf(alice, "one");
    assert.deepEqual(
      seen.map(({ headers }) => headers.authorization),
      ["Bearer of-the-endpoint", undefined],
    );
  });

  it("makes an id one segment of the path, whatever is in it", async () => {
    for (const id of ["../../users/me", "a/b", "a?x=1", "a#b", "%2e%2e", "a\r\nX: y"]) {
      seen.length = 0;
      await refused(source().recordOf(alice, id), 404);
      assert.equal(seen[0]?.url, `/items/deployments/${encodeURIComponent(id)}`);
    }
    seen.length = 0;
    await refused(source().recordOf(alice, ".."), 404);
    await refused(source().recordOf(alice, "."), 404);
    assert.deepEqual(seen, []);
  });

  it("gives nobody another's record", async () => {
    await refused(source().recordOf(tenant("bob"), "one"), 404);
    await refused(source().recordOf(alice, "two"), 404);
    for (const user_created of [undefined, null, ["alice"], { id: "alice" }, "Alice"]) {
      answer = (_request, response) => response.end(JSON.stringify({ ...RECORD, user_created }));
      await refused(source().recordOf(alice, "one"), 404);
    }
  });

  it("follows no redirection", async () => {
    answer = (_request, response) =>
      response.writeHead(302, { location: "http://169.254.169.254/latest" }).end();
    await refused(source().recordOf(alice, "one"), 502);
    assert.equal(seen.length, 1);
  });

  it("connects to no private address, whatever the name says", async () => {
    const lookup = (): Promise<unknown> =>
      Promise.resolve([
        { address: "93.184.216.34", family: 4 },
        { address: "127.0.0.1", family: 4 },
      ]);
    await refused(source({ allowPrivateNetworks: false }).recordOf(alice, "one"), 503);
    await refused(source({ allowPrivateNetworks: false }, { lookup }).recordOf(alice, "one"), 503);
    const metadata = (): Promise<unknown> =>
      Promise.resolve([{ address: "169.254.169.254", family: 4 }]);
    await refused(source({}, { lookup: metadata }).recordOf(alice, "one"), 503);
    assert.deepEqual(seen, []);
  });

  it("is refused with a private address in its settings", () => {
    for (const url of [
      "https://10.0.0.1/items",
      "https://[::1]/items",
      "https://169.254.169.254/",
    ]) {
      assert.throws(() => source({ url, allowPrivateNetworks: false }), /is a private address/);
    }
  });

  it("bears whatever the collection answers", async () => {
    const big = JSON.stringify({ ...RECORD, data: "x".repeat(1024 * 1024) });
    const table: [status: number, body: string, expected: number][] = [
      [404, "{}", 404],
      [403, "{}", 404],
      [401, "canary", 502],
      [500, "canary", 503],
      [200, "<html>canary", 502],
      [200, "[]", 502],
      [200, "null", 502],
      [200, big, 502],
    ];
    for (const [status, body, expected] of table) {
      answer = (_request, response) => response.writeHead(status).end(body);
      await refused(source().recordOf(alice, "one"), expected);
    }
    answer = (_request, response) => response.destroy();
    await refused(source().recordOf(alice, "one"), 503);
  });

  it("does not wait for ever", async () => {
    answer = (_request, response) => response.writeHead(200).write("{");
    const started = Date.now();
    await refused(source({}, { timeout: 200 }).recordOf(alice, "one"), 503);
    assert.ok(Date.now() - started < 2_000);
  });
});
