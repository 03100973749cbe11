/** Scale, restart and delete: a page that asks, and the form that it sends. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { HttpFault } from "../../seams";
import { sentBy, tenantOn, type PageContext } from "../context";
import { html } from "../html";
import { confirm } from "../views/confirm";
import { deploymentPath } from "../views/frame";
import type { DeploymentParams } from "./look";

interface ScaleQuery {
  to?: string;
}

const replicasText = (count: number): string => (count === 1 ? "1 replica" : `${count} replicas`);

/** A number of replicas that was typed. @throws HttpFault 400 */
function replicasOf(text: string | undefined | null, most: number): number {
  const count = /^\d{1,4}$/.test(text ?? "") ? Number(text) : NaN;
  if (!(count <= most)) {
    throw new HttpFault(400, [
      {
        path: "replicas",
        message: `must be a whole number from 0 to ${most}; 0 stops the deployment.`,
      },
    ]);
  }
  return count;
}

function scalePoints(from: number, to: number): string[] {
  if (to === 0) {
    return [
      "All of its pods are ended. Its volumes and its web address stay, and you can start it again.",
    ];
  }
  if (from === 0) {
    return [`It starts with ${replicasText(to)}.`];
  }
  return [
    `It has ${replicasText(from)} now and will have ${to}.`,
    ...(to < from ? ["Pods that are too many are ended, with whatever they are doing."] : []),
  ];
}

function scaleTitle(name: string, from: number, to: number): string {
  return to === 0 ? `Stop ${name}?` : from === 0 ? `Start ${name}?` : `Scale ${name}?`;
}

/** `/deployments/<id>/scale`, `/restart` and `/delete`. */
export function changeRoutes(app: FastifyInstance, context: PageContext): void {
  const { service, settings } = context.options;
  const { maxReplicas } = settings.limits;

  /** What the questions are about. */
  async function subject(request: FastifyRequest, id: string) {
    const tenant = tenantOn(request);
    const { title } = await service.item(tenant, id);
    const name = title || id;
    return { tenant, name, back: { path: deploymentPath(id), text: name } };
  }

  app.get<{ Params: DeploymentParams; Querystring: ScaleQuery }>(
    "/deployments/:id/scale",
    async (request, reply) => {
      const { id } = request.params;
      const to = replicasOf(request.query.to, maxReplicas);
      const { tenant, name, back } = await subject(request, id);
      const { replicas: from } = await service.get(tenant, id);
      const view = confirm(
        {
          title: scaleTitle(name, from, to),
          points: scalePoints(from, to),
          action: deploymentPath(id, "scale"),
          button: to === 0 ? "Stop" : from === 0 ? "Start" : "Scale",
          danger: to < from,
          back,
          fields: html`<input type="hidden" name="to" value="${to}" />`,
        },
        context.frame(request),
      );
      return context.send(request, reply, view);
    },
  );

  app.post<{ Params: DeploymentParams }>("/deployments/:id/scale", async (request, reply) => {
    const { id } = request.params;
    const tenant = tenantOn(request);
    const to = replicasOf(sentBy(request).get("to"), maxReplicas);
    await context.seen(tenant, id, await service.scale(tenant, id, to));
    const text = to === 0 ? "It is being stopped." : `It is being brought to ${replicasText(to)}.`;
    return context.goOn(reply, deploymentPath(id), text);
  });

  app.get<{ Params: DeploymentParams }>("/deployments/:id/restart", async (request, reply) => {
    const { id } = request.params;
    const { name, back } = await subject(request, id);
    const view = confirm(
      {
        title: `Restart ${name}?`,
        points: [
          "Its pods are replaced by new ones. Where a volume can be mounted by one pod alone, the old one ends before the new one begins.",
          "What is not on a volume is lost.",
        ],
        action: deploymentPath(id, "restart"),
        button: "Restart",
        back,
      },
      context.frame(request),
    );
    return context.send(request, reply, view);
  });

  app.post<{ Params: DeploymentParams }>("/deployments/:id/restart", async (request, reply) => {
    const { id } = request.params;
    const tenant = tenantOn(request);
    await context.seen(tenant, id, await service.restart(tenant, id));
    return context.goOn(reply, deploymentPath(id), "Its pods are being replaced.");
  });

  app.get<{ Params: DeploymentParams }>("/deployments/:id/delete", async (request, reply) => {
    const { id } = request.params;
    const { tenant, name, back } = await subject(request, id);
    const status = await service.get(tenant, id).catch(() => undefined);
    const volumes = (status?.volumes ?? []).map((volume) => volume.name);
    const view = confirm(
      {
        title: `Delete ${name}?`,
        points: [
          "Its pods, its web address, its document and its settings go away. This cannot be undone.",
          volumes.length > 0 &&
            html`Unless you keep them, its volumes go too, with what is on them:
              <span class="mono">${volumes.join(", ")}</span>`,
        ].filter((point) => point !== false),
        action: deploymentPath(id, "delete"),
        button: "Delete",
        danger: true,
        back,
        fields:
          volumes.length > 0 &&
          html`<div class="check">
            <input
              id="keep"
              name="keep"
              type="checkbox"
              value="yes"
              ${settings.keepVolumes && " checked"}
            />
            <label for="keep">Keep the volumes and what is on them</label>
          </div>`,
      },
      context.frame(request),
    );
    return context.send(request, reply, view);
  });

  app.post<{ Params: DeploymentParams }>("/deployments/:id/delete", async (request, reply) => {
    const { id } = request.params;
    const tenant = tenantOn(request);
    const status = await service.get(tenant, id).catch(() => undefined);
    if (status === undefined) {
      await service.removeItem(tenant, id);
      return context.goOn(reply, "/", `${id} is deleted.`);
    }
    const keepVolumes = sentBy(request).get("keep") === "yes";
    const { kept } = await service.remove(tenant, id, { keepVolumes });
    return context.goOn(
      reply,
      "/",
      kept.length > 0 ? `${id} is deleted. These stay:` : `${id} is deleted.`,
      kept,
    );
  });
}
