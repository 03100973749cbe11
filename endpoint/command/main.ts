/** The command line for people who deploy: `service put|status|logs|scale|restart|rm`. Each act loads what it needs. */
import { Command, InvalidArgumentError } from "commander";
import { parseAllocationTime } from "../../components/model/duration";
import type { LogsOptions } from "./acts";
import { note } from "./output";
import type { EndpointClient } from "../client/client";

interface CommonOptions {
  url?: string;
  tokenFile?: string;
}

interface FollowOptions {
  wait: boolean;
  timeout: number;
}

/** A duration such as `90s` or `5m`, in seconds; a plain number counts in `unit`. */
function seconds(unit: "s" | "m"): (text: string) => number {
  return (text) => {
    const found = parseAllocationTime(/^[\d.]+$/.test(text) ? `${text}${unit}` : text);
    if (found === undefined) {
      throw new InvalidArgumentError("A number with s, m, h or d, such as 90s or 5m.");
    }
    return found;
  };
}

function replicas(text: string): number {
  if (!/^\d{1,4}$/.test(text)) {
    throw new InvalidArgumentError("A whole number; 0 stops the deployment.");
  }
  return Number(text);
}

/** The endpoint that the options name; loaded when first needed. */
async function remote(command: Command): Promise<EndpointClient> {
  const { readAccess } = await import("./access.js");
  const { EndpointClient: Client } = await import("../client/client.js");
  return new Client(readAccess(command.optsWithGlobals<CommonOptions>(), process.env));
}

function following(command: Command): Command {
  return command
    .option("--timeout <time>", "how long to follow it, such as 90s or 5m", seconds("m"), 300)
    .option("--no-wait", "do not follow it");
}

/** The command line, ready to parse. */
export function commandLine(): Command {
  const program = new Command("service");
  program
    .description("Deployments of your own over the endpoint.")
    .option("--url <url>", "where the endpoint is; else SERVICE_URL")
    .option(
      "--token-file <file>",
      "file with your token; else SERVICE_TOKEN_FILE, or SERVICE_TOKEN",
    );

  following(
    program
      .command("put <id> [file]")
      .description(
        "deploy a YAML document or a JSON record; without a file, the record that is kept",
      )
      .option("--title <title>", "what people call it")
      .option("--expose <container:port>", "which port the web address leads to")
      .option("--hostname <name>", "the web address, before the domain"),
  ).action(
    async (
      id: string,
      file: string | undefined,
      options: FollowOptions & { title?: string; expose?: string; hostname?: string },
      command: Command,
    ) => {
      const { put } = await import("./acts.js");
      await put(await remote(command), id, file, options);
    },
  );

  program
    .command("status [id]")
    .description("how it is doing; without an id, all that you have")
    .option("--json", "print JSON")
    .action(async (id: string | undefined, options: { json?: boolean }, command: Command) => {
      const { status } = await import("./acts.js");
      await status(await remote(command), id, options.json ?? false);
    });

  program
    .command("logs <id> [pod]")
    .description("what a pod writes; without a pod, the first one")
    .option("-c, --container <name>", "where the pod has several")
    .option("--since <time>", "reaching back so far, such as 10m", seconds("s"))
    .option("--tail <lines>", "only the last lines", replicas)
    .option("-p, --previous", "of the run before the last restart")
    .option("-t, --timestamps", "a time before each line")
    .option("-f, --follow", "go on as long as the pod does")
    .action(async (id: string, pod: string | undefined, options: LogsOptions, command: Command) => {
      const { logs } = await import("./acts.js");
      await logs(await remote(command), id, pod, options);
    });

  following(
    program
      .command("scale <id>")
      .argument("<replicas>", "0 stops it", replicas)
      .description("change the number of replicas"),
  ).action(async (id: string, count: number, options: FollowOptions, command: Command) => {
    const { scale } = await import("./acts.js");
    await scale(await remote(command), id, count, options);
  });

  following(program.command("restart <id>").description("replace its pods by new ones")).action(
    async (id: string, options: FollowOptions, command: Command) => {
      const { restart } = await import("./acts.js");
      await restart(await remote(command), id, options);
    },
  );

  program
    .command("rm <id>")
    .description("delete it, with its volumes unless they are kept")
    .option("--keep-volumes", "keep its volumes")
    .option("--no-keep-volumes", "delete them, whatever the operator's setting is")
    .option("--yes", "go ahead without asking")
    .action(
      async (id: string, options: { keepVolumes?: boolean; yes?: boolean }, command: Command) => {
        const { remove } = await import("./acts.js");
        await remove(await remote(command), id, options);
      },
    );
  return program;
}

/** Runs the command line; failures set the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await commandLine().parseAsync(argv.length === 0 ? ["--help"] : argv, { from: "user" });
  } catch (error) {
    const { failureText } = await import("./failure.js");
    note(failureText(error));
    process.exitCode = 1;
  }
}

if (require.main === module) {
  void main(process.argv.slice(2));
}
