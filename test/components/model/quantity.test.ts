import assert from "node:assert/strict";
import * as fc from "fast-check";
import { compareQuantities, parseQuantity } from "../../../components/model/quantity";

describe("parseQuantity", () => {
  const amounts: [string, number][] = [
    ["0", 0],
    ["4", 4],
    ["0.5", 0.5],
    [".5", 0.5],
    ["5.", 5],
    ["500m", 0.5],
    ["5000m", 5],
    ["250u", 0.00025],
    ["1n", 1e-9],
    ["1k", 1000],
    ["2M", 2_000_000],
    ["4G", 4e9],
    ["1T", 1e12],
    ["1P", 1e15],
    ["1E", 1e18],
    ["1Ki", 1024],
    ["1Mi", 1_048_576],
    ["4Gi", 4_294_967_296],
    ["1.5Gi", 1_610_612_736],
    ["1Ti", 2 ** 40],
    ["1Pi", 2 ** 50],
    ["1Ei", 2 ** 60],
    ["1e3", 1000],
    ["1E3", 1000],
    ["12e-1", 1.2],
    ["1e+3", 1000],
    ["-1Gi", -(2 ** 30)],
    ["+2", 2],
  ];
  for (const [text, amount] of amounts) {
    it(`reads ${text} as ${amount}`, () => {
      assert.equal(parseQuantity(text), amount);
    });
  }

  for (const text of [
    "",
    "Gi",
    "4GB",
    "4 Gi",
    "4gi",
    "1K",
    "1e",
    "1e3Ki",
    "0x10",
    "1,5",
    "--1",
    "1.2.3",
    ".",
    "NaN",
    "8Ei",
    "1e400",
    "١",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(parseQuantity(text), undefined);
    });
  }

  it("has one number for one amount, however it is written", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (millis) => {
        const units = (millis / 1000).toFixed(3);
        assert.equal(parseQuantity(`${millis}m`), parseQuantity(units));
      }),
    );
  });
});

describe("compareQuantities", () => {
  it("orders by amount, not by text", () => {
    assert.ok(compareQuantities("4G", "4Gi") < 0);
    assert.ok(compareQuantities("1", "999m") > 0);
    assert.equal(compareQuantities("1100m", "1.1"), 0);
    assert.equal(compareQuantities("1024Mi", "1Gi"), 0);
  });

  it("names what is not a quantity", () => {
    assert.throws(() => compareQuantities("1", "two"), new RangeError("not a quantity: two"));
    assert.throws(() => compareQuantities("one", "2"), new RangeError("not a quantity: one"));
  });
});
