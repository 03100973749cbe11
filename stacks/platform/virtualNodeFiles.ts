/** The seed's files of a virtual node, as what its section would have said. */
import {
  parseInterLinkConfig,
  parseVkConfig,
  type InterLinkConfigFile,
  type VirtualNodeResources,
} from "../../components/model/interLinkConfigFile";
import { acceleratorsOf } from "../../components/model/virtualNodeGpus";
import { type Problems } from "../../components/model/problems";
import { ProblemsBelow } from "../../components/model/problemsBelow";
import type { DeclaredNode, GpuClass } from "../../components/model/gpuTypes";
import type { VirtualNodeConfig } from "../sections/interlink";
import { readText } from "./configFiles";

/** What the files say; absent what is not given or wrong. */
export function readSeedFiles(
  nodeName: string,
  { interLinkConfigFile, vkConfigFile }: VirtualNodeConfig,
  root: string,
  problems: Problems,
): { config?: InterLinkConfigFile; resources?: VirtualNodeResources } {
  const config = readText(interLinkConfigFile, "interLinkConfigFile", root, problems);
  const resources = readText(vkConfigFile, "vkConfigFile", root, problems);
  const below = (key: string): Problems => new ProblemsBelow(problems, key);
  return {
    config:
      config === undefined
        ? undefined
        : parseInterLinkConfig(config, below(`interLinkConfigFile ${interLinkConfigFile}`)),
    resources:
      resources === undefined
        ? undefined
        : parseVkConfig(resources, nodeName, below(`vkConfigFile ${vkConfigFile}`)),
  };
}

/**
 * The node with what its vk-cfg.json says where the config says nothing. A GPU is only a number in that
 * file: which class it is must be declared, and a count that contradicts it is a problem.
 */
export function withResources(
  nodeName: string,
  node: DeclaredNode,
  resources: VirtualNodeResources | undefined,
  gpus: Record<string, GpuClass>,
  problems: Problems,
): DeclaredNode {
  if (resources === undefined) {
    return node;
  }
  const { cpu, memory, gpus: units } = resources;
  const only = node.gpus?.length === 1 ? node.gpus[0] : undefined;
  const counted: DeclaredNode = {
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
    ...node,
    ...(only !== undefined && only.count === undefined && units !== undefined
      ? { gpus: units === 0 ? [] : [{ ...only, count: units }] }
      : {}),
  };
  const offered = acceleratorsOf({ nodeName, node: counted, gpus })
    .filter(({ resource }) => resource === "nvidia.com/gpu")
    .reduce((sum, one) => sum + one.units, 0);
  if (units !== undefined && units !== offered) {
    problems.add({
      path: "vkConfigFile",
      reason: `its nvidia.com/gpu is ${units}, but nodes.${nodeName}.gpus offers ${offered}`,
      remedy: "Declare the class and its count there, or correct the file.",
    });
  }
  return counted;
}
