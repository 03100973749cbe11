/** Draws the medians as bars, one panel a measure, on a logarithmic scale of seconds. */
import { median } from "../results";
import { MEASURES, type Times } from "./measure";

const COLOURS: Record<string, string> = {
  ours: "#0b6e4f",
  "at-end": "#84a98c",
  helm: "#c2410c",
  bare: "#1d4ed8",
  raw: "#6b7280",
};
const TITLES = {
  up: "first up, to all pods started",
  noop: "no-op",
  change: "change of one",
  destroy: "destroy",
};
const PANEL = { width: 420, height: 260, left: 56, bottom: 44, top: 34 };

function text(x: number, y: number, content: string, anchor = "middle", size = 12): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" text-anchor="${anchor}">${content}</text>`;
}

/** An SVG of two by two panels. */
export function plot(times: Times, counts: readonly number[]): string {
  const names = Object.keys(times);
  const all = names.flatMap((who) =>
    MEASURES.flatMap((name) => counts.map((count) => median(times[who]![name][count]!))),
  );
  const low = Math.floor(Math.log10(Math.min(...all)));
  const high = Math.ceil(Math.log10(Math.max(...all)));
  const inner = PANEL.height - PANEL.bottom - PANEL.top;
  const y = (seconds: number): number =>
    PANEL.top + inner * (1 - (Math.log10(seconds) - low) / (high - low));
  const panel = (name: (typeof MEASURES)[number], index: number): string => {
    const parts = [text(PANEL.width / 2, 18, TITLES[name], "middle", 14)];
    for (let power = low; power <= high; power++) {
      const at = y(10 ** power);
      parts.push(
        `<line x1="${PANEL.left}" x2="${PANEL.width - 8}" y1="${at.toFixed(1)}" y2="${at.toFixed(1)}" stroke="#d1d5db"/>`,
        text(PANEL.left - 6, at + 4, `${10 ** power} s`, "end", 11),
      );
    }
    const slot = (PANEL.width - PANEL.left - 8) / counts.length;
    const bar = (slot - 24) / names.length;
    counts.forEach((count, group) => {
      const start = PANEL.left + group * slot + 12;
      names.forEach((who, position) => {
        const value = median(times[who]![name][count]!);
        const top = y(value);
        const x = start + position * bar;
        const height = PANEL.height - PANEL.bottom - top;
        parts.push(
          `<rect x="${x.toFixed(1)}" y="${top.toFixed(1)}" width="${(bar - 2).toFixed(1)}" height="${height.toFixed(1)}" fill="${COLOURS[who] ?? "#000"}"/>`,
          text(x + bar / 2, top - 3, value < 10 ? value.toFixed(1) : value.toFixed(0), "middle", 9),
        );
      });
      parts.push(text(start + slot / 2 - 12, PANEL.height - 26, `${count}`, "middle", 12));
    });
    const left = (index % 2) * PANEL.width;
    const down = Math.floor(index / 2) * PANEL.height + 30;
    return `<g transform="translate(${left} ${down})">${parts.join("")}</g>`;
  };
  const legend = names
    .map((who, i) => {
      const x = 60 + i * 110;
      return `<rect x="${x}" y="10" width="12" height="12" fill="${COLOURS[who] ?? "#000"}"/>${text(x + 18, 21, who, "start", 13)}`;
    })
    .join("");
  const width = 2 * PANEL.width;
  const height = 2 * PANEL.height + 30;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif">` +
    `<rect width="100%" height="100%" fill="#fff"/>${legend}${MEASURES.map(panel).join("")}</svg>\n`
  );
}
