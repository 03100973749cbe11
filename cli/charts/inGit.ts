/** Which charts in git the federations of a stack use. */
import { chartVersion, type ChartSettings } from "../../components/charts/chart";
import type { GitChartName } from "../../components/charts/gitCharts";
import type { FederationConfig } from "../../stacks/sections/federations";
import type { WantedGitChart } from "./fill";

/** Each version once: the engine's of every federation, and the platform's of those that have one. */
export function gitChartsOf(
  federations: Record<string, Pick<FederationConfig, "chartVersions" | "platform">>,
  settings: ChartSettings,
): WantedGitChart[] {
  const all = Object.values(federations).flatMap(({ chartVersions = {}, platform }) => {
    const names: GitChartName[] = platform === undefined ? ["exaflow"] : ["exaflow", "mip"];
    return names.map((name) => ({
      name,
      version: chartVersions[name] ?? chartVersion(name, settings),
    }));
  });
  return all.filter(
    ({ name, version }, index) =>
      all.findIndex((one) => one.name === name && one.version === version) === index,
  );
}
