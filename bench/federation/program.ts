/** One engine operation on a stack with federations in a process of its own: `program.ts sample|one|many up|destroy|by-hand`. */
import { openStack } from "../../cli/stackHandle";
import { stateOf, type StateResource } from "../../cli/state";
import { runStack } from "../../stacks/run";
import { ROOT } from "../../test/support/platformStack";
import type { ByHand, NodeLabels, ReleaseInputs, SecretName } from "./byHand";
import { STACKS } from "./stacks";

/** What somebody would make by hand of what the stack has: no contents of Secrets. */
function byHand(state: readonly StateResource[]): ByHand {
  const of = <T>(type: string): T[] =>
    state.filter((one) => one.type.endsWith(type)).map(({ inputs }) => inputs as T);
  return {
    releases: of<ReleaseInputs>(":Release"),
    secrets: of<{ metadata: SecretName }>(":Secret").map(({ metadata }) => ({
      name: metadata.name,
      namespace: metadata.namespace,
    })),
    labels: of<{ metadata: NodeLabels }>(":NodePatch").map(({ metadata }) => ({
      name: metadata.name,
      labels: metadata.labels,
    })),
  };
}

async function main(name: string, operation: string): Promise<void> {
  const settings = STACKS[name];
  if (settings === undefined) {
    throw new Error(`stack ${name} is not known`);
  }
  const open = await openStack({
    root: ROOT,
    name: `bench-federation-${name}`,
    settings: settings(),
    program: () => runStack(ROOT),
  });
  switch (operation) {
    case "up":
      await open.stack.up({ parallel: 32 });
      break;
    case "destroy":
      await open.stack.destroy({ parallel: 32, runProgram: true });
      break;
    case "by-hand":
      process.stdout.write(JSON.stringify(byHand(await stateOf(open))));
      break;
    default:
      throw new Error(`operation ${operation} is not known`);
  }
}

const [name = "", operation = ""] = process.argv.slice(2);
main(name, operation).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
