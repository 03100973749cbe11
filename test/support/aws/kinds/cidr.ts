/** IPv4 ranges as EC2 looks at them. Its own arithmetic: the program's is what is under test. */

interface Range {
  first: number;
  last: number;
  length: number;
}

function range(cidr: string): Range | undefined {
  const found = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr)?.slice(1).map(Number);
  if (found === undefined || found.slice(0, 4).some((byte) => byte > 255) || found[4]! > 32) {
    return undefined;
  }
  const [a, b, c, d, length] = found as [number, number, number, number, number];
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - length);
  return first % size === 0 ? { first, last: first + size - 1, length } : undefined;
}

/** The number of fixed bits; nothing for what is no range. */
export function prefixLength(cidr: string): number | undefined {
  return range(cidr)?.length;
}

export function isInside(cidr: string, outer: string): boolean {
  const [a, b] = [range(cidr), range(outer)];
  return a !== undefined && b !== undefined && a.first >= b.first && a.last <= b.last;
}

export function overlap(cidr: string, other: string): boolean {
  const [a, b] = [range(cidr), range(other)];
  return a !== undefined && b !== undefined && a.first <= b.last && b.first <= a.last;
}
