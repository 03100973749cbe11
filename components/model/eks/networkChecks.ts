/** What must be right about a cluster's network before AWS is asked for it. */
import { joinPath, oneOf, type Problems } from "../problems";
import { contains, formatCidr, isPrivate, overlap, parseCidr, subnetOf, type Cidr } from "./cidr";
import { SMALLEST_SUBNET, subnetIndexes, subnetPrefixOf, zonesWanted } from "./network";
import { zonesOf } from "./regions";
import { EKS_DEFAULTS, type EksNetwork } from "./settings";

/** EKS's own interfaces need some addresses, load balancers eight each, and every pod one. */
const LARGEST_PREFIX = 20;
/** Docker's bridge on every node. */
const DOCKER_BRIDGE = "172.17.0.0/16";

function range(
  text: string,
  path: string,
  [least, most]: readonly [number, number],
  problems: Problems,
): Cidr | undefined {
  const cidr = parseCidr(text);
  if (cidr === undefined) {
    problems.add({
      path,
      reason: "not an IPv4 range",
      value: text,
      allowed: "CIDR notation without bits beyond the prefix, such as 10.0.0.0/16",
    });
    return undefined;
  }
  if (cidr.prefix < least || cidr.prefix > most) {
    problems.add({
      path,
      reason: cidr.prefix > most ? "too small a range" : "too large a range",
      value: text,
      allowed: `/${least} to /${most}`,
    });
    return undefined;
  }
  return cidr;
}

interface NamedRange {
  path: string;
  text: string;
  cidr: Cidr;
}

function checkOverlaps(ranges: readonly NamedRange[], problems: Problems): void {
  ranges.forEach((one, index) => {
    const other = ranges.slice(0, index).find((before) => overlap(one.cidr, before.cidr));
    if (other !== undefined) {
      problems.add({
        path: one.path,
        reason: `overlaps ${other.path}, ${other.text}`,
        value: one.text,
        remedy: "Give each subnet a range of its own.",
      });
    }
  });
}

function checkZones(region: string, network: EksNetwork, path: string, problems: Problems): void {
  const known = zonesOf(region);
  const zones = zonesWanted(region, network);
  if (known.length === 0) {
    return; // The region is the problem.
  }
  if (zones.length < 2) {
    problems.add({
      path: `${path}.zones`,
      reason: "too few zones: EKS takes no cluster in one",
      value: zones,
      allowed: `two or more of ${oneOf(known)}`,
    });
  }
  zones.forEach((zone, index) => {
    const at = joinPath(`${path}.zones`, [index]);
    if (zones.indexOf(zone) !== index) {
      problems.add({ path: at, reason: "named twice", value: zone, remedy: "Remove one." });
    } else if (!new RegExp(`^${region}[a-z]$`).test(zone)) {
      problems.add({
        path: at,
        reason: `not a zone of ${region}`,
        value: zone,
        allowed: oneOf(known),
      });
    }
  });
}

/** The subnets that are written out, or those that are cut; a problem where there is no room. */
function subnetRanges(
  region: string,
  network: EksNetwork,
  vpc: Cidr,
  path: string,
  problems: Problems,
): NamedRange[] {
  const zones = zonesWanted(region, network);
  const found: NamedRange[] = [];
  let full = false;
  for (const kind of ["public", "private"] as const) {
    const key = `${kind}Subnets` as const;
    const given = network[key];
    if (given !== undefined && given.length !== zones.length) {
      problems.add({
        path: `${path}.${key}`,
        reason: `${given.length} subnets for ${zones.length} zones`,
        remedy: "Name one for each zone, in the order of the zones.",
      });
      continue;
    }
    zones.forEach((_, index) => {
      const at = joinPath(`${path}.${key}`, [index]);
      if (given === undefined) {
        const cut = subnetOf(vpc, subnetPrefixOf(vpc, network), subnetIndexes(index)[kind]);
        full ||= cut === undefined;
        found.push(...(cut ? [{ path: at, text: formatCidr(cut), cidr: cut }] : []));
        return;
      }
      const text = given[index]!;
      const cidr = range(text, at, [16, SMALLEST_SUBNET], problems);
      if (cidr !== undefined && !contains(vpc, cidr)) {
        problems.add({
          path: at,
          reason: `not in the VPC's range, ${formatCidr(vpc)}`,
          value: text,
        });
      }
      found.push(...(cidr ? [{ path: at, text, cidr }] : []));
    });
  }
  if (full) {
    problems.add({
      path: `${path}.subnetPrefix`,
      reason: `too small a VPC: ${formatCidr(vpc)} has no room for ${2 * zones.length} subnets of /${subnetPrefixOf(vpc, network)}`,
      value: network.subnetPrefix,
      remedy: "Give a longer subnetPrefix, a larger cidr, or fewer zones.",
    });
  }
  return found;
}

/**
 * Adds a problem for everything about the network that AWS would refuse, some of it only after a quarter of an hour.
 *
 * @param serviceCidr range of Services, where one is asked for
 */
export function checkNetwork(
  region: string,
  network: EksNetwork,
  serviceCidr: string | undefined,
  problems: Problems,
  path = "network",
): void {
  checkZones(region, network, path, problems);
  const { subnetPrefix: prefix } = network;
  if (prefix !== undefined && (!Number.isInteger(prefix) || prefix < 16 || prefix > 28)) {
    problems.add({
      path: `${path}.subnetPrefix`,
      reason: "not the length of a subnet's prefix",
      value: prefix,
      allowed: "16 to 28",
    });
    return;
  }
  const text = network.cidr ?? EKS_DEFAULTS.cidr;
  const vpc = range(text, `${path}.cidr`, [16, LARGEST_PREFIX], problems);
  if (vpc === undefined) {
    return;
  }
  if (!isPrivate(vpc)) {
    problems.add({
      path: `${path}.cidr`,
      reason: "not a private range: pods could not reach its owners on the internet",
      value: text,
      allowed: "within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10",
    });
  }
  const bridge = parseCidr(DOCKER_BRIDGE)!;
  if (overlap(vpc, bridge)) {
    problems.add({
      path: `${path}.cidr`,
      reason: `overlaps ${DOCKER_BRIDGE}, which every node has as Docker's bridge`,
      value: text,
    });
  }
  checkOverlaps(subnetRanges(region, network, vpc, path, problems), problems);
  const services = serviceCidr === undefined ? undefined : parseCidr(serviceCidr);
  if (services !== undefined && overlap(services, vpc)) {
    problems.add({
      path: "serviceCidr",
      reason: `overlaps the VPC's range, ${text}`,
      value: serviceCidr,
      remedy: "Choose a range apart from it.",
    });
  }
}

/** Adds a problem where the range of Services is none that EKS takes. */
export function checkServiceCidr(serviceCidr: string | undefined, problems: Problems): void {
  if (serviceCidr === undefined) {
    return;
  }
  const cidr = range(serviceCidr, "serviceCidr", [12, 24], problems);
  if (cidr !== undefined && (!isPrivate(cidr) || serviceCidr.startsWith("100."))) {
    problems.add({
      path: "serviceCidr",
      reason: "not a range that EKS takes for Services",
      value: serviceCidr,
      allowed: "within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
    });
  }
}
