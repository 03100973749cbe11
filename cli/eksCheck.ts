/** Before the first `up` of a cluster on EKS: whether it can work, what it costs, and whether it is meant. */
import { createInterface } from "node:readline/promises";
import { billedLines } from "../components/model/eks/bill";
import { joinPath, parseWith, Problems } from "../components/model/problems";
import { ProblemsBelow } from "../components/model/problemsBelow";
import { sections } from "../stacks/configSchema";
import { checkEksClusters, eksEntries, type EksEntry } from "../stacks/eks/settings";
import { PROJECT } from "../stacks/platformConfig";
import { eksSchema, type EksConfig } from "../stacks/sections/eks";
import { checkAccount, type Caller } from "./eks/account";
import { runAws, type RunAws } from "./eks/aws";
import { PlainError, say } from "./output";
import { settingsName, type StackSettings } from "./settings";
import type { StateResource } from "./state";

/** What one check is about. */
export interface EksCheck {
  /** Folder of the project. */
  root: string;
  stack: string;
  settings: StackSettings;
  /** What the stack holds already. */
  resources: readonly StateResource[];
  /** Whether the answer to the question was given beforehand, by `--yes`. */
  yes: boolean;
  /** @default the command on PATH */
  run?: RunAws;
  /** Puts a question to the person at the terminal; nothing where nobody is there. */
  ask?: (question: string) => Promise<string | undefined>;
}

const CLUSTER_TYPE = "aws:eks/cluster:Cluster";

/** Asks at the terminal. */
async function askTerminal(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) {
    return undefined;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

/** The clusters on EKS of a settings file; what is wrong with other sections is left to the program. */
function entriesOf({ root, settings }: EksCheck, problems: Problems): EksEntry[] {
  const config = settings.config ?? {};
  const given = (config[`${PROJECT}:clusters`] ?? {}) as Record<string, { eks?: unknown } | null>;
  const clusters: Record<string, { eks?: EksConfig }> = {};
  for (const [name, cluster] of Object.entries(given)) {
    if (cluster?.eks !== undefined) {
      const at = `${joinPath("clusters", [name])}.eks`;
      clusters[name] = { eks: parseWith(eksSchema, cluster.eks, problems, at) };
    }
  }
  const vocabulary = new Problems(problems.source);
  const gpus = parseWith(sections.gpus, config[`${PROJECT}:gpus`], vocabulary);
  const whole = { root, clusters, gpus };
  if (vocabulary.count > 0) {
    return [];
  }
  if (problems.count === 0) {
    checkEksClusters(whole, problems);
  }
  return problems.count === 0 ? eksEntries(whole) : [];
}

/** Those that the stack does not have yet. */
function newEntries(entries: readonly EksEntry[], resources: readonly StateResource[]): EksEntry[] {
  return entries.filter(
    ({ name }) =>
      !resources.some(
        ({ type, urn }) => type === CLUSTER_TYPE && urn.endsWith(`::${name}-cluster`),
      ),
  );
}

function showBill(entries: readonly EksEntry[], callers: ReadonlyMap<string, Caller>): void {
  for (const { name, settings } of entries) {
    const { account, arn } = callers.get(name)!;
    say(`Cluster ${name} will be made in account ${account}, by ${arn}. AWS bills from then on:`);
    for (const line of billedLines(name, settings, settings.existingVpc === undefined)) {
      say(`  ${line}`);
    }
  }
  say("Prices: https://aws.amazon.com/eks/pricing/ and https://aws.amazon.com/ec2/pricing/");
  say("It takes 15 to 20 minutes.");
}

/**
 * Checks every cluster on EKS that the stack is to make and does not have, lists what is billed, and asks. A stack
 * without such a cluster passes at once, and so does one that has them all.
 *
 * @throws ProblemsError with everything that is wrong with config, account and credentials
 * @throws PlainError where the answer is no, or nobody is there to give one
 */
export async function confirmEks(check: EksCheck): Promise<void> {
  const { stack, resources, yes, run = runAws, ask = askTerminal } = check;
  const problems = new Problems(settingsName(stack));
  const entries = newEntries(entriesOf(check, problems), resources);
  problems.throwIfAny();
  if (entries.length === 0) {
    return;
  }
  const callers = new Map<string, Caller>();
  await Promise.all(
    entries.map(async (entry) => {
      const below = new ProblemsBelow(problems, `${joinPath("clusters", [entry.name])}.eks`);
      const caller = await checkAccount(entry, run, below);
      if (caller !== undefined) {
        callers.set(entry.name, caller);
      }
    }),
  );
  problems.throwIfAny();
  showBill(entries, callers);
  if (yes) {
    return;
  }
  const answer = await ask("Go on? Only yes is taken for it: ");
  if (answer?.trim() !== "yes") {
    throw new PlainError(
      answer === undefined
        ? `Nobody is at the terminal to be asked. If it is meant: make up STACK=${stack} YES=1`
        : "Nothing was made.",
    );
  }
}
