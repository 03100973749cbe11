/** Times first up, no-op, change of one and destroy, each contestant in turn within every round. */
import { resolveTools } from "../../local/tools/resolve";
import { median, row, type Row } from "../results";
import { Cluster } from "./cluster";
import { contestants, type Contestant } from "./contestants";
import type { Round } from "./inputs";

export const MEASURES = ["up", "noop", "change", "destroy"] as const;
export type Measure = (typeof MEASURES)[number];

/** Seconds by contestant, measure and count of workspaces. */
export type Times = Record<string, Record<Measure, Record<number, number[]>>>;

async function timed(task: () => Promise<unknown>): Promise<number> {
  const began = process.hrtime.bigint();
  await task();
  return Number(process.hrtime.bigint() - began) / 1e9;
}

async function runOnce(
  contestant: Contestant,
  cluster: Cluster,
  round: Round,
): Promise<Record<Measure, number>> {
  const { namespace, count } = round;
  const up = await timed(async () => {
    await contestant.up(round);
    await cluster.until(`${contestant.name}: ${count} pods`, async () => {
      return (await cluster.running(namespace)) === count;
    });
  });
  const noop = await timed(() => contestant.noop(round));
  const changed = { ...round, changed: 0 };
  const change = await timed(() => contestant.up(changed));
  const destroy = await timed(async () => {
    await contestant.destroy(changed);
    await cluster.until(`${contestant.name}: no pods`, async () => {
      return (await cluster.running(namespace)) === 0;
    });
  });
  await cluster.request("DELETE", `/api/v1/namespaces/${namespace}`);
  return { up, noop, change, destroy };
}

export async function measure(
  counts: readonly number[],
  runs: number,
  say: (text: string) => void,
): Promise<Times> {
  const cluster = new Cluster();
  const { helm } = await resolveTools(["helm"]);
  const all = contestants(cluster, helm);
  const times: Times = {};
  for (const count of counts) {
    for (let index = 0; index < runs; index++) {
      for (const contestant of all) {
        const stamp = Date.now().toString(36);
        const round = { namespace: `bench-${contestant.name}-${stamp}`, count };
        const result = await runOnce(contestant, cluster, round);
        const own = (times[contestant.name] ??= { up: {}, noop: {}, change: {}, destroy: {} });
        for (const name of MEASURES) {
          (own[name][count] ??= []).push(result[name]);
        }
        const shown = MEASURES.map((name) => `${name} ${result[name].toFixed(2)} s`).join(", ");
        say(`${count} workspaces, run ${index + 1}, ${contestant.name}: ${shown}`);
      }
    }
  }
  cluster.close();
  return times;
}

/** What the issue asks us to reach, by measure and peer, at the largest count. */
const REACH: Record<string, number> = { "up helm": 1.8, "up bare": 1.3, "noop helm": 0.25 };

/** Medians as ratios: ours against each of the others, and our growth from one to many. */
export function rows(times: Times, counts: readonly number[]): Row[] {
  const of = (who: string, name: Measure, count: number): number =>
    median(times[who]![name][count]!);
  const most = Math.max(...counts);
  const compared = counts.flatMap((count) =>
    MEASURES.flatMap((name) =>
      ["helm", "bare", "raw", "at-end"].map((peer) =>
        row(
          "workspaces",
          `${name}, ${count} workspaces`,
          peer,
          of("ours", name, count) / of(peer, name, count),
          count === most ? REACH[`${name} ${peer}`] : undefined,
        ),
      ),
    ),
  );
  return [...compared, ...growthRows(of, counts)];
}

/**
 * (T100 - T1) / (T10 - T1) of the first up: 11 where every workspace costs the same. No row where one took longer than
 * ten, as happens in a single run: that is the machine's noise.
 */
function growthRows(
  of: (who: string, name: Measure, count: number) => number,
  counts: readonly number[],
): Row[] {
  if (![1, 10, 100].every((count) => counts.includes(count))) {
    return [];
  }
  const named = (who: string, what: string, reach?: number): Row[] => {
    const [one, ten, hundred] = [1, 10, 100].map((count) => of(who, "up", count));
    const growth = (hundred! - one!) / (ten! - one!);
    const measure = `growth (T100 - T1) / (T10 - T1)${what}`;
    return ten! > one! ? [row("workspaces", measure, "linear", growth, reach)] : [];
  };
  return [
    ...named("ours", "", 13.2),
    ...named("at-end", ", state written at the end", 13.2),
    ...named("bare", ", bare program"),
  ];
}
