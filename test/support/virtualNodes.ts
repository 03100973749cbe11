/** Virtual nodes for tests. */
import type { VirtualNodeSpec } from "../../components/model/virtualNodeTypes";

export const T4 = { resource: "nvidia.com/gpu", product: "Tesla-T4", type: "T4", vram: "16G" };

/** A node whose settings are right, with the settings over it. */
export function virtualNode(over: Partial<VirtualNodeSpec> = {}): VirtualNodeSpec {
  return {
    nodeName: "gpu-site",
    offloadNamespaces: ["jupyterhub"],
    interLink: { url: "https://gpu.example.org" },
    node: { cpu: "24", memory: "32Gi", gpus: [{ class: "t4", count: 2 }] },
    gpus: { t4: T4 },
    login: { issuer: "https://iam.example.org/" },
    ...over,
  };
}
