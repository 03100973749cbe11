/** The `charts` section: where charts come from. */
import * as path from "node:path";
import { z } from "zod";
import { CHARTS, isRepository, type ChartSettings } from "../../components/charts/chart";
import { GIT_CHARTS } from "../../components/charts/gitCharts";

const ALL = { ...CHARTS, ...GIT_CHARTS };
const known = Object.keys(ALL);

const pins = Object.entries(ALL)
  .map(([name, { version }]) => `${name} ${version}`)
  .join(", ");

const git = z
  .strictObject({
    repository: z.string().min(1).optional().describe("Address with https, ssh or file."),
    folder: z.string().optional().describe("Of the chart in it; empty for its root."),
    tag: z.string().min(1).optional().describe("Tag that must be at `commit`."),
    commit: z.string().min(1).optional().describe("All 40 digits. Required with `tag`."),
  })
  .describe("Where a chart in git is taken from; what is left out is as in our pin.");

const versions = z.record(z.string(), z.string().min(1)).superRefine((given, context) => {
  for (const name of Object.keys(given).filter((it) => !known.includes(it))) {
    const message = `is no chart that we deploy; there are ${known.join(", ")}`;
    context.addIssue({ code: "custom", path: [name], message });
  }
});

export const chartsSchema = z
  .strictObject({
    mirror: z
      .string()
      .min(1)
      .optional()
      .describe(
        "In place of every public source: a folder (relative to the project) with `<name>-<version>.tgz` or `<name>/`, an HTTP repository, or an `oci://` address. `make charts` fills a folder. Default: the public sources.",
      ),
    versions: versions
      .optional()
      .describe(
        `Another version of a chart than the one that we test, by its name. Default: ${pins}.`,
      ),
    git: z
      .strictObject({ exaflow: git.optional(), mip: git.optional() })
      .optional()
      .describe("Other places for the charts that lie in git."),
  })
  .describe("Where charts come from, and which versions.");

/** The section with a folder as an absolute path, wherever the engine runs the program. */
export function chartSettings(charts: ChartSettings, root: string): ChartSettings {
  const { mirror } = charts;
  const isFolder = mirror !== undefined && !isRepository(mirror);
  return isFolder ? { ...charts, mirror: path.resolve(root, mirror) } : charts;
}
