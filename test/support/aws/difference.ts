/** What differs between a thing as it is and the arguments it is given now. */
import { isDeepStrictEqual } from "node:util";
import { UNKNOWN, type Properties } from "../../../local/random/wire";
import { valuesAt } from "./kind";

function isRecord(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) {
    return value;
  }
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function inOrder(list: readonly unknown[]): unknown[] {
  return list.every((one) => typeof one === "string") ? [...list].sort() : [...list];
}

/** Whether `is` has all that `asked` says; AWS may have added to it. Lists of names have no order. */
function agrees(is: unknown, asked: unknown): boolean {
  if (Array.isArray(asked)) {
    return (
      Array.isArray(is) &&
      is.length === asked.length &&
      inOrder(asked).every((one, index) => agrees(inOrder(is)[index], one))
    );
  }
  if (isRecord(asked)) {
    return isRecord(is) && Object.entries(asked).every(([key, value]) => agrees(is[key], value));
  }
  // A policy is compared as what it says, not how it is spelt.
  return isDeepStrictEqual(parsed(is), parsed(asked));
}

/** Whether `now` no longer says something that `before` said, at any depth. */
function dropped(before: unknown, now: unknown): boolean {
  if (!isRecord(before) || !isRecord(now)) {
    return before !== undefined && before !== null && (now === undefined || now === null);
  }
  return Object.entries(before).some(([key, value]) => dropped(value, now[key]));
}

/**
 * The arguments that differ. What is not known in a preview counts as different.
 *
 * @param is the thing's properties
 * @param before what it was given last
 * @param now what it is given
 */
export function changedArguments(is: Properties, before: Properties, now: Properties): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].filter((name) => {
    const asked = now[name];
    return asked !== undefined && asked !== null && !agrees(is[name], asked)
      ? true
      : dropped(before[name], asked);
  });
}

/** Whether a part of an argument, named by a dotted path, differs. */
export function partChanged(is: Properties, now: Properties, path: string): boolean {
  const asked = valuesAt(now, path);
  return asked.includes(UNKNOWN) || (asked.length > 0 && !agrees(valuesAt(is, path), asked));
}

/** What has become of what was asked for: the same names, with the values that they have now. */
export function projected(asked: unknown, is: unknown): unknown {
  if (!isRecord(asked) || !isRecord(is)) {
    return is;
  }
  return Object.fromEntries(
    Object.keys(asked)
      .filter((name) => is[name] !== undefined)
      .map((name) => [
        name,
        agrees(is[name], asked[name]) ? asked[name] : projected(asked[name], is[name]),
      ]),
  );
}
