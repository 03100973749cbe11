/** DELETE: everything of a deployment, with a mark in its record that makes others wait until it is done. */
import type { Identity } from "../kubernetes/paths";
import type { Tenant } from "../seams";
import type { RemoveAnswer } from "../service";
import { notFound, type Context } from "./context";
import { named } from "./inventory";
import type { KeptRecord } from "./records";
import { busy, isHalfDeleted, newClaim, pause, readUnclaimed } from "./turns";

const MOST_ROUNDS = 10;
const ROUND_MS = 40;

function isVolume({ kind }: Identity): boolean {
  return kind === "PersistentVolumeClaim";
}

/** Removes the objects, and the record last. */
async function sweep(
  { inventory, hostnames, records }: Context,
  tenant: Tenant,
  id: string,
  marked: KeptRecord,
  keepVolumes: boolean,
): Promise<RemoveAnswer> {
  const found = await inventory.all(tenant, id);
  const [kept, removed] = [
    found.filter((object) => keepVolumes && isVolume(object)),
    found.filter((object) => !(keepVolumes && isVolume(object))),
  ];
  await Promise.all([inventory.remove(tenant, removed), hostnames.release(tenant, id)]);
  await records.remove(tenant, id, marked);
  return { removed: removed.map(named), kept: kept.map(named) };
}

/** Ends a deletion whose replica of the endpoint is gone. Volumes stay: what it was told of them is not known. */
export async function finishRemoval(
  context: Context,
  tenant: Tenant,
  id: string,
  kept: KeptRecord,
): Promise<void> {
  const { records } = context;
  const state = { ...kept.state, ...newClaim(true) };
  const marked = await records.write(tenant, id, kept.record, state, kept);
  if (marked !== undefined) {
    await sweep(context, tenant, id, marked, true);
  }
}

async function removeNow(
  context: Context,
  tenant: Tenant,
  id: string,
  keepVolumes: boolean,
): Promise<RemoveAnswer> {
  const { records, inventory, namespaces } = context;
  await namespaces.ensure(tenant);
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const kept = await readUnclaimed(() => records.read(tenant, id));
    // Volumes that were kept before have no record any more.
    if (kept === undefined && (await inventory.all(tenant, id)).length === 0) {
      throw notFound(id);
    }
    const record = kept?.record ?? { title: id, data: "" };
    const state = { ...kept?.state, ...newClaim(true) };
    const marked = await records.write(tenant, id, record, state, kept);
    if (marked !== undefined) {
      const answer = await sweep(context, tenant, id, marked, keepVolumes);
      const isRecordOwn = kept !== undefined && !isHalfDeleted(kept);
      return isRecordOwn ? { ...answer, removed: [...answer.removed, "Record/" + id] } : answer;
    }
    await pause(ROUND_MS * Math.random());
  }
  throw busy();
}

/** Deletes a deployment and all that belongs to it. */
export function remove(
  context: Context,
  tenant: Tenant,
  id: string,
  keepVolumes = context.keepVolumes,
): Promise<RemoveAnswer> {
  return context.queue.run(tenant, id, () => removeNow(context, tenant, id, keepVolumes));
}
