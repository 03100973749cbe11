import assert from "node:assert/strict";
import { compare } from "bcryptjs";
import installed from "@pulumi/random/package.json";
import { randomProvider } from "../../../local/random/provider";
import { plain, secret, UNKNOWN, type Properties } from "../../../local/random/wire";
import { created, replaces, urn } from "./calls";

/** The part of a package schema that is looked at. */
interface DeclaredSchema {
  name: string;
  version: string;
  resources: Record<
    string,
    { inputProperties: object; requiredInputs: string[]; properties: Record<string, object> }
  >;
}

describe("the diff of the random provider", () => {
  it("finds no change between what was made and the inputs that made it", async () => {
    for (const [kind, inputs] of [
      ["RandomString", { length: 5 }],
      ["RandomPassword", { length: 5, number: false, keepers: { a: "1" } }],
      ["RandomId", { byteLength: 4, prefix: "p-" }],
      ["RandomUuid", {}],
    ] as const) {
      const { outs } = await created(kind, inputs);
      assert.deepEqual(await replaces(kind, outs, inputs), [], kind);
    }
  });

  it("replaces for each argument", async () => {
    const { outs } = await created("RandomString", { length: 40 });
    const changes: Properties = {
      keepers: { a: "1" },
      length: 41,
      lower: false,
      upper: false,
      special: false,
      minLower: 1,
      minUpper: 1,
      minNumeric: 1,
      minSpecial: 1,
      overrideSpecial: "~",
    };
    for (const [name, value] of Object.entries(changes)) {
      assert.deepEqual(await replaces("RandomString", outs, { length: 40, [name]: value }), [name]);
    }
    for (const name of ["number", "numeric"]) {
      const news = { length: 40, [name]: false };
      assert.deepEqual(await replaces("RandomString", outs, news), ["number", "numeric"]);
    }
    const id = (await created("RandomId", { byteLength: 4 })).outs;
    assert.deepEqual(await replaces("RandomId", id, { byteLength: 5 }), ["byteLength"]);
    assert.deepEqual(await replaces("RandomId", id, { byteLength: 4, prefix: "" }), ["prefix"]);
  });

  it("finds no change where a default is spelled out or numeric takes the place of number", async () => {
    const { outs } = await created("RandomString", { length: 4, number: false });
    const same = { length: 4, numeric: false, lower: true, minSpecial: 0 };
    assert.deepEqual(await replaces("RandomString", outs, same), []);
  });

  it("compares keepers by their values: empty maps, nulls and envelopes do not count", async () => {
    const none = (await created("RandomUuid", {})).outs;
    assert.deepEqual(await replaces("RandomUuid", none, { keepers: {} }), []);
    assert.deepEqual(await replaces("RandomUuid", none, { keepers: { a: null } }), []);
    const one = (await created("RandomUuid", { keepers: { a: "1" } })).outs;
    assert.deepEqual(await replaces("RandomUuid", one, { keepers: { a: secret("1") } }), []);
    assert.deepEqual(await replaces("RandomUuid", one, { keepers: secret("2") }), ["keepers"]);
    assert.deepEqual(await replaces("RandomUuid", one, { keepers: { a: "2" } }), ["keepers"]);
    assert.deepEqual(await replaces("RandomUuid", one, { keepers: { a: UNKNOWN } }), ["keepers"]);
    assert.deepEqual(await replaces("RandomUuid", one, {}), ["keepers"]);
  });

  it("lets an empty overrideSpecial be taken away, but not put in", async () => {
    const empty = (await created("RandomString", { length: 4, overrideSpecial: "" })).outs;
    assert.deepEqual(await replaces("RandomString", empty, { length: 4 }), []);
    const without = (await created("RandomString", { length: 4 })).outs;
    const news = { length: 4, overrideSpecial: "" };
    assert.deepEqual(await replaces("RandomString", without, news), ["overrideSpecial"]);
  });
});

