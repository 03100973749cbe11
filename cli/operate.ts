/** Runs one operation of the engine with its report on the terminal. */
import { RunError } from "@pulumi/pulumi";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { ProblemsError } from "../components/model/problems";
import { say } from "./output";
import { Report, type Change } from "./report";
import type { OpenStack } from "./stackHandle";

/** Steps under way at once: many small objects wait on the API server rather than on this machine's cores. */
export const PARALLEL = 32;

/** What one operation did. */
export interface Done<T> {
  result: T;
  changes: Change[];
  /** Resources by what was done to them. */
  counts: Record<string, number>;
  /** Of the stack; of a secret one only that it is secret, in the engine's form. */
  outputs: Record<string, unknown>;
}

/**
 * Runs one operation of the engine with its report on the terminal.
 *
 * @throws ProblemsError for what the program refused, in place of the engine's account of it
 */
export async function operate<T>(
  open: OpenStack,
  previewing: boolean,
  operation: (onEvent: (event: EngineEvent) => void) => Promise<T>,
): Promise<Done<T>> {
  const report = new Report(say, previewing);
  let counts: Record<string, number> = {};
  let outputs: Record<string, unknown> = {};
  const onEvent = (event: EngineEvent): void => {
    const { resOutputsEvent, summaryEvent } = event;
    if (resOutputsEvent?.metadata.type === "pulumi:pulumi:Stack") {
      outputs = { ...resOutputsEvent.metadata.new?.outputs };
    }
    counts = summaryEvent?.resourceChanges ?? counts;
    // The program's own error is told once, at the end.
    const repeats =
      event.diagnosticEvent?.severity === "error" && open.programError() !== undefined;
    if (!repeats) {
      report.onEvent(event);
    }
  };
  report.start();
  try {
    const result = await operation(onEvent);
    return { result, changes: report.changes, counts, outputs };
  } catch (error) {
    const refused = open.programError();
    throw RunError.isInstance(refused) ? new ProblemsError([refused.message]) : (refused ?? error);
  } finally {
    report.stop();
  }
}
