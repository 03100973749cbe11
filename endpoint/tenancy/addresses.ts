/** Which addresses the endpoint may fetch from: none that leads back into the cluster or its hosts. */
import * as dns from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Never, whatever the operator says: the node itself, clouds' metadata, "this network" and groups. */
const NEVER: [address: string, bits: number][] = [
  ["0.0.0.0", 8],
  ["169.254.0.0", 16],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["::", 128],
  ["fd00:ec2::254", 128],
  ["fe80::", 10],
  ["ff00::", 8],
];

/** Private, shared, for tests and documentation; and ranges of IPv6 that carry an IPv4 address. */
const PRIVATE: [address: string, bits: number][] = [
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["::1", 128],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 32],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["fc00::", 7],
  ["fec0::", 10],
];

function blockList(...ranges: [address: string, bits: number][]): BlockList {
  const list = new BlockList();
  for (const [address, bits] of ranges) {
    list.addSubnet(address, bits, isIP(address) === 4 ? "ipv4" : "ipv6");
  }
  return list;
}

const never = blockList(...NEVER);
const notPublic = blockList(...NEVER, ...PRIVATE);

/** An IPv4 address in its IPv6 form, `::ffff:10.0.0.1` or `::ffff:a00:1`, is judged as what it is. */
function asIPv4(address: string): string | undefined {
  const [, dotted, high, low] =
    /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i.exec(address) ?? [];
  if (dotted !== undefined) {
    return dotted;
  }
  if (high === undefined || low === undefined) {
    return undefined;
  }
  const [a, b] = [parseInt(high, 16), parseInt(low, 16)];
  return `${a >> 8}.${a & 255}.${b >> 8}.${b & 255}`;
}

/** Whether the endpoint may fetch from an IP address. */
export function mayFetchFrom(address: string, allowPrivate: boolean): boolean {
  const plain = asIPv4(address) ?? address;
  const list = allowPrivate ? never : notPublic;
  const kind = isIP(plain);
  return kind !== 0 && !list.check(plain, kind === 4 ? "ipv4" : "ipv6");
}

/** A host's name leads to an address that may not be fetched from. */
class ForbiddenAddress extends Error {
  override readonly name = "ForbiddenAddress";
}

/**
 * The lookup of a connection: it is made to the very address that was judged, so a name that changes its mind
 * gains nothing. One bad address among several is enough to refuse.
 *
 * @param resolve how names are resolved. @default the system's way
 */
export function guardedLookup(
  allowPrivate: boolean,
  resolve: typeof dns.promises.lookup = dns.promises.lookup,
): LookupFunction {
  return (hostname, { all, family, hints }, callback) => {
    resolve(hostname, { all: true, family, hints }).then(
      (found) => {
        const bad = found.find(({ address }) => !mayFetchFrom(address, allowPrivate));
        if (bad !== undefined || found.length === 0) {
          callback(new ForbiddenAddress(`${hostname} has no address that may be fetched from`), []);
        } else if (all) {
          callback(null, found);
        } else {
          callback(null, found[0]!.address, found[0]!.family);
        }
      },
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
}
