/** GPUs that are reserved for tenants, for a time or for good. */
import { z } from "zod";
import type { GpuReservation } from "./endpointTypes";
import { parseWith, Problems } from "./problems";

const time = z.iso.datetime({ offset: true });

/** A list of reservations. */
export const reservationsSchema = z.array(
  z
    .strictObject({
      tenant: z.string().min(1),
      class: z.string().min(1),
      count: z.int().min(0),
      from: time.optional(),
      until: time.optional(),
    })
    .refine((it) => !(it.from && it.until) || Date.parse(it.from) < Date.parse(it.until), {
      path: ["until"],
      message: "must be after from",
    }),
);

/**
 * Reads a list of reservations.
 *
 * @throws ProblemsError with everything that is wrong
 */
export function parseReservations(text: string, source: string): GpuReservation[] {
  const problems = new Problems(source);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    problems.add({ path: "", reason: "not JSON", remedy: "Correct it." });
    problems.throwIfAny();
  }
  const reservations = parseWith(reservationsSchema, value, problems);
  problems.throwIfAny();
  return reservations ?? [];
}

/** What a tenant has reserved at a time, by class. */
export function reservedAt(
  reservations: readonly GpuReservation[],
  tenant: string,
  now: number,
): Record<string, number> {
  const sums = new Map<string, number>();
  for (const one of reservations) {
    const begun = one.from === undefined || Date.parse(one.from) <= now;
    const ended = one.until !== undefined && Date.parse(one.until) <= now;
    if (one.tenant === tenant && begun && !ended) {
      sums.set(one.class, (sums.get(one.class) ?? 0) + one.count);
    }
  }
  return Object.fromEntries(sums);
}
