import assert from "node:assert/strict";
import fc from "fast-check";
import { contains, formatCidr, overlap, parseCidr } from "../../../../components/model/eks/cidr";
import { networkPlan } from "../../../../components/model/eks/network";
import { zonesOf } from "../../../../components/model/eks/regions";
import { faults } from "../../../support/eksSettings";

/** A number that is mostly within the first range, and now and then within the second. */
function mostly(
  usual: readonly [number, number],
  rare: readonly [number, number],
): fc.Arbitrary<number> {
  const within = ([min, max]: readonly [number, number]) => fc.integer({ min, max });
  return fc.oneof({ weight: 5, arbitrary: within(usual) }, { weight: 1, arbitrary: within(rare) });
}

/** VPCs in 10.0.0.0/8 with subnets; most of them of sizes that AWS takes. */
const networks = fc
  .record({
    vpcPrefix: mostly([16, 20], [21, 22]),
    bits: mostly([4, 8], [1, 1]),
    zones: mostly([2, 5], [1, 1]),
    block: fc.nat(127),
  })
  .map(({ vpcPrefix, bits, zones, block }) => ({
    cidr: formatCidr({ first: 10 * 2 ** 24 + block * 2 ** 17, prefix: vpcPrefix }),
    subnetPrefix: Math.min(vpcPrefix + bits, 28),
    zones: zonesOf("us-east-1").slice(0, zones),
  }));

describe("any network", () => {
  it("is refused, or cut into subnets that lie within it and apart from each other", () => {
    const refusals = { "network.cidr": 0, "network.zones": 0, "network.subnetPrefix": 0 };
    let accepted = 0;
    let all = 0;
    fc.assert(
      fc.property(networks, (network) => {
        all++;
        const lines = faults({ network });
        if (lines.length > 0) {
          const path = lines[0]!.split(": ")[1] as keyof typeof refusals;
          assert.ok(path in refusals, lines[0]);
          refusals[path]++;
          return;
        }
        accepted++;
        const vpc = parseCidr(network.cidr)!;
        const { zones } = networkPlan("us-east-1", network);
        const subnets = zones
          .flatMap(({ publicCidr, privateCidr }) => [publicCidr, privateCidr])
          .map((text) => parseCidr(text)!);
        assert.equal(subnets.length, 2 * network.zones.length);
        subnets.forEach((subnet, index) => {
          assert.ok(contains(vpc, subnet));
          assert.ok(subnets.slice(0, index).every((other) => !overlap(subnet, other)));
        });
      }),
    );
    assert.ok(accepted >= 0.4 * all, `only ${accepted} of ${all} were valid`);
    for (const [path, count] of Object.entries(refusals)) {
      assert.ok(count > 0, `none was refused for ${path}`);
    }
  });
});
