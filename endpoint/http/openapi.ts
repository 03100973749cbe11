/** The OpenAPI description, made from the routes. */
import fastifySwagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";

interface Described {
  paths?: Record<string, { put?: { requestBody?: { required?: boolean } } }>;
}

/** Collects the routes that are added from now on; `app.swagger()` then gives the description. */
export async function describeRoutes(app: FastifyInstance): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Science platform: Kubernetes endpoint",
        version: "1.0.0",
        description:
          "Deployments for everyone: a record with a YAML document in, a running service out.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      components: {
        securitySchemes: { token: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
      },
      security: [{ token: [] }],
    },
    refResolver: {
      buildLocalReference: (json, _base, _fragment, i) =>
        typeof json["$id"] === "string" ? json["$id"] : `Shape${i}`,
    },
    transformObject: (described) => {
      const { paths = {}, ...rest } =
        "openapiObject" in described ? (described.openapiObject as Described) : {};
      const { put } = paths["/kubernetes/deployments/{id}"] ?? {};
      if (put?.requestBody !== undefined) {
        // Without a body the kept record is applied.
        put.requestBody.required = false;
      }
      return { ...rest, paths } as object;
    },
    transform: ({ schema, url, route }) => {
      const { body } = route.config ?? {};
      // The schema is absent where a plugin adds a route of its own.
      return {
        schema: { ...(schema ?? { hide: true }), ...(body === undefined ? {} : { body }) },
        url,
      };
    },
  });
}
