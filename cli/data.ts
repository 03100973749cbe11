/** A federation's data: `data --folder FOLDER --federation NAME` checks it, and prints what its workers will load. */
import * as path from "node:path";
import { Command, Option } from "commander";
import { loadTable, withoutData } from "../components/model/federationData";
import { readExpectation } from "./data/federation";
import { readDataFolder } from "./data/readFolder";
import { tableText } from "./data/table";
import { note, PlainError, say } from "./output";
import { failureText } from "./workspace/failure";

const ROOT = path.resolve(__dirname, "..");

interface Options {
  federation: string;
  stack: string;
  folder?: string;
  worker?: string;
  machines?: string;
}

/** npm runs a script in the project's folder; paths were typed where npm was called. */
function absolute(folder: string): string {
  const typedIn =
    process.env["npm_lifecycle_event"] === "data" ? process.env["INIT_CWD"] : undefined;
  return path.resolve(typedIn ?? "", folder);
}

/** Writes the scripts for machines. Loaded when asked for: it takes the Pulumi SDK, which the check does not need. */
async function machines({ federation, stack }: Options, folder: string): Promise<void> {
  const { writeMachines } = await import("./data/machines.js");
  writeMachines(ROOT, stack, federation, absolute(folder)).forEach((written) => say(written));
}

async function check({ federation, worker, stack }: Options, folder: string): Promise<void> {
  const expected = readExpectation(ROOT, stack, federation);
  if (worker !== undefined && !expected.workers.includes(worker)) {
    throw new PlainError(
      `${worker} is no worker of ${federation}. There are: ${expected.workers.join(", ")}.`,
    );
  }
  const { loaded, problems, ignored } = await readDataFolder(absolute(folder), expected, worker);
  const table = loadTable(loaded);
  if (table.length > 1) {
    say(tableText(table));
  }
  ignored.forEach((file) => note(`${file}: not read by workers.`));
  withoutData(loaded, expected).forEach(note);
  problems.throwIfAny();
}

async function act(options: Options, command: Command): Promise<void> {
  const { folder, machines: output } = options;
  if (output !== undefined) {
    await machines(options, output);
  } else if (folder !== undefined) {
    await check(options, folder);
  } else {
    command.error("error: give --folder FOLDER, or --machines FOLDER");
  }
}

/** The command line, ready to parse. */
export function commandLine(): Command {
  return new Command("data")
    .description("Checks a folder of CSVs and metadata, and prints what each worker will load.")
    .requiredOption("--federation <name>", "federation of the stack")
    .option("--folder <folder>", "a folder for each pathology; or one for each worker, with these")
    .option("--worker <name>", "worker that the folder is for, where it holds pathologies")
    .option("--machines <folder>", "write the scripts that set up its machines there instead")
    .addOption(
      new Option("--stack <name>", "stack that has the federation")
        .env("STACK")
        .default("federation"),
    )
    .action(act);
}

/** Runs the command line; failures set the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await commandLine().parseAsync([...argv], { from: "user" });
  } catch (error) {
    note(failureText(error, `npm run --silent data -- ${argv.join(" ")}`));
    process.exitCode = 1;
  }
}

if (require.main === module) {
  void main(process.argv.slice(2));
}
