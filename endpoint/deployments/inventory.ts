/** What there is of a deployment, by its labels, and deleting just that: each object by its uid. */
import { isFields } from "../../components/model/kubeconfigText";
import {
  serviceLabelSelector,
  serviceNames,
  DEPLOYMENT_LABEL,
  TENANT_LABEL,
} from "../../components/model/serviceNames";
import type { LiveClaim, LiveMetadata } from "../../components/model/serviceLive";
import { accepted, refusal } from "../kubernetes/answers";
import { afterConflicts } from "../kubernetes/conflicts";
import { collectionPath, objectPath, type Identity, type ServiceKind } from "../kubernetes/paths";
import type { Kubernetes, Tenant } from "../seams";

interface Live {
  metadata: LiveMetadata;
}

function isLeaving({ metadata }: Live): boolean {
  return metadata.deletionTimestamp !== undefined;
}

function identity(kind: ServiceKind, { metadata }: Live): Identity {
  return { kind, name: metadata.name, uid: metadata.uid ?? "" };
}

/** `Kind/name`, as answers have it. */
export function named({ kind, name }: { kind: string; name: string }): string {
  return `${kind}/${name}`;
}

/** Looks for the objects of deployments. */
export class Inventory {
  /** @param route the kind that exposes services; nothing where they are not exposed */
  constructor(
    private readonly kubernetes: Kubernetes,
    private readonly route: "Ingress" | "HTTPRoute" | undefined,
  ) {}

  /** Objects of one kind that are not being deleted. */
  async list<T extends Live = Live>(kind: ServiceKind, tenant: Tenant, id: string): Promise<T[]> {
    const selector = encodeURIComponent(serviceLabelSelector(tenant, id));
    const path = `${collectionPath(kind, tenant.namespace)}?labelSelector=${selector}`;
    const { items } = accepted(kind, await this.kubernetes.request("GET", path)) as unknown as {
      items: T[];
    };
    return items.filter((item) => !isLeaving(item));
  }

  claims(tenant: Tenant, id: string): Promise<LiveClaim[]> {
    return this.list<LiveClaim>("PersistentVolumeClaim", tenant, id);
  }

  /** Services, and what exposes one: PUT may find them to be no longer in the document. */
  async replaceable(tenant: Tenant, id: string, withRoute = true): Promise<Identity[]> {
    const route = withRoute ? this.route : undefined;
    const kinds: ServiceKind[] = ["Service", ...(route === undefined ? [] : [route])];
    const found = await Promise.all(
      kinds.map(async (kind) =>
        (await this.list(kind, tenant, id)).map((object) => identity(kind, object)),
      ),
    );
    return found.flat();
  }

  /** Everything of a deployment but its record; claims last. */
  async all(tenant: Tenant, id: string): Promise<Identity[]> {
    const { config, secret, tls } = serviceNames(id);
    const [deployments, replaceable, claims, ...values] = await Promise.all([
      this.list("Deployment", tenant, id),
      this.replaceable(tenant, id),
      this.claims(tenant, id),
      this.byName("ConfigMap", tenant, id, config),
      this.byName("Secret", tenant, id, secret),
      this.byName("Secret", tenant, id, tls),
    ]);
    return [
      ...deployments.map((object) => identity("Deployment", object)),
      ...replaceable,
      ...values.flat(),
      ...claims.map((object) => identity("PersistentVolumeClaim", object)),
    ];
  }

  /** Deletes objects, if they are still the same ones; those that are gone already are no error. */
  async remove(tenant: Tenant, objects: readonly Identity[]): Promise<void> {
    await Promise.all(
      objects.map(async ({ kind, name, uid }) => {
        const path = objectPath(kind as ServiceKind, tenant.namespace, name);
        const body = {
          kind: "DeleteOptions",
          apiVersion: "v1",
          propagationPolicy: "Background",
          preconditions: { uid },
        };
        const result = await afterConflicts(() =>
          this.kubernetes.request("DELETE", path, { body }),
        );
        // 409: another object has the name by now.
        if (result.status >= 300 && result.status !== 404 && result.status !== 409) {
          throw refusal(named({ kind, name }), result);
        }
      }),
    );
  }

  /** An object of which there is one at most; an operator's own with this name is none. Secrets are never listed. */
  private async byName(
    kind: ServiceKind,
    tenant: Tenant,
    id: string,
    name: string,
  ): Promise<Identity[]> {
    const result = await this.kubernetes.request("GET", objectPath(kind, tenant.namespace, name));
    if (result.status === 404) {
      return [];
    }
    const object = accepted(named({ kind, name }), result) as unknown as Live;
    return isOf(tenant, id, object) && !isLeaving(object) ? [identity(kind, object)] : [];
  }
}

/** Whether an object is of this deployment of this tenant. */
export function isOf(tenant: Tenant, id: string, object: unknown): boolean {
  const metadata = isFields(object) ? (object["metadata"] as LiveMetadata | undefined) : undefined;
  const { labels = {}, namespace } = metadata ?? {};
  return (
    namespace === tenant.namespace &&
    labels[DEPLOYMENT_LABEL] === id &&
    labels[TENANT_LABEL] === tenant.name
  );
}
