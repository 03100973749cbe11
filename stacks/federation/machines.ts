/** What the machines of a federation's clusters are set up with. */
import { chartVersion } from "../../components/charts/chart";
import { exaflowGeneration } from "../../components/model/exaflowGeneration";
import { federationParts } from "../../components/model/mipFederation";
import type { NodeSetup } from "../../components/model/mipFederationSetup";
import { Problems } from "../../components/model/problems";
import type { PlatformConfig } from "../platformConfig";
import { federationEntries } from "./args";

/** The machines of one cluster. */
export interface MachineSetup {
  cluster: string;
  setup: NodeSetup;
}

/** The unmanaged clusters of a checked federation, each with what its scripts are told. */
export function machineSetups(name: string, config: PlatformConfig): MachineSetup[] {
  return federationEntries(name, config.federations![name]!, config).flatMap(
    ({ cluster, args }) => {
      const version = chartVersion("exaflow", args.charts);
      const generation = exaflowGeneration(version, new Problems(""));
      const setup = generation && federationParts(args, generation).setup;
      return setup === undefined ? [] : [{ cluster, setup }];
    },
  );
}
