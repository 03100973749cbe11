/** YAML from tenants: one document, without what YAML hides or explodes into. */
import {
  CORE_SCHEMA,
  defineMappingTag,
  defineScalarTag,
  FAILSAFE_SCHEMA,
  floatCoreTag,
  intCoreTag,
  load,
  mapTag,
  NOT_RESOLVED,
  YAMLException,
  type ScalarTagDefinition,
  type Schema,
} from "js-yaml";
import type { Problems } from "./problems";

/** How deep a document may be nested; one of ours has 5 levels. */
const DEEPEST_DOCUMENT = 50;

/** How much of a line is looked at for advice, in characters: patterns may take long on more. */
const LONGEST_END = 200;

/** Keys that mean an object's own workings to JavaScript, wherever the value goes. */
const FORBIDDEN_KEYS = ["__proto__", "constructor", "prototype"];

/** A whole number in decimal, as everyone reads it. */
const DECIMAL = /^[-+]?(0|[1-9][0-9]*)$/;

/** Refuses keys that are no text: `1`, `true` and `null` would silently become text. */
const textKeys = defineMappingTag<Record<string, unknown>>(mapTag.tagName, {
  create: () => ({}),
  addPair: (carrier, key, value) => {
    if (typeof key !== "string") {
      return `a key that is no text: write "${String(key)}" in double quotes`;
    }
    if (FORBIDDEN_KEYS.includes(key)) {
      return `a key that is not allowed: ${key}`;
    }
    carrier[key] = value;
    return "";
  },
  has: (carrier, key) => typeof key === "string" && Object.hasOwn(carrier, key),
  keys: (result) => Object.keys(result),
  get: (result, key) => (typeof key === "string" ? result[key] : undefined),
  identify: mapTag.identify,
});

/** The same tag, for what `isMeant` alone: the rest stays text, exactly as written. */
function restricted(
  tag: ScalarTagDefinition<number>,
  isMeant: (source: string, value: number) => boolean,
): ScalarTagDefinition<number> {
  return defineScalarTag<number>(tag.tagName, {
    implicit: tag.implicit,
    implicitFirstChars: tag.implicitFirstChars,
    identify: tag.identify,
    represent: tag.represent,
    resolve: (source, isExplicit, tagName) => {
      const value = tag.resolve(source, isExplicit, tagName);
      return value !== NOT_RESOLVED && isMeant(source, value) ? value : NOT_RESOLVED;
    },
  });
}

/** `010` and `0x10` are read differently by different tools, and 2^64 would lose digits: they are text. */
const integers = restricted(
  intCoreTag,
  (source, value) => DECIMAL.test(source) && Number.isSafeInteger(value),
);
const fractions = restricted(floatCoreTag, (source) => /[.eE]/.test(source));

/** JSON's values in YAML's clothes: no dates, no binaries, no merge keys, no tags of languages. */
const DOCUMENT_SCHEMA = CORE_SCHEMA.withTags(integers, fractions, textKeys);

/** Everything is text, as written: `1.10` and `on` stay what they are. */
const TEXT_SCHEMA = FAILSAFE_SCHEMA.withTags(textKeys);

/** What to do about a line that is no YAML. */
function remedyFor(line: string): string {
  if (/["'\]}\w],\s*(#.*)?$/.test(line)) {
    return "Remove the comma at the end of the line: YAML has none there.";
  }
  return line.includes("\t")
    ? "Indent with spaces: YAML takes no tabs."
    : "Correct it: indentation, quotes and brackets must be complete.";
}

/** Where the mistake is. The line itself is not shown: a secret may be in it. */
function addMistake(text: string, { mark, reason }: YAMLException, problems: Problems): void {
  const { line = 0, column = 0 } = mark ?? {};
  const lines = text.split("\n");
  const endOf = (index: number): string => (lines[index] ?? "").trimEnd().slice(-LONGEST_END);
  // A stray comma is noticed behind it only.
  const before = endOf(line - 1);
  const isStray = /["'\]}],\s*(#.*)?$/.test(before) && !/^[^,]*[[{][^\]}]*$/.test(before);
  problems.add({
    path: `line ${line + 1}, column ${column + 1}`,
    reason: `not valid YAML: ${reason}`,
    remedy: remedyFor(isStray ? before : endOf(line)),
  });
}

function read(
  text: string,
  schema: Schema,
  largest: number,
  problems: Problems,
  path: string,
): unknown {
  const size = Buffer.byteLength(text);
  if (size > largest) {
    problems.add({
      path,
      reason: `is too large: ${size} bytes`,
      allowed: `${largest} bytes`,
      remedy: "Shorten it.",
    });
    return undefined;
  }
  const content = text.replace(/^\uFEFF/, "");
  if (content.trim() === "") {
    problems.add({ path, reason: "is empty", remedy: "Write the YAML document." });
    return undefined;
  }
  try {
    return load(content, { schema, maxAliases: 0, maxDepth: DEEPEST_DOCUMENT });
  } catch (error) {
    if (error instanceof YAMLException) {
      addMistake(content, error, problems);
    } else {
      throw error;
    }
    return undefined;
  }
}

/**
 * Reads one YAML document (or JSON, which is YAML). Refused, each with line and column: what is no YAML, more than
 * `largest` bytes, nesting beyond 50, aliases, several documents, tags of languages, keys written twice, keys that are no text or are
 * `__proto__`, `constructor` or `prototype`. Numbers that not every tool reads alike, or that would lose digits, are text.
 *
 * @param largest in bytes of UTF-8
 * @param path of the whole text, for problems that have no line
 * @returns nothing when a problem was added
 */
export function parseYaml(text: string, largest: number, problems: Problems, path = ""): unknown {
  return read(text, DOCUMENT_SCHEMA, largest, problems, path);
}

/** The same, with every scalar as the text that is written. */
export function parseYamlTexts(
  text: string,
  largest: number,
  problems: Problems,
  path = "",
): unknown {
  return read(text, TEXT_SCHEMA, largest, problems, path);
}
