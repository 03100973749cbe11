import assert from "node:assert/strict";
import * as fc from "fast-check";
import { parseJson } from "../../../components/model/json";
import { Problems } from "../../../components/model/problems";

function read(text: string): { value: unknown; lines: readonly string[] } {
  const problems = new Problems("w.json");
  const value = parseJson(text, problems);
  return { value, lines: problems.list() };
}

describe("parseJson", () => {
  it("reads JSON as JSON.parse does", () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: "binary", maxDepth: 8 }), (text) => {
        fc.pre(!text.includes("__proto__"));
        assert.deepEqual(read(text), { value: JSON.parse(text), lines: [] });
      }),
    );
  });

  it("takes and refuses the same texts as JSON.parse", () => {
    const token = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      '"b"',
      "1",
      "-0",
      "01",
      "1.",
      ".5",
      "1e5",
      "true",
      "nul",
      "null",
      " ",
      "\n",
      "\t",
      '"\\u00e5"',
      '"\\x"',
      '"\t"',
      "\u00a0",
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 8 }), (tokens) => {
        const text = tokens.join("");
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          assert.equal(read(text).lines.length, 1);
          return;
        }
        const { value, lines } = read(text);
        if (lines.length === 0) {
          assert.deepEqual(value, expected);
        } else {
          assert.match(lines[0]!, /is written twice|too large to be held/);
        }
      }),
      { numRuns: 5000 },
    );
  });

  const broken: [name: string, text: string, line: string][] = [
    [
      "nothing",
      "",
      "w.json: line 1, column 1: the JSON ends too early: expected a value. Is a bracket or a quote not closed?",
    ],
    [
      "a missing comma",
      '{\n  "a": 1\n  "b": 2\n}',
      'w.json: line 3, column 3: expected a comma or } (found "\\"b\\": 2").',
    ],
    [
      "a comma too many",
      '{\n  "a": [1, 2,],\n}',
      'w.json: line 2, column 13: a comma before ] (found "\\"a\\": [1, 2,],"). Remove the comma.',
    ],
    [
      "single quotes",
      "{'a': 1}",
      'w.json: line 1, column 2: expected a key in double quotes (found "{\'a\': 1}"). JSON has double quotes: write "…".',
    ],
    [
      "a comment",
      '{\r\n  // the name\r\n  "a": 1}',
      'w.json: line 2, column 3: expected a key in double quotes (found "// the name"). JSON has no comments: remove it.',
    ],
    [
      "Python's words",
      '{"a": True}',
      'w.json: line 1, column 7: expected a value (found "{\\"a\\": True}"). Write true.',
    ],
    [
      "a string left open before a line with a backslash",
      '{"a": "b,\n"c": "\\n"}',
      'w.json: line 1, column 7: a string that is not closed (found "{\\"a\\": \\"b,"). Close it with " on the same line.',
    ],
    [
      "a string left open",
      '{"a": "b}',
      'w.json: line 1, column 7: a string that is not closed (found "{\\"a\\": \\"b}"). Close it with " on the same line.',
    ],
    [
      "a backslash",
      '{"a": "C:\\data"}',
      'w.json: line 1, column 7: a string with an unknown \\ in it, or not closed (found "{\\"a\\": \\"C:\\\\data\\"}"). Write \\\\ for a backslash.',
    ],
    [
      "an end too early",
      '{"a": [1',
      'w.json: line 1, column 9: the JSON ends too early: expected a comma or ] (found "{\\"a\\": [1"). Is a bracket or a quote not closed?',
    ],
    [
      "text after the end",
      "{} {}",
      'w.json: line 1, column 4: text after the end of the JSON (found "{} {}"). Remove it: a file holds one value.',
    ],
    [
      "a number without end",
      "1e999",
      'w.json: line 1, column 1: a number too large to be held (found "1e999").',
    ],
    [
      "a key twice",
      '{"a": {"b": 1, "b": 2}}',
      'w.json: line 1, column 16: the key b is written twice (found "{\\"a\\": {\\"b\\": 1, \\"b\\": 2}}"). Remove one of the two.',
    ],
    [
      "a key twice by escape",
      '{"a": 1, "\\u0061": 2}',
      'w.json: line 1, column 10: the key a is written twice (found "{\\"a\\": 1, \\"\\\\u0061\\": 2}"). Remove one of the two.',
    ],
    [
      "__proto__",
      '{"__proto__": {}}',
      'w.json: line 1, column 2: the key __proto__ is not allowed (found "{\\"__proto__\\": {}}"). Remove it.',
    ],
  ];
  for (const [name, text, line] of broken) {
    it(`says where there is ${name}`, () => {
      assert.deepEqual(read(text), { value: undefined, lines: [line] });
    });
  }

  it("shows the piece of a long line that is wrong", () => {
    const text = `{"a": "${"x".repeat(200)}" "b": "${"y".repeat(200)}"}`;
    assert.deepEqual(read(text).lines, [
      `w.json: line 1, column 210: expected a comma or } (found "${"x".repeat(28)}\\" \\"b\\": \\"${"y".repeat(24)}").`,
    ]);
  });

  it("skips a byte order mark", () => {
    assert.deepEqual(read('\uFEFF{"a": 1}'), { value: { a: 1 }, lines: [] });
  });

  it("knows keys that every object has", () => {
    assert.deepEqual(read('{"constructor": 1, "toString": 2}').lines, []);
  });

  it("refuses what is nested too deep, and reads what is not", () => {
    const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
    assert.deepEqual(read(nested(32)).lines, []);
    assert.match(read(nested(33)).lines[0]!, /^w\.json: line 1, column 33: nested deeper than 32/);
    assert.equal(read("[".repeat(60_000)).lines.length, 1);
  });

  it("refuses more than 64 KiB, counted in bytes", () => {
    assert.deepEqual(read(`"${"a".repeat(65_534)}"`).lines, []);
    assert.deepEqual(read(`"${"å".repeat(32_768)}"`).lines, [
      "w.json: is too large: 65538 bytes (allowed: 65536 bytes). Is it the right file?",
    ]);
  });
});
