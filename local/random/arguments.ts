/**
 * What a resource of the provider may be given, as data: the kind of each argument, its default and its
 * bounds; and the check of given values against it. The rules are those of the real provider.
 */
import type { CheckFailure } from "@pulumi/pulumi/provider";
import { UNKNOWN, type Properties } from "./wire";

/** One argument of a resource. */
export interface Argument {
  /** `count`: a whole number; `flag`: a boolean; `text`: a string; `keepers`: a map of strings. */
  kind: "count" | "flag" | "text" | "keepers";
  required?: boolean;
  /** Smallest count. Default 0. */
  minimum?: number;
  /** Value when the argument is left out. Without one it stays out. */
  default?: number | boolean;
}

export type Arguments = Readonly<Record<string, Argument>>;

export const KEEPERS: Argument = { kind: "keepers" };

const FLAG: Argument = { kind: "flag", default: true };
const MINIMUM: Argument = { kind: "count", default: 0 };

/** The arguments of RandomPassword and RandomString. */
export const CHARACTER_ARGUMENTS: Arguments = {
  keepers: KEEPERS,
  length: { kind: "count", required: true, minimum: 1 },
  lower: FLAG,
  upper: FLAG,
  // `number` is the deprecated name of `numeric`; withSynonyms keeps the two equal and defaults both.
  number: { kind: "flag" },
  numeric: { kind: "flag" },
  special: FLAG,
  minLower: MINIMUM,
  minUpper: MINIMUM,
  minNumeric: MINIMUM,
  minSpecial: MINIMUM,
  overrideSpecial: { kind: "text" },
};

function typeFailure(name: string, value: unknown, argument: Argument): CheckFailure | undefined {
  const least = argument.minimum ?? 0;
  switch (argument.kind) {
    case "count":
      if (!Number.isSafeInteger(value)) return { property: name, reason: "must be a whole number" };
      return (value as number) >= least
        ? undefined
        : { property: name, reason: `must be at least ${least}` };
    case "flag":
      return typeof value === "boolean"
        ? undefined
        : { property: name, reason: "must be true or false" };
    case "text":
      return typeof value === "string" ? undefined : { property: name, reason: "must be a string" };
    case "keepers":
      return keepersFailure(name, value);
  }
}

function keepersFailure(name: string, value: unknown): CheckFailure | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { property: name, reason: "must be a map of strings" };
  }
  const wrong = Object.entries(value).find(([, v]) => v !== null && typeof v !== "string");
  return wrong && { property: `${name}.${wrong[0]}`, reason: "must be a string" };
}

/**
 * Everything that is wrong with single arguments: unknown, missing, of another type or out of bounds.
 * `given` is without envelopes and without absent values; what is unknown in a preview passes.
 */
export function argumentFailures(given: Properties, known: Arguments): CheckFailure[] {
  const foreign = Object.keys(given)
    .filter((name) => !Object.hasOwn(known, name))
    .map((property) => ({
      property,
      reason: `is not an argument here; there are ${Object.keys(known).join(", ")}`,
    }));
  const own = Object.entries(known).map(([name, argument]) => {
    const value = given[name];
    if (value === undefined) {
      return argument.required ? { property: name, reason: "is required" } : undefined;
    }
    return value === UNKNOWN ? undefined : typeFailure(name, value, argument);
  });
  return [...foreign, ...own.filter((failure) => failure !== undefined)];
}

/** `given` with every default; values keep their envelopes. */
export function withDefaults(given: Properties, known: Arguments): Properties {
  const defaults = Object.entries(known).flatMap(([name, argument]) =>
    argument.default === undefined ? [] : [[name, argument.default] as const],
  );
  const settled = { ...Object.fromEntries(defaults), ...given };
  if (!Object.hasOwn(known, "numeric")) return settled;
  const numeric = given["numeric"] ?? given["number"] ?? true;
  return { ...settled, numeric, number: numeric };
}

/**
 * What is wrong with the arguments of a random string taken together. Every single one is already known
 * to be right. A rule that needs a value which is unknown in this preview waits for `up`.
 */
export function characterFailures(given: Properties): CheckFailure[] {
  const settled = withDefaults(given, CHARACTER_ARGUMENTS);
  const known = (...names: string[]) => names.every((name) => settled[name] !== UNKNOWN);
  const failures: CheckFailure[] = [];

  const minimums = ["minLower", "minUpper", "minNumeric", "minSpecial"];
  if (known("length", ...minimums)) {
    const sum = minimums.reduce((total, name) => total + Number(settled[name]), 0);
    if (Number(settled["length"]) < sum) {
      const reason = `must be at least ${sum}, the sum of ${minimums.join(", ")}`;
      failures.push({ property: "length", reason });
    }
  }

  const [number, numeric] = [given["number"], given["numeric"]];
  const bothKnown = typeof number === "boolean" && typeof numeric === "boolean";
  if (bothKnown && number !== numeric) {
    const reason = "differs from numeric, of which it is the deprecated name; leave number out";
    failures.push({ property: "number", reason });
  }

  const classes = ["lower", "upper", "numeric", "special"];
  if (classes.every((name) => settled[name] === false)) {
    const reason = `at least one of ${classes.join(", ")} must be true`;
    failures.push({ property: "special", reason });
  }

  if (given["overrideSpecial"] === "" && known("minSpecial") && settled["minSpecial"] !== 0) {
    const reason =
      "is empty while minSpecial asks for special characters; leave it out for the usual";
    failures.push({ property: "overrideSpecial", reason });
  }
  return failures;
}
