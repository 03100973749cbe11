/** Renders a tenant's namespace and what is in it before any deployment: who may write there, and how much. */
import type { EndpointAccess, EndpointSettings } from "./endpointSettings";
import type { KubernetesObject } from "./kubernetesObject";
import { namespaceObjects, podSecurityLabels, type NamespaceQuota } from "./namespaceObjects";
import { SERVICE_MANAGER, TENANT_LABEL } from "./serviceNames";
import { TENANT_CLAIM_ANNOTATION } from "./tenants";

/** Name of the quota, the limits and the RoleBinding in each tenant's namespace. */
const TENANT_OBJECT = "tenant";

/** Name of the quota of GPUs that are reserved. */
const RESERVATION_QUOTA = "gpu-reservation";

/** The parts of a tenant that its namespace is made of. */
export interface TenantFacts {
  name: string;
  namespace: string;
  /** What the token said, before it became a name. @default the name */
  claim?: string;
}

/** Kinds of Service that would open ports of nodes, or addresses: nothing renders them, and nothing can make them. */
const NO_OPEN_SERVICES = { "services.nodeports": "0", "services.loadbalancers": "0" };

function labelsOf({ name }: TenantFacts): Record<string, string> {
  return { "app.kubernetes.io/managed-by": SERVICE_MANAGER, [TENANT_LABEL]: name };
}

/** The namespace, under restricted pod security. */
export function tenantNamespaceObject(tenant: TenantFacts): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: tenant.namespace,
      labels: { ...labelsOf(tenant), ...podSecurityLabels("restricted") },
      annotations: { [TENANT_CLAIM_ANNOTATION]: tenant.claim ?? tenant.name },
    },
  };
}

/**
 * Lets the endpoint write in the tenant's namespace.
 *
 * @param home namespace of the endpoint's account
 */
export function tenantRoleBinding(
  tenant: TenantFacts,
  access: EndpointAccess,
  home: string,
): KubernetesObject & { roleRef: object; subjects: object[] } {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: TENANT_OBJECT, namespace: tenant.namespace, labels: labelsOf(tenant) },
    roleRef: {
      apiGroup: "rbac.authorization.k8s.io",
      kind: "ClusterRole",
      name: access.clusterRole,
    },
    subjects: [{ kind: "ServiceAccount", name: access.serviceAccount, namespace: home }],
  };
}

/** The namespace that the network policies let in: the ingress controller's, or the Gateway's. */
function exposingNamespace(settings: EndpointSettings): string | undefined {
  return settings.networkPolicy.ingressNamespace ?? settings.exposure?.gateway?.namespace;
}

/**
 * Quota, limits and network policies of a tenant's namespace. There is always a quota: it forbids Services that
 * open ports of nodes.
 */
export function tenantPolicies(
  tenant: TenantFacts,
  settings: EndpointSettings,
): KubernetesObject[] {
  const own = Object.hasOwn(settings.tenantQuotas, tenant.name)
    ? settings.tenantQuotas[tenant.name]
    : undefined;
  const quota: NamespaceQuota = own ?? settings.quota ?? {};
  const networkPolicy = {
    ...settings.networkPolicy,
    ingressNamespace: exposingNamespace(settings),
  };
  const policy = { quota, limits: settings.containerLimits, networkPolicy };
  return namespaceObjects(tenant.namespace, policy, settings.gpus).map((object) => {
    const named = object.kind !== "NetworkPolicy";
    const { hard } = (object.spec ?? {}) as { hard?: object };
    return {
      ...object,
      metadata: {
        ...object.metadata,
        labels: labelsOf(tenant),
        ...(named ? { name: TENANT_OBJECT } : {}),
      },
      ...(hard === undefined ? {} : { spec: { hard: { ...hard, ...NO_OPEN_SERVICES } } }),
    };
  });
}

/** The quota of the GPUs that are reserved, by resource. */
export function reservationQuota(
  tenant: TenantFacts,
  counts: Readonly<Record<string, number>>,
): KubernetesObject {
  const hard = Object.entries(counts)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([resource, count]) => [`requests.${resource}`, String(count)]);
  return {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: {
      name: RESERVATION_QUOTA,
      namespace: tenant.namespace,
      labels: labelsOf(tenant),
    },
    spec: { hard: Object.fromEntries(hard) as Record<string, string> },
  };
}
