/** `extend`: another allocation for a running Job, written into its JSON first. */
import * as fs from "node:fs";
import { formatDuration, parseAllocationTime } from "../../components/model/duration";
import { ProblemsError } from "../../components/model/problems";
import { withAllocationTime } from "./allocationText";
import { apply, reportAll, title } from "./deploy";
import { readStatus } from "./look";
import { PlainError, say } from "../output";
import { nextCommand, type Placement, type Request } from "./request";
import { withStack } from "./stack";
import type { WorkspaceStatus } from "./status";

/** What was asked: so much more, or this much in all, in seconds. */
export type Extension = { by: number } | { to: number };

/** Why one cluster's workspace cannot have this allocation; nothing when it can. */
export function refusal(
  status: WorkspaceStatus,
  placement: Pick<Placement, "stack">,
  seconds: number,
  command: (subcommand: string) => string,
): string | undefined {
  const where = `${status.name} in ${status.namespace} on ${status.cluster}`;
  if (status.workload === null) {
    return `${where} is not there, so there is nothing to extend. Start it with: ${command("up")}`;
  }
  if (status.workload.kind === "Deployment") {
    return `${where} is a Deployment: it has no allocation, and no end to put off.`;
  }
  if (status.stack !== placement.stack) {
    const holder = status.stack === null ? "no stack of ours" : `stack ${status.stack}`;
    return `${where} is held by ${holder}. Change its allocationTime there.`;
  }
  if (status.expired) {
    return `${where} expired at ${status.endsAt}. Begin a new allocation with: ${command("restart")}`;
  }
  if (status.phase === "Failed" || status.phase === "Succeeded") {
    return `${where} has ended (${status.phase}). Begin anew with: ${command("restart")}`;
  }
  const used = status.usedSeconds ?? 0;
  return seconds <= used
    ? `${where} has used ${formatDuration(used)} already; ${formatDuration(seconds)} would end it at once. Give it more.`
    : undefined;
}

/** The allocation that results, in seconds. @throws PlainError when it is none, or too long */
export function extendedAllocation(current: number | undefined, extension: Extension): number {
  if (current === undefined) {
    throw new PlainError("A Deployment has no allocation, and no end to put off.");
  }
  const seconds = "to" in extension ? extension.to : current + extension.by;
  if (parseAllocationTime(`${seconds}s`) === undefined) {
    throw new PlainError(
      `${formatDuration(seconds)} is longer than an allocation can be (68 years).`,
    );
  }
  return seconds;
}

/** Replaces the content in one step, so that an interruption leaves the old file or the new one. */
function rewrite(file: string, text: string): void {
  const real = fs.realpathSync(file);
  const aside = `${real}.${process.pid}.tmp`;
  fs.writeFileSync(aside, text, { mode: fs.statSync(real).mode });
  fs.renameSync(aside, real);
}

/**
 * Extends the workspace on every cluster of it. The file is written only when every cluster would accept
 * it, and put back when the program then refuses.
 *
 * @param readAgain reads the request anew from the rewritten file
 */
export async function extendWorkspace(
  request: Request,
  extension: Extension,
  readAgain: () => Request,
): Promise<void> {
  const current = request.entry.spec.allocationSeconds;
  const seconds = extendedAllocation(current, extension);
  const command = (subcommand: string): string => nextCommand(subcommand, request);
  const statuses = await readStatus(request);
  const refusals = statuses
    .map((status, index) => refusal(status, request.placements[index]!, seconds, command))
    .filter((text) => text !== undefined);
  if (refusals.length > 0) {
    throw new PlainError(refusals.join("\n"));
  }

  const before = fs.readFileSync(request.file, "utf8");
  rewrite(request.file, withAllocationTime(before, seconds));
  say(
    `allocationTime in ${request.shownFile}: ${formatDuration(current!)} -> ${formatDuration(seconds)}`,
  );
  const changed = readAgain();
  for (const [index, placement] of changed.placements.entries()) {
    say(title(changed, placement));
    try {
      await withStack(changed, placement, apply);
    } catch (error) {
      // Once a cluster has the new allocation, the file must say so.
      if (error instanceof ProblemsError && index === 0) {
        rewrite(request.file, before);
        say(`${request.shownFile} is as it was before.`);
      }
      throw error;
    }
  }
  await reportAll(changed, 30);
}
