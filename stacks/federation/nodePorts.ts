/** The NodePorts of federations, which their charts do not let us choose. */
import { chartVersion } from "../../components/charts/chart";
import {
  CONTROLLER_NODE_PORT,
  controllerService,
  exaflowGeneration,
} from "../../components/model/exaflowGeneration";
import { joinPath, Problems } from "../../components/model/problems";
import type { WantedNodePort } from "../platform/nodePorts";
import type { PlatformConfig } from "../platformConfig";
import { federationEntries } from "./args";

const REMEDY = "Free it, set managedCluster, or use another cluster: the chart has no key for it.";

/** The ports that federations ask for on a cluster; none where the stack does not make them. */
export function federationNodePorts(config: PlatformConfig, cluster: string): WantedNodePort[] {
  if (!config.layers.includes("federation")) {
    return [];
  }
  const entries = Object.entries(config.federations ?? {}).flatMap(([name, own]) =>
    federationEntries(name, own, config),
  );
  return entries
    .filter((entry) => entry.cluster === cluster && entry.args.managedCluster !== true)
    .flatMap(({ name, path, args }) => {
      const version = chartVersion("exaflow", args.charts);
      // What is wrong with the version is told elsewhere.
      const generation = exaflowGeneration(version, new Problems(""));
      const namespace = args.namespace ?? args.federation;
      const place = [joinPath("federations", [name]), path].filter((part) => part !== "").join(".");
      return generation === undefined
        ? []
        : [
            {
              path: place,
              nodePort: CONTROLLER_NODE_PORT,
              service: `${namespace}/${controllerService(generation)}`,
              remedy: REMEDY,
            },
          ];
    });
}
