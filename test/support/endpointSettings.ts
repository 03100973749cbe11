/** Settings of the endpoint for tests: as an operator writes few, with every default. */
import {
  endpointSettingsSchema,
  type EndpointOptions,
  type EndpointSettings,
} from "../../components/model/endpointSettings";

export const GPUS = {
  a100: {
    resource: "nvidia.com/gpu",
    product: "NVIDIA-A100-SXM4-40GB",
    type: "A100",
    vram: "40G",
    count: 4,
  },
  "a100-1g": {
    resource: "nvidia.com/mig-1g.10gb",
    product: "NVIDIA-A100-SXM4-80GB-MIG-1g.10gb",
    type: "A100-1g",
    vram: "10G",
    mig: "1g.10gb",
  },
};

export const NODES = {
  "gpu-a100": { gpus: [{ class: "a100", count: 4 }] },
  "gpu-mig": { gpus: [{ class: "a100-1g", count: 4 }] },
};

/** The least that an operator must say. */
export const LEAST: EndpointOptions = {
  issuer: "https://iam.example.org/",
  audience: "services",
};

/** Settings with these over the least. */
export function settings(over: Partial<EndpointOptions> = {}): EndpointSettings {
  return endpointSettingsSchema.parse({ ...LEAST, ...over });
}
