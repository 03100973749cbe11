import assert from "node:assert/strict";
import fc from "fast-check";
import { contains, formatCidr, overlap, parseCidr } from "../../../../components/model/eks/cidr";
import { networkPlan } from "../../../../components/model/eks/network";
import { zonesOf } from "../../../../components/model/eks/regions";
import { faults } from "../../../support/eksSettings";

/** VPCs in 10.0.0.0/8, most of them of a size that AWS takes, with subnets that fit most of them. */
const networks = fc
  .record({
    vpcPrefix: fc.integer({ min: 15, max: 21 }),
    bits: fc.integer({ min: 1, max: 8 }),
    zones: fc.integer({ min: 1, max: 5 }),
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
