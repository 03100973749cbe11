import assert from "node:assert/strict";
import { networkPlan } from "../../../../components/model/eks/network";
import { zonesOf } from "../../../../components/model/eks/regions";
import type { EksNetwork } from "../../../../components/model/eks/settings";
import { faults } from "../../../support/eksSettings";

const of = (network: EksNetwork, more = {}) => faults({ network, ...more });

describe("networkPlan", () => {
  it("cuts the VPC as Covalent's Terraform does, with its prefixes", () => {
    assert.deepEqual(networkPlan("us-east-1", { cidr: "10.0.0.0/16", subnetPrefix: 24 }), {
      cidr: "10.0.0.0/16",
      nat: "per-zone",
      zones: [
        { zone: "us-east-1a", publicCidr: "10.0.0.0/24", privateCidr: "10.0.2.0/24" },
        { zone: "us-east-1b", publicCidr: "10.0.1.0/24", privateCidr: "10.0.3.0/24" },
      ],
    });
  });

  it("moves no subnet when a zone is added", () => {
    const [two, four] = [2, 4].map(
      (count) => networkPlan("us-west-2", { zones: zonesOf("us-west-2").slice(0, count) }).zones,
    );
    assert.deepEqual(four!.slice(0, 2), two);
    assert.deepEqual(
      four!.slice(2).map(({ publicCidr, privateCidr }) => [publicCidr, privateCidr]),
      [
        ["10.0.64.0/20", "10.0.80.0/20"],
        ["10.0.96.0/20", "10.0.112.0/20"],
      ],
    );
  });

  it("takes written subnets as they are", () => {
    const plan = networkPlan("eu-west-1", {
      publicSubnets: ["10.0.10.0/24", "10.0.11.0/24"],
      privateSubnets: ["10.0.128.0/18", "10.0.192.0/18"],
      nat: "single",
    });
    assert.deepEqual(plan.zones[1], {
      zone: "eu-west-1b",
      publicCidr: "10.0.11.0/24",
      privateCidr: "10.0.192.0/18",
    });
    assert.equal(plan.nat, "single");
  });
});

describe("a network that AWS would refuse", () => {
  it("passes what it takes", () => {
    assert.deepEqual(of({}), []);
    assert.deepEqual(of({ cidr: "192.168.0.0/20", subnetPrefix: 24 }), []);
  });

  it("is too small, or cannot be cut", () => {
    assert.deepEqual(of({ cidr: "10.0.0.0/24" }), [
      'lab: network.cidr: too small a range (found "10.0.0.0/24"; allowed: /16 to /20).',
    ]);
    assert.deepEqual(of({ cidr: "10.0.0.0/20", subnetPrefix: 21 }), [
      "lab: network.subnetPrefix: too small a VPC: 10.0.0.0/20 has no room for 4 subnets of /21 (found 21). " +
        "Give a longer subnetPrefix, a larger cidr, or fewer zones.",
    ]);
    assert.match(of({ cidr: "10.0.0.0/8" })[0]!, /network\.cidr: too large a range/);
    assert.match(of({ cidr: "10.0.0.1/16" })[0]!, /network\.cidr: not an IPv4 range/);
  });

  it("overlaps itself, its Services or Docker", () => {
    const subnets = { privateSubnets: ["10.0.64.0/18", "10.0.64.0/19"] };
    assert.deepEqual(of({ ...subnets, publicSubnets: ["10.0.0.0/24", "10.0.1.0/24"] }), [
      'lab: network.privateSubnets[1]: overlaps network.privateSubnets[0], 10.0.64.0/18 (found "10.0.64.0/19"). ' +
        "Give each subnet a range of its own.",
    ]);
    assert.match(
      of({}, { serviceCidr: "10.0.0.0/16" })[0]!,
      /serviceCidr: overlaps the VPC's range/,
    );
    assert.match(
      of({ cidr: "172.17.0.0/16" })[0]!,
      /overlaps 172\.17\.0\.0\/16, which every node has/,
    );
  });

  it("has one zone, or a foreign one", () => {
    assert.deepEqual(of({ zones: ["us-east-1a"] }), [
      'lab: network.zones: too few zones: EKS takes no cluster in one (found ["us-east-1a"]; ' +
        "allowed: two or more of us-east-1a, us-east-1b, us-east-1c, us-east-1d, us-east-1f).",
    ]);
    assert.match(
      of({ zones: ["us-east-1a", "eu-west-1a"] })[0]!,
      /zones\[1\]: not a zone of us-east-1/,
    );
    assert.match(of({ zones: ["us-east-1a", "us-east-1a"] })[0]!, /zones\[1\]: named twice/);
  });

  it("has subnets outside it, or not one for each zone", () => {
    const publicSubnets = ["10.0.0.0/24", "10.1.0.0/24"];
    assert.match(
      of({ publicSubnets })[0]!,
      /publicSubnets\[1\]: not in the VPC's range, 10\.0\.0\.0\/16/,
    );
    assert.match(
      of({ publicSubnets: ["10.0.0.0/24"] })[0]!,
      /publicSubnets: 1 subnets for 2 zones/,
    );
  });

  it("is public, or has Services where EKS takes none", () => {
    assert.match(of({ cidr: "8.8.0.0/16" })[0]!, /not a private range/);
    assert.match(
      of({}, { serviceCidr: "100.64.0.0/16" })[0]!,
      /serviceCidr: not a range that EKS takes/,
    );
    assert.match(of({}, { serviceCidr: "172.20.0.0/25" })[0]!, /serviceCidr: too small a range/);
  });

  it("describes a VPC to make beside an existing one, or one with a single subnet", () => {
    const facts = { privateSubnets: 1 };
    assert.deepEqual(faults({ network: {} }, facts), [
      "lab: network: describes a VPC to make, beside an existing one. Keep network, or existingVpc.",
      "lab: existingVpc.privateSubnetIds: too few subnets: EKS takes no cluster in one zone (found 1; " +
        "allowed: two or more, in different zones).",
    ]);
    assert.deepEqual(faults({}, { privateSubnets: 2 }), []);
  });
});
