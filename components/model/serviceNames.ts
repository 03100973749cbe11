/** The names and labels of a deployment's objects. */
import { createHash } from "node:crypto";
import { LABEL_LENGTH } from "./names";
import { isLabelName, LABEL_VALUE_RULE } from "./labelSyntax";
import type { Problems } from "./problems";
import type { ServiceTenant } from "./serviceTypes";

/** Value of `app.kubernetes.io/managed-by` on all that the endpoint makes, and its field manager. */
export const SERVICE_MANAGER = "science-platform-endpoint";

/** Names the deployment: on every object of it, and on its pods. */
export const DEPLOYMENT_LABEL = "science-platform/deployment";

/** Names the tenant: on every object, and on pods. */
export const TENANT_LABEL = "science-platform/tenant";

/** On a claim: the volume's name in the document. */
export const VOLUME_LABEL = "science-platform/volume";

/** On the Deployment: how many pods the document asked for when it was last applied. */
export const REPLICAS_ANNOTATION = "science-platform/replicas";

/** On the Deployment: the record's title. */
export const TITLE_ANNOTATION = "science-platform/title";

/** On the Deployment: the web address. */
export const HOST_ANNOTATION = "science-platform/host";

/** On the pods, and set by a restart alone: when it was. */
export const RESTARTED_ANNOTATION = "science-platform/restarted-at";

const MANAGED_BY_LABEL = "app.kubernetes.io/managed-by";
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HASH_LENGTH = 10;

/** The names of one deployment's objects. */
export interface ServiceNames {
  /** The Deployment's, and that of the Ingress or HTTPRoute: `sd-<slug of the id>`. */
  name: string;
  /** ConfigMap that keeps the record. */
  record: string;
  /** ConfigMap of the values that `fromConfig` reads. */
  config: string;
  /** Secret of the values that `fromSecret` reads. */
  secret: string;
  /** Secret of the certificate. */
  tls: string;
  /** Service of a container. */
  service: (container: string) => string;
  /** Claim of a volume. */
  claim: (volume: string) => string;
}

/** Whether `id` can name a deployment: what a label can have as its value. */
export function isServiceId(id: string): boolean {
  return isLabelName(id);
}

/** Adds a problem where `id` cannot name a deployment. */
export function checkServiceId(id: string, problems: Problems): void {
  if (!isServiceId(id)) {
    problems.add({
      path: "id",
      reason: "not a deployment's id",
      value: id,
      allowed: LABEL_VALUE_RULE.replace(", or nothing", ""),
      remedy: "Choose another id.",
    });
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, HASH_LENGTH);
}

function slug(id: string): string {
  return id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

/** `text` where it is short; else as much of it as leaves room for a hash. Only a hashed name has 63 characters. */
function fitting(text: string, whole: string): string {
  return text.length < LABEL_LENGTH
    ? text
    : `${text.slice(0, LABEL_LENGTH - HASH_LENGTH - 1)}-${digest(whole)}`;
}

/**
 * Names the objects of a deployment; no two deployments of a namespace have one in common, nor two parts of one
 * deployment: `a-b` with `c` and `a` with `b-c` are not the same. Where a single `-` leaves open what the id is,
 * there are two, which a slug never has; an id that is not its own slug gets its hash behind it.
 */
export function serviceNames(id: string): ServiceNames {
  const base = slug(id);
  const name = fitting(base === id ? `sd-${base}` : `sd-${base}--${digest(id)}`, id);
  const part = (what: string): string => {
    const plain = base === id && (UUID.test(id) || !`${id}${what}`.includes("-"));
    const joined = `${name}${plain ? "-" : "--"}${what}`;
    return what.includes("--")
      ? fitting(joined.padEnd(LABEL_LENGTH, "-"), `${id}/${what}`)
      : fitting(joined, `${id}/${what}`);
  };
  return {
    name,
    record: part("record"),
    config: part("config"),
    secret: part("secret"),
    tls: part("tls"),
    service: part,
    claim: part,
  };
}

/** What a deployment's pods are selected by. It can never change. */
export function serviceSelector(id: string): Record<string, string> {
  return { [DEPLOYMENT_LABEL]: id };
}

/** The labels of every object of a deployment: its inventory is what has them. */
export function serviceLabels(tenant: ServiceTenant, id: string): Record<string, string> {
  return {
    [MANAGED_BY_LABEL]: SERVICE_MANAGER,
    [DEPLOYMENT_LABEL]: id,
    [TENANT_LABEL]: tenant.name,
  };
}

/** As a `labelSelector`: all objects of the endpoint, of one tenant or of one deployment. */
export function serviceLabelSelector(tenant?: ServiceTenant, id?: string): string {
  return [
    `${MANAGED_BY_LABEL}=${SERVICE_MANAGER}`,
    ...(tenant === undefined ? [] : [`${TENANT_LABEL}=${tenant.name}`]),
    ...(id === undefined ? [] : [`${DEPLOYMENT_LABEL}=${id}`]),
  ].join(",");
}
