/** A deployment's pods: their logs and events, and deleting one. */
import type { FastifyInstance } from "fastify";
import { tenantOf } from "../http/identity";
import type { LogOptions, Service } from "../service";
import type { RateLimits } from "../tenancy";
import { answers, exactly, good, listOf, podParams, ref, type PodParams } from "./schemas";

const tags = ["pods"];

const flag = (description: string) => ({ type: "boolean", description });

const logQuery = exactly(
  {
    container: {
      type: "string",
      pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
      description: "Name of the container; needed where the pod has several.",
    },
    sinceSeconds: {
      type: "integer",
      minimum: 1,
      maximum: 2_147_483_647,
      description: "Only what was written in the last seconds.",
    },
    tailLines: {
      type: "integer",
      minimum: 0,
      maximum: 2_147_483_647,
      description: "Only the last lines.",
    },
    previous: flag("The log of the run before the last restart."),
    timestamps: flag("A time before each line."),
    follow: flag("Goes on as long as the pod does."),
  },
  ...["container", "sinceSeconds", "tailLines", "previous", "timestamps", "follow"],
);

/** @param limits counts the logs that a tenant follows */
export function podRoutes(app: FastifyInstance, service: Service, limits: RateLimits): void {
  const open = new Set<AbortController>();
  // A log that is followed has no end of its own: closing would wait for it.
  app.addHook("preClose", (done) => {
    open.forEach((controller) => controller.abort());
    done();
  });

  app.get<{ Params: PodParams; Querystring: LogOptions }>(
    "/kubernetes/deployments/:id/logs/:pod",
    {
      schema: {
        tags,
        operationId: "getLogs",
        summary: "The log of a pod",
        params: podParams,
        querystring: logQuery,
        response: answers({
          200: { description: "The log.", type: "text/plain", schema: { type: "string" } },
        }),
      },
    },
    async (request, reply) => {
      const { params, query } = request;
      const tenant = tenantOf(request);
      const end = limits.followed(tenant);
      const gone = new AbortController();
      open.add(gone);
      reply.raw.once("close", () => {
        gone.abort();
        open.delete(gone);
        end();
      });
      const log = await service.logs(tenant, params.id, params.pod, query, gone.signal);
      // It may last for days: its count among streams is enough.
      request.leave?.();
      return reply.type("text/plain; charset=utf-8").send(log);
    },
  );

  app.get<{ Params: PodParams }>(
    "/kubernetes/deployments/:id/events/:pod",
    {
      schema: {
        tags,
        operationId: "getEvents",
        summary: "What happened to a pod",
        params: podParams,
        response: answers({ 200: good("The latest last.", listOf(ref("PodEvent"))) }),
      },
    },
    (request) => service.events(tenantOf(request), request.params.id, request.params.pod),
  );

  app.delete<{ Params: PodParams }>(
    "/kubernetes/deployments/:id/pods/:pod",
    {
      schema: {
        tags,
        operationId: "deletePod",
        summary: "Delete a pod; another takes its place",
        params: podParams,
        response: answers({ 200: good("It is gone.", exactly({ deleted: { type: "string" } })) }),
      },
    },
    async (request) => {
      const { id, pod } = request.params;
      await service.deletePod(tenantOf(request), id, pod);
      return { deleted: pod };
    },
  );
}
