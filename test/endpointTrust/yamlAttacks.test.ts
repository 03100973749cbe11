/** Documents that are made to do harm, each through the whole endpoint: refused soon, with nothing left behind. */
import assert from "node:assert/strict";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../support/engine";
import { startTenantEndpoint, type TenantEndpoint } from "../support/tenantEndpoint";

const MOST_CPU_MS = 200;
const URL = "/kubernetes/deployments/attack";

const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"]
  .concat([..."bcdefgh"].map((name, i) => `${name}: &${name} [${`*${"abcdefg"[i]},`.repeat(9)}]`))
  .join("\n");

const container = "containers:\n  - name: web\n    image: nginx:1.29\n";

const many = (count: number, make: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => make(i)).join("\n");

/** What it is, the document, and what is said of it. */
const ATTACKS: [what: string, document: string, words: RegExp, status?: number][] = [
  ["billion laughs by aliases", bomb, /alias/],
  ["one alias", "a: &a 1\nb: *a", /alias/],
  ["20,000 aliases", `a: &a 1\nb: [${"*a,".repeat(20_000)}]`, /alias/],
  ["merge keys by the thousand", `b: &b {x: 1}\nall:\n${"  - <<: *b\n".repeat(4000)}`, /alias/],
  ["a merge key", `${container}    <<: {user: 0}`, /unknown key/],
  ["3,000 brackets", "[".repeat(3000), /depth|nest/i],
  ["3,000 maps in maps", "{a: ".repeat(3000), /depth|nest/i],
  ["850 KB of list", "- a\n".repeat(212_500), /too large/, 413],
  ["a text just over the cap", `# ${"x".repeat(65_536)}\n${container}`, /too large: 65\d+ bytes/],
  ["a function of JavaScript", "a: !!js/function 'function () {}'", /tag/],
  ["an object of Python", "a: !!python/object/apply:os.system [ls]", /tag/],
  ["binary", "a: !!binary aGk=", /tag/],
  ["a tag of its own", "a: !evil x", /tag/],
  ["a key twice", `${container}    image: evil/image`, /duplicate/i],
  ["__proto__", "__proto__: {polluted: 1}", /key that is not allowed: __proto__/],
  ["constructor", "constructor: {prototype: {polluted: 1}}", /key that is not allowed/],
  ["prototype", `${container}    prototype: {polluted: 1}`, /key that is not allowed/],
  ["2^53 + 1 replicas", `${container}replicas: 9007199254740993`, /replicas/],
  ["2^64 as a user", `${container}    user: 18446744073709551616`, /user/],
  ["an octal user", `${container}    user: 010`, /user/],
  ["a hexadecimal user", `${container}    user: 0x0`, /user/],
  ["no number", `${container}    cpu: .nan`, /cpu/],
  ["no end of a number", `${container}    memory: .inf`, /memory/],
  ["null containers", "containers: null", /containers/],
  ["a null image", "containers:\n  - name: web\n    image:\n", /image/],
  ["two documents", `${container}---\n${container}`, /not valid YAML/],
  ["6,000 unknown keys", `${container}${many(6000, (i) => `k${i}: 1`)}`, /1000 at most/],
  ["100,000 keys", many(100_000, (i) => `k${i}: 1`), /too large/, 413],
  ["a key of 60,000 characters", `${"k".repeat(60_000)}: 1`, /unknown key|containers/],
  ["a NUL", 'containers:\n  - name: "we\\0b"\n    image: nginx:1.29', /name/],
  ["a line break in a name", 'containers:\n  - name: "we\\r\\nb"\n    image: nginx:1.29', /name/],
  ["a Cyrillic name", "containers:\n  - name: wеb\n    image: nginx:1.29", /name/],
  ["a name of full width", "containers:\n  - name: ｗｅｂ\n    image: nginx:1.29", /name/],
  ["right to left in an image", 'containers:\n  - name: web\n    image: "ngi\\u202Enx"', /image/],
  ["a number as a name", "containers:\n  - name: 1\n    image: nginx:1.29", /name/],
  ["keys that are no text", "1: a\ntrue: b", /key that is no text/],
];

describe("documents that attack (reliability.md 4.1)", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  let endpoint: TenantEndpoint;
  before(async function () {
    endpoint = await startTenantEndpoint(standOrSkip(this));
    // The namespace is there, and code is compiled.
    await endpoint.call("alice", "PUT", URL, { title: "Attack", data: "[" });
  });
  after(() => endpoint?.close());

  for (const [what, data, words, status = 400] of ATTACKS) {
    it(`with ${what}`, async () => {
      const before = process.cpuUsage();
      const answer = await endpoint.call("alice", "PUT", URL, { title: "Attack", data });
      const { user, system } = process.cpuUsage(before);
      const text = JSON.stringify(answer.body);
      assert.equal(answer.status, status, text);
      assert.match(text, words);
      assert.ok(text.length < 40_000, `${text.length} characters are answered`);
      assert.ok((user + system) / 1000 < MOST_CPU_MS, `${(user + system) / 1000} ms`);
      assert.equal(({} as { polluted?: number }).polluted, undefined);
    });
  }

  it("leave nothing behind", async () => {
    assert.equal((await endpoint.call("alice", "GET", URL)).status, 404);
    assert.equal((await endpoint.call("alice", "GET", "/items/deployments/attack")).status, 404);
  });

  it("in the values of a config or a secret are refused as well, and never shown", async () => {
    await endpoint.call("alice", "POST", "/items/deployments", {
      id: "attack",
      title: "Kept",
      data: container,
    });
    for (const kind of ["config", "secret"]) {
      for (const data of [
        bomb,
        "[".repeat(3000),
        "a: canary-5e2\na: canary-5e2",
        "__proto__: canary-5e2",
        "a: !!js/function canary-5e2",
        "a: {b: canary-5e2}",
        '"a/b": canary-5e2',
      ]) {
        const answer = await endpoint.call("alice", "PUT", `${URL}/${kind}`, { data });
        const text = JSON.stringify(answer.body);
        assert.equal(answer.status, 400, `${kind} ${data.slice(0, 40)}: ${text}`);
        assert.doesNotMatch(text, /canary/);
      }
    }
  });
});
