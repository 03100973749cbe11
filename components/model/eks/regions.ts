/** AWS regions: which there are, their availability zones, and the partition that ARNs begin with. */
import { nearest, oneOf, type Problems } from "../problems";

/**
 * The letters of the zones in which an EKS control plane may be, by region: AWS's list. Which of them an account
 * sees differs in old regions, so `network.zones` can name them.
 */
const ZONES: Record<string, string> = {
  "af-south-1": "abc",
  "ap-east-1": "abc",
  "ap-east-2": "abc",
  "ap-northeast-1": "acd",
  "ap-northeast-2": "abcd",
  "ap-northeast-3": "abc",
  "ap-south-1": "abc",
  "ap-south-2": "abc",
  "ap-southeast-1": "abc",
  "ap-southeast-2": "abc",
  "ap-southeast-3": "abc",
  "ap-southeast-4": "abc",
  "ap-southeast-5": "abc",
  "ap-southeast-6": "abc",
  "ap-southeast-7": "abc",
  "ca-central-1": "abd",
  "ca-west-1": "abc",
  "cn-north-1": "abd",
  "cn-northwest-1": "abc",
  "eu-central-1": "abc",
  "eu-central-2": "abc",
  "eu-north-1": "abc",
  "eu-south-1": "abc",
  "eu-south-2": "abc",
  "eu-west-1": "abc",
  "eu-west-2": "abc",
  "eu-west-3": "abc",
  "il-central-1": "abc",
  "me-central-1": "abc",
  "me-south-1": "abc",
  "mx-central-1": "abc",
  "sa-east-1": "abc",
  "us-east-1": "abcdf",
  "us-east-2": "abc",
  "us-gov-east-1": "abc",
  "us-gov-west-1": "abc",
  "us-west-1": "abc",
  "us-west-2": "abcd",
};

/** Zones of a region, such as `us-east-1a`; none where the region is unknown. */
export function zonesOf(region: string): string[] {
  return [...(ZONES[region] ?? "")].map((letter) => `${region}${letter}`);
}

/** The partition of a region: what its ARNs begin with after `arn:`. */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) {
    return "aws-cn";
  }
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** Adds a problem where a region is none of AWS's. */
export function checkRegion(region: string, path: string, problems: Problems): void {
  if (ZONES[region] !== undefined) {
    return;
  }
  const known = Object.keys(ZONES);
  // Someone who writes a zone means its region.
  const meant = known.find((one) => region === `${one}${region.at(-1)}`) ?? nearest(region, known);
  problems.add({
    path,
    reason: "not a region of AWS that has EKS",
    value: region,
    allowed: oneOf(known),
    ...(meant === undefined ? {} : { remedy: `Did you mean ${meant}?` }),
  });
}
