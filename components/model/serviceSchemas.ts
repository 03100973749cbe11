/** The shapes of what the API takes and answers, for its OpenAPI document and for whoever codes against it. */
import { z } from "zod";
import { recordSchema } from "./serviceRecord";
import { documentSchema } from "./serviceSchema";

const container = z.strictObject({
  name: z.string(),
  ready: z.boolean().describe("Whether it takes requests."),
  started: z.boolean().describe("Whether it has started."),
});

/** The seed's status object. */
export const statusSchema = z.strictObject({
  replicas: z.int().min(0).describe("Pods that there are to be."),
  currentReplicas: z.int().min(0).describe("Pods of the present version that there are."),
  pods: z.array(
    z.strictObject({
      name: z.string(),
      phase: z.string().describe("`Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`."),
      containers: z.array(container),
      initContainers: z.array(container).optional().describe("Only of pods that have some."),
    }),
  ),
  volumes: z.array(
    z.strictObject({
      name: z.string().describe("The volume's name in the document."),
      phase: z.string().describe("`Pending`, `Bound` or `Lost`."),
      capacity: z.string().describe("Its size; until it is bound, the one that was asked for."),
      type: z.string().describe("`ReadWriteOnce` or `ReadWriteMany`."),
    }),
  ),
});

/** One event of a pod. */
export const eventSchema = z.strictObject({
  creationTimestamp: z.string(),
  note: z.string(),
  reason: z.string(),
  type: z.string().describe("`Normal` or `Warning`."),
});

/** What is wrong with a request. */
const errorsSchema = z.strictObject({
  errors: z.array(
    z.strictObject({
      path: z.string().optional().describe("Where, such as `containers[0].cpu`."),
      message: z.string().describe("What is wrong, what is allowed, and what to do."),
    }),
  ),
});

/** The values of a config or a secret, as they come in. */
const dataSchema = z.strictObject({
  data: z
    .union([z.string(), z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))])
    .describe("YAML text, or an object: keys with their values."),
});

/** The values of a config or a secret, as they are kept. */
const keptDataSchema = z.strictObject({ data: z.record(z.string(), z.string()) });

export type ContainerState = z.infer<typeof container>;
export type ServiceStatus = z.infer<typeof statusSchema>;
export type ServiceEvent = z.infer<typeof eventSchema>;

/** Every shape by the name that it has in the OpenAPI document. */
export const serviceSchemas = {
  DeploymentRecord: recordSchema,
  DeploymentSpec: documentSchema,
  DeploymentStatus: statusSchema,
  PodEvent: eventSchema,
  Errors: errorsSchema,
  Values: dataSchema,
  KeptValues: keptDataSchema,
} as const;

/** What a JSON Schema in an OpenAPI document does without: its draft, and the library's own handle. */
const NOT_SHOWN = ["$schema", "~standard"];

/** The same as JSON Schemas of draft 2020-12, which OpenAPI 3.1 has. */
export function jsonSchemas(): Record<keyof typeof serviceSchemas, Record<string, unknown>> {
  const shown = (schema: z.ZodType): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(z.toJSONSchema(schema, { io: "input" })).filter(
        ([key]) => !NOT_SHOWN.includes(key),
      ),
    );
  const entries = Object.entries(serviceSchemas).map(([name, schema]) => [name, shown(schema)]);
  return Object.fromEntries(entries) as Record<
    keyof typeof serviceSchemas,
    Record<string, unknown>
  >;
}
