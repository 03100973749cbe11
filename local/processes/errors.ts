/** A failure that the person at the keyboard can do something about: shown without a stack. */
export class StandError extends Error {
  override readonly name = "StandError";

  /**
   * @param message what happened
   * @param remedy the next command to try, or what to do
   */
  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}

/** Runs a program of the stand: ends with code 1 and a readable message when it throws. */
export async function runProgram(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (error instanceof StandError) {
      process.stderr.write(`\nError: ${error.message}\n${error.remedy}\n`);
    } else {
      process.stderr.write(`\n${error instanceof Error ? error.stack : String(error)}\n`);
    }
    process.exitCode = 1;
  }
}
