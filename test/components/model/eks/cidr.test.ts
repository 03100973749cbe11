import assert from "node:assert/strict";
import fc from "fast-check";
import {
  contains,
  formatCidr,
  isPrivate,
  overlap,
  parseCidr,
  subnetOf,
} from "../../../../components/model/eks/cidr";

const at = (text: string) => parseCidr(text)!;

describe("CIDR ranges", () => {
  it("reads what is one", () => {
    assert.deepEqual(parseCidr("10.1.0.0/16"), { first: 10 * 2 ** 24 + 2 ** 16, prefix: 16 });
    assert.deepEqual(parseCidr("0.0.0.0/0"), { first: 0, prefix: 0 });
    assert.deepEqual(parseCidr("255.255.255.255/32"), { first: 2 ** 32 - 1, prefix: 32 });
  });

  for (const text of [
    "10.0.0.0",
    "10.0.0.1/24",
    "10.0.0.256/32",
    "10.0.0.0/33",
    "::/0",
    " 10.0.0.0/8",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(parseCidr(text), undefined);
    });
  }

  it("cuts as Terraform's cidrsubnet does", () => {
    const cut = (index: number) => formatCidr(subnetOf(at("10.0.0.0/16"), 24, index)!);
    assert.deepEqual([0, 1, 2, 3, 255].map(cut), [
      "10.0.0.0/24",
      "10.0.1.0/24",
      "10.0.2.0/24",
      "10.0.3.0/24",
      "10.0.255.0/24",
    ]);
    assert.equal(subnetOf(at("10.0.0.0/16"), 24, 256), undefined);
    assert.equal(subnetOf(at("10.0.0.0/24"), 16, 0), undefined);
  });

  it("knows what overlaps and what lies within", () => {
    assert.equal(overlap(at("10.0.0.0/16"), at("10.0.255.0/24")), true);
    assert.equal(overlap(at("10.0.0.0/16"), at("10.1.0.0/16")), false);
    assert.equal(contains(at("10.0.0.0/16"), at("10.0.1.0/24")), true);
    assert.equal(contains(at("10.0.1.0/24"), at("10.0.0.0/16")), false);
    assert.equal(isPrivate(at("172.31.0.0/16")), true);
    assert.equal(isPrivate(at("172.32.0.0/16")), false);
  });

  it("cuts into parts that never overlap, and writes what it reads", () => {
    const range = fc
      .record({ address: fc.nat(2 ** 31 - 1), prefix: fc.integer({ min: 8, max: 28 }) })
      .map(({ address, prefix }) => {
        const size = 2 ** (32 - prefix);
        return { first: Math.floor(address / size) * size, prefix };
      });
    fc.assert(
      fc.property(
        range,
        fc.integer({ min: 1, max: 4 }),
        fc.nat(15),
        fc.nat(15),
        (outer, bits, a, b) => {
          assert.deepEqual(parseCidr(formatCidr(outer)), outer);
          const [one, other] = [a, b].map((index) => subnetOf(outer, outer.prefix + bits, index));
          assert.equal(one === undefined, a >= 2 ** bits);
          if (one !== undefined && other !== undefined) {
            assert.equal(contains(outer, one), true);
            assert.equal(overlap(one, other), a === b);
          }
        },
      ),
    );
  });
});
