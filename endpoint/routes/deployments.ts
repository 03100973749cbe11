/** The life of a deployment: PUT, GET, PATCH, DELETE, restart, and the list of all. */
import type { FastifyInstance, FastifyReply } from "fastify";
import { tenantOf } from "../http/identity";
import type { Service } from "../service";
import {
  answers,
  deploymentParams,
  exactly,
  good,
  listOf,
  ref,
  versioned,
  VERSION_HEADER,
  type DeploymentParams,
} from "./schemas";

const PATH = "/kubernetes/deployments/:id";
const tags = ["deployments"];

const version = {
  type: "string",
  pattern: "^[0-9]{1,20}$",
  description: "Of the header Resource-Version: waits until this is known here, for 5 s at most.",
};

/** Several things that were noticed, in one header of ASCII. */
function warn(reply: FastifyReply, warnings: readonly string[]): void {
  const ascii = (warning: string): string =>
    warning.replace(/[^\x20-\x7e]/g, "?").replace(/["\\]/g, "'");
  if (warnings.length > 0) {
    void reply.header("warning", warnings.map((one) => `299 - "${ascii(one)}"`).join(", "));
  }
}

/** @param maxReplicas most replicas of one deployment */
export function deploymentRoutes(
  app: FastifyInstance,
  service: Service,
  maxReplicas: number,
): void {
  app.get(
    "/kubernetes/deployments",
    {
      schema: {
        tags,
        operationId: "listDeployments",
        summary: "My deployments",
        response: answers({ 200: good("All of them, by id.", listOf(ref("Deployment"))) }),
      },
    },
    (request) => service.list(tenantOf(request)),
  );

  app.put<{ Params: DeploymentParams; Body: unknown }>(
    PATH,
    {
      schema: {
        tags,
        operationId: "putDeployment",
        summary: "Deploy a record, or bring a deployment up to it",
        description:
          "Without a body the record that is kept is applied. Nothing restarts where nothing changed.",
        params: deploymentParams,
        response: answers({
          200: versioned("It was there before.", ref("DeploymentSpec")),
          201: versioned("It is new.", ref("DeploymentSpec")),
        }),
      },
      config: { body: ref("DeploymentRecord") },
    },
    async (request, reply) => {
      const answer = await service.put(tenantOf(request), request.params.id, request.body);
      warn(reply, answer.warnings);
      return reply
        .code(answer.created ? 201 : 200)
        .header(VERSION_HEADER, answer.resourceVersion)
        .send(answer.spec);
    },
  );

  app.get<{ Params: DeploymentParams; Querystring: { resourceVersion?: string } }>(
    PATH,
    {
      schema: {
        tags,
        operationId: "getDeployment",
        summary: "How a deployment is doing",
        params: deploymentParams,
        querystring: exactly({ resourceVersion: version }, "resourceVersion"),
        response: answers({ 200: good("Its status.", ref("DeploymentStatus")) }),
      },
    },
    (request) => service.get(tenantOf(request), request.params.id, request.query.resourceVersion),
  );

  app.patch<{ Params: DeploymentParams; Querystring: { scale: number } }>(
    PATH,
    {
      schema: {
        tags,
        operationId: "scaleDeployment",
        summary: "Change the number of replicas; 0 stops it",
        params: deploymentParams,
        querystring: exactly({ scale: { type: "integer", minimum: 0, maximum: maxReplicas } }),
        response: answers({ 200: versioned("It is done.", ref("Done")) }),
      },
    },
    async (request, reply) => {
      const { params, query } = request;
      const { resourceVersion } = await service.scale(tenantOf(request), params.id, query.scale);
      return reply.header(VERSION_HEADER, resourceVersion).send({ success: true });
    },
  );

  app.delete<{ Params: DeploymentParams; Querystring: { keepVolumes?: boolean } }>(
    PATH,
    {
      schema: {
        tags,
        operationId: "deleteDeployment",
        summary: "Delete a deployment and all that belongs to it",
        params: deploymentParams,
        querystring: exactly(
          {
            keepVolumes: {
              type: "boolean",
              description: "Whether its volumes stay. Without it the operator's setting holds.",
            },
          },
          "keepVolumes",
        ),
        response: answers({ 200: good("It is gone.", ref("Removed")) }),
      },
    },
    (request) => service.remove(tenantOf(request), request.params.id, request.query),
  );

  // GET is the seed's; it changes something all the same, so it is answered to tokens alone and never kept.
  for (const method of ["GET", "POST"] as const) {
    app.route<{ Params: DeploymentParams }>({
      method,
      url: `${PATH}/hooks/restart`,
      schema: {
        tags,
        operationId: method === "POST" ? "restartDeployment" : "restartDeploymentByGet",
        summary: "Start its pods anew",
        params: deploymentParams,
        response: answers({ 200: versioned("It is done.", ref("Done")) }),
      },
      handler: async (request, reply) => {
        const { resourceVersion } = await service.restart(tenantOf(request), request.params.id);
        return reply.header(VERSION_HEADER, resourceVersion).send({ success: true });
      },
    });
  }
}
