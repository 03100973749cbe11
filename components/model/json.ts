/**
 * JSON as people write it by hand: read with the line and column of what is wrong, and without what
 * `JSON.parse` hides, such as a key that is written twice.
 */
import type { Problems } from "./problems";

/** The largest input, in bytes. */
const LARGEST_JSON = 64 * 1024;

/** How deep objects and lists may be nested. */
export const DEEPEST_JSON = 32;

/** How much of the line is shown on each side of the mistake, in characters. */
const EXCERPT = 30;

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const WORD = /[A-Za-z_]\w*/y;

const LITERALS: Record<string, unknown> = { true: true, false: false, null: null };

/** What other languages and habits write, and what JSON has in its place. */
const FOREIGN: Record<string, string> = {
  True: "Write true.",
  False: "Write false.",
  None: "Remove the key, or write null.",
  "'": 'JSON has double quotes: write "…".',
  "/": "JSON has no comments: remove it.",
  "#": "JSON has no comments: remove it.",
};

class JsonMistake extends Error {
  constructor(
    readonly offset: number,
    readonly reason: string,
    readonly remedy?: string,
  ) {
    super(reason);
  }
}

class JsonReader {
  private at = 0;

  constructor(private readonly text: string) {}

  document(): unknown {
    const value = this.value(0);
    this.skip(SPACE);
    if (this.at < this.text.length) {
      this.fail("text after the end of the JSON", "Remove it: a file holds one value.");
    }
    return value;
  }

  private fail(reason: string, remedy?: string, offset = this.at): never {
    throw new JsonMistake(offset, reason, remedy);
  }

  /** The text that `pattern` matches here, which is then behind us. */
  private skip(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  private next(): string | undefined {
    this.skip(SPACE);
    return this.text[this.at];
  }

  private expected(what: string): never {
    const found = this.next();
    if (found === undefined) {
      this.fail(`the JSON ends too early: expected ${what}`, "Is a bracket or a quote not closed?");
    }
    const start = this.at;
    const word = this.skip(WORD) ?? found;
    this.fail(`expected ${what}`, FOREIGN[word], start);
  }

  private value(depth: number): unknown {
    const first = this.next();
    if (first === "{" || first === "[") {
      if (depth === DEEPEST_JSON) {
        this.fail(`nested deeper than ${DEEPEST_JSON} levels`, "A workspace needs 3.");
      }
      return first === "{" ? this.object(depth + 1) : this.list(depth + 1);
    }
    if (first === '"') {
      return this.string();
    }
    const number = this.skip(NUMBER);
    if (number !== undefined) {
      return this.number(number);
    }
    const start = this.at;
    const word = this.skip(WORD);
    if (word !== undefined && Object.hasOwn(LITERALS, word)) {
      return LITERALS[word];
    }
    this.at = start;
    return this.expected("a value");
  }

  private number(text: string): number {
    const value = Number(text);
    if (!Number.isFinite(value)) {
      this.fail("a number too large to be held", undefined, this.at - text.length);
    }
    return value;
  }

  private string(): string {
    const found = this.skip(STRING);
    if (found === undefined) {
      const end = this.text.indexOf("\n", this.at);
      const line = this.text.slice(this.at + 1, end === -1 ? undefined : end);
      this.fail(
        line.includes("\\")
          ? "a string with an unknown \\ in it, or not closed"
          : "a string that is not closed",
        line.includes("\\") ? "Write \\\\ for a backslash." : 'Close it with " on the same line.',
      );
    }
    return JSON.parse(found) as string;
  }

  /** What stands between brackets, `one` at a time. */
  private items(close: string, one: () => void): void {
    this.at++;
    if (this.next() === close) {
      this.at++;
      return;
    }
    for (;;) {
      one();
      const after = this.next();
      if (after === close) {
        this.at++;
        return;
      }
      if (after !== ",") {
        this.expected(`a comma or ${close}`);
      }
      const comma = this.at++;
      if (this.next() === close) {
        this.fail(`a comma before ${close}`, "Remove the comma.", comma);
      }
    }
  }

  private list(depth: number): unknown[] {
    const values: unknown[] = [];
    this.items("]", () => values.push(this.value(depth)));
    return values;
  }

  private object(depth: number): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    this.items("}", () => {
      if (this.next() !== '"') {
        this.expected("a key in double quotes");
      }
      const start = this.at;
      const key = this.string();
      if (key === "__proto__") {
        this.fail("the key __proto__ is not allowed", "Remove it.", start);
      }
      if (Object.hasOwn(fields, key)) {
        this.fail(`the key ${key} is written twice`, "Remove one of the two.", start);
      }
      if (this.next() !== ":") {
        this.expected("a colon");
      }
      this.at++;
      fields[key] = this.value(depth);
    });
    return fields;
  }
}

function describe(text: string, mistake: JsonMistake): { path: string; value?: string } {
  const before = text.slice(0, mistake.offset);
  const start = before.lastIndexOf("\n") + 1;
  const end = text.indexOf("\n", mistake.offset);
  const column = mistake.offset - start;
  const line = text.slice(start, end === -1 ? undefined : end).replace(/\r$/, "");
  const excerpt = line.slice(Math.max(0, column - EXCERPT), column + EXCERPT).trim();
  return {
    path: `line ${before.split("\n").length}, column ${column + 1}`,
    ...(excerpt === "" ? {} : { value: excerpt }),
  };
}

/**
 * Reads JSON. What is broken is one problem, with line, column and the piece of the line: bad syntax, a key
 * written twice or named `__proto__`, more than 64 KiB, or nesting deeper than 32. A byte order mark is skipped.
 *
 * @returns the value; nothing when a problem was added (no JSON value is `undefined`)
 */
export function parseJson(text: string, problems: Problems): unknown {
  const size = Buffer.byteLength(text);
  if (size > LARGEST_JSON) {
    problems.add({
      path: "",
      reason: `is too large: ${size} bytes`,
      allowed: `${LARGEST_JSON} bytes`,
      remedy: "Is it the right file?",
    });
    return undefined;
  }
  const content = text.replace(/^\uFEFF/, "");
  try {
    return new JsonReader(content).document();
  } catch (error) {
    if (!(error instanceof JsonMistake)) {
      throw error;
    }
    problems.add({
      ...describe(content, error),
      reason: error.reason,
      remedy: error.remedy,
    });
    return undefined;
  }
}
