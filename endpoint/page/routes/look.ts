/** Pages that show: the overview and a deployment. */
import type { FastifyInstance } from "fastify";
import type { Tenant } from "../../seams";
import type { Service, ServiceEvent, ServiceStatus } from "../../service";
import { tenantOn, type PageContext } from "../context";
import { readQuota } from "../quota";
import { isReady } from "../../states";
import type { CapacityView } from "../views/capacity";
import { deployment } from "../views/deployment";
import { overview } from "../views/overview";

/** Pods whose events are looked up for one page, at most. */
const MOST_REASONS = 5;

/** Where a deployment is found. */
export interface DeploymentParams {
  id: string;
}

/** GPUs and quota; an extra, without which the page is as good. */
async function capacityOf(
  { options: { service, kubernetes, settings } }: PageContext,
  tenant: Tenant,
): Promise<CapacityView> {
  const [capacity, shares] = await Promise.all([
    service.capacity(tenant).catch(() => []),
    readQuota(kubernetes, tenant),
  ]);
  return { capacity, shares, gpus: settings.gpus };
}

/** The last warning about each pod that is not ready. */
async function reasonsOf(
  service: Service,
  tenant: Tenant,
  id: string,
  status: ServiceStatus | undefined,
): Promise<Map<string, ServiceEvent>> {
  const waiting = (status?.pods ?? []).filter((pod) => !isReady(pod)).slice(0, MOST_REASONS);
  const found = await Promise.all(
    waiting.map(async ({ name }) => {
      const events = await service.events(tenant, id, name).catch(() => []);
      return [name, events.findLast(({ type }) => type === "Warning")] as const;
    }),
  );
  return new Map(found.flatMap(([name, event]) => (event === undefined ? [] : [[name, event]])));
}

/** `/` and `/deployments/<id>`. */
export function lookRoutes(app: FastifyInstance, context: PageContext): void {
  const { service, settings } = context.options;

  app.get("/", async (request, reply) => {
    const tenant = tenantOn(request);
    const [deployments, capacity] = await Promise.all([
      service.list(tenant),
      capacityOf(context, tenant),
    ]);
    return context.send(request, reply, overview(deployments, capacity));
  });

  app.get<{ Params: DeploymentParams }>("/deployments/:id", async (request, reply) => {
    const tenant = tenantOn(request);
    const { id } = request.params;
    const [item, all] = await Promise.all([service.item(tenant, id), service.list(tenant)]);
    const summary = all.find((one) => one.id === id) ?? { id, title: item.title, deployed: false };
    const reasons = await reasonsOf(service, tenant, id, summary.status);
    const { maxReplicas } = settings.limits;
    const view = deployment({ summary, item, reasons, maxReplicas }, context.frame(request));
    return context.send(request, reply, view);
  });
}
