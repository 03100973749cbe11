/** What an operator allows a deployment to be, with the seed's figures where nothing is said. */
import { z } from "zod";
import { parseQuantity } from "./quantity";

/** The limits of a deployment. */
export interface ServiceLimits {
  /** Cores of a container that does not say. @default 4 */
  defaultCpu: number;
  /** @default 0.1 */
  minCpu: number;
  /** @default 32 */
  maxCpu: number;
  /** GiB of a container that does not say. @default 16 */
  defaultMemory: number;
  /** @default 0.0625 */
  minMemory: number;
  /** @default 64 */
  maxMemory: number;
  /** GPUs of one container. @default 2 */
  maxGpus: number;
  /** Pods of one deployment. @default 16 */
  maxReplicas: number;
  /** Largest claim. @default "999Gi" */
  maxVolumeSize: string;
  /** Largest memory volume, in MiB. @default 256 */
  maxMemoryVolume: number;
  /** Containers of one deployment, init containers among them. @default 10 */
  maxContainers: number;
  /** Volumes of one deployment. @default 16 */
  maxVolumes: number;
  /** Mounts of one container. @default 32 */
  maxMounts: number;
  /** Ports of one container. @default 16 */
  maxPorts: number;
  /** Variables of one container. @default 100 */
  maxVariables: number;
  /** Names and values of a deployment's variables, commands and arguments together, in bytes. @default 32768 */
  maxTextBytes: number;
  /** The YAML document; and, apart from it, the values of a config or a secret. In bytes. @default 65536 */
  maxDocumentBytes: number;
  /** Registries that images may come from, such as `docker.io`. @default []: any */
  registries: string[];
}

const count = z.int().min(1);
const cores = z.number().min(0.001);

/** Kubernetes and etcd keep objects of about a megabyte; a record must fit beside its other fields. */
const LARGEST_DOCUMENT = 512 * 1024;

/** The limits as an operator writes them; what is left out has the seed's figure. */
export const serviceLimitsSchema = z
  .strictObject({
    defaultCpu: cores.default(4),
    minCpu: cores.default(0.1),
    maxCpu: cores.default(32),
    defaultMemory: cores.default(16),
    minMemory: cores.default(0.0625),
    maxMemory: cores.default(64),
    maxGpus: z.int().min(0).default(2),
    maxReplicas: count.default(16),
    maxVolumeSize: z
      .string()
      .refine((text) => (parseQuantity(text) ?? 0) > 0, "must be a quantity, such as 999Gi")
      .default("999Gi"),
    maxMemoryVolume: z.int().min(0).default(256),
    maxContainers: count.default(10),
    maxVolumes: z.int().min(0).default(16),
    maxMounts: z.int().min(0).default(32),
    maxPorts: count.default(16),
    maxVariables: count.default(100),
    maxTextBytes: count.default(32_768),
    maxDocumentBytes: count.max(LARGEST_DOCUMENT).default(65_536),
    registries: z.array(z.string().min(1)).default([]),
  })
  .refine((it) => it.minCpu <= it.defaultCpu && it.defaultCpu <= it.maxCpu, {
    path: ["defaultCpu"],
    message: "must be from minCpu to maxCpu",
  })
  .refine((it) => it.minMemory <= it.defaultMemory && it.defaultMemory <= it.maxMemory, {
    path: ["defaultMemory"],
    message: "must be from minMemory to maxMemory",
  });

/** The seed's limits: those of an operator who says nothing. */
export const DEFAULT_LIMITS: ServiceLimits = serviceLimitsSchema.parse({});
