/**
 * Program: stops what `up.ts` started, by its own pid files, and nothing else. What the clusters hold stays
 * in `.local`. `node --import tsx local/down.ts`
 */
import { standPaths } from "./cluster/paths";
import { takeDown } from "./cluster/stand";
import { runProgram } from "./processes/errors";

void runProgram(async () => {
  const stopped = await takeDown(standPaths(), (pid) =>
    console.log(`Another run (process ${pid}) is at work; waiting for it.`),
  );
  console.log(
    stopped.length === 0 ? "The stand was not running." : `Stopped: ${stopped.sort().join(", ")}.`,
  );
});
