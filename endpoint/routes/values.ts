/** Values that environment variables take with `fromConfig` and `fromSecret`. */
import type { FastifyInstance } from "fastify";
import { tenantOf } from "../http/identity";
import type { Service, ValuesKind } from "../service";
import { answers, deploymentParams, good, ref, type DeploymentParams } from "./schemas";

const tags = ["values"];

const KINDS: Record<ValuesKind, { name: string; what: string }> = {
  config: { name: "Config", what: "config" },
  secret: { name: "Secret", what: "secret" },
};

export function valuesRoutes(app: FastifyInstance, service: Service): void {
  for (const kind of Object.keys(KINDS) as ValuesKind[]) {
    const { name, what } = KINDS[kind];
    const url = `/kubernetes/deployments/:id/${kind}`;

    app.get<{ Params: DeploymentParams }>(
      url,
      {
        schema: {
          tags,
          operationId: `get${name}`,
          summary: `The values of the deployment's ${what}`,
          params: deploymentParams,
          response: answers({ 200: good("All values.", ref("KeptValues")) }),
        },
      },
      async (request) => ({
        data: await service.values(tenantOf(request), request.params.id, kind),
      }),
    );

    app.put<{ Params: DeploymentParams; Body: unknown }>(
      url,
      {
        schema: {
          tags,
          operationId: `put${name}`,
          summary: `Set the values of the deployment's ${what}`,
          description:
            "All of them: what is left out is removed. Pods see them once they are started anew.",
          params: deploymentParams,
          response: answers({
            200: good("As they are kept now.", ref("Data")),
            201: good("As they are kept now; there were none.", ref("Data")),
          }),
        },
        config: { body: ref("Values") },
      },
      async (request, reply) => {
        const { id } = request.params;
        const answer = await service.setValues(tenantOf(request), id, kind, request.body);
        return reply.code(answer.created ? 201 : 200).send(answer.data);
      },
    );
  }
}
