import assert from "node:assert/strict";
import * as fc from "fast-check";
import { parseData } from "../../../components/model/serviceData";
import { serviceObjects } from "../../../components/model/serviceObjects";
import { parseRecord } from "../../../components/model/serviceRecord";
import { parse, SITE, TENANT, valid } from "../../support/services";
import { badText, generatedDocument, SPOILS, validDocument } from "../../support/serviceDocuments";
import { FULL } from "../../support/seed";

const PATTERNS = new Map(SPOILS.map(({ name, pattern }) => [name, pattern]));
const MOST_CPU_MS = 200;
const MOST_GROWTH = 50 * 2 ** 20;

describe("generated documents", function () {
  this.timeout(FULL ? 600_000 : 60_000);

  it("are taken when valid, and refused for what is wrong with them", () => {
    fc.assert(
      fc.property(generatedDocument, ({ document, expected }) => {
        const { lines } = parse(document);
        if (expected === "valid") {
          assert.deepEqual(lines, []);
        } else {
          const pattern = PATTERNS.get(expected)!;
          assert.ok(
            lines.some((line) => pattern.test(line)),
            `no ${expected} in:\n${lines.join("\n")}`,
          );
        }
      }),
      { numRuns: FULL ? 5000 : 500 },
    );
  });

  it("cover every class of refusal, and are valid in two of five at least", () => {
    const seen = fc.sample(generatedDocument, 2000).map(({ expected }) => expected);
    assert.deepEqual(
      [...PATTERNS.keys()].filter((name) => !seen.includes(name)),
      [],
    );
    assert.ok(seen.filter((expected) => expected === "valid").length >= 800);
  });

  it("come back from the answer of PUT as the same deployment", () => {
    fc.assert(
      fc.property(validDocument, (document) => {
        const { spec, document: answer } = valid(document);
        assert.deepEqual(valid(answer).spec, spec);
      }),
    );
  });

  it("render to objects of one namespace, all of them labelled, none named twice", () => {
    fc.assert(
      fc.property(validDocument, (document) => {
        const objects = serviceObjects({ tenant: TENANT, id: "x", service: valid(document) }, SITE);
        const names = objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
        assert.equal(new Set(names).size, names.length);
        for (const { metadata } of objects) {
          assert.equal(metadata.namespace, TENANT.namespace);
          assert.equal(metadata.labels?.["science-platform/deployment"], "x");
        }
      }),
    );
  });
});

describe("ten thousand bad inputs", function () {
  this.timeout(FULL ? 900_000 : 120_000);

  it("are documents: each gives a deployment or errors, soon, and memory stays", () => {
    global.gc?.();
    const before = process.memoryUsage().heapUsed;
    let refused = 0;
    fc.assert(
      fc.property(badText, (text) => {
        const start = process.cpuUsage();
        const { service, errors } = parse(text);
        const { user, system } = process.cpuUsage(start);
        assert.ok((user + system) / 1000 < MOST_CPU_MS, `${user + system} us`);
        assert.equal(service === undefined, errors.length > 0);
        for (const { message } of errors) {
          assert.ok(message.length > 0 && message.length < 1000, message);
        }
        refused += errors.length > 0 ? 1 : 0;
      }),
      { numRuns: FULL ? 10_000 : 1000 },
    );
    assert.ok(refused > (FULL ? 7000 : 700), `${refused} refused`);
    global.gc?.();
    assert.ok(process.memoryUsage().heapUsed - before < MOST_GROWTH);
  });

  it("are records and values: never a throw", () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), badText), (value) => {
        const { ok } = parseRecord(value);
        assert.equal(typeof ok, "boolean");
        const data = parseData(value, SITE.limits);
        assert.ok(!data.ok || Object.values(data.value).every((text) => typeof text === "string"));
      }),
      { numRuns: FULL ? 10_000 : 1000 },
    );
  });
});

describe("inputs that are made to take long", () => {
  const text = (make: (i: number) => string, n: number): string =>
    Array.from({ length: n }, (_, i) => make(i)).join("\n");

  const ATTACKS: [string, string][] = [
    ["unknown keys", `containers: [{name: a, image: a}]\n${text((i) => `k${i}: 1`, 6000)}`],
    ["a long key", `${"k".repeat(60_000)}: 1`],
    ["a long image", `containers: [{name: a, image: ${"a/".repeat(30_000)}}]`],
    ["a long image of dashes", `containers: [{name: a, image: a${"-".repeat(60_000)}}]`],
    ["a long name", `containers: [{name: ${"-".repeat(60_000)}, image: a}]`],
    [
      "a long port name",
      `containers: [{name: a, image: a, ports: [{name: ${"a-".repeat(30_000)}, port: 1}]}]`,
    ],
    ["a long GPU", `containers: [{name: a, image: a, gpu: ${"g".repeat(60_000)}}]`],
    [
      "long volume names",
      `volumes: [{name: ${"v".repeat(25_000)}, size: 1Gi}]\ncontainers: [{name: a, image: a, volumeMounts: [{name: ${"w".repeat(25_000)}, mountPath: /a}]}]`,
    ],
    [
      "a long size",
      `containers: [{name: a, image: a}]\nvolumes: [{name: a, size: ${"1".repeat(60_000)}}]`,
    ],
    [
      "a long path",
      `containers: [{name: a, image: a, volumeMounts: [{name: a, mountPath: ${"/".repeat(60_000)}}]}]`,
    ],
    [
      "many mounts",
      `containers: [{name: a, image: a, volumeMounts: [${"{name: a, mountPath: /a},".repeat(900)}]}]`,
    ],
    ["many containers", `containers: [${"{name: a, image: a},".repeat(900)}]`],
    ["many of nothing", `containers: [${"0,".repeat(30_000)}]`],
    ["a long command", `containers: [{name: a, image: a, command: ${"a b ".repeat(15_000)}}]`],
    ["brackets before a stray comma", `a: "${"[".repeat(60_000)}]",\nb: 1`],
    ["commas and comments before a mistake", `a: "${"a,#".repeat(20_000)}\u2028",\nb: 1`],
    ["spaces at the end of a line", `a:${" ".repeat(60_000)}\t`],
  ];

  for (const [title, document] of ATTACKS) {
    it(`have ${title}: answered soon`, () => {
      parse(document);
      const before = process.cpuUsage();
      const { errors } = parse(document);
      const { user, system } = process.cpuUsage(before);
      assert.ok(errors.length > 0);
      assert.ok((user + system) / 1000 < MOST_CPU_MS, `${(user + system) / 1000} ms`);
    });
  }
});
