/** Renders the endpoint: everything but its namespace and its Secret, which the component makes. */
import { createHash } from "node:crypto";
import { endpointAccessObjects } from "./endpointAccess";
import { endpointOf } from "./endpointChecks";
import { endpointDashboard } from "./endpointDashboard";
import { endpointGuardObjects } from "./endpointGuard";
import {
  endpointBudget,
  endpointDeployment,
  endpointNetworkPolicy,
  endpointService,
} from "./endpointPod";
import {
  AUTHORITY_FILE,
  ENDPOINT_NAME,
  RESERVATIONS_FILE,
  SETTINGS_FILE,
  tenantClusterRole,
  type EndpointSecrets,
  type EndpointSpec,
} from "./endpointSpec";
import { exposureObjects, usesGateway } from "./exposureObjects";
import { ingressController } from "./ingressObject";
import type { KubernetesObject } from "./kubernetesObject";
import { tenantName, tenantNamespace } from "./tenants";
import {
  tenantNamespaceObject,
  tenantPolicies,
  tenantRoleBinding,
  type TenantFacts,
} from "./tenantObjects";
import { MANAGED_BY } from "./workspaceLabels";

/** Secret with the credentials, where there are any. */
export const ENDPOINT_SECRET = ENDPOINT_NAME;

const SETTINGS_MAP = `${ENDPOINT_NAME}-settings`;
const RESERVATIONS_MAP = `${ENDPOINT_NAME}-reservations`;
const DASHBOARD_MAP = `${ENDPOINT_NAME}-dashboard`;

const SELECTOR = {
  "app.kubernetes.io/name": "science-platform-endpoint",
  "app.kubernetes.io/instance": ENDPOINT_NAME,
};
const LABELS = { ...SELECTOR, "app.kubernetes.io/managed-by": MANAGED_BY };

/** The labels of the endpoint's objects. */
export function endpointLabels(): Record<string, string> {
  return { ...LABELS };
}

/** Followed logs may say nothing for long; the API takes small bodies alone. */
const NGINX = {
  "nginx.ingress.kubernetes.io/proxy-read-timeout": "3600",
  "nginx.ingress.kubernetes.io/proxy-body-size": "2m",
  "nginx.ingress.kubernetes.io/proxy-buffering": "off",
};

function exposed(spec: EndpointSpec, namespace: string): KubernetesObject[] {
  const { hostname, expose = {} } = spec;
  const nginx = !usesGateway(expose) && ingressController(expose) === "nginx";
  return exposureObjects(expose, {
    name: ENDPOINT_NAME,
    namespace,
    labels: LABELS,
    host: hostname,
    service: ENDPOINT_NAME,
    port: 80,
    ...(nginx ? { annotations: NGINX } : {}),
  });
}

function configMap(
  name: string,
  namespace: string,
  data: Record<string, string>,
  more: Record<string, string> = {},
): KubernetesObject {
  const metadata = { name, namespace, labels: { ...LABELS, ...more } };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data };
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The objects of a tenant's namespace that the operator makes, the namespace first. */
export interface DeclaredTenant {
  name: string;
  namespace: KubernetesObject;
  objects: KubernetesObject[];
}

/** All that is made for an endpoint. */
export interface EndpointObjects {
  namespace: string;
  /** In the order in which they are needed; the Deployment is among them. */
  objects: KubernetesObject[];
  tenants: DeclaredTenant[];
  /** What the pods read when they start, and restart with. */
  readAtStart: string;
  hasSecret: boolean;
}

/**
 * The service account with its rights and their guards, the settings, the Deployment, its Service, budget and
 * network policy, what exposes it, and Grafana's dashboard.
 *
 * @param digest changes with the settings and the secrets, so that the pods restart with them; anything that ends
 *   up as a string. @default of the settings alone
 * @throws ProblemsError with everything that is wrong
 */
export function endpointObjects(
  spec: EndpointSpec,
  secrets: EndpointSecrets,
  digest?: unknown,
): EndpointObjects {
  const { options, settings } = endpointOf(spec, secrets);
  const { namespace, access } = settings;
  const clusterRole = tenantClusterRole(namespace);
  const settingsText = JSON.stringify(options, undefined, 2);
  const readAtStart = settingsText + (spec.caCertificate ?? "");
  const hasSecret = spec.login !== undefined || secrets.collectionToken;
  const account: KubernetesObject & { automountServiceAccountToken: boolean } = {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: ENDPOINT_NAME, namespace, labels: LABELS },
    automountServiceAccountToken: false,
  };
  const mounts = {
    settings: SETTINGS_MAP,
    ...(spec.reservations === undefined ? {} : { reservations: RESERVATIONS_MAP }),
    ...(hasSecret ? { secrets: ENDPOINT_SECRET } : {}),
  };
  const objects = [
    account,
    ...endpointGuardObjects(settings, ENDPOINT_NAME, clusterRole, LABELS),
    ...endpointAccessObjects(settings, ENDPOINT_NAME, clusterRole, LABELS),
    configMap(SETTINGS_MAP, namespace, {
      [SETTINGS_FILE]: settingsText,
      ...(spec.caCertificate === undefined ? {} : { [AUTHORITY_FILE]: spec.caCertificate }),
    }),
    ...(spec.reservations === undefined
      ? []
      : [
          configMap(RESERVATIONS_MAP, namespace, {
            [RESERVATIONS_FILE]: JSON.stringify(spec.reservations, undefined, 2),
          }),
        ]),
    endpointDeployment(spec, settings, mounts, SELECTOR, LABELS, digest ?? digestOf(readAtStart)),
    endpointService(namespace, SELECTOR, LABELS),
    endpointBudget(namespace, SELECTOR, LABELS),
    endpointNetworkPolicy(spec, namespace, SELECTOR, LABELS),
    ...exposed(spec, namespace),
    ...(spec.dashboard === false
      ? []
      : [
          configMap(
            DASHBOARD_MAP,
            namespace,
            { "science-platform-endpoint.json": JSON.stringify(endpointDashboard()) },
            { grafana_dashboard: "1" },
          ),
        ]),
  ];
  const tenants = [...new Set(spec.tenants ?? [])].map((claim): DeclaredTenant => {
    const name = tenantName(claim);
    const facts: TenantFacts = {
      name,
      namespace: tenantNamespace(settings.namespacePrefix, name),
      claim,
    };
    return {
      name,
      namespace: tenantNamespaceObject(facts),
      objects: [
        ...(access === undefined ? [] : [tenantRoleBinding(facts, access, namespace)]),
        ...tenantPolicies(facts, settings),
      ],
    };
  });
  return { namespace, objects, tenants, readAtStart, hasSecret };
}
