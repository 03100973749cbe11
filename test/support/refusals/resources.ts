/** Memory, CPU and GPUs: what is refused. */
import { gpu, over, refusal, volume } from "./spoil";

export const RESOURCES_REFUSALS = [
  refusal(
    "quantity",
    /: not a quantity/,
    [
      { memory_request: "4GB" },
      { cpu_limit: "two" },
      { memory_limit: "" },
      { cpu_request: "5.5.5" },
    ],
    over,
  ),
  refusal(
    "too-little",
    /: too little/,
    [{ memory_request: 4 }, { memory_limit: "400m" }, { cpu_request: 0 }, { cpu_request: "-1" }],
    over,
  ),
  refusal("too-much", /: more than any machine has/, [{ cpu_request: "4Gi" }], over),
  refusal(
    "limit",
    /_limit: less than the request/,
    [
      { memory_request: "4Gi", memory_limit: "4G" },
      { cpu_request: 2, cpu_limit: "1999m" },
    ],
    over,
  ),
  refusal("negative-gpus", /gpu_request: not a number of GPUs/, [{ gpu_request: -1 }], gpu),
  refusal(
    "selector-alone",
    /gpu_selector: selects among GPUs/,
    [{ gpu_selector: { type: "A100" } }],
    gpu,
  ),
  refusal(
    "empty-selector",
    /gpu_selector: selects nothing/,
    [{ gpu_request: 1, gpu_selector: {} }],
    gpu,
  ),
  refusal(
    "selector-value",
    /gpu_selector\.\w+: (not an amount|empty)/,
    [
      { gpu_request: 1, gpu_selector: { vram: "VRAM_SIZE" } },
      { gpu_request: 1, gpu_selector: { type: "" } },
    ],
    gpu,
  ),
  refusal(
    "gpu-nobody-offers",
    /gpu_selector: no GPU class matches/,
    [{ gpu_request: 1, gpu_selector: { type: "H100" } }],
    gpu,
  ),
  refusal(
    "too-many-gpus",
    /gpu_request: more GPUs than/,
    [{ gpu_request: 5, gpu_selector: { type: "A100" } }],
    gpu,
  ),
  refusal(
    "claims-on-virtual-node",
    /: claims cannot be mounted/,
    [{ gpu_request: 1, gpu_selector: { type: "T4" } }],
    (config, value) => gpu(volume(config, {}), value),
  ),
  refusal(
    "node-without-gpu",
    /node_selector: a node without the GPUs/,
    [{ gpu_request: 1, gpu_selector: { type: "A100" }, node_selector: "cpu-1" }],
    gpu,
  ),
  refusal(
    "virtual-node",
    /node_selector: a virtual node/,
    [{ node_selector: "interlink-vk" }],
    gpu,
  ),
  refusal(
    "memory-of-no-node",
    /memory_request: larger than any/,
    [{ memory_request: "600Gi", memory_limit: "1Ti" }],
    over,
  ),
  refusal(
    "cpu-of-no-node",
    /cpu_request: larger than any/,
    [{ cpu_request: 65, cpu_limit: 65 }],
    over,
  ),
] as const;
