/** How deployments are doing: read from the copies, which asks the API server nothing. */
import { isFields } from "../../components/model/kubeconfigText";
import type { LiveDeployment, LiveMetadata } from "../../components/model/serviceLive";
import {
  DEPLOYMENT_LABEL,
  HOST_ANNOTATION,
  TITLE_ANNOTATION,
} from "../../components/model/serviceNames";
import { serviceStatus, type ServiceStatus } from "../../components/model/serviceStatus";
import { copiesOf, groupOf } from "../kubernetes/caches";
import { isAtLeast } from "../kubernetes/watchCache";
import { HttpFault, type Tenant } from "../seams";
import type { DeploymentSummary } from "../service";
import { notFound, type Context } from "./context";

/** How long a request waits until a version is known. */
const PATIENCE_MS = 5_000;

/** Copies are behind by less than this, as a rule: after it, it is asked whether there is such a version at all. */
const DOUBT_MS = 500;

/** A copy that had no news for longer is not the truth any more. */
const LONGEST_SILENCE_MS = 30_000;

function statusOf({ caches }: Context, deployment: LiveDeployment): ServiceStatus {
  const { namespace = "", labels } = deployment.metadata;
  const group = groupOf(namespace, labels?.[DEPLOYMENT_LABEL] ?? "");
  return serviceStatus(deployment, caches.pods.inGroup(group), caches.claims.inGroup(group));
}

/** @throws HttpFault 503 while the cluster has been silent for too long */
function checkFresh({ caches }: Context): void {
  const silent = Math.max(...copiesOf(caches).map(([, { silentMs }]) => silentMs));
  if (silent > LONGEST_SILENCE_MS) {
    const message =
      "The cluster has given no news for a while, so its state is not known. Ask again in a moment.";
    throw new HttpFault(503, [{ message }], { "retry-after": "5" });
  }
}

/** @throws HttpFault 400 for a version that no change has had yet, 503 while this replica lags behind it */
async function waitFor({ caches, kubernetes }: Context, resourceVersion: string): Promise<void> {
  const { deployments } = caches;
  if (await deployments.reached(resourceVersion, DOUBT_MS)) {
    return;
  }
  const path = "resourceVersion";
  const { body } = await kubernetes.request("GET", "/apis/apps/v1/deployments?limit=1");
  const latest = isFields(body) ? (body as { metadata?: LiveMetadata }).metadata : undefined;
  if (
    latest?.resourceVersion !== undefined &&
    !isAtLeast(latest.resourceVersion, resourceVersion)
  ) {
    const message = `There is no version ${resourceVersion} yet. Send what a change has answered.`;
    throw new HttpFault(400, [{ path, message }]);
  }
  if (!(await deployments.reached(resourceVersion, PATIENCE_MS - DOUBT_MS))) {
    const message = `Version ${resourceVersion} is not known here yet. Ask again in a moment.`;
    throw new HttpFault(503, [{ path, message }], { "retry-after": "1" });
  }
}

/** The status of a deployment. */
export async function get(
  context: Context,
  tenant: Tenant,
  id: string,
  resourceVersion?: string,
): Promise<ServiceStatus> {
  const { deployments } = context.caches;
  if (resourceVersion !== undefined) {
    await waitFor(context, resourceVersion);
  }
  checkFresh(context);
  const [deployment] = deployments.inGroup(groupOf(tenant.namespace, id));
  if (deployment === undefined) {
    throw notFound(id);
  }
  return statusOf(context, deployment);
}

/** All deployments of a tenant, and the records that are not deployed. */
export async function list(context: Context, tenant: Tenant): Promise<DeploymentSummary[]> {
  await context.namespaces.ensure(tenant);
  const records = await context.records.list(tenant);
  checkFresh(context);
  const summaries = new Map<string, DeploymentSummary>();
  for (const [id, { record, state }] of records) {
    if (state.deleting === undefined) {
      summaries.set(id, { id, title: record.title, deployed: false });
    }
  }
  for (const deployment of context.caches.deployments.all()) {
    const { namespace, labels, annotations = {} } = deployment.metadata;
    const id = labels?.[DEPLOYMENT_LABEL] ?? "";
    if (namespace === tenant.namespace) {
      const host = annotations[HOST_ANNOTATION];
      summaries.set(id, {
        id,
        title: annotations[TITLE_ANNOTATION] ?? id,
        deployed: true,
        ...(host === undefined ? {} : { url: `https://${host}` }),
        status: statusOf(context, deployment),
      });
    }
  }
  return [...summaries.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
