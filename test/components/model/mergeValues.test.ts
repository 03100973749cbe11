import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import * as fc from "fast-check";
import { mergeValues } from "../../../components/model/mergeValues";

describe("mergeValues", () => {
  it("merges objects at every depth, and replaces everything else", () => {
    assert.deepEqual(
      mergeValues(
        { a: { b: 1, c: { d: 2 }, list: [1, 2] }, kept: true, text: "x" },
        { a: { c: { e: 3 }, list: [3] }, text: { now: "an object" }, more: [] },
      ),
      {
        a: { b: 1, c: { d: 2, e: 3 }, list: [3] },
        kept: true,
        text: { now: "an object" },
        more: [],
      },
    );
  });

  it("lets null through, which in Helm takes a default away, and ignores undefined", () => {
    assert.deepEqual(mergeValues({ a: { b: 1 }, c: 2 }, { a: null, c: undefined }), {
      a: null,
      c: 2,
    });
    assert.ok(!("d" in mergeValues({}, { d: undefined })));
  });

  it("changes neither of the two, and shares no object with them", () => {
    const base = { a: { b: 1 }, only: { x: 1 } };
    const over = { a: { c: 2 }, more: { d: 3 } };
    const merged = mergeValues(base, over) as Record<string, Record<string, unknown>>;
    merged["a"]!["b"] = "changed";
    merged["only"]!["x"] = "changed";
    merged["more"]!["d"] = "changed";
    assert.deepEqual(base, { a: { b: 1 }, only: { x: 1 } });
    assert.deepEqual(over, { a: { c: 2 }, more: { d: 3 } });
  });

  it("takes an Output as one value", () => {
    const output = pulumi.output({ inner: 1 });
    const merged = mergeValues({ a: { b: 1 } }, { a: output, list: [output] });
    assert.equal(merged["a"], output);
    assert.equal((merged["list"] as unknown[])[0], output);
  });

  it("treats __proto__ as a key like any other", () => {
    const over = JSON.parse('{"a": {"__proto__": {"polluted": true}}}') as Record<string, unknown>;
    const merged = mergeValues({ a: { b: 1 } }, over);
    assert.equal((merged["a"] as { polluted?: boolean }).polluted, undefined);
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
    assert.deepEqual(Object.keys(merged["a"] as object), ["b", "__proto__"]);
  });

  it("is over, whatever it is merged over; and nothing, merged over base, is base", () => {
    const values = fc.dictionary(fc.string(), fc.jsonValue());
    const same = (a: unknown, b: unknown): void =>
      assert.equal(JSON.stringify(a), JSON.stringify(b));
    fc.assert(
      fc.property(values, (some) => {
        const object = JSON.parse(JSON.stringify(some)) as Record<string, unknown>;
        same(mergeValues({}, object), object);
        same(mergeValues(object), object);
        same(mergeValues(object, object), object);
      }),
    );
  });
});
