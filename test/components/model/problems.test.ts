import assert from "node:assert/strict";
import { z } from "zod";
import {
  formatProblem,
  joinPath,
  nearest,
  parseWith,
  Problems,
  ProblemsError,
  soundExcept,
} from "../../../components/model/problems";

describe("problems", () => {
  it("say file, path, value, what is allowed and the remedy on one line", () => {
    const line = formatProblem("jupyter.json", {
      path: "ports.web[1]",
      reason: "is not a node port",
      value: 80,
      allowed: "30000 to 32767",
      remedy: "Leave it out to have one chosen.",
    });
    assert.equal(
      line,
      "jupyter.json: ports.web[1]: is not a node port (found 80; allowed: 30000 to 32767). Leave it out to have one chosen.",
    );
  });

  it("shorten a long value", () => {
    const line = formatProblem("", { path: "a", reason: "is too long", value: "x".repeat(500) });
    assert.ok(line.length < 130, line);
    assert.ok(line.includes("…"));
  });

  it("are thrown together, and not at all when there is none", () => {
    const problems = new Problems("f");
    problems.throwIfAny();
    problems.add({ path: "a", reason: "is wrong" });
    const other = new Problems("g");
    other.add({ path: "b", reason: "is wrong too" });
    problems.addAll(other);
    assert.throws(
      () => problems.throwIfAny(),
      new ProblemsError(["f: a: is wrong.", "g: b: is wrong too."]),
    );
  });

  it("find the nearest known word, and none when none is near", () => {
    assert.equal(nearest("memry_request", ["memory_request", "cpu_request"]), "memory_request");
    assert.equal(nearest("Namespace", ["namespace"]), "namespace");
    assert.equal(nearest("zzzzzz", ["namespace", "tag"]), undefined);
  });

  it("write paths as a reader would", () => {
    assert.equal(joinPath("ports", ["jupyter", 1]), "ports.jupyter[1]");
    assert.equal(joinPath("", ["nodes", "a.b/c"]), 'nodes["a.b/c"]');
  });
});

describe("soundExcept", () => {
  const isSound = soundExcept(["ports.web[1]", "tag"]);

  it("relies on no place that is wrong, holds something wrong or is in something wrong", () => {
    assert.equal(isSound("tag"), false);
    assert.equal(isSound("ports"), false);
    assert.equal(isSound("ports.web"), false);
    assert.equal(isSound("ports.web[1].x"), false);
  });

  it("relies on all else, also where it begins with the same letters", () => {
    assert.equal(isSound("ports.web[0]", "ports.webs", "ports.web[10]", "tags", "port"), true);
    assert.equal(isSound("ports.web[0]", "tag"), false);
  });

  it("relies on nothing of an input that is wrong as a whole", () => {
    assert.equal(soundExcept([""])("tag"), false);
    assert.equal(soundExcept([])("tag"), true);
  });

  it("is told where problems are by who gathered them, as they were then", () => {
    const problems = new Problems("f");
    problems.add({ path: "a", reason: "is wrong" });
    const { paths } = problems;
    problems.add({ path: "b[0]", reason: "is wrong" });
    assert.deepEqual([paths, problems.paths], [["a"], ["a", "b[0]"]]);
  });
});

describe("parseWith", () => {
  const schema = z.strictObject({
    name: z.string(),
    inner: z.record(z.string(), z.strictObject({ count: z.int(), colour: z.string().optional() })),
  });
  const parse = (value: unknown, isSecret?: (path: string) => boolean): readonly string[] => {
    const problems = new Problems("f");
    assert.equal(parseWith(schema, value, problems, "", isSecret), undefined);
    return problems.list();
  };

  it("returns what fits", () => {
    const problems = new Problems("f");
    const value = { name: "a", inner: { b: { count: 1 } } };
    assert.deepEqual(parseWith(schema, value, problems), value);
    assert.equal(problems.count, 0);
  });

  it("reports every problem at once, unknown keys with the nearest known one", () => {
    const lines = parse({ inner: { b: { count: "x", color: "red" } } });
    assert.deepEqual([...lines].sort(), [
      "f: inner.b.color: unknown key (allowed: count, colour). Did you mean colour?",
      'f: inner.b.count: must be number, not string (found "x").',
      "f: name: required, but missing. Add it.",
    ]);
  });

  it("does not print a value that may be a secret", () => {
    const lines = parse({ name: 4711, inner: {} }, (path) => path === "name");
    assert.equal(lines.length, 1);
    assert.ok(!lines[0]!.includes("4711"));
  });
});
