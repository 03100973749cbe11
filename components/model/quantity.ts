/** Kubernetes quantities: `500m`, `4Gi`, `1e3`, as plain numbers of cores or bytes. */

/** Divisors rather than small factors: `1100m` is then the same number as `1.1`. */
const DIVISORS: Record<string, number> = { n: 1e9, u: 1e6, m: 1e3 };

const FACTORS: Record<string, number> = {
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const QUANTITY =
  /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?)$/;

/** Kubernetes keeps quantities in 64 bits and silently cuts larger ones. */
const LARGEST = 2 ** 63;

/**
 * The number that a quantity stands for: cores for CPU, bytes for memory and storage.
 *
 * @returns nothing when `text` is not a quantity, or is larger than Kubernetes can hold (2^63)
 */
export function parseQuantity(text: string): number | undefined {
  const parts = QUANTITY.exec(text);
  if (parts === null) {
    return undefined;
  }
  const [, digits = "", exponent, suffix = ""] = parts;
  const divisor = DIVISORS[suffix];
  let value: number;
  if (exponent !== undefined) {
    value = Number(`${digits}e${exponent}`);
  } else if (divisor !== undefined) {
    value = Number(digits) / divisor;
  } else {
    value = Number(digits) * FACTORS[suffix]!;
  }
  return Math.abs(value) < LARGEST ? value : undefined;
}

/**
 * Orders two quantities: negative when `a` is less, 0 when they are the same amount, positive when it is more.
 *
 * @throws RangeError when one is not a quantity
 */
export function compareQuantities(a: string, b: string): number {
  const [left, right] = [parseQuantity(a), parseQuantity(b)];
  if (left === undefined || right === undefined) {
    throw new RangeError(`not a quantity: ${left === undefined ? a : b}`);
  }
  return left - right;
}
