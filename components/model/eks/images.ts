/** Which image the nodes of a group start from, and what disk it needs. */
import { parseInstanceType } from "./instanceTypes";
import type { EksNodeGroup } from "./settings";

/** An image of nodes, by EKS's name for its kind. */
export interface NodeImage {
  amiType: string;
  /** Smallest root volume in GiB: the image's own, with room for the images that every node pulls. */
  minimumDisk: number;
  /** Root volume in GiB where none is asked for. */
  defaultDisk: number;
}

const PLAIN = { minimumDisk: 20, defaultDisk: 50 };

/** Driver and CUDA fill most of the smaller disk, and one framework image has 10 GiB and more. */
const NVIDIA = { minimumDisk: 50, defaultDisk: 100 };

/**
 * The image for a group: Amazon Linux 2023, for the instances' architecture, with NVIDIA's driver where they have
 * GPUs. (Amazon Linux 2 ended with Kubernetes 1.32.)
 */
export function imageOf(group: Pick<EksNodeGroup, "instanceTypes">): NodeImage {
  const first = parseInstanceType(group.instanceTypes[0] ?? "");
  const arm = first?.arm === true;
  if (first?.gpus !== undefined) {
    return { amiType: arm ? "AL2023_ARM_64_NVIDIA" : "AL2023_x86_64_NVIDIA", ...NVIDIA };
  }
  return { amiType: arm ? "AL2023_ARM_64_STANDARD" : "AL2023_x86_64_STANDARD", ...PLAIN };
}
