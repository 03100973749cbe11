/** Values in the languages of the files that go to the host. None of them takes control characters: `checkText`. */
import type { Problems } from "../problems";

const CONTROL = /\p{Cc}/u;

/** Adds a problem where a text has a line break or another control character. Never shows the text. */
export function checkText(path: string, text: string, problems: Problems): boolean {
  if (!CONTROL.test(text)) {
    return true;
  }
  problems.add({
    path,
    reason: "has a line break or another control character",
    allowed: "printable characters on one line",
  });
  return false;
}

/** One word of a POSIX shell, whatever the value holds. */
export function shellWord(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

/** One word of a systemd command line: C escapes, and neither variables nor specifiers are expanded. */
export function systemdWord(value: string): string {
  const literal = value.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w@%+=:,./^$*-]+$/.test(literal)
    ? literal
    : `"${literal.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** One line of a systemd `EnvironmentFile`, which a shell reads as the same value. */
export function environmentLine(name: string, value: string): string {
  return `${name}="${value.replace(/["\\`$]/g, "\\$&")}"`;
}
