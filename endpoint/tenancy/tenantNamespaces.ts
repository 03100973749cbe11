/** Makes a tenant's namespace on first use, and keeps what is in it as the settings say. */
import type { EndpointSettings } from "../../components/model/endpointSettings";
import {
  tenantNamespaceObject,
  tenantPolicies,
  tenantRoleBinding,
} from "../../components/model/tenantObjects";
import { TENANT_LABEL } from "../../components/model/serviceNames";
import type { ApiResult, Kubernetes, Tenant, TenantNamespaces } from "../seams";
import { refusal, unavailable } from "./faults";

/** How namespaces are made. */
export interface TenantNamespacesOptions {
  /** Milliseconds that a namespace is taken to be as it was left. @default 1 minute */
  trustFor?: number;
  /** Milliseconds between attempts while a new right is not in force yet. @default 100 */
  retryAfter?: number;
}

/** A right that was just given takes a moment to reach every API server. */
const ATTEMPTS = 8;
const MOST_REMEMBERED = 10_000;

const COLLECTIONS: Record<string, string> = {
  ResourceQuota: "/api/v1/namespaces/NS/resourcequotas",
  LimitRange: "/api/v1/namespaces/NS/limitranges",
  NetworkPolicy: "/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies",
  RoleBinding: "/apis/rbac.authorization.k8s.io/v1/namespaces/NS/rolebindings",
};

interface Named {
  kind: string;
  metadata: { name: string; namespace?: string };
}

/** The path of an object in a tenant's namespace. */
export function tenantPath(object: object): string {
  const { kind, metadata } = object as Named;
  const collection = COLLECTIONS[kind]!.replace("NS", metadata.namespace ?? "");
  return `${collection}/${metadata.name}`;
}

interface LiveNamespace {
  metadata?: { labels?: Record<string, string>; deletionTimestamp?: string };
}

/** @throws HttpFault when the namespace is somebody else's, or is going away */
function checkOwned(body: unknown, tenant: Tenant): void {
  const { labels, deletionTimestamp } = (body as LiveNamespace).metadata ?? {};
  if (labels?.[TENANT_LABEL] !== tenant.name) {
    throw refusal(
      409,
      `The namespace ${tenant.namespace} exists, but is not this tenant's. ` +
        `If it is meant to be, the operator labels it ${TENANT_LABEL}=${tenant.name}.`,
    );
  }
  if (deletionTimestamp !== undefined) {
    throw unavailable(
      `The namespace ${tenant.namespace} is being deleted. Try again when it is gone.`,
    );
  }
}

/** @throws HttpFault when the API server did not take it */
function checkTaken(result: ApiResult, what: string): void {
  if (result.status >= 300) {
    throw unavailable(`The namespace cannot be prepared: ${what} was refused (${result.status}).`);
  }
}

/** Makes and keeps the namespaces of tenants. */
export function createTenantNamespaces(
  settings: EndpointSettings,
  kubernetes: Kubernetes,
  options: TenantNamespacesOptions = {},
): TenantNamespaces {
  const { trustFor = 60_000, retryAfter = 100 } = options;
  const { access, namespace: home } = settings;
  /** Until when each namespace is trusted to be there. */
  const known = new Map<string, number>();
  /** Those whose policies this process has applied: the settings do not change while it runs. */
  const prepared = new Set<string>();
  const underWay = new Map<string, Promise<void>>();

  async function applied(object: object): Promise<void> {
    const { kind, metadata } = object as Named;
    for (let attempt = 1; ; attempt++) {
      const result = await kubernetes.apply(tenantPath(object), object);
      if (result.status !== 403 || attempt === ATTEMPTS || access === undefined) {
        checkTaken(result, `${kind} ${metadata.name}`);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, retryAfter));
    }
  }

  async function found(tenant: Tenant): Promise<boolean> {
    const path = `/api/v1/namespaces/${tenant.namespace}`;
    const { status, body } = await kubernetes.request("GET", path);
    if (status === 404) {
      return false;
    }
    if (status !== 200) {
      throw unavailable(`The namespace ${tenant.namespace} cannot be read (${status}).`);
    }
    checkOwned(body, tenant);
    return true;
  }

  async function made(tenant: Tenant): Promise<void> {
    if (!settings.createNamespaces) {
      throw refusal(
        403,
        `There is no namespace ${tenant.namespace} yet. Ask the operator to make it.`,
      );
    }
    const body = tenantNamespaceObject(tenant);
    // Sent twice it is refused the second time; then it is looked at whose it is.
    const result = await kubernetes.request("POST", "/api/v1/namespaces", {
      body,
      repeatable: true,
    });
    if (result.status === 409) {
      // Another replica was faster; or somebody else.
      if (await found(tenant)) {
        return;
      }
    }
    checkTaken(result, `namespace ${tenant.namespace}`);
  }

  async function prepare(tenant: Tenant): Promise<void> {
    const existed = await found(tenant);
    if (!existed) {
      prepared.delete(tenant.namespace);
      await made(tenant);
    }
    if (settings.createNamespaces && !prepared.has(tenant.namespace)) {
      if (access !== undefined) {
        await applied(tenantRoleBinding(tenant, access, home));
      }
      await Promise.all(tenantPolicies(tenant, settings).map(applied));
      prepared.add(tenant.namespace);
    }
    if (known.size >= MOST_REMEMBERED) {
      known.clear();
    }
    known.set(tenant.namespace, Date.now() + trustFor);
  }

  return {
    async ensure(tenant) {
      const { namespace } = tenant;
      if ((known.get(namespace) ?? 0) > Date.now()) {
        return;
      }
      const running =
        underWay.get(namespace) ??
        prepare(tenant).finally(() => {
          underWay.delete(namespace);
        });
      underWay.set(namespace, running);
      await running;
    },
  };
}
