/** Amounts as KubeSpawner reads them, and lengths of time as numbers of seconds. */
import { parseAllocationTime } from "./duration";
import { parseQuantity } from "./quantity";

/** JupyterHub's suffixes, largest first: it counts in powers of 1024, whatever Kubernetes means by `G`. */
const UNITS: [suffix: string, bytes: number][] = [
  ["T", 2 ** 40],
  ["G", 2 ** 30],
  ["M", 2 ** 20],
  ["K", 2 ** 10],
];

/** Cores of a quantity that is known to be one: `500m` is 0.5. */
export function spawnerCpu(quantity: string): number {
  return parseQuantity(quantity)!;
}

/** `16Gi` as `16G`, `16G` as `15625000K`: the same bytes, up to the next 1024, in JupyterHub's units. */
export function spawnerMemory(quantity: string): string {
  const bytes = parseQuantity(quantity)!;
  const [suffix, unit] = UNITS.find(([, size]) => bytes % size === 0) ?? ["K", 2 ** 10];
  return `${Math.ceil(bytes / unit)}${suffix}`;
}

/** What the rule for lengths of time is, for messages. */
export const TIME_RULE = "a number with s, m, h or d, such as 4h";

/**
 * Seconds of `90m`, `4h`, `2d`.
 *
 * @returns nothing when it has another form: a number alone would be days in one place and minutes in another
 */
export function parseTime(text: string): number | undefined {
  return /[smhd]$/.test(text) ? parseAllocationTime(text) : undefined;
}
