import assert from "node:assert/strict";
import * as fc from "fast-check";
import { formatDuration, parseAllocationTime } from "../../../components/model/duration";

describe("parseAllocationTime", () => {
  const times: [string | number, number][] = [
    ["2", 172_800],
    [2, 172_800],
    ["0.5", 43_200],
    [0.5, 43_200],
    [".25", 21_600],
    ["1d", 86_400],
    ["12h", 43_200],
    ["1h", 3600],
    ["1.5h", 5400],
    ["90m", 5400],
    ["1s", 1],
    ["0.6s", 1],
    ["2147483647s", 2_147_483_647],
    ["24855d", 2_147_472_000],
  ];
  for (const [text, seconds] of times) {
    it(`reads ${JSON.stringify(text)} as ${seconds} seconds`, () => {
      assert.equal(parseAllocationTime(text), seconds);
    });
  }

  for (const text of [
    "",
    "0",
    0,
    "0.4s",
    "-1",
    -1,
    "2 d",
    " 2",
    "2w",
    "h",
    "1e3",
    1e21,
    NaN,
    Infinity,
    "1h30m",
    "2147483648s",
    "24856",
    "2D",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(parseAllocationTime(text), undefined);
    });
  }
});

describe("formatDuration", () => {
  const texts: [number, string][] = [
    [0, "0s"],
    [-5, "0s"],
    [1, "1s"],
    [90, "1m 30s"],
    [3600, "1h"],
    [129_600, "1d 12h"],
    [172_800, "2d"],
    [90_061, "1d 1h 1m 1s"],
  ];
  for (const [seconds, text] of texts) {
    it(`writes ${seconds} as ${text}`, () => {
      assert.equal(formatDuration(seconds), text);
    });
  }

  it("writes parts that add up to the seconds", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_147_483_647 }), (seconds) => {
        const parts = formatDuration(seconds)
          .split(" ")
          .map((part) => parseAllocationTime(part)!);
        assert.equal(
          parts.reduce((a, b) => a + b),
          seconds,
        );
      }),
    );
  });
});
