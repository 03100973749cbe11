/** The record of a deployment: what the seed's collection holds, and the ConfigMap that keeps it here. */
import { z } from "zod";
import type { KubernetesObject } from "./kubernetesObject";
import { parseWith } from "./problems";
import { serviceLabels, serviceNames } from "./serviceNames";
import { ServiceProblems } from "./serviceProblems";
import type { Checked, ServiceRecord, ServiceTenant } from "./serviceTypes";

/** Longest title, in characters. */
const TITLE_LENGTH = 200;

const HIGHEST_PORT = 65_535;

const text = z.string({ error: "must be text" });

/** A collection has null where nothing is said. */
function optional<T extends z.ZodType>(schema: T): z.ZodOptional<z.ZodNullable<T>> {
  return schema.nullable().optional();
}

/** The record as it travels; `null` is the same as absent. */
export const recordSchema = z.strictObject(
  {
    title: text
      .min(1, "is empty")
      .max(TITLE_LENGTH, `is longer than ${TITLE_LENGTH} characters`)
      .refine((value) => !/\p{Cc}/u.test(value), "has a control character")
      .describe("What people call it."),
    data: text.describe("The YAML document of the deployment."),
    exposed_service: optional(text).describe(
      "Name of the container that the web address leads to.",
    ),
    exposed_port: optional(
      z.int({ error: "must be a whole number" }).min(1).max(HIGHEST_PORT),
    ).describe("Port of that container."),
    exposed_hostname: optional(text).describe(
      "First label of the web address: lower-case letters, digits and `-`, unique in the cluster.",
    ),
  },
  { error: (issue) => (issue.code === "invalid_type" ? "must be an object: {…}" : undefined) },
);

/** Reads a record, of whatever origin. What its document says, `parseService` looks at. */
export function parseRecord(value: unknown): Checked<ServiceRecord> {
  const problems = new ServiceProblems();
  // The document may hold secrets, and is shown with line and column where it is wrong.
  const parsed = parseWith(recordSchema, value, problems, "", (path) => path === "data");
  const given = Object.entries(parsed ?? {}).filter(([, each]) => each !== null);
  return problems.checked(
    parsed === undefined ? undefined : (Object.fromEntries(given) as unknown as ServiceRecord),
  );
}

/** The ConfigMap that keeps a record. */
export function recordObject(
  tenant: ServiceTenant,
  id: string,
  record: ServiceRecord,
): KubernetesObject {
  const entries = Object.entries(record).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)]],
  );
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: serviceNames(id).record,
      namespace: tenant.namespace,
      labels: serviceLabels(tenant, id),
    },
    data: Object.fromEntries(entries) as Record<string, string>,
  };
}

/** The record that a ConfigMap keeps; nothing where it is no record. */
export function recordOf(object: { data?: Record<string, string> }): ServiceRecord | undefined {
  const { exposed_port: port, ...rest } = object.data ?? {};
  const parsed = parseRecord({ ...rest, exposed_port: port === undefined ? null : Number(port) });
  return parsed.ok ? parsed.value : undefined;
}
