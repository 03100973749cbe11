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
