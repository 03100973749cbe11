import assert from "node:assert/strict";
import {
  configObject,
  dataOf,
  parseData,
  secretObject,
} from "../../../components/model/serviceData";
import { parseRecord, recordObject, recordOf } from "../../../components/model/serviceRecord";
import { SEED_RECORD, SITE, TENANT } from "../../support/services";

function lines(data: unknown): string[] {
  const parsed = parseData(data, SITE.limits);
  return parsed.ok ? [] : parsed.errors.map(({ path, message }) => `${path}: ${message}`);
}

function data(value: unknown): Record<string, string> {
  const parsed = parseData(value, SITE.limits);
  assert.ok(parsed.ok, lines(value).join("\n"));
  return parsed.value;
}

describe("values of a config or a secret", () => {
  it("are YAML text, taken as written", () => {
    assert.deepEqual(data("myVariable: asdf\nversion: 1.10\nmode: 0644\non: yes\nempty:\n"), {
      myVariable: "asdf",
      version: "1.10",
      mode: "0644",
      on: "yes",
      empty: "",
    });
  });

  it("are an object, whose numbers and truth values become text", () => {
    assert.deepEqual(data({ key: "value", n: 1.5, yes: true }), {
      key: "value",
      n: "1.5",
      yes: "true",
    });
    assert.deepEqual(data({}), {});
  });

  it("are refused with their paths, and never shown", () => {
    assert.deepEqual(lines({ a: ["hunter2"], "b c": "hunter2", d: null, e: "hunter2\0" }), [
      "data.a: must be text, not a list, an object or nothing. Write it in quotes.",
      'data["b c"]: not a key (found "b c"; allowed: letters, digits, -, _ and ., 253 characters at most, not beginning with ..). Rename it.',
      "data.d: must be text, not a list, an object or nothing. Write it in quotes.",
      "data.e: has a zero byte. Remove it.",
    ]);
    for (const bad of [undefined, null, 1, [], "- a", '"text"']) {
      assert.match(lines(bad)[0]!, /^data: must be keys with values/);
    }
    assert.match(lines("a: [")[0]!, /^line 1, column \d+: not valid YAML/);
    assert.match(lines("a: &a x\nb: *a")[0]!, /alias/);
    assert.match(lines({ a: "x".repeat(65_536) })[0]!, /^data: is too large: 65537 bytes/);
    assert.match(
      lines(Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`k${i}`, "v"])))[0]!,
      /^data: has 1001 keys/,
    );
    for (const key of ["..", ".", "../x", "a/b", ""]) {
      assert.match(lines({ [key]: "v" })[0]!, /not a key/, key);
    }
  });

  it("are kept as a ConfigMap or a Secret, and come back as they were", () => {
    const values = { text: "ä\n", empty: "" };
    const config = configObject(TENANT, "x", values);
    const secret = secretObject(TENANT, "x", values);
    assert.equal(config.metadata.name, "sd-x-config");
    assert.equal(secret.metadata.name, "sd-x-secret");
    assert.deepEqual(secret.data, { text: "w6QK", empty: "" });
    assert.deepEqual(dataOf(config), values);
    assert.deepEqual(dataOf(secret), values);
    assert.deepEqual(dataOf({ kind: "ConfigMap" }), {});
  });
});

describe("a record", () => {
  it("comes back from the ConfigMap that keeps it", () => {
    assert.deepEqual(recordOf(recordObject(TENANT, "x", SEED_RECORD)), SEED_RECORD);
    const small = { title: "a", data: "b: c" };
    const kept = recordObject(TENANT, "x", small);
    assert.deepEqual(kept.data, small);
    assert.deepEqual(recordOf(kept), small);
    assert.equal(recordOf({ data: { title: "a" } }), undefined);
    assert.equal(recordOf({}), undefined);
  });

  it("has null where nothing is said, as a collection writes it", () => {
    const parsed = parseRecord({
      title: "a",
      data: "b",
      exposed_port: null,
      exposed_service: null,
    });
    assert.deepEqual(parsed, { ok: true, value: { title: "a", data: "b" }, warnings: [] });
  });

  it("is refused with every problem, and without its document", () => {
    const parsed = parseRecord({ title: "", data: 1, exposed_port: "80", exposed_host: "a" });
    assert.ok(!parsed.ok);
    assert.deepEqual(
      parsed.errors.map(({ path, message }) => `${path}: ${message}`),
      [
        'title: is empty (found "").',
        "data: must be text.",
        'exposed_port: must be a whole number (found "80").',
        "exposed_host: unknown key (allowed: title, data, exposed_service, exposed_port, exposed_hostname). Did you mean exposed_port?",
      ],
    );
    for (const bad of [undefined, null, 1, "a", []]) {
      assert.equal(parseRecord(bad).ok, false);
    }
    const title = (text: string): boolean => parseRecord({ title: text, data: "" }).ok;
    assert.deepEqual(["a\nb", "a\0", "x".repeat(201), "Ä 1"].map(title), [
      false,
      false,
      false,
      true,
    ]);
  });
});
