/** `make bench`: runs every bench, prints one table, writes `results.json` and the plots. */
import * as fs from "node:fs";
import * as path from "node:path";
import { eksRows } from "./eks/measure";
import { endpointRows } from "./endpoint/measure";
import { federationRows } from "./federation/measure";
import { loadRows } from "./load";
import { platformRows } from "./platform/measure";
import { save, table, type Row } from "./results";
import { spawnRows } from "./spawn/spawn";
import { measure, rows } from "./workspaces/measure";
import { plot } from "./workspaces/plot";

const RUNS = Number(process.env["RUNS"] ?? 5);
const COUNTS = (process.env["COUNTS"] ?? "1,10,100").split(",").map(Number);

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The benches by name; `ONLY=platform,spawn make bench` runs some of them. */
const BENCHES: Record<string, () => Promise<Row[]>> = {
  load: () => Promise.resolve(loadRows(RUNS)),
  workspaces: async () => {
    const times = await measure(COUNTS, RUNS, say);
    fs.writeFileSync(path.join(__dirname, "workspaces.svg"), plot(times, COUNTS));
    return rows(times, COUNTS);
  },
  platform: () => platformRows(RUNS, say),
  federation: () => federationRows(RUNS, say),
  spawn: () => spawnRows(say),
  eks: () => eksRows(RUNS, say),
  endpoint: () => endpointRows(RUNS, say),
};

async function main(): Promise<void> {
  const only = process.env["ONLY"]?.split(",") ?? Object.keys(BENCHES);
  const all: Row[] = [];
  for (const name of only) {
    const bench = BENCHES[name];
    if (bench === undefined) {
      throw new Error(`ONLY: there is no bench ${name}, only ${Object.keys(BENCHES).join(", ")}`);
    }
    const found = await bench();
    save(found);
    all.push(...found);
  }
  say(`\nMedians of ${RUNS}, as ratios of ours to the other:\n${table(all)}`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
