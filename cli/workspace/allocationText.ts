/** Rewrites `allocationTime` in a workspace's JSON and nothing else: the file stays its author's. */

const KEY = "allocationTime";

/** Strings, punctuation, and the words between: enough to walk JSON that has been parsed already. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

const UNITS: [letter: string, seconds: number][] = [
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
  ["s", 1],
];

interface Range {
  start: number;
  end: number;
}

/** The range of the value of a key of the outermost object; the last one where the key is repeated, as parsers do. */
function valueRange(text: string, key: string): Range | undefined {
  let depth = 0;
  let previous = "";
  let name: unknown;
  let found: Range | undefined;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (depth === 1 && (previous === "{" || previous === ",") && token.startsWith('"')) {
      name = JSON.parse(token);
    } else if (depth === 1 && previous === ":" && name === key) {
      found = { start: index, end: index + token.length };
    }
    if (token === "{" || token === "[") {
      depth += 1;
    } else if (token === "}" || token === "]") {
      depth -= 1;
    }
    previous = token;
  }
  return found;
}

/** In the form that the author chose: days without a unit stay so where that still says it. */
function written(seconds: number, before: unknown): string | number {
  const days = seconds / UNITS[0]![1];
  if (Number.isInteger(days) && typeof before === "number") {
    return days;
  }
  if (Number.isInteger(days) && /^[\d.]+$/.test(String(before))) {
    return String(days);
  }
  const [letter, size] = UNITS.find(([, unit]) => seconds % unit === 0)!;
  return `${seconds / size}${letter}`;
}

/**
 * The same JSON with another `allocationTime`; every other character stays as it was.
 *
 * @param text JSON of a workspace
 * @param seconds the new allocation, in whole seconds
 * @throws Error when the outermost object has no such key, or its value is not a string or number
 */
export function withAllocationTime(text: string, seconds: number): string {
  const range = valueRange(text, KEY);
  const before: unknown = range && JSON.parse(scalar(text.slice(range.start, range.end)));
  if (range === undefined || (typeof before !== "string" && typeof before !== "number")) {
    throw new Error(`The JSON has no ${KEY} that could be rewritten.`);
  }
  const value = JSON.stringify(written(seconds, before));
  return text.slice(0, range.start) + value + text.slice(range.end);
}

/** An object or list begins with a bracket, which is no JSON by itself. */
function scalar(token: string): string {
  return token === "{" || token === "[" ? "null" : token;
}
