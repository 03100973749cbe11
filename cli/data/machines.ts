/** Writes the scripts for a federation's machines, before there is a cluster to run a stack on. */
import * as path from "node:path";
import { writeNodeSetup } from "../../components/mip/nodeSetup";
import { Problems } from "../../components/model/problems";
import { checkFederations } from "../../stacks/federation";
import { machineSetups } from "../../stacks/federation/machines";
import { parseConfig } from "../../stacks/platformConfig";
import { PlainError } from "../output";
import { readSettings, settingsName } from "../settings";
import { sectionsOf } from "../workspace/stackSettings";

/**
 * Writes a folder for each unmanaged cluster of a federation.
 *
 * @returns the folders
 * @throws ProblemsError when the stack's config has a problem
 * @throws PlainError when the stack has no such federation, or it has no machines
 */
export function writeMachines(
  root: string,
  stack: string,
  federation: string,
  folder: string,
): string[] {
  const problems = new Problems(settingsName(stack));
  const sections = sectionsOf(readSettings(root, stack), problems);
  const config = parseConfig(sections, root, problems);
  if (config !== undefined) {
    checkFederations(config, problems);
  }
  problems.throwIfAny();
  const known = Object.keys(config!.federations ?? {});
  if (!known.includes(federation)) {
    throw new PlainError(`${stack} has no federation ${federation}. It has: ${known.join(", ")}.`);
  }
  const machines = machineSetups(federation, config!);
  if (machines.length === 0) {
    throw new PlainError(`${federation} is on managed clusters: there are no machines to set up.`);
  }
  return machines.map(({ cluster, setup }) => {
    const target = path.join(folder, cluster);
    writeNodeSetup(target, setup);
    return target;
  });
}
