/** Where the command line writes: results and progress to standard output, the rest to standard error. */

/** Writes one line, or several. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Remarks that are no result. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** An error that is told in its own words, without a stack trace, and has its remedy with it. */
export class PlainError extends Error {
  override readonly name = "PlainError";
}

/**
 * What others wrote, for a terminal: control characters, with which a log or a title could move the cursor or
 * change the terminal, are shown as a mark. Ends of lines and tabs stay.
 */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "\u{fffd}");
}
