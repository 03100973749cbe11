/** Drives the program over the engine: `engine.ts up|preview|refresh|destroy|recover`, for $STACK. */
import * as path from "node:path";
import { specialSigKey } from "@pulumi/pulumi/runtime";
import { ProblemsError } from "../components/model/problems";
import { allowedUrns } from "../stacks/allowed";
import { runStack } from "../stacks/run";
import { destroyStack } from "./destroy";
import { refuseOtherCluster } from "./guard";
import { operate, PARALLEL } from "./operate";
import { say } from "./output";
import { isDestructive, type Change } from "./report";
import { openStack, type OpenStack } from "./stackHandle";
import { unprotect } from "./state";

const ROOT = path.resolve(__dirname, "..");

type Command = (open: OpenStack) => Promise<void>;

function count(changes: readonly Change[]): string {
  const byOp = new Map<string, number>();
  for (const { op } of changes) {
    byOp.set(op, (byOp.get(op) ?? 0) + 1);
  }
  return byOp.size === 0
    ? "no changes"
    : [...byOp].map(([op, number]) => `${number} to ${op}`).join(", ");
}

const up: Command = async (open) => {
  for (const urn of allowedUrns()) {
    await unprotect(open, urn);
  }
  const began = Date.now();
  const { counts, outputs } = await operate(open, false, (onEvent) =>
    open.stack.up({ onEvent, parallel: PARALLEL }),
  );
  showOutputs(outputs);
  const { same = 0, ...others } = counts;
  const changes = Object.entries(others)
    .filter(([op]) => op !== "read")
    .map(([op, number]) => `${op} ${number}`);
  const seconds = ((Date.now() - began) / 1000).toFixed(0);
  say(`Stack ${open.name} is up: ${[...changes, `unchanged ${same}`].join(", ")}; ${seconds} s.`);
};

/** Whether the engine tells of a value only that it is secret. */
function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && specialSigKey in value;
}

function showOutputs(outputs: Record<string, unknown>): void {
  const open = Object.entries(outputs).filter(([, value]) => !isSecret(value));
  for (const [name, value] of open) {
    const shown = (_: string, part: unknown): unknown => (isSecret(part) ? "[secret]" : part);
    say(`${name}: ${JSON.stringify(value, shown, 2)}`);
  }
}

const preview: Command = async (open) => {
  const { changes } = await operate(open, true, (onEvent) =>
    open.stack.preview({ onEvent, parallel: PARALLEL }),
  );
  say(`Preview of ${open.name}: ${count(changes)}.`);
  const destructive = changes.filter(
    (change) => isDestructive(change) && !allowedUrns().includes(change.urn),
  );
  if (destructive.length > 0) {
    const lines = destructive.map((change) => `  ${change.op} ${change.urn}`);
    throw new ProblemsError([
      `${destructive.length} destructive change(s):\n${lines.join("\n")}\n` +
        "If each is meant, name it: ALLOW_REPLACE='<urn> <urn>' make preview.",
    ]);
  }
};

const refresh: Command = async (open) => {
  await refuseOtherCluster(open);
  const { changes } = await operate(open, false, (onEvent) =>
    open.stack.refresh({ onEvent, parallel: PARALLEL }),
  );
  say(`State of ${open.name} is refreshed: ${count(changes)}.`);
};

const destroy: Command = async (open) => {
  await refuseOtherCluster(open);
  const { result: kept } = await operate(open, false, (onEvent) => destroyStack(open, onEvent));
  say(`Stack ${open.name} is gone.`);
  if (kept.length > 0) {
    say(`Data that stays on the cluster:\n${kept.map((one) => `  ${one}`).join("\n")}`);
  }
};

const recover: Command = async (open) => {
  await open.stack.cancel().catch(() => undefined);
  await refuseOtherCluster(open);
  say("Reading what the interrupted run left behind.");
  await operate(open, false, (onEvent) =>
    open.stack.refresh({ onEvent, clearPendingCreates: true }),
  );
  await up(open);
};

const COMMANDS: Record<string, Command> = { up, preview, refresh, destroy, recover };

/** What to try next, by what the engine said. */
function advice(command: string, stack: string, message: string): string {
  const of = stack === "dev" ? "" : ` STACK=${stack}`;
  if (/currently locked|pending operations|interrupted/.test(message)) {
    return (
      "Another run holds this stack, or one was interrupted. If none is running: make recover" + of
    );
  }
  if (/connection refused|ECONNREFUSED|unreachable/.test(message)) {
    return "The cluster does not answer. For the embedded one: make cluster";
  }
  return `When that is mended: make ${command}${of}`;
}

async function main(command: string, name: string): Promise<void> {
  const run = COMMANDS[command];
  if (run === undefined) {
    throw new Error(
      `engine.ts takes one of ${Object.keys(COMMANDS).join(", ")}, not "${command}".`,
    );
  }
  // Taints are taken off by the program's hooks; nothing needs a look at the cluster for that.
  const preflight = command !== "destroy";
  const open = await openStack({
    root: ROOT,
    name,
    program: () => runStack(ROOT, { preflight }),
  });
  try {
    await run(open);
  } catch (error) {
    throw open.programError() ?? error;
  }
}

const [command = "", name = process.env["STACK"] ?? "dev"] = process.argv.slice(2);
main(command, name).catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  // The engine's own failures are already on the terminal as diagnostics; its dump would repeat them.
  const shown = /^code: /.test(message) ? "The engine stopped; what it said is above." : message;
  process.stderr.write(
    `${shown}\n${error instanceof ProblemsError ? "" : `${advice(command, name, message)}\n`}`,
  );
  process.exitCode = 1;
});
