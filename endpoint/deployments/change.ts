/** Changes of a deployment that is there: its scale, and starting its pods anew. */
import { isFields } from "../../components/model/kubeconfigText";
import { checkScale } from "../../components/model/serviceChanges";
import { gpuDemand } from "../../components/model/serviceGpu";
import type { LiveDeployment } from "../../components/model/serviceLive";
import { RESTARTED_ANNOTATION, serviceNames } from "../../components/model/serviceNames";
import { accepted } from "../kubernetes/answers";
import { afterConflicts } from "../kubernetes/conflicts";
import { FIELD_MANAGER, MERGE_PATCH } from "../kubernetes/httpPool";
import { objectPath } from "../kubernetes/paths";
import { HttpFault, type Tenant } from "../seams";
import { applyReplicas } from "./applied";
import { impossible, invalid, notFound, type Context } from "./context";
import { isOf } from "./inventory";

/** The Deployment as it is now: a copy may not know it yet, where another replica of the endpoint has made it. */
async function deploymentOf(
  { kubernetes }: Context,
  tenant: Tenant,
  id: string,
): Promise<LiveDeployment> {
  const path = objectPath("Deployment", tenant.namespace, serviceNames(id).name);
  const result = await kubernetes.request("GET", path);
  // Without a namespace there is no right to read in it, either.
  if (result.status === 404 || result.status === 403 || !isOf(tenant, id, result.body)) {
    throw notFound(id);
  }
  return accepted("deployment", result) as unknown as LiveDeployment;
}

function demandOf(deployment: LiveDeployment, replicas: number): ReturnType<typeof gpuDemand> {
  return gpuDemand(deployment.spec?.template?.spec ?? {}, replicas);
}

/** 404 where it went away between looking and changing: its uid was named. */
function asNotFound(id: string) {
  return (error: unknown): never => {
    throw error instanceof HttpFault && error.status === 409 ? notFound(id) : error;
  };
}

/** Sets the number of replicas. */
export async function scale(
  context: Context,
  tenant: Tenant,
  id: string,
  replicas: number,
): Promise<{ resourceVersion: string }> {
  const { site, capacity, inventory, kubernetes } = context;
  const outOfRange = checkScale(replicas, {}, site.limits);
  if (outOfRange.length > 0) {
    throw invalid(outOfRange);
  }
  const deployment = await deploymentOf(context, tenant, id);
  if (replicas > 0) {
    const claims = replicas > 1 ? await inventory.claims(tenant, id) : [];
    const errors = checkScale(replicas, { deployment, claims }, site.limits);
    if (errors.length > 0) {
      throw impossible(errors);
    }
    await capacity.check(tenant, demandOf(deployment, replicas));
  }
  const { metadata } = await applyReplicas(kubernetes, deployment, replicas).catch(asNotFound(id));
  return { resourceVersion: metadata.resourceVersion ?? "0" };
}

/** Lets the Deployment replace its pods. The annotation is nobody's but this call's, so that PUT leaves it. */
export async function restart(
  context: Context,
  tenant: Tenant,
  id: string,
): Promise<{ resourceVersion: string }> {
  const { capacity, kubernetes } = context;
  const deployment = await deploymentOf(context, tenant, id);
  await capacity.check(tenant, demandOf(deployment, deployment.spec?.replicas ?? 1));
  const { name, uid } = deployment.metadata;
  const annotations = { [RESTARTED_ANNOTATION]: new Date().toISOString() };
  const path = objectPath("Deployment", tenant.namespace, name);
  const body = { metadata: { uid }, spec: { template: { metadata: { annotations } } } };
  const query = `fieldManager=${FIELD_MANAGER}-restart`;
  const result = await afterConflicts(() =>
    kubernetes.request("PATCH", `${path}?${query}`, { body, type: MERGE_PATCH }),
  );
  if (result.status === 404 || result.status === 409) {
    throw notFound(id);
  }
  const { metadata } = accepted("restart", result);
  return { resourceVersion: isFields(metadata) ? String(metadata["resourceVersion"]) : "0" };
}

/** Refuses what would start pods with GPUs that are not reserved any more. */
export async function checkReserved(context: Context, tenant: Tenant, id: string): Promise<void> {
  const deployment = await deploymentOf(context, tenant, id);
  await context.capacity.check(tenant, demandOf(deployment, deployment.spec?.replicas ?? 1));
}
