import assert from "node:assert/strict";
import fc from "fast-check";
import { CsvReader, type CsvRecord } from "../../../components/model/federationDataCsv";

/** The records of a text that comes in pieces. */
function read(...pieces: string[]): CsvRecord[] {
  const records: CsvRecord[] = [];
  const reader = new CsvReader((record) => records.push(record));
  pieces.forEach((piece) => reader.push(piece));
  reader.end();
  return records;
}

const fields = (records: CsvRecord[]): string[][] => records.map((record) => record.fields);

describe("CsvReader", () => {
  it("tells records with their lines, whatever ends the lines", () => {
    assert.deepEqual(read("a,b\n1,2\n\n3,4"), [
      { line: 1, fields: ["a", "b"] },
      { line: 2, fields: ["1", "2"] },
      { line: 4, fields: ["3", "4"] },
    ]);
    assert.deepEqual(fields(read("a,b\r\n1,\r\n")), [
      ["a", "b"],
      ["1", ""],
    ]);
  });

  it("takes the delimiter that the header has", () => {
    assert.deepEqual(fields(read('"a,b,c";d\n1,5;2\n')), [
      ["a,b,c", "d"],
      ["1,5", "2"],
    ]);
    assert.deepEqual(fields(read("a\tb\n1\t2\n"))[1], ["1", "2"]);
  });

  it("reads quotes, doubled ones, and line breaks within them", () => {
    assert.deepEqual(read('a,b\n"x, ""y""","two\nlines"\nz,\n'), [
      { line: 1, fields: ["a", "b"] },
      { line: 2, fields: ['x, "y"', "two\nlines"] },
      { line: 4, fields: ["z", ""] },
    ]);
  });

  it("says what is wrong with quotes, and goes on", () => {
    const records = read('a,b\n5" tube",x\n"x"y,1\n1,2\n');
    assert.deepEqual(
      records.map(({ line, fault }) => [line, fault]),
      [
        [1, undefined],
        [2, "has a quote that is neither around a field nor doubled"],
        [3, "has a quote that is neither around a field nor doubled"],
        [4, undefined],
      ],
    );
  });

  it("does not take in a whole file for a quote that is never closed", () => {
    assert.deepEqual(read('a,b\n"x,1\ny,2\n').at(-1), {
      line: 2,
      fields: [],
      fault: "a quote is opened here and never closed",
    });
    const many = Array.from({ length: 3000 }, () => `${"x".repeat(1000)}\n`);
    const records = read("a,b\n", '"', ...many);
    assert.equal(records.length, 2);
    assert.match(records[1]!.fault!, /^is longer than 1000000 characters/);
  });

  it("reads what was written, wherever the text is cut", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", "é", ",", '"', "\n", " ", "1") });
    const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 7 }), (body, size) => {
        const table = [["key", "value"], ...body];
        const text = table
          .map((row) => row.map((it) => `"${it.replaceAll('"', '""')}"`).join(","))
          .join("\n");
        const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g"))!;
        assert.deepEqual(fields(read(...pieces)), table);
      }),
    );
  });
});
