/** What the cluster has. */
import type { FastifyInstance } from "fastify";
import { tenantOf } from "../http/identity";
import type { Service } from "../service";
import { answers, good, listOf, ref } from "./schemas";

export function clusterRoutes(app: FastifyInstance, service: Service): void {
  app.get(
    "/kubernetes/capacity",
    {
      schema: {
        tags: ["cluster"],
        operationId: "getCapacity",
        summary: "GPUs of the cluster, by class",
        response: answers({ 200: good("One entry for each class.", listOf(ref("Gpu"))) }),
      },
    },
    (request) => service.capacity(tenantOf(request)),
  );
}
