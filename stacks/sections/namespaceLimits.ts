/** Shapes of a namespace's ResourceQuota and LimitRange, which several sections have. */
import { z } from "zod";

const quantity = z.union([z.string(), z.number()]).transform(String);

/** Sums over a namespace; the section says of what. */
export const quotaSchema = z.strictObject({
  cpu: quantity.optional(),
  memory: quantity.optional(),
  storage: quantity.optional().describe("Sum over all claims."),
  claims: z.int().min(0).optional(),
  pods: z.int().min(0).optional(),
  gpus: z.record(z.string(), z.int().min(0)).optional().describe("Class name to number of units."),
});

/** What each container gets, and may have at most; the section says where. */
export const limitsSchema = z.strictObject({
  cpu: quantity.optional().describe("Default limit of a container."),
  memory: quantity.optional(),
  cpuRequest: quantity.optional().describe("Default request of a container."),
  memoryRequest: quantity.optional(),
  maxCpu: quantity.optional().describe("Largest limit of a container."),
  maxMemory: quantity.optional(),
});
