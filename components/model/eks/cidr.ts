/** IPv4 ranges: reading, cutting and comparing them. */

/** A range of addresses. */
export interface Cidr {
  /** First address, as a number. */
  first: number;
  /** Length of the prefix, 0 to 32. */
  prefix: number;
}

const FORM = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** How many addresses a range has. */
function sizeOf({ prefix }: Cidr): number {
  return 2 ** (32 - prefix);
}

/** A range from `10.0.0.0/16`; nothing where it is none, or has bits set beyond its prefix. */
export function parseCidr(text: string): Cidr | undefined {
  const parts = FORM.exec(text)?.slice(1).map(Number);
  if (parts === undefined) {
    return undefined;
  }
  const prefix = parts.pop()!;
  if (prefix > 32 || parts.some((part) => part > 255)) {
    return undefined;
  }
  const first = parts.reduce((sum, part) => sum * 256 + part, 0);
  return first % sizeOf({ first, prefix }) === 0 ? { first, prefix } : undefined;
}

/** The range as it is written. */
export function formatCidr({ first, prefix }: Cidr): string {
  const bytes = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${bytes.join(".")}/${prefix}`;
}

/** Whether the two ranges have an address in common. */
export function overlap(a: Cidr, b: Cidr): boolean {
  return a.first < b.first + sizeOf(b) && b.first < a.first + sizeOf(a);
}

/** Whether `inner` lies wholly in `outer`. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.prefix >= outer.prefix && overlap(outer, inner);
}

/** The `index`-th range of that prefix in `outer`, counted from 0; nothing where it has no room. */
export function subnetOf(outer: Cidr, prefix: number, index: number): Cidr | undefined {
  const subnet = { first: outer.first + index * 2 ** (32 - prefix), prefix };
  return prefix <= 32 && contains(outer, subnet) ? subnet : undefined;
}

const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map((text) =>
  parseCidr(text)!,
);

/** Whether the range belongs to nobody on the internet (RFC 1918, RFC 6598). */
export function isPrivate(range: Cidr): boolean {
  return PRIVATE.some((one) => contains(one, range));
}
