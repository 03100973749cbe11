/** One engine operation on the platform's stack in a process of its own: `program.ts ours|empty up|preview|destroy|releases`. */
import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { StackSettings } from "../../cli/settings";
import { openStack } from "../../cli/stackHandle";
import { stateOf } from "../../cli/state";
import { runStack } from "../../stacks/run";
import { platformSections, ROOT, settingsOf } from "../../test/support/platformStack";

/** The platform with its virtual nodes as releases, since that is what helm installs. */
function settings(): StackSettings {
  const sections = platformSections();
  const { virtualNodes } = sections["interlink"] as { virtualNodes: Record<string, object> };
  const asCharts = Object.entries(virtualNodes).map(([name, node]) => [
    name,
    {
      ...node,
      target: undefined,
      interLink: { url: "https://gpu.example.org" },
      login: undefined,
      unauthenticated: true,
      form: "chart",
    },
  ]);
  return settingsOf({
    ...sections,
    interlink: { virtualNodes: Object.fromEntries(asCharts) as object },
  });
}

const empty: PulumiFn = () => Promise.resolve();

async function main(who: string, operation: string): Promise<void> {
  const open = await openStack({
    root: ROOT,
    name: `bench-platform-${who}`,
    settings: who === "ours" ? settings() : { config: {} },
    program: who === "ours" ? () => runStack(ROOT) : empty,
  });
  switch (operation) {
    case "up":
      await open.stack.up({ parallel: 32 });
      break;
    case "preview":
      await open.stack.preview({ parallel: 32, expectNoChanges: who === "ours" });
      break;
    case "destroy":
      await open.stack.destroy({ parallel: 32, runProgram: true });
      break;
    case "releases": {
      const releases = (await stateOf(open)).filter(({ type }) => type.endsWith(":Release"));
      process.stdout.write(JSON.stringify(releases.map(({ inputs }) => inputs)));
      break;
    }
    default:
      throw new Error(`operation ${operation} is not known`);
  }
}

const [who = "", operation = ""] = process.argv.slice(2);
main(who, operation).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
