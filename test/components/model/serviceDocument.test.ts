import assert from "node:assert/strict";
import { parseYaml, parseYamlTexts } from "../../../components/model/serviceDocument";
import { ServiceProblems } from "../../../components/model/serviceProblems";

const CAP = 65_536;
const MOST_CPU_MS = 200;

function read(
  text: string,
  reader = parseYaml,
  cap = CAP,
): { value: unknown; lines: readonly string[] } {
  const problems = new ServiceProblems();
  const value = reader(text, cap, problems, "data");
  return { value, lines: problems.list() };
}

/** The problems of an attack, which must not cost much of the processor's time either. */
function attack(text: string, cap?: number): string {
  const before = process.cpuUsage();
  const { value, lines } = read(text, parseYaml, cap);
  const { user, system } = process.cpuUsage(before);
  assert.equal(value, undefined, "it was taken");
  assert.equal(lines.length, 1);
  assert.ok((user + system) / 1000 < MOST_CPU_MS, `${(user + system) / 1000} ms`);
  return lines[0]!;
}

describe("YAML from tenants", () => {
  it("is read with the types that it looks like", () => {
    const { value, lines } = read(
      "text: 'a'\nwhole: 8\nfraction: 0.5\nyes: true\nlist: [a, 1]\nnothing:\nday: 2020-01-01\nno: no\n",
    );
    assert.deepEqual(lines, []);
    assert.deepEqual(value, {
      text: "a",
      whole: 8,
      fraction: 0.5,
      yes: true,
      list: ["a", 1],
      nothing: null,
      day: "2020-01-01",
      no: "no",
    });
  });

  it("may be JSON, may have a byte order mark, and the end of line of Windows", () => {
    assert.deepEqual(read('\uFEFF{"a": [1, "x"]}').value, { a: [1, "x"] });
    assert.deepEqual(read("a: 1\r\nb: x\r\n").value, { a: 1, b: "x" });
  });

  it("keeps as text what tools read differently, or what would lose digits", () => {
    const { value } = read(
      "octal: 010\nhexadecimal: 0x10\nnew: 0o10\nlarge: 18446744073709551616\nfloat: 1e3\nplain: -7\n",
    );
    assert.deepEqual(value, {
      octal: "010",
      hexadecimal: "0x10",
      new: "0o10",
      large: "18446744073709551616",
      float: 1000,
      plain: -7,
    });
    assert.match(read("a: !!int 010").lines[0]!, /not valid YAML/);
  });

  it("is all text for those who ask so", () => {
    const { value } = read("a: 1.10\nb: 010\nc: yes\nd: ''\ne:\n", parseYamlTexts);
    assert.deepEqual(value, { a: "1.10", b: "010", c: "yes", d: "", e: "" });
  });

  it("is told of a stray comma, as the seed's example has two", () => {
    for (const comma of ["command: '/bin/echo',", "args: ['asdf', 'hello'],"]) {
      const { lines } = read(`containers:\n  - name: a\n    ${comma}\n    cpu: 1\n`);
      assert.equal(lines.length, 1);
      assert.match(lines[0]!, /^line [34], column \d+: not valid YAML: .* Remove the comma/);
    }
  });

  it("is told of a tab, of an open quote and of a wrong indentation, with the line", () => {
    assert.match(read("a:\n\t- b\n").lines[0]!, /^line 2, column \d+: not valid YAML.*spaces/);
    assert.match(read("a: 1\nb: 'x\nc: 2\n").lines[0]!, /not valid YAML/);
    assert.match(read("a: 1\n  b: 2\n").lines[0]!, /^line 2, column \d+: not valid YAML/);
  });
});

describe("YAML that attacks", () => {
  const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    .concat([..."bcdefgh"].map((name, i) => `${name}: &${name} [${`*${"abcdefg"[i]},`.repeat(9)}]`))
    .join("\n");

  it("explodes by aliases: refused", () => {
    assert.match(attack(bomb), /not valid YAML: .*alias/);
    assert.match(attack("a: &a 1\nb: *a\n"), /not valid YAML: .*alias/);
    assert.match(attack(`a: &a 1\nb: [${"*a,".repeat(20_000)}]`), /alias/);
  });

  it("is nested without end: refused", () => {
    assert.match(attack("[".repeat(3000)), /not valid YAML: .*(depth|nest)/i);
    assert.match(attack("- ".repeat(3000)), /not valid YAML: .*(depth|nest)/i);
    assert.match(attack("{a: ".repeat(10_000)), /not valid YAML: .*(depth|nest)/i);
    assert.deepEqual(read(`${"[".repeat(40)}1${"]".repeat(40)}`).lines, []);
  });

  it("merges keys: no merge keys are known", () => {
    assert.deepEqual(read("a: { '<<': { b: 1 } }").value, { a: { "<<": { b: 1 } } });
    assert.match(attack(`base: &b {x: 1}\nall:\n${"  - <<: *b\n".repeat(5000)}`), /alias/);
  });

  it("is large: refused before it is read", () => {
    const list = "- a\n".repeat(212_500);
    assert.equal(
      attack(list),
      "data: is too large: 850000 bytes (allowed: 65536 bytes). Shorten it.",
    );
    assert.match(attack(`a: "${"ä".repeat(40_000)}"`), /^data: is too large: 80005 bytes/);
  });

  it("has tags of languages, keys twice, or keys of JavaScript's own: refused", () => {
    assert.match(attack("a: !!js/function 'function () {}'"), /not valid YAML: .*tag/);
    assert.match(attack("a: !!python/object:os.system ls"), /not valid YAML: .*tag/);
    assert.match(attack("a: !!binary aGk="), /not valid YAML: .*tag/);
    assert.match(attack("a: 1\na: 2\n"), /^line 2, column 1: not valid YAML: .*duplicate/i);
    for (const key of ["__proto__", "constructor", "prototype"]) {
      assert.match(attack(`${key}: 1`), new RegExp(`a key that is not allowed: ${key}`));
      assert.match(attack(`a: { "${key}": { polluted: 1 } }`), /a key that is not allowed/);
    }
    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });

  it("has keys that are no text: refused, and not made text in silence", () => {
    for (const key of ["1", "true", "null", "[a, b]", "{a: b}", "1.5", "~"]) {
      assert.match(attack(`? ${key}\n: x\n`), /a key that is no text/, key);
    }
  });

  it("has several documents, or none: refused", () => {
    assert.match(attack("a: 1\n---\nb: 2\n"), /not valid YAML/);
    for (const empty of ["", " \n\n", "\uFEFF"]) {
      assert.equal(attack(empty), "data: is empty. Write the YAML document.");
    }
  });

  it("has characters that no text has: refused, or plain values", () => {
    assert.match(attack("a: \u0000"), /not valid YAML/);
    assert.deepEqual(read('a: "\\0"').value, { a: "\0" });
  });

  it("has a hundred thousand keys: refused by size, and quick at the cap", () => {
    const keys = Array.from({ length: 7000 }, (_, i) => `k${i}: 1`).join("\n");
    const before = process.cpuUsage();
    assert.deepEqual(read(keys).lines, []);
    const { user, system } = process.cpuUsage(before);
    assert.ok((user + system) / 1000 < MOST_CPU_MS);
    assert.match(attack(keys.repeat(2)), /is too large/);
  });
});
