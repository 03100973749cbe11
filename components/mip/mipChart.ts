/** Whether the platform's chart can be had, and installed, wherever it comes from. */
import { chartTemplates } from "../charts/chartTemplates";
import { chartProblems, chartSource, isRepository, type ChartSettings } from "../charts/chart";
import type { MipGeneration } from "../model/mipGenerations";
import type { Problems } from "../model/problems";
import { blockFault } from "../model/templateBlocks";

const REMEDY =
  "Name a repaired copy in charts.mirror or charts.git.mip (docs/mip/mip.md says how).";

/**
 * Adds a problem when the chart is not to be had, or when it is of a generation that does not install as it lies in
 * git and nobody has repaired it. A copy in a repository of charts is not looked into.
 */
export function checkMipChart(
  { version, defect }: MipGeneration,
  charts: ChartSettings = {},
  problems: Problems,
): void {
  if (defect !== undefined && charts.mirror === undefined && charts.git?.["mip"] === undefined) {
    const reason = `the chart cannot be installed as it lies in git: ${defect}`;
    problems.add({ path: "charts.versions.mip", reason, value: version, remedy: REMEDY });
    return;
  }
  const found = chartProblems("mip", charts);
  found.forEach((problem) => problems.add(problem));
  const looked = charts.mirror === undefined || !isRepository(charts.mirror);
  if (defect !== undefined && looked && found.length === 0) {
    checkTemplates(chartSource("mip", charts).chart, charts, problems);
  }
}

function checkTemplates(chart: string, { mirror }: ChartSettings, problems: Problems): void {
  for (const [name, text] of Object.entries(chartTemplates(chart))) {
    const fault = blockFault(text);
    if (fault !== undefined) {
      problems.add({
        path: mirror === undefined ? "charts.git.mip" : "charts.mirror",
        reason: `the chart cannot be installed: templates/${name} ${fault}`,
        value: chart,
        remedy: REMEDY,
      });
    }
  }
}
