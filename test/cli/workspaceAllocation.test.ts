import assert from "node:assert/strict";
import fc from "fast-check";
import { withAllocationTime } from "../../cli/workspace/allocationText";
import { parseAllocationTime } from "../../components/model/duration";

const DAY = 86_400;

describe("rewriting allocationTime", () => {
  it("replaces the value alone, and keeps layout, order and line ends", () => {
    const before = '{\r\n\t"namespace" : "ml",\r\n  "allocationTime":   "2"  ,"tag":"x"}\r\n\r\n';
    const after = '{\r\n\t"namespace" : "ml",\r\n  "allocationTime":   "3"  ,"tag":"x"}\r\n\r\n';
    assert.equal(withAllocationTime(before, 3 * DAY), after);
  });

  it("keeps the author's form: number, bare days, units", () => {
    const write = (value: string, seconds: number): string =>
      withAllocationTime(`{"allocationTime": ${value}}`, seconds);
    assert.equal(write("2", 3 * DAY), '{"allocationTime": 3}');
    assert.equal(write('"2"', 3 * DAY), '{"allocationTime": "3"}');
    assert.equal(write('"2d"', 3 * DAY), '{"allocationTime": "3d"}');
    assert.equal(write("0.5", DAY), '{"allocationTime": 1}');
    assert.equal(write("2", 90 * 60), '{"allocationTime": "90m"}');
    assert.equal(write('"36h"', 37 * 3600), '{"allocationTime": "37h"}');
    assert.equal(write('"36h"', 61), '{"allocationTime": "61s"}');
  });

  it("leaves the same word alone in nested objects, lists, values and other keys", () => {
    const text = `{
      "env_variables": {"allocationTime": "9", "x": "\\"allocationTime\\": 1"},
      "command": ["allocationTime", ":", "5"],
      "tag": "allocationTime",
      "allocationTimes": "7",
      "allocationTime": "2",
      "ports": {"allocationTime": [8888]}
    }`;
    const expected = text.replace('"allocationTime": "2"', '"allocationTime": "4"');
    assert.equal(withAllocationTime(text, 4 * DAY), expected);
  });

  it("finds the key when it is written with escapes, and behind a byte order mark", () => {
    assert.equal(
      withAllocationTime('\uFEFF{"allocation\\u0054ime":"2"}', 3 * DAY),
      '\uFEFF{"allocation\\u0054ime":"3"}',
    );
  });

  it("rewrites the one of two that a parser reads", () => {
    const text = withAllocationTime('{"allocationTime":"1","allocationTime":"2"}', 5 * DAY);
    assert.equal(text, '{"allocationTime":"1","allocationTime":"5"}');
    assert.equal((JSON.parse(text) as { allocationTime: string }).allocationTime, "5");
  });

  it("is not led astray by quotes, backslashes and brackets in strings", () => {
    const text = '{"a":"\\\\","b":"}{\\"","c":"[","allocationTime":1,"d":"]}"}';
    assert.equal(withAllocationTime(text, 2 * DAY), text.replace('Time":1', 'Time":2'));
  });

  it("refuses JSON without a value to rewrite", () => {
    for (const text of [
      "{}",
      '{"tag":"allocationTime"}',
      '{"allocationTime":null}',
      '{"allocationTime":["2"]}',
      '{"x":{"allocationTime":"2"}}',
    ]) {
      assert.throws(
        () => withAllocationTime(text, DAY),
        /no allocationTime that could be rewritten/,
      );
    }
  });

  it("changes nothing else in any JSON, and says the new time", () => {
    const value = fc.oneof(
      fc.constantFrom("2", "0.5", "12h", "90m", "1d"),
      fc.integer({ min: 1, max: 99 }),
    );
    const others = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(
        others,
        value,
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.nat(4),
        (rest, old, seconds, indent) => {
          const clean = Object.fromEntries(
            Object.entries(rest).filter(([key]) => key !== "allocationTime"),
          );
          const text = JSON.stringify(
            { ...clean, allocationTime: old, last: [1] },
            undefined,
            indent,
          );
          const written = withAllocationTime(text, seconds);
          const parsed = JSON.parse(written) as { allocationTime: string | number };
          assert.equal(parseAllocationTime(parsed.allocationTime), seconds);
          const token = (one: string | number): string => JSON.stringify(one);
          const at = text.lastIndexOf(`"allocationTime":`);
          const back =
            written.slice(0, at) +
            written.slice(at).replace(token(parsed.allocationTime), () => token(old));
          assert.equal(back, text);
        },
      ),
      { numRuns: 500 },
    );
  });
});
