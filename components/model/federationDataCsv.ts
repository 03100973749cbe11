/** Records of a CSV, from pieces of its text: files may be larger than memory. */

/** Longest record, in characters: a quote that is never closed would otherwise take in the whole file. */
const MAX_RECORD = 1_000_000;

const DELIMITERS = [",", ";", "\t"];

/** One record: its fields, or what is wrong with it. */
export interface CsvRecord {
  /** Line that it begins at, counted from 1. */
  line: number;
  fields: string[];
  /** Set where it could not be read; there are no fields then. */
  fault?: string;
}

/** The delimiter that a header uses most, outside of quotes; a comma where there is none. */
function delimiterOf(header: string): string {
  const open = header.replace(/"[^"]*"/g, "");
  const [best] = DELIMITERS.map((delimiter) => ({
    delimiter,
    count: open.split(delimiter).length,
  })).sort((a, b) => b.count - a.count);
  return best!.delimiter;
}

function quotesIn(line: string): number {
  let count = 0;
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) {
    count++;
  }
  return count;
}

/** The fields of a record with quotes; nothing where a quote stands within an unquoted field or behind a quoted one. */
function quotedFields(text: string, delimiter: string): string[] | undefined {
  const fields: string[] = [];
  const field = new RegExp(`"((?:[^"]|"")*)"|([^"${delimiter}]*)`, "y");
  for (let at = 0; ; at = field.lastIndex + 1) {
    field.lastIndex = at;
    const found = field.exec(text)!;
    fields.push(found[1] === undefined ? found[2]! : found[1].replaceAll('""', '"'));
    if (field.lastIndex === text.length) {
      return fields;
    }
    if (text[field.lastIndex] !== delimiter) {
      return undefined;
    }
  }
}

/** Reads CSV (RFC 4180, or with `;` or tabs as its header has it). Empty lines are left out. */
export class CsvReader {
  private rest = "";
  private line = 0;
  /** Lines of a record whose quote is open yet. */
  private open: string[] = [];
  private openLength = 0;
  private quotes = 0;
  private found: string | undefined;
  private stopped = false;

  constructor(private readonly onRecord: (record: CsvRecord) => void) {}

  /** What parts the fields; known with the first record. */
  get delimiter(): string | undefined {
    return this.found;
  }

  /** Takes the next piece of the text, wherever it is cut. */
  push(text: string): void {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop()!;
    if (this.rest.length > MAX_RECORD) {
      lines.push(this.rest);
      this.rest = "";
    }
    for (const line of lines) {
      this.take(line);
    }
  }

  /** Takes what is left, as the last line. */
  end(): void {
    if (this.rest !== "") {
      this.take(this.rest);
      this.rest = "";
    }
    if (this.open.length > 0) {
      this.emit("a quote is opened here and never closed");
    }
  }

  private take(whole: string): void {
    this.line++;
    if (this.stopped) {
      return;
    }
    const line = whole.endsWith("\r") ? whole.slice(0, -1) : whole;
    if (this.open.length === 0 && line === "") {
      return;
    }
    this.open.push(line);
    this.openLength += line.length + 1;
    this.quotes += quotesIn(line);
    if (this.openLength > MAX_RECORD) {
      this.emit(`is longer than ${MAX_RECORD} characters: a quote is not closed, or it is no CSV`);
      this.stopped = true;
    } else if (this.quotes % 2 === 0) {
      this.emit();
    }
  }

  private emit(fault?: string): void {
    const text = this.open.join("\n");
    const line = this.line - this.open.length + 1;
    const quoted = this.quotes > 0;
    this.open = [];
    this.openLength = 0;
    this.quotes = 0;
    this.found ??= delimiterOf(text);
    if (fault !== undefined) {
      this.onRecord({ line, fields: [], fault });
      return;
    }
    const fields = quoted ? quotedFields(text, this.found) : text.split(this.found);
    this.onRecord(
      fields === undefined
        ? { line, fields: [], fault: "has a quote that is neither around a field nor doubled" }
        : { line, fields },
    );
  }
}
