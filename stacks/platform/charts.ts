/** Where a stack's charts come from. */
import * as path from "node:path";
import { isRepository, type ChartSettings } from "../../components/charts/chart";

/** The `charts` section with a folder as an absolute path, wherever the engine runs the program. */
export function chartSettings(charts: ChartSettings | undefined, root: string): ChartSettings {
  const { mirror, versions } = charts ?? {};
  const isFolder = mirror !== undefined && !isRepository(mirror);
  return { mirror: isFolder ? path.resolve(root, mirror) : mirror, versions };
}