describe("what the random provider makes", () => {
  it("a password: secret result, every argument, an id that tells nothing, and a bcrypt hash", async () => {
    const { id, outs } = await created("RandomPassword", {
      length: 12,
      special: false,
      keepers: { a: secret("1") },
      overrideSpecial: null,
    });
    const result = plain(outs["result"]) as string;
    assert.match(result, /^[a-zA-Z0-9]{12}$/);
    assert.equal(id, "none");
    assert.deepEqual(outs, {
      id: "none",
      keepers: { a: secret("1") },
      length: 12,
      lower: true,
      upper: true,
      number: true,
      numeric: true,
      special: false,
      minLower: 0,
      minUpper: 0,
      minNumeric: 0,
      minSpecial: 0,
      result: secret(result),
      bcryptHash: outs["bcryptHash"],
    });
    const hash = plain(outs["bcryptHash"]) as string;
    assert.deepEqual(outs["bcryptHash"], secret(hash));
    assert.match(hash, /^\$2[aby]\$10\$/);
    assert.ok(await compare(result, hash), "the hash is of the password");
    assert.ok(!(await compare(`${result}x`, hash)));
  });

  it("a string: its id is the result, which is not secret", async () => {
    const { id, outs } = await created("RandomString", { length: 7, number: false });
    assert.match(id, /^[^0-9]{7}$/);
    assert.equal(outs["result"], id);
    assert.equal(outs["numeric"], false);
    assert.equal(outs["number"], false);
  });

  it("an id in every encoding, with the prefix before all but the id itself", async () => {
    const { id, outs } = await created("RandomId", { byteLength: 5, prefix: "web-" });
    const bytes = Buffer.from(id, "base64url");
    assert.equal(bytes.length, 5);
    assert.deepEqual(outs, {
      id,
      byteLength: 5,
      prefix: "web-",
      b64Url: `web-${id}`,
      b64Std: `web-${bytes.toString("base64")}`,
      hex: `web-${bytes.toString("hex")}`,
      dec: `web-${BigInt(`0x${bytes.toString("hex")}`)}`,
    });
  });

  it("a version 4 UUID as id and result, without keepers when none are given", async () => {
    const { id, outs } = await created("RandomUuid", {});
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.deepEqual(outs, { id, result: id });
  });
});

describe("reading and importing", () => {
  it("a refresh keeps the state as it is", async () => {
    const { id, outs } = await created("RandomPassword", { length: 9 });
    assert.deepEqual(await randomProvider.read(id, urn("RandomPassword"), outs), {
      id,
      props: outs,
    });
  });

  it("imports a RandomId with and without prefix, as upstream's example", async () => {
    const bare = await randomProvider.read("p-9hUg", urn("RandomId"), {});
    assert.deepEqual(bare, {
      id: "p-9hUg",
      inputs: { byteLength: 4 },
      props: {
        id: "p-9hUg",
        byteLength: 4,
        b64Url: "p-9hUg",
        b64Std: "p+9hUg==",
        hex: "a7ef6152",
        dec: "2817483090",
      },
    });
    const prefixed = await randomProvider.read("my-,prefix-,p-9hUg", urn("RandomId"), {});
    assert.equal(prefixed.id, "p-9hUg");
    assert.deepEqual(prefixed.inputs, { byteLength: 4, prefix: "my-,prefix-" });
    assert.equal(prefixed.props["hex"], "my-,prefix-a7ef6152");
  });

  it("imports a password, a string and a UUID; the inputs given back then show no change", async () => {
    const password = await randomProvider.read("hunter2€", urn("RandomPassword"), {});
    assert.equal(password.id, "none");
    assert.deepEqual(password.inputs, { length: 8 });
    assert.deepEqual(password.props["result"], secret("hunter2€"));

    const text = await randomProvider.read("abc", urn("RandomString"), {});
    assert.equal(text.id, "abc");
    assert.deepEqual(await replaces("RandomString", text.props, { length: 3 }), []);

    const upper = "6BA7B810-9DAD-11D1-80B4-00C04FD430C8";
    const uuid = await randomProvider.read(upper, urn("RandomUuid"), {});
    const lower = upper.toLowerCase();
    assert.deepEqual(uuid, { id: lower, inputs: {}, props: { id: lower, result: lower } });
  });

  it("refuses an id that cannot be one, without showing it", async () => {
    for (const id of ["p+9hUg==", "prefix,", "a", "p-9hUg ", "p-9hUh"]) {
      await assert.rejects(randomProvider.read(id, urn("RandomId"), {}), {
        message: "the id of a RandomId must be unpadded URL-safe base64, or <prefix>,<base64>",
      });
    }
    await assert.rejects(randomProvider.read("6ba7b810", urn("RandomUuid"), {}), {
      message: "the id of a RandomUuid must be a UUID of 36 characters",
    });
  });

  it("refuses an update, which no diff asks for", async () => {
    await assert.rejects(randomProvider.update("none", urn("RandomPassword")), /replaced on every/);
  });
});

describe("the schema of the random provider", () => {
  it("declares the four resources and what is secret", () => {
    const declared = JSON.parse(randomProvider.schema) as DeclaredSchema;
    assert.equal(declared.name, "random");
    assert.equal(declared.version, randomProvider.version);
    assert.deepEqual(Object.keys(declared.resources), [
      "random:index/randomPassword:RandomPassword",
      "random:index/randomString:RandomString",
      "random:index/randomId:RandomId",
      "random:index/randomUuid:RandomUuid",
    ]);
    const password = declared.resources["random:index/randomPassword:RandomPassword"]!;
    assert.deepEqual(password.properties.result, { type: "string", secret: true });
    assert.deepEqual(password.requiredInputs, ["length"]);
    assert.equal("result" in password.inputProperties, false);
  });

  it("has the version of the SDK that is installed", () => {
    assert.equal(randomProvider.version, installed.version);
  });
});
