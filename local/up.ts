/**
 * Program: brings the local stand up. `node --import tsx local/up.ts [--clusters 1|2]`
 *
 * Whatever runs already is left as it is, so it may be run again at any time.
 */
import { relative } from "node:path";
import { parseArgs } from "node:util";
import { standPaths } from "./cluster/paths";
import { bringUp } from "./cluster/stand";
import { StandError, runProgram } from "./processes/errors";
import { resolveTools } from "./tools/resolve";

const USAGE = "Try: node --import tsx local/up.ts --clusters 1";

function clusterCount(): number {
  try {
    const { values } = parseArgs({ options: { clusters: { type: "string", default: "1" } } });
    if (values.clusters === "1" || values.clusters === "2") {
      return Number(values.clusters);
    }
    throw new StandError(`--clusters is 1 or 2, not "${values.clusters}".`, USAGE);
  } catch (error) {
    throw error instanceof StandError ? error : new StandError((error as Error).message, USAGE);
  }
}

void runProgram(async () => {
  const clusters = clusterCount();
  const started = Date.now();
  const tools = await resolveTools();
  const contexts = await bringUp(standPaths(), {
    clusters,
    tools,
    waiting: (pid) => console.log(`Another run (process ${pid}) is at work; waiting for it.`),
  });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`\nThe stand is up (${seconds} s). Its pods are simulated: nothing runs in them.`);
  for (const { name, paths } of contexts) {
    const file = relative(process.cwd(), paths.kubeconfig);
    console.log(`  ${name}: kubectl --kubeconfig ${file} get nodes`);
  }
});
