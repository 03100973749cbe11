/** The rows that all benches share, kept in `bench/results.json`. */
import * as fs from "node:fs";
import * as path from "node:path";

/** One comparison: ours divided by `against`. */
export interface Row {
  bench: string;
  measure: string;
  against: string;
  ratio: number;
  /** The ratio that must not be passed; absent where the row only informs. */
  reach?: number;
  ok: boolean;
}

const FILE = path.join(__dirname, "results.json");

export function row(
  bench: string,
  measure: string,
  against: string,
  ratio: number,
  reach?: number,
): Row {
  const rounded = Math.round(ratio * 1000) / 1000;
  return {
    bench,
    measure,
    against,
    ratio: rounded,
    ...(reach === undefined ? {} : { reach }),
    ok: reach === undefined || rounded <= reach,
  };
}

/** Replaces the rows of the benches that were run, and keeps the others. */
export function save(rows: readonly Row[]): void {
  const ran = new Set(rows.map(({ bench }) => bench));
  const before = fs.existsSync(FILE)
    ? (JSON.parse(fs.readFileSync(FILE, "utf8")) as Row[]).filter(({ bench }) => !ran.has(bench))
    : [];
  const text = [...before, ...rows].map((one) => `  ${JSON.stringify(one)}`).join(",\n");
  fs.writeFileSync(FILE, `[\n${text}\n]\n`);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A table for the terminal. */
export function table(rows: readonly Row[]): string {
  const head = ["bench", "measure", "against", "ratio", "reach", ""];
  const cells = rows.map(({ bench, measure, against, ratio, reach, ok }) => [
    bench,
    measure,
    against,
    ratio.toFixed(2),
    reach === undefined ? "" : String(reach),
    ok ? "ok" : "NOT REACHED",
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((c) => c[i]!.length)));
  return [head, ...cells]
    .map((line) =>
      line
        .map((text, i) => text.padEnd(widths[i]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
