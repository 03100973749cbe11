/** The values of a deployment's config and secret: upstream's later calls, and the objects that keep them. */
import type { KubernetesObject } from "./kubernetesObject";
import { joinPath } from "./problems";
import { parseYamlTexts } from "./serviceDocument";
import { DATA_KEY_RULE, isDataKey } from "./serviceEnvironmentRules";
import { serviceLabels, serviceNames } from "./serviceNames";
import { ServiceProblems } from "./serviceProblems";
import type { Checked, ServiceLimits, ServiceTenant } from "./serviceTypes";

/** Keys with their values, all text. */
export type ServiceData = Record<string, string>;

const MOST_KEYS = 1000;

/** A value as text: numbers and truth values of JSON are written as JSON has them. */
function asText(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "boolean":
      return String(value);
    default:
      return undefined;
  }
}

/** Adds the problems of one value, which is never shown: it may be a secret. */
function checkValue(path: string, key: string, value: unknown, problems: ServiceProblems): void {
  if (!isDataKey(key)) {
    const reason = "not a key";
    problems.add({ path, reason, value: key, allowed: DATA_KEY_RULE, remedy: "Rename it." });
  }
  const text = asText(value);
  if (text === undefined) {
    const reason = "must be text, not a list, an object or nothing";
    problems.add({ path, reason, remedy: "Write it in quotes." });
  } else if (text.includes("\0")) {
    problems.add({ path, reason: "has a zero byte", remedy: "Remove it." });
  }
}

/**
 * Reads the values of a config or a secret.
 *
 * @param data YAML text, whose values are taken as they are written, or an object of texts, numbers and truth values
 */
export function parseData(data: unknown, limits: ServiceLimits): Checked<ServiceData> {
  const problems = new ServiceProblems();
  const { maxDocumentBytes } = limits;
  const value =
    typeof data === "string" ? parseYamlTexts(data, maxDocumentBytes, problems, "data") : data;
  if (problems.count > 0) {
    return problems.checked<ServiceData>(undefined);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const reason = "must be keys with values, as an object or as YAML text";
    problems.add({ path: "data", reason, remedy: 'Write {"key": "value"}.' });
    return problems.checked<ServiceData>(undefined);
  }
  const entries = Object.entries(value);
  if (entries.length > MOST_KEYS) {
    const reason = `has ${entries.length} keys`;
    problems.add({ path: "data", reason, allowed: `${MOST_KEYS} at most`, remedy: "Remove some." });
    return problems.checked<ServiceData>(undefined);
  }
  for (const [key, each] of entries) {
    checkValue(joinPath("data", [key]), key, each, problems);
  }
  const texts = entries.map(([key, each]) => [key, asText(each) ?? ""] as const);
  const bytes = texts.flat().reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > maxDocumentBytes) {
    const reason = `is too large: ${bytes} bytes`;
    const allowed = `${maxDocumentBytes} bytes`;
    problems.add({ path: "data", reason, allowed, remedy: "Put large values on a volume." });
  }
  return problems.checked<ServiceData>(Object.fromEntries(texts));
}

/** The ConfigMap that `fromConfig` reads. */
export function configObject(
  tenant: ServiceTenant,
  id: string,
  data: ServiceData,
): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: serviceNames(id).config,
      namespace: tenant.namespace,
      labels: serviceLabels(tenant, id),
    },
    data,
  };
}

/** The Secret that `fromSecret` reads. */
export function secretObject(
  tenant: ServiceTenant,
  id: string,
  data: ServiceData,
): KubernetesObject {
  const encoded = Object.entries(data).map(([key, value]) => [
    key,
    Buffer.from(value).toString("base64"),
  ]);
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: serviceNames(id).secret,
      namespace: tenant.namespace,
      labels: serviceLabels(tenant, id),
    },
    data: Object.fromEntries(encoded) as Record<string, string>,
  };
}

/** The values that a ConfigMap or a Secret keeps. */
export function dataOf({ kind, data = {} }: { kind?: string; data?: ServiceData }): ServiceData {
  return kind === "Secret"
    ? Object.fromEntries(
        Object.entries(data).map(([key, value]) => [
          key,
          Buffer.from(value, "base64").toString("utf8"),
        ]),
      )
    : { ...data };
}
