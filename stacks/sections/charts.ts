/** The `charts` section: where charts come from. */
import { z } from "zod";
import { CHARTS } from "../../components/charts/chart";

const known = Object.keys(CHARTS);

const pins = Object.entries(CHARTS)
  .map(([name, { version }]) => `${name} ${version}`)
  .join(", ");

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
  })
  .describe("Where charts come from, and which versions.");
