/** Runs one operation of the engine with its report on the terminal. */
import { RunError } from "@pulumi/pulumi";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { ProblemsError } from "../components/model/problems";
import { say } from "./output";
import { Report, type Change } from "./report";
import type { OpenStack } from "./stackHandle";

/** Steps under way at once: many small objects wait on the API server rather than on this machine's cores. */
export const PARALLEL = 32;

/**
 * Runs one operation of the engine with its report on the terminal.
 *
 * @throws ProblemsError for what the program refused, in place of the engine's account of it
 */
export async function operate<T>(
  open: OpenStack,
  previewing: boolean,
  operation: (onEvent: (event: EngineEvent) => void) => Promise<T>,
): Promise<{ result: T; changes: Change[] }> {
  const report = new Report(say, previewing);
  const onEvent = (event: EngineEvent): void => {
    // The program's own error is told once, at the end.
    const repeats =
      event.diagnosticEvent?.severity === "error" && open.programError() !== undefined;
    if (!repeats) {
      report.onEvent(event);
    }
  };
  report.start();
  try {
    return { result: await operation(onEvent), changes: report.changes };
  } catch (error) {
    const refused = open.programError();
    throw RunError.isInstance(refused) ? new ProblemsError([refused.message]) : (refused ?? error);
  } finally {
    report.stop();
  }
}
