import assert from "node:assert/strict";
import type { CheckFailure } from "@pulumi/pulumi/provider";
import { randomProvider } from "../../../local/random/provider";
import { secret, UNKNOWN, type Properties } from "../../../local/random/wire";
import { failures, urn } from "./calls";

describe("the check of the random provider", () => {
  const refused: [title: string, kind: string, news: Properties, expected: CheckFailure[]][] = [
    ["no length", "RandomString", {}, [{ property: "length", reason: "is required" }]],
    [
      "a length below 1",
      "RandomPassword",
      { length: 0 },
      [{ property: "length", reason: "must be at least 1" }],
    ],
    [
      "a fraction",
      "RandomString",
      { length: 1.5 },
      [{ property: "length", reason: "must be a whole number" }],
    ],
    [
      "a length below the sum of the minimums",
      "RandomPassword",
      { length: 9, minLower: 1, minUpper: 2, minNumeric: 3, minSpecial: 4 },
      [
        {
          property: "length",
          reason: "must be at least 10, the sum of minLower, minUpper, minNumeric, minSpecial",
        },
      ],
    ],
    [
      "a negative minimum",
      "RandomString",
      { length: 9, minLower: -1 },
      [{ property: "minLower", reason: "must be at least 0" }],
    ],
    [
      "no class at all, through the deprecated name too",
      "RandomString",
      { length: 9, lower: false, upper: false, number: false, special: false },
      [
        {
          property: "special",
          reason: "at least one of lower, upper, numeric, special must be true",
        },
      ],
    ],
    [
      "number against numeric",
      "RandomString",
      { length: 9, number: true, numeric: false },
      [
        {
          property: "number",
          reason: "differs from numeric, of which it is the deprecated name; leave number out",
        },
      ],
    ],
    [
      "special characters from an empty list",
      "RandomPassword",
      { length: 9, overrideSpecial: "", minSpecial: 1 },
      [
        {
          property: "overrideSpecial",
          reason:
            "is empty while minSpecial asks for special characters; leave it out for the usual",
        },
      ],
    ],
    [
      "every single problem at once",
      "RandomString",
      { lenght: 9, length: "9", lower: "yes", overrideSpecial: 1, keepers: { a: 1 } },
      [
        {
          property: "lenght",
          reason:
            "is not an argument here; there are keepers, length, lower, upper, number, numeric, " +
            "special, minLower, minUpper, minNumeric, minSpecial, overrideSpecial",
        },
        { property: "keepers.a", reason: "must be a string" },
        { property: "length", reason: "must be a whole number" },
        { property: "lower", reason: "must be true or false" },
        { property: "overrideSpecial", reason: "must be a string" },
      ],
    ],
    [
      "a byteLength below 1",
      "RandomId",
      { byteLength: 0 },
      [{ property: "byteLength", reason: "must be at least 1" }],
    ],
    ["no byteLength", "RandomId", {}, [{ property: "byteLength", reason: "is required" }]],
    [
      "keepers that are no map",
      "RandomUuid",
      { keepers: ["a"] },
      [{ property: "keepers", reason: "must be a map of strings" }],
    ],
    [
      "names of the object prototype",
      "RandomUuid",
      { constructor: "x" },
      [{ property: "constructor", reason: "is not an argument here; there are keepers" }],
    ],
  ];
  for (const [title, kind, news, expected] of refused) {
    it(`refuses ${title} (${kind})`, async () => {
      assert.deepEqual(await failures(kind, news), expected);
    });
  }

  it("accepts what is right, also in secret envelopes, and returns the inputs as they came", async () => {
    const news = {
      length: 10,
      minLower: 10,
      special: false,
      overrideSpecial: secret("~"),
      keepers: { a: secret("1"), b: null },
    };
    const result = await randomProvider.check(urn("RandomPassword"), {}, news);
    assert.deepEqual(result, { inputs: news, failures: [] });
    assert.deepEqual(await failures("RandomUuid", {}), []);
    assert.deepEqual(await failures("RandomString", { length: 1, overrideSpecial: "" }), []);
  });

  it("sees through envelopes", async () => {
    const reasons = await failures("RandomString", { length: secret(""), keepers: secret("x") });
    assert.deepEqual(reasons, [
      { property: "keepers", reason: "must be a map of strings" },
      { property: "length", reason: "must be a whole number" },
    ]);
  });

  it("lets pass what is unknown in a preview", async () => {
    assert.deepEqual(await failures("RandomString", { length: UNKNOWN, minLower: 5 }), []);
    assert.deepEqual(await failures("RandomString", { length: 1, minLower: UNKNOWN }), []);
    assert.deepEqual(await failures("RandomId", { byteLength: UNKNOWN, keepers: UNKNOWN }), []);
    const maybe = { length: 1, lower: false, upper: false, special: false, numeric: UNKNOWN };
    assert.deepEqual(await failures("RandomString", maybe), []);
  });

  it("names the resources that there are when asked for another", async () => {
    await assert.rejects(failures("RandomPet", {}), {
      message:
        "the random provider of the local stand has no random:index/randomPet:RandomPet; " +
        "it has RandomPassword, RandomString, RandomId, RandomUuid",
    });
  });
});
