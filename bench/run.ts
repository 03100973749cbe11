/** `make bench`: runs every bench, prints one table, writes `results.json` and the plots. */
import * as fs from "node:fs";
import * as path from "node:path";
import { loadRows } from "./load";
import { save, table } from "./results";
import { measure, rows } from "./workspaces/measure";
import { plot } from "./workspaces/plot";

const RUNS = Number(process.env["RUNS"] ?? 5);
const COUNTS = (process.env["COUNTS"] ?? "1,10,100").split(",").map(Number);

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function main(): Promise<void> {
  const load = loadRows(RUNS);
  const times = await measure(COUNTS, RUNS, say);
  const all = [...load, ...rows(times, COUNTS)];
  save(all);
  fs.writeFileSync(path.join(__dirname, "workspaces.svg"), plot(times, COUNTS));
  say(`\nMedians of ${RUNS}, as ratios of ours to the other:\n${table(all)}`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
