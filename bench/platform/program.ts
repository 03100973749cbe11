/** One engine operation on the platform's stack in a process of its own: `program.ts ours|empty up|preview|destroy|releases`. */
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { readSettings, type StackSettings } from "../../cli/settings";
import { openStack } from "../../cli/stackHandle";
import { stateOf } from "../../cli/state";
import { runStack } from "../../stacks/run";
import { CLUSTER, ROOT } from "./cluster";

/** The dev stack's platform on the stand's other cluster, where no stack of a developer is in the way. */
function settings(): StackSettings {
  const { config = {}, ...rest } = readSettings(ROOT, "dev");
  const kubeconfig = `./.local/clusters/${CLUSTER}/kubeconfig`;
  const interlink = config["science-platform:interlink"] as {
    virtualNodes: Record<string, object>;
  };
  const others = Object.entries(config).filter(([key]) => !key.endsWith(":workspaces"));
  return {
    ...rest,
    config: {
      ...Object.fromEntries(others),
      "science-platform:layers": ["platform"],
      "science-platform:clusters": { [CLUSTER]: { kubeconfig, context: CLUSTER } },
      "science-platform:interlink": {
        virtualNodes: Object.fromEntries(
          Object.entries(interlink.virtualNodes).map(([name, node]) => [
            name,
            // As a release, since that is what helm installs.
            { ...node, form: "chart", chartSecretsInClear: true },
          ]),
        ),
      },
    },
  };
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
