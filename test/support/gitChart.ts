/** Charts of git to try our values with: the stand's stand-ins, and the real ones. */
import * as path from "node:path";
import { chartProblems, chartSource } from "../../components/charts/chart";
import type { GitChartName } from "../../components/charts/gitCharts";
import type { TRIED } from "./helm";
import { skip } from "./reporter";

const STAND_INS = path.resolve(__dirname, "../../local/charts");

/**
 * A chart at a version: the stand-in, or the real one below `$CHARTS_DIR`, as `<name>-<version>/` or packed.
 * Without that the tests are skipped by name. Call it in `before`.
 */
export function gitChartOrSkip(
  context: Mocha.Context,
  which: (typeof TRIED)[number],
  name: GitChartName,
  version: string,
): string {
  const mirror = which === "real" ? process.env["CHARTS_DIR"] : STAND_INS;
  if (mirror === undefined || mirror === "") {
    return skip(context, "no CHARTS_DIR with the real charts: `make charts`");
  }
  const settings = { mirror, versions: { [name]: version } };
  const [problem] = chartProblems(name, settings);
  return problem === undefined
    ? chartSource(name, settings).chart
    : skip(context, `CHARTS_DIR ${problem.reason}`);
}
