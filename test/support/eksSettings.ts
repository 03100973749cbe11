/** A small cluster on EKS that nothing is wrong with, and what the checks say of others. */
import { checkEks, type ExistingVpcFacts } from "../../components/model/eks/check";
import type { EksSettings } from "../../components/model/eks/settings";
import { Problems } from "../../components/model/problems";

/** Classes that instance types of AWS have. */
export const GPUS = {
  l4: {
    resource: "nvidia.com/gpu",
    product: "NVIDIA-L4",
    type: "L4",
    vram: "24G",
    taint: { key: "nvidia.com/gpu", effect: "NoSchedule" },
  },
  a100: {
    resource: "nvidia.com/gpu",
    product: "NVIDIA-A100-SXM4-40GB",
    type: "A100",
    vram: "40G",
    count: 8,
  },
};

/** The settings with what a test changes. */
export function eksSettings(changes: Partial<EksSettings> = {}): EksSettings {
  return {
    region: "us-east-1",
    endpoint: { publicCidrs: ["203.0.113.0/24"] },
    nodeGroups: { cpu: { instanceTypes: ["m7i.large"] } },
    ...changes,
  };
}

/** The problems of settings, a line each. */
export function faults(
  changes: Partial<EksSettings>,
  existing?: ExistingVpcFacts,
  name = "lab",
): readonly string[] {
  const problems = new Problems("lab");
  checkEks(name, eksSettings(changes), existing, problems);
  return problems.list();
}
