/** The shapes that requests and answers have, as JSON schema: what Fastify checks and what the OpenAPI says. */
import type { FastifyInstance, FastifySchema } from "fastify";
import { jsonSchemas } from "../../components/model/serviceSchemas";

const text = { type: "string" } as const;

/** What a label's value can be: a deployment's id is one on all of its objects. */
const ID_PATTERN = "^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$";
const POD_PATTERN = "^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Shape of the body, for the OpenAPI alone: bodies are checked by the model, which says more of what is wrong. */
    body?: JsonSchema;
  }
}

/** A JSON schema. */
export type JsonSchema = Record<string, unknown>;

/** An object with exactly these fields. */
export function exactly(properties: Record<string, JsonSchema>, ...optional: string[]): JsonSchema {
  return {
    type: "object",
    properties,
    required: Object.keys(properties).filter((key) => !optional.includes(key)),
    additionalProperties: false,
  };
}

/** A list. */
export function listOf(items: JsonSchema): JsonSchema {
  return { type: "array", items };
}

/** One of the schemas below. */
export function ref(name: string): JsonSchema {
  return { $ref: `${name}#` };
}

const id = {
  ...text,
  pattern: ID_PATTERN,
  description: "The deployment's id: letters, digits, -, _ and ., 63 at most.",
};

const shapes = jsonSchemas();
const { properties: recordFields, required: recordRequired } = shapes.DeploymentRecord as {
  properties: Record<string, JsonSchema>;
  required: string[];
};

/** A record, with what else belongs to it. */
function recordWith(fields: Record<string, JsonSchema>, required: string[]): JsonSchema {
  return { ...exactly({ ...fields, ...recordFields }), required };
}

const SHARED: Record<string, JsonSchema> = {
  ...shapes,
  RecordChange: recordWith({}, []),
  NewItem: recordWith({ id }, recordRequired),
  Item: recordWith({ id }, ["id", ...recordRequired]),
  Deployment: exactly(
    {
      id: text,
      title: text,
      deployed: { type: "boolean", description: "Whether PUT was called for it." },
      url: { ...text, description: "Where it is reached from outside." },
      status: ref("DeploymentStatus"),
    },
    "url",
    "status",
  ),
  Data: { type: "object", additionalProperties: text },
  Removed: exactly({
    removed: { ...listOf(text), description: "What was deleted, as kind/name." },
    kept: { ...listOf(text), description: "Volumes that stay, as kind/name." },
  }),
  Gpu: exactly({
    class: text,
    resource: text,
    total: { type: "integer" },
    used: { type: "integer" },
    free: { type: "integer" },
  }),
  Done: exactly({ success: { type: "boolean" } }),
};

/** Makes the shapes known to a server. */
export function addSchemas(app: FastifyInstance): void {
  Object.entries(SHARED).forEach(([name, schema]) => app.addSchema({ $id: name, ...schema }));
}

/** Parameters of a path below a deployment. */
export const deploymentParams = exactly({ id });

/** Parameters of a path below a pod of a deployment. */
export const podParams = exactly({
  id,
  pod: {
    ...text,
    pattern: POD_PATTERN,
    description: "Name of the pod: lower-case letters, digits, - and .",
  },
});

export interface DeploymentParams {
  id: string;
}

export interface PodParams extends DeploymentParams {
  pod: string;
}

/** How a version is told to clients, and back. */
export const VERSION_HEADER = "resource-version";

const versionHeader = {
  [VERSION_HEADER]: {
    ...text,
    description:
      "For `?resourceVersion=` of GET: it answers once it knows of what this request did.",
  },
};

/** A good answer of a route. */
interface Good {
  description: string;
  /** Absent: no body. */
  schema?: JsonSchema;
  /** @default application/json */
  type?: string;
  headers?: typeof versionHeader;
}

/** A good answer in JSON. */
export function good(description: string, schema: JsonSchema): Good {
  return { description, schema };
}

/** The same, with a version to wait for. */
export function versioned(description: string, schema: JsonSchema): Good {
  return { description, schema, headers: versionHeader };
}

function response({ description, schema, type = "application/json", headers }: Good): object {
  return {
    description,
    ...(headers === undefined ? {} : { headers }),
    ...(schema === undefined ? { type: "null" } : { content: { [type]: { schema } } }),
  };
}

/** What every route can answer beside what it is for. */
const refusals: Record<string, Good> = {
  "4xx": good("It is refused, for reasons that the client can do something about.", ref("Errors")),
  "5xx": good("It cannot be done now.", ref("Errors")),
};

/** The answers of a route: good ones by status, and the refusals. */
export function answers(byStatus: Record<string, Good>): FastifySchema["response"] {
  return Object.fromEntries(
    Object.entries({ ...byStatus, ...refusals }).map(([status, one]) => [status, response(one)]),
  );
}
