/** `restart`: a new Job or Deployment in place of the old one, with a new allocation. */
import { createInterface } from "node:readline/promises";
import { PARALLEL, reportAll, title } from "./deploy";
import { PlainError, say } from "./output";
import { nextCommand, type Request } from "./request";
import { operate, shortName, withStack, workloadIn } from "./stack";
import { stateOf } from "../state";

export interface RestartOptions {
  /** Go ahead without asking. */
  yes: boolean;
  wait: boolean;
  timeoutSeconds: number;
}

const LOSS =
  "Restarting ends the pod: work in its memory and outside its volumes is lost; its claims stay.";

/** @throws PlainError when nobody can be asked, or the answer is no */
async function confirm(request: Request): Promise<void> {
  say(LOSS);
  if (!process.stdin.isTTY) {
    throw new PlainError(`To go ahead: ${nextCommand("restart", request)} --yes`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question("Go ahead? [y/N] ");
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) {
    throw new PlainError("Nothing was changed.");
  }
}

/** Replaces the workload on every cluster of the workspace; an expired one too. */
export async function restartWorkspace(request: Request, options: RestartOptions): Promise<void> {
  if (!options.yes) {
    await confirm(request);
  }
  for (const placement of request.placements) {
    say(title(request, placement));
    await withStack(request, placement, async (open) => {
      const workload = workloadIn(await stateOf(open));
      if (workload === undefined) {
        throw new PlainError(
          `Stack ${placement.stack} holds no workspace. Start it with: ${nextCommand("up", request)}`,
        );
      }
      await operate(open, false, (report) =>
        open.stack.up({ onEvent: report.onEvent, parallel: PARALLEL, replace: [workload.urn] }),
      );
      say(`Restarted: ${shortName(workload)}.`);
    });
  }
  if (options.wait) {
    await reportAll(request, options.timeoutSeconds);
  }
}
