/** Applying the objects of one PUT, and taking back what it made where it cannot be finished. */
import type { KubernetesObject } from "../../components/model/kubernetesObject";
import type { LiveDeployment, LiveMetadata } from "../../components/model/serviceLive";
import { VOLUME_LABEL } from "../../components/model/serviceNames";
import { accepted, together } from "../kubernetes/answers";
import { afterConflicts } from "../kubernetes/conflicts";
import { APPLY_PATCH, FIELD_MANAGER } from "../kubernetes/httpPool";
import { objectPath, type Identity, type ServiceKind } from "../kubernetes/paths";
import { HttpFault, type Kubernetes, type Tenant } from "../seams";

/**
 * Who owns the number of replicas. PUT applies everything else as `FIELD_MANAGER`; so it can leave the number as
 * PATCH has set it, without giving it up.
 */
const SCALE_MANAGER = `${FIELD_MANAGER}-scale`;

/** A Deployment as the API server answers it. */
export interface AppliedDeployment extends LiveDeployment {
  metadata: LiveMetadata & {
    managedFields?: { manager?: string; fieldsV1?: { "f:spec"?: { "f:replicas"?: object } } }[];
  };
}

/** Whether the number of replicas was set as such, by PATCH or by a document. */
export function isScaled({ metadata }: AppliedDeployment): boolean {
  return (metadata.managedFields ?? []).some(
    ({ manager, fieldsV1 }) =>
      manager !== FIELD_MANAGER && fieldsV1?.["f:spec"]?.["f:replicas"] !== undefined,
  );
}

/** The object as its author knows it. */
function known({ kind, metadata }: KubernetesObject): string {
  const volume = metadata.labels?.[VOLUME_LABEL];
  return kind === "PersistentVolumeClaim" && volume !== undefined
    ? `volume ${volume}`
    : `${kind} ${metadata.name}`;
}

/** Sets the number of replicas of a Deployment that is still the same one; else the answer is a conflict. */
export async function applyReplicas(
  kubernetes: Kubernetes,
  { metadata }: LiveDeployment,
  replicas: number,
): Promise<AppliedDeployment> {
  const { name, namespace = "", uid } = metadata;
  const path = objectPath("Deployment", namespace, name);
  const body = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, uid },
    spec: { replicas },
  };
  const query = `fieldManager=${SCALE_MANAGER}&force=true`;
  const result = await afterConflicts(() =>
    kubernetes.request("PATCH", `${path}?${query}`, { body, type: APPLY_PATCH }),
  );
  return accepted("replicas", result) as unknown as AppliedDeployment;
}

/** What one PUT has applied. */
export class Applied {
  /** Objects that were not there before. */
  readonly made: Identity[] = [];

  constructor(
    private readonly kubernetes: Kubernetes,
    private readonly tenant: Tenant,
  ) {}

  /**
   * Applies objects side by side.
   *
   * @returns them as they are now, in the same order
   * @throws HttpFault with every refusal, once all are answered
   */
  async all(objects: readonly KubernetesObject[]): Promise<Record<string, unknown>[]> {
    const results = await Promise.allSettled(objects.map((object) => this.one(object)));
    const failed = results.flatMap((result): unknown[] =>
      result.status === "rejected" ? [result.reason] : [],
    );
    const faults = failed.filter((error) => error instanceof HttpFault);
    if (failed.length > faults.length) {
      throw failed.find((error) => !(error instanceof HttpFault));
    }
    if (faults.length > 0) {
      throw together(faults);
    }
    return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  }

  private async one(object: KubernetesObject): Promise<Record<string, unknown>> {
    const { kind, metadata } = object;
    const path = objectPath(kind as ServiceKind, this.tenant.namespace, metadata.name);
    const result = await afterConflicts(() => this.kubernetes.apply(path, object));
    const body = accepted(known(object), result);
    if (result.status === 201) {
      const { uid = "" } = body["metadata"] as LiveMetadata;
      this.made.push({ kind, name: metadata.name, uid });
    }
    return body;
  }
}
