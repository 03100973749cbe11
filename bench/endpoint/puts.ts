/** PUT: ours against raw server-side apply of the same objects, kubectl, and a small service in Python. */
import { EndpointProcess } from "../../test/support/endpointTrustProcess";
import { median, row, type Row } from "../results";
import { kubectl, namespaceFor, ours, python, raw, type Contestant } from "./contestants";
import { load, quantile, type Times } from "./load";

const MANY = 64;
const ALONE_PUTS = 100;
const MANY_PUTS = 640;
/** kubectl starts anew each time. */
const FEW_PUTS = 10;

const ALONE_REACH = 1.4;
/** Three quarters of the raw rate. */
const MANY_REACH = 1 / 0.75;

let title = 0;

async function round(who: Contestant, clients: number, total: number): Promise<Times> {
  return load(clients, total, (client) => who.put(client, `Turn ${(title += 1)}`));
}

/** Everyone's median times alone, and rates together, by name. */
type Found = Map<string, { alone: number[]; many: number[] }>;

async function race(all: readonly Contestant[], runs: number, say: (text: string) => void) {
  const found: Found = new Map(all.map(({ name }) => [name, { alone: [], many: [] }]));
  for (let run = 0; run < runs; run++) {
    // Whoever comes first in a round comes last in the next.
    for (const who of run % 2 === 0 ? all : [...all].reverse()) {
      const isSlow = who.name.startsWith("kubectl");
      const alone = quantile(await round(who, 1, isSlow ? FEW_PUTS : ALONE_PUTS), 0.5);
      found.get(who.name)!.alone.push(alone);
      const many = isSlow ? undefined : await round(who, MANY, MANY_PUTS);
      if (many !== undefined) {
        found.get(who.name)!.many.push(many.rate);
      }
      const together =
        many === undefined
          ? ""
          : `, ${MANY} clients ${many.rate.toFixed(0)}/s, p99 ${quantile(many, 0.99).toFixed(0)} ms`;
      say(`PUT, run ${run + 1}, ${who.name}: alone p50 ${alone.toFixed(1)} ms${together}`);
    }
  }
  return found;
}

/** @throws Error without Python or its packages */
export async function putRows(
  kubeconfig: string,
  runs: number,
  say: (text: string) => void,
): Promise<Row[]> {
  const endpoint = await EndpointProcess.open(kubeconfig);
  const { kubernetes, prefix } = endpoint;
  const contestants: Contestant[] = [];
  const spaces: { remove(): Promise<unknown> }[] = [];
  const space = async (who: string): Promise<string> => {
    spaces.push(await namespaceFor(kubernetes, `${prefix}${who}`));
    return `${prefix}${who}`;
  };
  try {
    await endpoint.start();
    contestants.push(ours(endpoint, MANY, await endpoint.issuer.token({ expiresIn: 3600 })));
    contestants.push(raw(kubeconfig, await space("raw"), MANY));
    contestants.push(await python(kubeconfig, await space("python"), MANY));
    const typed = kubectl(kubeconfig, await space("kubectl"), 1);
    if (typed === undefined) {
      say("kubectl is not on PATH: no row of it");
    } else {
      contestants.push(typed);
    }
    for (const who of contestants) {
      // What is measured is changes of what is there.
      await round(who, MANY, who === typed ? 1 : MANY * 2);
    }
    const found = await race(contestants, runs, say);
    const mine = found.get("ours")!;
    return contestants.slice(1).flatMap(({ name }) => {
      const theirs = found.get(name)!;
      const isRaw = name.startsWith("raw");
      const alone = median(mine.alone) / median(theirs.alone);
      const rows = [
        row("endpoint", "PUT p50, 1 client", name, alone, isRaw ? ALONE_REACH : undefined),
      ];
      if (theirs.many.length > 0) {
        // Time for each PUT: ours divided by theirs.
        const many = median(theirs.many) / median(mine.many);
        const reach = isRaw ? Math.round(MANY_REACH * 1000) / 1000 : undefined;
        rows.push(row("endpoint", `PUT, time each, ${MANY} clients`, name, many, reach));
      }
      return rows;
    });
  } finally {
    await Promise.all(contestants.map((who) => who.close()));
    await Promise.all(spaces.map((one) => one.remove()));
    await endpoint.close();
  }
}
