/** Lines of text under each other, with columns as wide as they need to be. */

/** Whether a cell is a number: those stand at the right of their column. */
function isNumber(cell: string): boolean {
  return /^\d+$/.test(cell);
}

/** The lines of a table whose first line is its header. */
export function tableText(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, i) =>
    Math.max(...lines.map((line) => [...(line[i] ?? "")].length)),
  );
  const pad = (cell: string, width: number): string => {
    const space = " ".repeat(width - [...cell].length);
    return isNumber(cell) ? space + cell : cell + space;
  };
  return lines
    .map((line) =>
      line
        .map((cell, i) => pad(cell, widths[i]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
