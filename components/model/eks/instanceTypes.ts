/** What EC2 instance types have that decides where they fit: architecture and GPUs. */

/** The GPUs of an instance. */
export interface InstanceGpus {
  /** Products as GPU feature discovery may name them; any of them. */
  products: string[];
  /** GPUs of one instance; nothing where the size is not known. */
  count?: number;
}

interface GpuFamily {
  products: string[];
  /** GPUs by size; sizes that are not named have one. */
  counts: Record<string, number>;
}

/** Families with GPUs, by AWS's tables of accelerated instances. */
const GPU_FAMILIES: Record<string, GpuFamily> = {
  p3: {
    products: ["Tesla-V100-SXM2-16GB"],
    counts: { "2xlarge": 1, "8xlarge": 4, "16xlarge": 8 },
  },
  p3dn: { products: ["Tesla-V100-SXM2-32GB"], counts: { "24xlarge": 8 } },
  p4d: { products: ["NVIDIA-A100-SXM4-40GB"], counts: { "24xlarge": 8 } },
  p4de: { products: ["NVIDIA-A100-SXM4-80GB"], counts: { "24xlarge": 8 } },
  p5: { products: ["NVIDIA-H100-80GB-HBM3"], counts: { "4xlarge": 1, "48xlarge": 8 } },
  p5e: { products: ["NVIDIA-H200"], counts: { "48xlarge": 8 } },
  p5en: { products: ["NVIDIA-H200"], counts: { "48xlarge": 8 } },
  "p6-b200": { products: ["NVIDIA-B200"], counts: { "48xlarge": 8 } },
  g4dn: { products: ["Tesla-T4"], counts: { "12xlarge": 4, metal: 8 } },
  g5: { products: ["NVIDIA-A10G"], counts: { "12xlarge": 4, "24xlarge": 4, "48xlarge": 8 } },
  g5g: { products: ["NVIDIA-T4G"], counts: { "16xlarge": 2, metal: 2 } },
  g6: { products: ["NVIDIA-L4"], counts: { "12xlarge": 4, "24xlarge": 4, "48xlarge": 8 } },
  gr6: { products: ["NVIDIA-L4"], counts: {} },
  g6e: { products: ["NVIDIA-L40S"], counts: { "12xlarge": 4, "24xlarge": 4, "48xlarge": 8 } },
};

/** What an instance type's name says. */
export interface InstanceType {
  /** Such as `g5` of `g5.xlarge`. */
  family: string;
  /** Such as `xlarge`. */
  size: string;
  /** Whether it is a processor of AWS's own (arm64). */
  arm: boolean;
  /** Absent where the family has none. */
  gpus?: InstanceGpus;
}

const FORM =
  /^([a-z]+-?\d[a-z0-9-]*)\.(nano|micro|small|medium|large|(?:\d+)?xlarge|metal(?:-\d+xl)?)$/;

/** Graviton families: a `g` behind the generation, and the first of all. */
const ARM = /^([a-z]+\d+g[a-z]*|a1)$/;

/** Newer families of GPU instances than the table: what they have is not known, and is left to AWS. */
const LIKELY_GPU = /^(p|g|gr)\d/;

/** What an instance type's name says; nothing where it is no such name. */
export function parseInstanceType(text: string): InstanceType | undefined {
  const [, family = "", size = ""] = FORM.exec(text) ?? [];
  if (family === "") {
    return undefined;
  }
  const known = GPU_FAMILIES[family];
  const gpus =
    known === undefined
      ? LIKELY_GPU.test(family)
        ? { products: [] }
        : undefined
      : { products: known.products, count: known.counts[size] ?? 1 };
  return { family, size, arm: ARM.test(family), ...(gpus && { gpus }) };
}

/** Whether GPUs of an instance are what a class calls `product`, whole, sliced or shared. */
export function isProduct({ products }: InstanceGpus, product: string): boolean {
  return (
    products.length === 0 ||
    products.some((one) => product === one || /^-(MIG|SHARED)(-|$)/.test(rest(product, one)))
  );
}

function rest(text: string, beginning: string): string {
  return text.startsWith(beginning) ? text.slice(beginning.length) : "";
}

/** Families with that product, for remedies. */
export function familiesWith(product: string): string[] {
  return Object.entries(GPU_FAMILIES)
    .filter(([, { products }]) => isProduct({ products }, product))
    .map(([family]) => family);
}
