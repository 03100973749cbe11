/** The plan of a cluster's VPC: which subnet lies in which zone. */
import { formatCidr, parseCidr, subnetOf, type Cidr } from "./cidr";
import { zonesOf } from "./regions";
import { EKS_DEFAULTS, NatMode, type EksNetwork } from "./settings";

/** The subnets of one zone. */
export interface ZonePlan {
  zone: string;
  publicCidr: string;
  privateCidr: string;
}

/** A VPC, ready to be made. */
export interface NetworkPlan {
  cidr: string;
  zones: ZonePlan[];
  nat: NatMode;
}

/** Prefix of the smallest subnet of AWS. */
export const SMALLEST_SUBNET = 28;
/** Bits that each subnet's prefix has more than the VPC's. */
const DEFAULT_BITS = 4;
/** Two zones are the least that EKS takes. */
const DEFAULT_ZONES = 2;

/**
 * Which of the equal parts of the VPC the two subnets of a zone are. The first two zones as Covalent's Terraform
 * has them (public, public, private, private), further ones behind, so that a zone more moves no subnet.
 */
export function subnetIndexes(zone: number): { public: number; private: number } {
  return zone < 2
    ? { public: zone, private: zone + 2 }
    : { public: 2 * zone, private: 2 * zone + 1 };
}

/** Length of the prefix of the subnets that are cut from a VPC. */
export function subnetPrefixOf(vpc: Cidr, network: EksNetwork): number {
  return network.subnetPrefix ?? Math.min(vpc.prefix + DEFAULT_BITS, SMALLEST_SUBNET);
}

/** The zones that are meant, in their order. */
export function zonesWanted(region: string, network: EksNetwork = {}): string[] {
  return network.zones ?? zonesOf(region).slice(0, DEFAULT_ZONES);
}

/** The plan of a network that `checkNetwork` found nothing wrong with. */
export function networkPlan(region: string, network: EksNetwork = {}): NetworkPlan {
  const cidr = network.cidr ?? EKS_DEFAULTS.cidr;
  const vpc = parseCidr(cidr)!;
  const cut = (index: number): string =>
    formatCidr(subnetOf(vpc, subnetPrefixOf(vpc, network), index)!);
  const zones = zonesWanted(region, network).map((zone, index) => ({
    zone,
    publicCidr: network.publicSubnets?.[index] ?? cut(subnetIndexes(index).public),
    privateCidr: network.privateSubnets?.[index] ?? cut(subnetIndexes(index).private),
  }));
  return { cidr, zones, nat: network.nat ?? NatMode.PerZone };
}
