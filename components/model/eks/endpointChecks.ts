/** Who may reach the API server over the internet. */
import { joinPath, type Problems } from "../problems";
import { isPrivate, parseCidr } from "./cidr";
import type { EksEndpoint } from "./settings";

/** Shorter prefixes than this are a good part of the internet. */
const SHORTEST_PREFIX = 8;
const MOST_CIDRS = 40;

/** Adds a problem for networks that the public endpoint never sees, and for those that should not. */
export function checkEndpoint(
  { publicCidrs, openToTheInternet }: EksEndpoint,
  problems: Problems,
): void {
  if (publicCidrs.length > MOST_CIDRS) {
    problems.add({
      path: "endpoint.publicCidrs",
      reason: `${publicCidrs.length} networks`,
      allowed: `${MOST_CIDRS} at most`,
    });
  }
  publicCidrs.forEach((text, index) => {
    const path = joinPath("endpoint.publicCidrs", [index]);
    const cidr = parseCidr(text);
    if (cidr === undefined && text !== "::/0") {
      problems.add({
        path,
        reason: "not an IPv4 network",
        value: text,
        allowed: "CIDR notation, such as 203.0.113.0/24, or /32 for one address",
      });
    } else if (
      (cidr === undefined || cidr.prefix < SHORTEST_PREFIX) &&
      openToTheInternet !== true
    ) {
      problems.add({
        path,
        reason: "lets the whole internet, or most of it, try to log in at the API server",
        value: text,
        remedy: "Name your own networks; or waive it with openToTheInternet: true beside the list.",
      });
    } else if (cidr !== undefined && isPrivate(cidr)) {
      problems.add({
        path,
        reason: "a private network: the public endpoint never sees its addresses",
        value: text,
        remedy:
          "Name the public addresses behind which it is; the private endpoint needs no entry.",
      });
    }
  });
}
