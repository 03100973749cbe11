/** A cluster on EKS: its preview against a bare program's, what loading `@pulumi/aws` costs, and the longest chain of an `up`. */
import { execFile, execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { SimulatedAccount } from "../../test/support/aws/simulatedAccount";
import { kubeconfigBehind } from "../../test/support/eksStack";
import { ROOT } from "../../test/support/platformStack";
import { median, row, type Row } from "../results";
import { criticalPath, secondsOf, type StateResource } from "./criticalPath";

const run = promisify(execFile);
const PROGRAM = path.join(__dirname, "program.ts");

const PREVIEW_REACH = 1.3;
/** Seconds. */
const LOAD_REACH = 0.2;

/** Nobody waits for what takes no longer than this. */
const QUICK_SECONDS = 5;

/** What the longest chain may hold: these, each once, and nothing else that takes long. */
const HEAVY = ["aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup", "aws:eks/addon:Addon"];

async function timed(task: () => Promise<unknown>): Promise<number> {
  const began = process.hrtime.bigint();
  await task();
  return Number(process.hrtime.bigint() - began) / 1e9;
}

/** Seconds that the parts of a cluster on EKS take to load after the program, as a stack with one loads them. */
function load(): number {
  const script =
    'require("./index.ts"); const began = process.hrtime.bigint(); require("./components/eks/parts.ts"); ' +
    "console.log(Number(process.hrtime.bigint() - began) / 1e9);";
  const args = ["--import", "tsx", "--eval", script];
  return Number(execFileSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" }));
}

/** Measures on a simulated account of its own; the stand's second cluster answers for the one on EKS. */
export async function eksRows(runs: number, say: (text: string) => void): Promise<Row[]> {
  const aws = new SimulatedAccount({ kubeconfig: kubeconfigBehind(), msPerSecond: 0 });
  await aws.start();
  const program = (who: string, operation: string, file: string): Promise<unknown> => {
    const { folder, port } = aws.place;
    const args = ["--import", "tsx", PROGRAM, who, operation, folder, String(port), file];
    return run(process.execPath, args, { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 });
  };
  try {
    const recorded = path.join(aws.folder, "recorded.json");
    await program("ours", "record", recorded);
    const count = (JSON.parse(fs.readFileSync(recorded, "utf8")) as unknown[]).length;
    const previews = { ours: [] as number[], bare: [] as number[] };
    const loads: number[] = [];
    for (let index = 0; index < runs; index++) {
      previews.ours.push(await timed(() => program("ours", "preview", recorded)));
      previews.bare.push(await timed(() => program("bare", "preview", recorded)));
      loads.push(load());
      say(
        `eks, run ${index + 1}: preview of ${count} resources ${previews.ours[index]!.toFixed(1)} s, ` +
          `bare ${previews.bare[index]!.toFixed(1)} s; loading ${(loads[index]! * 1000).toFixed(0)} ms`,
      );
    }
    const state = path.join(aws.folder, "state.json");
    await program("ours", "up", state);
    const chain = criticalPath(JSON.parse(fs.readFileSync(state, "utf8")) as StateResource[]);
    await program("ours", "destroy", state);
    say("eks, longest chain of an up, in seconds of AWS:");
    for (const { seconds, type, name } of chain.filter((link) => link.seconds > 0)) {
      say(`  ${String(seconds).padStart(4)}  ${type} ${name}`);
    }
    const allowed = HEAVY.reduce((sum, type) => sum + secondsOf(type), 0);
    const slow = chain.filter(({ seconds }) => seconds > QUICK_SECONDS);
    const taken = slow.reduce((sum, { seconds }) => sum + seconds, 0);
    return [
      row(
        "eks",
        `preview, ${count} resources`,
        "bare program",
        median(previews.ours) / median(previews.bare),
        PREVIEW_REACH,
      ),
      row(
        "eks",
        "loading @pulumi/aws",
        "seconds over the kubeconfig stack",
        median(loads),
        LOAD_REACH,
      ),
      row("eks", "longest chain", "cluster + node group + one add-on", taken / allowed, 1),
    ];
  } finally {
    await aws.close();
  }
}
