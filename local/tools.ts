/**
 * Command line: resolves the programs of the local stand, and prints where each came from.
 *
 *     node --import tsx local/tools.ts [name…]
 */
import { writeTools } from "./cluster/environment";
import { standPaths } from "./cluster/paths";
import { CATALOGUE, STAND_TOOLS, type ToolName } from "./tools/catalogue";
import { resolveAll, type ResolvedTool } from "./tools/resolve";

class UsageError extends Error {}

function table(tools: readonly ResolvedTool[]): string {
  const rows = [
    ["tool", "version", "from", "path"],
    ...tools.map(({ name, version, source, path }) => [name, version, source, path]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return rows.map(line).join("\n");
}

/** The names asked for; throws for one that is not in the catalogue. */
function wanted(names: readonly string[]): readonly ToolName[] {
  if (names.length === 0) return STAND_TOOLS;
  const known = CATALOGUE.map((tool) => tool.name);
  const unknown = names.filter((name) => !known.some((each) => each === name));
  if (unknown.length > 0) {
    throw new UsageError(`no tool is named ${unknown.join(", ")}; there are ${known.join(", ")}`);
  }
  return known.filter((name) => names.includes(name));
}

async function main(names: readonly string[]): Promise<void> {
  const tools = await resolveAll<ToolName>(wanted(names));
  process.stdout.write(`${table(tools)}\n`);
  if (tools.some(({ name }) => name === "pulumi")) {
    writeTools(standPaths(), Object.fromEntries(tools.map(({ name, path }) => [name, path])));
  }
  for (const line of tools.flatMap((tool) => tool.passedOver)) {
    process.stdout.write(`not used: ${line}\n`);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (!(error instanceof UsageError)) {
    const again = ["node --import tsx local/tools.ts", ...process.argv.slice(2)].join(" ");
    process.stderr.write(`Next: ${again} (goes on from what has been compiled)\n`);
  }
  process.exitCode = 1;
});
