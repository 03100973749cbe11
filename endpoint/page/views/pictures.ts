/** Small pictures, drawn by the server: what is taken and what is free. All of it is in the words beside, too. */
import type { StateKind } from "../../states";
import { html, type Content, type Html } from "../html";

const CELL = 20;
const GAP = 5;
const CELLS_IN_ROW = 10;

/** More units than this are drawn as a bar: nobody counts squares. */
const MOST_CELLS = 40;

function percent(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.round(Math.min(1, Math.max(0, part / whole)) * 1000) / 10;
}

/** A bar that is filled as far as `part` goes of `whole`. */
export function meter(part: number, whole: number): Html {
  const share = percent(part, whole);
  return html`<svg class="meter" aria-hidden="true" focusable="false">
    <rect class="whole" width="100%" height="100%" rx="5"></rect>
    <rect class="part${share >= 100 && " full"}" width="${share}%" height="100%" rx="5"></rect>
  </svg>`;
}

/** A unit that is one's own has a core: colour alone says nothing to some. */
function core(x: number, y: number): Html {
  return html`<rect class="mark" x="${x + 6}" y="${y + 6}" width="8" height="8" rx="1.5"></rect>`;
}

function cell(kind: string, index: number): Html {
  const x = (index % CELLS_IN_ROW) * (CELL + GAP) + 1;
  const y = Math.floor(index / CELLS_IN_ROW) * (CELL + GAP) + 1;
  return html`<rect class="${kind}" x="${x}" y="${y}" width="${CELL}" height="${CELL}" rx="4"></rect
    >${kind === "mine" && core(x, y)}`;
}

/** Squares, one for each kind named. */
function squares(kinds: readonly string[]): Html {
  const columns = Math.max(1, Math.min(kinds.length, CELLS_IN_ROW));
  const rows = Math.max(1, Math.ceil(kinds.length / CELLS_IN_ROW));
  const [width, height] = [columns * (CELL + GAP) - GAP + 2, rows * (CELL + GAP) - GAP + 2];
  return html`<svg
    class="units"
    aria-hidden="true"
    focusable="false"
    width="${width}"
    height="${height}"
    viewBox="0 0 ${width} ${height}"
  >
    ${kinds.map(cell)}
  </svg>`;
}

/** Units of something, one square each: own, taken by others, free. */
export function units(of: { total: number; used: number; mine: number }): Html {
  if (of.total > MOST_CELLS) {
    return meter(of.used, of.total);
  }
  const mine = Math.min(of.mine, of.used);
  return squares(
    Array.from({ length: of.total }, (_, index) =>
      index < mine ? "mine" : index < of.used ? "used" : "free",
    ),
  );
}

/** Pods, one square each: those that are ready, and those that are not. */
export function podSquares(ready: number, total: number): Html {
  return squares(Array.from({ length: total }, (_, index) => (index < ready ? "ready" : "free")));
}

/** What the squares mean. */
export function unitsLegend(withMine: boolean): Html {
  const entry = (kind: string, text: string): Content =>
    html`<span
      ><svg
        class="units"
        aria-hidden="true"
        focusable="false"
        width="16"
        height="16"
        viewBox="0 0 22 22"
      >
        ${cell(kind, 0)}</svg
      >${text}</span
    >`;
  return html`<p class="legend">
    ${withMine && entry("mine", "yours")}${entry("used", withMine ? "used by others" : "in use")}
    ${entry("free", "free")}
  </p>`;
}

/** A shape of its own for each kind of state, beside its word. */
const SHAPES: Record<StateKind, Html> = {
  good: html`<circle cx="6" cy="6" r="5" fill="currentColor"></circle>`,
  wait: html`<circle
    cx="6"
    cy="6"
    r="4.2"
    fill="none"
    stroke="currentColor"
    stroke-width="1.8"
    stroke-dasharray="4 2.6"
  ></circle>`,
  bad: html`<path d="M6 .8 11.6 11H.4z" fill="currentColor"></path>`,
  still: html`<rect x="1.5" y="1.5" width="9" height="9" rx="1.5" fill="currentColor"></rect>`,
};

/** A state: shape and word. */
export function state(kind: StateKind, text: string): Html {
  return html`<span class="state ${kind}"
    ><svg viewBox="0 0 12 12" aria-hidden="true" focusable="false">${SHAPES[kind]}</svg
    >${text}</span
  >`;
}
