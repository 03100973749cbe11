/** Merges what a user sets over what we render: for chart values. */

type Values = Record<string, unknown>;

/** Whether `value` is a plain object: an Output, or any other instance of a class, is one value. */
function isPlain(value: unknown): value is Values {
  if (typeof value !== "object" || value === null) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A plain assignment to `__proto__` would change the object's kind, not its keys. */
function set(values: Values, key: string, value: unknown): void {
  Object.defineProperty(values, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/**
 * A new object with the keys of both: objects are merged at every depth, and anything else (arrays, and
 * `null`, which in Helm takes a default away) is replaced by what `over` says. A key that `over` has as
 * `undefined` stays as it is.
 */
export function mergeValues(base: Values, over: Values = {}): Values {
  const merged: Values = {};
  for (const [key, value] of Object.entries(base)) {
    set(merged, key, isPlain(value) ? mergeValues(value) : value);
  }
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) {
      continue;
    }
    const below = Object.hasOwn(base, key) ? base[key] : undefined;
    set(merged, key, isPlain(value) ? mergeValues(isPlain(below) ? below : {}, value) : value);
  }
  return merged;
}
