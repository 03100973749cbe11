/** A deployment's pods: logs, events, and deleting one. Each is first looked at, whether it is of this deployment. */
import type { Readable } from "node:stream";
import type { LiveEvent, LivePod } from "../../components/model/serviceLive";
import { oneOf } from "../../components/model/problems";
import { serviceEvents, type ServiceEvent } from "../../components/model/serviceStatus";
import { accepted } from "../kubernetes/answers";
import { objectPath } from "../kubernetes/paths";
import { HttpFault, type Tenant } from "../seams";
import type { LogOptions } from "../service";
import { checkReserved } from "./change";
import { notFound, type Context } from "./context";
import { isOf } from "./inventory";

/** A pod of the deployment; from the copy, and where that does not know it yet from the API server. */
async function podOf(
  { caches, kubernetes }: Context,
  tenant: Tenant,
  id: string,
  name: string,
): Promise<LivePod> {
  const known = caches.pods.get(tenant.namespace, name);
  if (known !== undefined && isOf(tenant, id, known)) {
    return known;
  }
  const result = await kubernetes.request("GET", objectPath("Pod", tenant.namespace, name));
  if (result.status === 404 || result.status === 403 || !isOf(tenant, id, result.body)) {
    throw notFound(name, `pod of deployment ${id} with the name`);
  }
  return accepted("pod", result) as unknown as LivePod;
}

/** The container that is meant. */
function containerOf({ spec }: LivePod, wanted: string | undefined): string {
  const names = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map(
    ({ name }) => name,
  );
  if (wanted === undefined && (spec?.containers ?? []).length === 1) {
    return names[0]!;
  }
  if (wanted === undefined || !names.includes(wanted)) {
    const reason =
      wanted === undefined ? "The pod has several containers" : "The pod has no such container";
    const message = `${reason}. Name one of: ${oneOf(names)}.`;
    throw new HttpFault(400, [{ path: "container", message }]);
  }
  return wanted;
}

/** The log of a pod, as it comes in. */
export async function logs(
  context: Context,
  tenant: Tenant,
  id: string,
  name: string,
  options: LogOptions,
  signal: AbortSignal,
): Promise<Readable> {
  const pod = await podOf(context, tenant, id, name);
  const query = new URLSearchParams({ container: containerOf(pod, options.container) });
  for (const key of ["sinceSeconds", "tailLines", "previous", "timestamps", "follow"] as const) {
    const value = options[key];
    if (value !== undefined && value !== false) {
      query.set(key, String(value));
    }
  }
  const path = `${objectPath("Pod", tenant.namespace, name)}/log?${query.toString()}`;
  return context.kubernetes.stream(path, signal);
}

/** What happened to a pod. */
export async function events(
  context: Context,
  tenant: Tenant,
  id: string,
  name: string,
): Promise<ServiceEvent[]> {
  const { metadata } = await podOf(context, tenant, id, name);
  const selector = `regarding.kind=Pod,regarding.name=${name},regarding.uid=${metadata.uid}`;
  const path = `/apis/events.k8s.io/v1/namespaces/${tenant.namespace}/events?fieldSelector=${encodeURIComponent(selector)}`;
  const { items } = accepted(
    "events",
    await context.kubernetes.request("GET", path),
  ) as unknown as {
    items: LiveEvent[];
  };
  return serviceEvents(items);
}

/** Deletes a pod; the Deployment makes another. */
export async function deletePod(
  context: Context,
  tenant: Tenant,
  id: string,
  name: string,
): Promise<void> {
  const { metadata } = await podOf(context, tenant, id, name);
  await checkReserved(context, tenant, id);
  await context.inventory.remove(tenant, [{ kind: "Pod", name, uid: metadata.uid ?? "" }]);
}
