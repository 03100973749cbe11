/** The values that variables take with `fromConfig` and `fromSecret`: a ConfigMap and a Secret of the deployment. */
import { isFields } from "../../components/model/kubeconfigText";
import { configObject, dataOf, parseData, secretObject } from "../../components/model/serviceData";
import { serviceNames } from "../../components/model/serviceNames";
import { accepted } from "../kubernetes/answers";
import { objectPath } from "../kubernetes/paths";
import { HttpFault, type Tenant } from "../seams";
import type { ServiceValues, ValuesKind } from "../service";
import { invalid, notFound, type Context } from "./context";
import { isOf } from "./inventory";

const KINDS = { config: "ConfigMap", secret: "Secret" } as const;

function pathOf(tenant: Tenant, id: string, kind: ValuesKind): string {
  return objectPath(KINDS[kind], tenant.namespace, serviceNames(id)[kind]);
}

/** @throws HttpFault 404 where there is no record, or it is being deleted */
async function checkKept({ records }: Context, tenant: Tenant, id: string): Promise<void> {
  const kept = await records.read(tenant, id);
  if (kept === undefined || kept.state.deleting !== undefined) {
    throw notFound(id);
  }
}

/** The values as they are kept. */
export async function values(
  context: Context,
  tenant: Tenant,
  id: string,
  kind: ValuesKind,
): Promise<ServiceValues> {
  await context.namespaces.ensure(tenant);
  const result = await context.kubernetes.request("GET", pathOf(tenant, id, kind));
  if (result.status === 404 || (result.status === 200 && !isOf(tenant, id, result.body))) {
    throw notFound(id, `${kind} of deployment`);
  }
  const { data } = accepted(kind, result) as { data?: ServiceValues };
  return dataOf({ kind: KINDS[kind], data });
}

/** Sets all values; what is left out is removed. */
export async function setValues(
  context: Context,
  tenant: Tenant,
  id: string,
  kind: ValuesKind,
  input: unknown,
): Promise<{ created: boolean; data: ServiceValues }> {
  const { site, kubernetes, namespaces, inventory } = context;
  const unknown = isFields(input) ? Object.keys(input).filter((key) => key !== "data") : undefined;
  if (unknown === undefined || unknown.length > 0) {
    const message = 'Send {"data": …}: YAML text, or an object of values.';
    throw new HttpFault(400, [
      unknown?.[0] === undefined ? { message } : { path: unknown[0], message },
    ]);
  }
  const parsed = parseData((input as { data?: unknown }).data, site.limits);
  if (!parsed.ok) {
    throw invalid(parsed.errors);
  }
  await namespaces.ensure(tenant);
  await checkKept(context, tenant, id);
  const object = (kind === "config" ? configObject : secretObject)(tenant, id, parsed.value);
  const result = await kubernetes.apply(pathOf(tenant, id, kind), object);
  const { metadata } = accepted(kind, result) as { metadata: { name: string; uid: string } };
  try {
    await checkKept(context, tenant, id);
  } catch (error) {
    // Deleted meanwhile: it must not leave this behind.
    const { name, uid } = metadata;
    await inventory.remove(tenant, [{ kind: KINDS[kind], name, uid }]);
    throw error;
  }
  return { created: result.status === 201, data: parsed.value };
}
