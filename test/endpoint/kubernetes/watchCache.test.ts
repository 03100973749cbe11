/** The copies that status is read from: what is listed, what changes, and what happens when the watch breaks. */
import assert from "node:assert/strict";
import { PassThrough, type Readable } from "node:stream";
import { WatchCache } from "../../../endpoint/kubernetes/watchCache";
import { HttpFault, type ApiResult, type Kubernetes } from "../../../endpoint/seams";

interface Thing {
  metadata: {
    name: string;
    namespace?: string;
    resourceVersion?: string;
    labels?: Record<string, string>;
  };
  spec?: unknown;
  secret?: string;
}

function thing(name: string, resourceVersion: string, label = "a"): Thing {
  const metadata = { name, namespace: "ns", resourceVersion, labels: { id: label } };
  return { metadata, secret: "not kept" };
}

/** An API server with pages of a list, and watches that the test writes into. */
class Server implements Kubernetes {
  pages: Thing[][] = [[]];
  version = "10";
  readonly asked: string[] = [];
  readonly watches: PassThrough[] = [];
  refuseWatch: HttpFault | undefined;

  request(_method: string, path: string): Promise<ApiResult> {
    this.asked.push(path);
    const page = Number(new URL(path, "http://x").searchParams.get("continue") ?? 0);
    const next = page + 1 < this.pages.length ? { continue: String(page + 1) } : {};
    const metadata = { resourceVersion: this.version, ...next };
    return Promise.resolve({ status: 200, body: { items: this.pages[page], metadata } });
  }

  stream(path: string, signal: AbortSignal): Promise<Readable> {
    this.asked.push(path);
    if (this.refuseWatch !== undefined) {
      const fault = this.refuseWatch;
      this.refuseWatch = undefined;
      return Promise.reject(fault);
    }
    const stream = new PassThrough();
    signal.addEventListener("abort", () => stream.destroy());
    this.watches.push(stream);
    return Promise.resolve(stream);
  }

  apply(): Promise<ApiResult> {
    return Promise.reject(new Error("nothing is applied here"));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The watch that stands, once it does. */
  async watch(count = 1): Promise<PassThrough> {
    while (this.watches.length < count) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.watches[count - 1]!;
  }

  versions(): (string | null)[] {
    return this.asked.map((path) => new URL(path, "http://x").searchParams.get("resourceVersion"));
  }
}

function event(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}

describe("a copy that follows a watch", () => {
  let server: Server;
  let cache: WatchCache<Thing>;
  let lost: string[];

  beforeEach(() => {
    server = new Server();
    lost = [];
    cache = new WatchCache<Thing>(server, {
      path: "/api/v1/things",
      labelSelector: "managed=yes",
      keep: ({ metadata }) => ({ metadata }),
      group: ({ metadata }) => metadata.labels?.["id"] ?? "",
      onLost: (reason) => lost.push(reason),
    });
  });
  afterEach(() => cache.close());

  function names(group = "a"): string[] {
    return cache.inGroup(group).map(({ metadata }) => metadata.name);
  }

  it("lists all pages first, keeps a part of each object, then watches from there", async () => {
    server.pages = [[thing("one", "1")], [thing("two", "2", "b")]];
    await cache.start();
    await server.watch();
    assert.equal(cache.isReady, true);
    assert.equal(cache.size, 2);
    assert.deepEqual(cache.get("ns", "one"), { metadata: thing("one", "1").metadata });
    assert.deepEqual([names("a"), names("b"), names("c")], [["one"], ["two"], []]);
    const [first, , watch] = server.asked.map((path) => new URL(path, "http://x").searchParams);
    assert.deepEqual(Object.fromEntries(first!), { labelSelector: "managed=yes", limit: "500" });
    assert.equal(watch!.get("resourceVersion"), "10");
    assert.equal(watch!.get("allowWatchBookmarks"), "true");
    assert.equal(cache.silentMs, 0);
  });

  it("takes over what is added, changed, moved to another group, and deleted", async () => {
    server.pages = [[thing("one", "1"), thing("two", "2")]];
    await cache.start();
    const watch = await server.watch();
    watch.write(event("ADDED", thing("three", "11")));
    watch.write(event("MODIFIED", thing("one", "12", "b")));
    watch.write(event("DELETED", thing("two", "13")));
    assert.equal(await cache.reached("13", 1000), true);
    assert.deepEqual([names("a"), names("b"), cache.size], [["three"], ["one"], 2]);
  });

  it("puts together what arrives in pieces, within a character too", async () => {
    await cache.start();
    const watch = await server.watch();
    const bytes = Buffer.from(event("ADDED", thing("größe", "11")));
    const middle = bytes.indexOf(0xc3) + 1;
    watch.write(bytes.subarray(0, middle));
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(cache.size, 0);
    watch.write(bytes.subarray(middle));
    await cache.reached("11", 1000);
    assert.deepEqual(names(), ["größe"]);
  });

  it("waits for a version, of any length, and no longer than it is told to", async () => {
    await cache.start();
    const watch = await server.watch();
    assert.equal(await cache.reached("9", 0), true);
    const waiting = cache.reached("123456789012345678901", 1000);
    watch.write(event("BOOKMARK", { metadata: { resourceVersion: "123456789012345678901" } }));
    assert.equal(await waiting, true);
    const before = Date.now();
    assert.equal(await cache.reached("999999999999999999999", 50), false);
    assert.ok(Date.now() - before >= 45);
  });

  it("goes on from where it was when the watch ends or breaks, without a list", async () => {
    await cache.start();
    const first = await server.watch();
    first.write(event("ADDED", thing("one", "20")));
    await cache.reached("20", 1000);
    first.end();
    const second = await server.watch(2);
    second.destroy(new Error("reset"));
    await server.watch(3);
    assert.deepEqual(server.versions(), [null, "10", "20", "20"]);
    assert.deepEqual(lost, ["reset"]);
    assert.equal(cache.silentMs, 0);
  });

  it("lists again when its version is forgotten, and drops what is not there any more", async () => {
    server.pages = [[thing("old", "1")]];
    await cache.start();
    const watch = await server.watch();
    server.pages = [[thing("new", "30")]];
    server.version = "30";
    watch.write(event("ERROR", { code: 410, message: "too old" }));
    await server.watch(2);
    assert.deepEqual(names(), ["new"]);
    assert.deepEqual(server.versions(), [null, "10", null, "30"]);
  });

  it("lists again when the watch itself is refused for its version", async () => {
    server.refuseWatch = new HttpFault(410, [{ message: "too old" }]);
    await cache.start();
    await server.watch();
    assert.deepEqual(server.versions(), [null, "10", null, "10"]);
  });

  it("knows since when it has no news", async () => {
    await cache.start();
    const watch = await server.watch();
    server.refuseWatch = new HttpFault(503, [{ message: "down" }]);
    watch.destroy(new Error("reset"));
    while (lost.length < 2) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.ok(cache.silentMs >= 1, `${cache.silentMs} ms`);
    await server.watch(2);
    assert.equal(cache.silentMs, 0);
  });
});
