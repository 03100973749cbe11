/** A hub with one of everything, and shorthand to check settings. */
import type { DeclaredNode } from "../../components/model/gpuTypes";
import { checkedHub, type CheckedHub } from "../../components/model/jupyterHubSettings";
import type { JupyterHubSettings } from "../../components/model/jupyterHubTypes";
import { Problems } from "../../components/model/problems";

export const GPUS = {
  a100: {
    resource: "nvidia.com/gpu",
    product: "NVIDIA-A100-SXM4-40GB",
    type: "A100",
    vram: "40G",
    taint: { key: "gpu", value: "a100", effect: "NoSchedule" },
  },
  "a100-1g": {
    resource: "nvidia.com/mig-1g.10gb",
    product: "NVIDIA-A100-SXM4-80GB-MIG-1g.10gb",
    type: "A100-1g",
    vram: "10G",
  },
  t4: { resource: "nvidia.com/gpu", product: "Tesla-T4", type: "T4", vram: "16G" },
};

export const NODES: Record<string, DeclaredNode> = {
  "cpu-1": { cpu: "32", memory: "128Gi" },
  "gpu-1": { gpus: [{ class: "a100", count: 4 }], cpu: "64", memory: "512Gi" },
  "mig-1": { gpus: [{ class: "a100-1g", count: 7 }] },
  vk: { virtual: true, gpus: [{ class: "t4", count: 2 }] },
};

/** The least that a hub needs, with a login that any user may use. */
export const MINIMAL: JupyterHubSettings = {
  hostname: "hub.lab.example.org",
  oidc: { issuer: "https://iam.example.org/realms/lab", clientId: "hub", allowedGroups: ["lab"] },
};

/** A hub with one of everything. */
export const EVERYTHING: JupyterHubSettings = {
  ...MINIMAL,
  namespace: "notebooks",
  baseUrl: "/notebook",
  image: "quay.io/jupyter/base-notebook:2026-01-05",
  database: { hostPath: "/mnt/data/jupyterhub", node: "cpu-1", size: "2Gi" },
  userStorage: { storageClass: "fast", size: "20Gi" },
  profiles: [
    { name: "CPU", cpuLimit: "4", memoryLimit: "16Gi", default: true },
    {
      name: "A100",
      description: "One whole GPU",
      groups: ["ml"],
      image: "quay.io/jupyter/pytorch-notebook:cuda12-2026-01-05",
      gpu: { class: "a100" },
      maxLifetime: "4h",
    },
    { name: "Remote T4", slug: "remote", gpu: { type: "T4" } },
  ],
  gpus: GPUS,
  nodes: NODES,
  sharedFolders: [{ claim: "shared" }],
  expose: { domain: "lab.example.org", issuer: "lab-issuer" },
};

/** The settings' problems, and what was made of them; the client's secret is taken as given. */
export function check(
  settings: JupyterHubSettings,
  hasSecret = true,
): { checked: CheckedHub; lines: readonly string[] } {
  const problems = new Problems("hub");
  const checked = checkedHub(settings, hasSecret, problems);
  return { checked, lines: problems.list() };
}

/** What was made of settings that must be right. */
export function checkedOf(settings: JupyterHubSettings): CheckedHub {
  const { checked, lines } = check(settings);
  if (lines.length > 0) {
    throw new Error(lines.join("\n"));
  }
  return checked;
}
