/** MAIAKubeGate's command line: `workspace <subcommand> --config-file FILE`. Each act loads what it needs. */
import * as path from "node:path";
import { Command, Option } from "commander";
import { allocation, timeout } from "./workspace/arguments";
import { note } from "./output";

const ROOT = path.resolve(__dirname, "..");

interface CommonOptions {
  configFile: string;
  stack: string;
}

interface FollowOptions extends CommonOptions {
  wait: boolean;
  timeout: number;
}

function act(program: Command, name: string, summary: string): Command {
  return program
    .command(name)
    .description(summary)
    .requiredOption("--config-file <file>", "the workspace's JSON")
    .addOption(
      new Option("--stack <name>", "stack whose config describes the clusters")
        .env("STACK")
        .default("dev"),
    );
}

function following(command: Command): Command {
  return command
    .option("--timeout <time>", "how long to follow the pod, such as 90s or 5m", timeout, 300)
    .option("--no-wait", "do not follow the pod");
}

/** The request that the options make; loaded when first needed. */
async function request(options: CommonOptions, checked = true) {
  const { readRequest } = await import("./workspace/request.js");
  const { configFile, stack } = options;
  return readRequest({ root: ROOT, configFile, stack, checked });
}

async function render(options: CommonOptions): Promise<void> {
  const { renderYaml } = await import("./workspace/render.js");
  const asked = await request(options);
  process.stdout.write(renderYaml(asked));
  asked.warnings.forEach((warning) => note(`warning: ${warning}`));
  note("The live cluster was not looked at: its claims, storage classes and quotas are unchecked.");
}

async function preview(options: CommonOptions): Promise<void> {
  const { previewWorkspace } = await import("./workspace/deploy.js");
  await previewWorkspace(await request(options));
}

async function up(options: FollowOptions & { recover?: boolean }): Promise<void> {
  const { upWorkspace } = await import("./workspace/deploy.js");
  const { wait, timeout: timeoutSeconds, recover } = options;
  await upWorkspace(await request(options), { wait, timeoutSeconds, recover });
}

async function status(options: CommonOptions & { json?: boolean }): Promise<void> {
  const { showStatus } = await import("./workspace/look.js");
  await showStatus(await request(options, false), options.json ?? false);
}

async function extend(
  options: CommonOptions & { by?: number; to?: number },
  command: Command,
): Promise<void> {
  const { by, to } = options;
  if (by === undefined && to === undefined) {
    command.error("error: extend needs --by TIME, or --to TIME");
  }
  const { extendWorkspace } = await import("./workspace/extend.js");
  const again = await import("./workspace/request.js");
  const { configFile, stack } = options;
  const readAgain = () => again.readRequest({ root: ROOT, configFile, stack });
  await extendWorkspace(readAgain(), by === undefined ? { to: to! } : { by }, readAgain);
}

async function restart(options: FollowOptions & { yes?: boolean }): Promise<void> {
  const { restartWorkspace } = await import("./workspace/restart.js");
  const { yes = false, wait, timeout: timeoutSeconds } = options;
  await restartWorkspace(await request(options), { yes, wait, timeoutSeconds });
}

async function destroy(options: CommonOptions): Promise<void> {
  const { destroyWorkspace } = await import("./workspace/remove.js");
  await destroyWorkspace(await request(options, false));
}

/** The command line, ready to parse. */
export function commandLine(): Command {
  const program = new Command("workspace");
  program.description(
    "Deploys MAIAKubeGate workspaces. Without a subcommand, --config-file FILE means `up`.",
  );
  act(program, "render", "print the objects as YAML; contacts nothing").action(render);
  act(program, "preview", "show what `up` would change").action(preview);
  following(act(program, "up", "deploy the workspace and follow its pod"))
    .option("--recover", "after an interrupted run: unlock the stack and look at the cluster first")
    .action(up);
  act(program, "status", "show what runs, since when and for how long")
    .option("--json", "print JSON: a list with an entry for each cluster")
    .action(status);
  act(program, "extend", "give a running Job another allocation; its pod runs on")
    .addOption(
      new Option("--by <time>", "so much more, such as 1d").argParser(allocation).conflicts("to"),
    )
    .addOption(new Option("--to <time>", "this much in all").argParser(allocation))
    .action(extend);
  following(act(program, "restart", "replace the Job or Deployment; work in the pod is lost"))
    .option("--yes", "go ahead without asking")
    .action(restart);
  act(program, "destroy", "remove the workspace; claims and volumes stay").action(destroy);
  return program;
}

/** MAIAKubeGate's own command has no subcommands: options alone mean `up`. */
export function withSubcommand(argv: readonly string[]): readonly string[] {
  const [first = "--help"] = argv;
  return first.startsWith("--") && first !== "--help" ? ["up", ...argv] : argv;
}

/** Runs the command line; failures set the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await commandLine().parseAsync(withSubcommand(argv), { from: "user" });
  } catch (error) {
    const { failureText } = await import("./workspace/failure.js");
    const words = argv.filter((word) => word !== "--recover").join(" ");
    note(failureText(error, `npm run --silent workspace -- ${words}`));
    process.exitCode = 1;
  }
}

if (require.main === module) {
  void main(process.argv.slice(2));
}
