/** The collection of records: kept without being deployed, until PUT applies them. */
import { randomUUID } from "node:crypto";
import { isFields } from "../../components/model/kubeconfigText";
import { checkServiceId } from "../../components/model/serviceNames";
import { ServiceProblems } from "../../components/model/serviceProblems";
import { parseRecord } from "../../components/model/serviceRecord";
import { HttpFault, type Tenant } from "../seams";
import type { ServiceItem, ServiceRecord } from "../service";
import { invalid, notFound, type Context } from "./context";
import { busy, readUnclaimed } from "./turns";

const MOST_ROUNDS = 10;

function recordFrom(input: unknown): ServiceRecord {
  const parsed = parseRecord(input);
  if (!parsed.ok) {
    throw invalid(parsed.errors);
  }
  return parsed.value;
}

function fieldsOf(input: unknown): Record<string, unknown> {
  if (!isFields(input)) {
    throw new HttpFault(400, [{ message: "Send a record: an object with title and data." }]);
  }
  return input;
}

/** Every record of a tenant. */
export async function items(context: Context, tenant: Tenant): Promise<ServiceItem[]> {
  await context.namespaces.ensure(tenant);
  const records = await context.records.list(tenant);
  return [...records]
    .filter(([, { state }]) => state.deleting === undefined)
    .map(([id, { record }]) => ({ id, ...record }));
}

/** One record. */
export async function item(context: Context, tenant: Tenant, id: string): Promise<ServiceItem> {
  await context.namespaces.ensure(tenant);
  const kept = await context.records.read(tenant, id);
  if (kept === undefined || kept.state.deleting !== undefined) {
    throw notFound(id, "record");
  }
  return { id, ...kept.record };
}

/** Keeps a new record. */
export async function createItem(
  context: Context,
  tenant: Tenant,
  input: unknown,
): Promise<ServiceItem> {
  const { id = randomUUID(), ...rest } = fieldsOf(input);
  const record = recordFrom(rest);
  const problems = new ServiceProblems();
  checkServiceId(typeof id === "string" ? id : "", problems);
  if (problems.count > 0) {
    throw invalid(problems.errors);
  }
  await context.namespaces.ensure(tenant);
  const written = await context.records.write(tenant, String(id), record, {}, undefined);
  if (written === undefined) {
    throw new HttpFault(409, [
      { path: "id", message: "You have a record with this id. Change it with PATCH." },
    ]);
  }
  return { id: String(id), ...record };
}

/** Changes fields of a record; the deployment stays as it is until the next PUT. */
export async function updateItem(
  context: Context,
  tenant: Tenant,
  id: string,
  change: unknown,
): Promise<ServiceItem> {
  const { records, namespaces } = context;
  const fields = fieldsOf(change);
  await namespaces.ensure(tenant);
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const kept = await readUnclaimed(() => records.read(tenant, id));
    if (kept === undefined || kept.state.deleting !== undefined) {
      throw notFound(id, "record");
    }
    const record = recordFrom({ ...kept.record, ...fields });
    if ((await records.write(tenant, id, record, kept.state, kept)) !== undefined) {
      return { id, ...record };
    }
  }
  throw busy();
}

/** Removes a record that is not deployed. */
export async function removeItem(context: Context, tenant: Tenant, id: string): Promise<void> {
  const { records, namespaces } = context;
  await namespaces.ensure(tenant);
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const kept = await readUnclaimed(() => records.read(tenant, id));
    if (kept === undefined || kept.state.deleting !== undefined) {
      throw notFound(id, "record");
    }
    if (kept.state.replicas !== undefined) {
      const message = `It is deployed. Delete the deployment, and the record goes with it: DELETE /kubernetes/deployments/${id}`;
      throw new HttpFault(409, [{ message }]);
    }
    if (await records.remove(tenant, id, kept)) {
      return;
    }
  }
  throw busy();
}
