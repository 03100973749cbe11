/** MAIAKubeGate's `allocationTime`: how long a workspace may run. */

const UNIT_SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

const ALLOCATION = /^(\d+(?:\.\d+)?|\.\d+)([smhd]?)$/;

/** The longest allocation, in seconds (68 years): where a 32-bit count of seconds ends. */
export const LONGEST_ALLOCATION_SECONDS = 2 ** 31 - 1;

/**
 * Seconds of an allocation: a number of days (`2`, `"0.5"`), or a number with `s`, `m`, `h` or `d`
 * (`"90m"`, `"12h"`). An hour is 3600 s: upstream's 1440 s is a bug. Rounded to whole seconds.
 *
 * @returns nothing when it has another form, is under one second, or over 68 years
 */
export function parseAllocationTime(value: string | number): number | undefined {
  const parts = ALLOCATION.exec(String(value));
  if (parts === null) {
    return undefined;
  }
  const [, amount = "", unit = ""] = parts;
  const seconds = Math.round(Number(amount) * UNIT_SECONDS[unit === "" ? "d" : unit]!);
  return seconds >= 1 && seconds <= LONGEST_ALLOCATION_SECONDS ? seconds : undefined;
}

/**
 * A duration for messages, in the units of `allocationTime`: `1d 12h`, `90s` as `1m 30s`.
 *
 * @param seconds whole seconds; a negative one counts as 0
 */
export function formatDuration(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const unit of ["d", "h", "m", "s"]) {
    const amount = Math.floor(rest / UNIT_SECONDS[unit]!);
    rest -= amount * UNIT_SECONDS[unit]!;
    if (amount > 0) {
      parts.push(`${amount}${unit}`);
    }
  }
  return parts.length === 0 ? "0s" : parts.join(" ");
}
