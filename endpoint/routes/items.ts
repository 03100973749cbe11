/** The collection of records, with the paths and wrappers of the one that the seed speaks of. */
import type { FastifyInstance } from "fastify";
import { tenantOf } from "../http/identity";
import type { Service } from "../service";
import {
  answers,
  deploymentParams,
  exactly,
  good,
  listOf,
  ref,
  type DeploymentParams,
} from "./schemas";

const tags = ["items"];
const COLLECTION = "/items/deployments";
const ITEM = `${COLLECTION}/:id`;
const one = good("The record.", exactly({ data: ref("Item") }));

export function itemRoutes(app: FastifyInstance, service: Service): void {
  app.get(
    COLLECTION,
    {
      schema: {
        tags,
        operationId: "listItems",
        summary: "My records",
        response: answers({
          200: good("All of them, by id.", exactly({ data: listOf(ref("Item")) })),
        }),
      },
    },
    async (request) => ({ data: await service.items(tenantOf(request)) }),
  );

  app.post<{ Body: unknown }>(
    COLLECTION,
    {
      schema: {
        tags,
        operationId: "createItem",
        summary: "Keep a record, without deploying it",
        response: answers({ 201: one }),
      },
      config: { body: ref("NewItem") },
    },
    async (request, reply) =>
      reply.code(201).send({ data: await service.createItem(tenantOf(request), request.body) }),
  );

  app.get<{ Params: DeploymentParams }>(
    ITEM,
    {
      schema: {
        tags,
        operationId: "getItem",
        summary: "A record",
        params: deploymentParams,
        response: answers({ 200: one }),
      },
    },
    async (request) => ({ data: await service.item(tenantOf(request), request.params.id) }),
  );

  app.patch<{ Params: DeploymentParams; Body: unknown }>(
    ITEM,
    {
      schema: {
        tags,
        operationId: "updateItem",
        summary: "Change fields of a record; the deployment follows at the next PUT",
        params: deploymentParams,
        response: answers({ 200: one }),
      },
      config: { body: ref("RecordChange") },
    },
    async (request) => {
      const { params, body } = request;
      return { data: await service.updateItem(tenantOf(request), params.id, body) };
    },
  );

  app.delete<{ Params: DeploymentParams }>(
    ITEM,
    {
      schema: {
        tags,
        operationId: "deleteItem",
        summary: "Remove a record that is not deployed",
        params: deploymentParams,
        response: answers({ 204: { description: "It is gone." } }),
      },
    },
    async (request, reply) => {
      await service.removeItem(tenantOf(request), request.params.id);
      return reply.code(204).send();
    },
  );
}
