/** Terraform's files of variables (`.tfvars`): assignments of literal values, with comments. */
import type { Problems } from "../problems";

const SPACE = /(?:[ \t\r\n]|#[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\/)*/y;
const NAME = /[A-Za-z_][\w-]*/y;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\n]|\\["\\nrt])*"/y;
const LITERALS: Record<string, unknown> = { true: true, false: false, null: null };

class Mistake extends Error {
  constructor(
    readonly offset: number,
    readonly reason: string,
    readonly remedy?: string,
  ) {
    super(reason);
  }
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  assignments(): Record<string, unknown> {
    return this.fields(() => this.at >= this.text.length);
  }

  private fields(isEnd: () => boolean): Record<string, unknown> {
    const found: Record<string, unknown> = {};
    for (this.skip(SPACE); !isEnd(); this.skip(SPACE)) {
      const start = this.at;
      const name = this.skip(NAME) ?? (this.text[this.at] === '"' ? this.string() : undefined);
      if (name === undefined) {
        throw new Mistake(start, "expected the name of a variable");
      }
      if (Object.hasOwn(found, name) || name === "__proto__") {
        throw new Mistake(start, `the variable ${name} is set twice`, "Remove one of the two.");
      }
      this.skip(SPACE);
      if (!/[=:]/.test(this.text[this.at] ?? "")) {
        throw new Mistake(this.at, `expected = after ${name}`);
      }
      this.at++;
      found[name] = this.value();
      this.skip(SPACE);
      if (this.text[this.at] === ",") {
        this.at++;
      }
    }
    return found;
  }

  private skip(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  private value(): unknown {
    this.skip(SPACE);
    const start = this.at;
    switch (this.text[this.at]) {
      case '"':
        return this.string();
      case "[":
        return this.list();
      case "{": {
        this.at++;
        const fields = this.fields(() => this.isClosing("}"));
        this.at++;
        return fields;
      }
    }
    const number = this.skip(NUMBER);
    if (number !== undefined) {
      return Number(number);
    }
    const word = this.skip(NAME);
    if (word !== undefined && Object.hasOwn(LITERALS, word)) {
      return LITERALS[word];
    }
    throw new Mistake(start, "expected a value", 'Write text in double quotes: "…".');
  }

  private isClosing(bracket: string): boolean {
    if (this.at >= this.text.length) {
      throw new Mistake(this.at, `the file ends before a ${bracket}`);
    }
    return this.text[this.at] === bracket;
  }

  private list(): unknown[] {
    const values: unknown[] = [];
    this.at++;
    for (this.skip(SPACE); !this.isClosing("]"); this.skip(SPACE)) {
      values.push(this.value());
      this.skip(SPACE);
      if (this.text[this.at] === ",") {
        this.at++;
      } else if (!this.isClosing("]")) {
        throw new Mistake(this.at, "expected a comma or ]");
      }
    }
    this.at++;
    return values;
  }

  private string(): string {
    const start = this.at;
    const found = this.skip(STRING);
    if (found === undefined) {
      throw new Mistake(
        start,
        "a string that is not closed on its line, or has an unknown \\ in it",
      );
    }
    if (/\$\{|%\{/.test(found)) {
      throw new Mistake(start, "a template: only Terraform could fill it in", "Write its value.");
    }
    return JSON.parse(found) as string;
  }
}

/**
 * Reads a file of variables, in Terraform's own language or in JSON (`.tfvars.json`).
 *
 * @returns nothing when a problem was added: its line, and what is wrong
 */
export function parseTfvars(text: string, problems: Problems): Record<string, unknown> | undefined {
  try {
    if (/^\s*\{/.test(text)) {
      return JSON.parse(text) as Record<string, unknown>;
    }
    return new Reader(text.replace(/^\uFEFF/, "")).assignments();
  } catch (error) {
    if (error instanceof Mistake) {
      const line = text.slice(0, error.offset).split("\n").length;
      problems.add({ path: `line ${line}`, reason: error.reason, remedy: error.remedy });
    } else {
      problems.add({ path: "", reason: `not JSON: ${(error as Error).message}` });
    }
    return undefined;
  }
}
