/** Federations to Ready: one `up` of ours against the same charts by helm, and ten in one `up` against one. */
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { connect } from "../../components/cluster/apiClient";
import { resolveTools } from "../../local/tools/resolve";
import { CLUSTER, KUBECONFIG, ROOT } from "../../test/support/platformStack";
import { median, row, type Row } from "../results";
import { installByHand, removeAll, type ByHand } from "./byHand";
import { MANY_TEXT } from "./stacks";

const run = promisify(execFile);
const PROGRAM = path.join(__dirname, "program.ts");

const HELM_REACH = 1;
const MANY_REACH = 4;

async function timed(task: () => Promise<unknown>): Promise<number> {
  const began = process.hrtime.bigint();
  await task();
  return Number(process.hrtime.bigint() - began) / 1e9;
}

async function program(stack: string, operation: string): Promise<string> {
  const args = ["--import", "tsx", PROGRAM, stack, operation];
  const { stdout } = await run(process.execPath, args, { cwd: ROOT, maxBuffer: 64 << 20 });
  return stdout;
}

/**
 * Measures on the stand's second cluster; whatever was installed is gone afterwards.
 *
 * @param runs each of which makes every stack in turn
 */
export async function federationRows(runs: number, say: (text: string) => void): Promise<Row[]> {
  const { helm } = await resolveTools(["helm"]);
  const client = await connect(CLUSTER, fs.readFileSync(KUBECONFIG, "utf8"));
  const times = { ours: [] as number[], helm: [] as number[], many: [] as number[] };

  /** Seconds of one `up`, and what it would be by hand; it is gone afterwards. */
  const ours = async (stack: string): Promise<{ seconds: number; byHand: ByHand }> => {
    const seconds = await timed(() => program(stack, "up"));
    const byHand = JSON.parse(await program(stack, "by-hand")) as ByHand;
    await program(stack, "destroy");
    await removeAll(client, namespacesOf(byHand), byHand.labels);
    return { seconds, byHand };
  };
  try {
    for (let index = 0; index < runs; index++) {
      const { seconds, byHand } = await ours("sample");
      const theirs = await timed(() => installByHand(client, helm, byHand));
      await removeAll(client, namespacesOf(byHand), byHand.labels);
      const one = (await ours("one")).seconds;
      const many = (await ours("many")).seconds;
      times.ours.push(seconds);
      times.helm.push(theirs);
      times.many.push(many / one);
      say(
        `federation on ${CLUSTER}, run ${index + 1}: ours ${seconds.toFixed(1)} s, helm ${theirs.toFixed(1)} s; ` +
          `on a provider's cluster one ${one.toFixed(1)} s, ${MANY_TEXT} ${many.toFixed(1)} s`,
      );
    }
  } finally {
    client.close();
  }
  const ratio = median(times.ours) / median(times.helm);
  return [
    row("federation", "up, three local workers", "helm in sequence", ratio, HELM_REACH),
    row("federation", MANY_TEXT, "one in one up", median(times.many), MANY_REACH),
  ];
}

function namespacesOf({ releases }: ByHand): string[] {
  return [...new Set(releases.map(({ namespace }) => namespace))];
}
