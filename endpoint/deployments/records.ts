/**
 * The records as they are kept, one ConfigMap each. Every write names the version that it replaces, so that of two
 * writers only one succeeds: what happens to a deployment has one order, over all replicas of the endpoint.
 */
import { randomUUID } from "node:crypto";
import { isFields } from "../../components/model/kubeconfigText";
import {
  SERVICE_MANAGER,
  serviceLabelSelector,
  serviceNames,
  DEPLOYMENT_LABEL,
} from "../../components/model/serviceNames";
import { recordObject, recordOf } from "../../components/model/serviceRecord";
import { accepted, refusal } from "../kubernetes/answers";
import { afterConflicts } from "../kubernetes/conflicts";
import { collectionPath, objectPath } from "../kubernetes/paths";
import type { ApiResult, Kubernetes, Tenant } from "../seams";
import type { ServiceRecord } from "../service";

/** What is kept beside the record. */
export interface RecordState {
  /** Replicas that the document asked for when it was last applied; absent before the first PUT. */
  replicas?: string;
  /** Services and routes that there are; absent where that is not known, such as while they change. */
  parts?: string;
  /** Who is changing the deployment, and since when: others wait until that is over. */
  claimedBy?: string;
  claimedAt?: string;
  /** Whether the change is its deletion. */
  deleting?: string;
}

/** A record as it was read. */
export interface KeptRecord {
  record: ServiceRecord;
  state: RecordState;
  uid: string;
  resourceVersion: string;
}

const PREFIX = "science-platform/record-";

/** Tells a write of ours that went in, though its answer was lost, from another's. */
const WRITE_ANNOTATION = `${PREFIX}write`;

const STATE_KEYS: (keyof RecordState)[] = [
  "replicas",
  "parts",
  "claimedBy",
  "claimedAt",
  "deleting",
];

interface LiveConfigMap {
  metadata: {
    name: string;
    uid: string;
    resourceVersion: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  data?: Record<string, string>;
}

function annotation(key: keyof RecordState): string {
  return `${PREFIX}${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function kept(body: LiveConfigMap): KeptRecord {
  const { uid, resourceVersion, annotations = {} } = body.metadata;
  const state = STATE_KEYS.flatMap((key) => {
    const value = annotations[annotation(key)];
    return value === undefined ? [] : [[key, value]];
  });
  return {
    // One that somebody has spoiled by hand can still be replaced or deleted.
    record: recordOf(body) ?? { title: body.metadata.name, data: "" },
    state: Object.fromEntries(state) as RecordState,
    uid,
    resourceVersion,
  };
}

/** The records of all tenants. */
export class Records {
  constructor(private readonly kubernetes: Kubernetes) {}

  /** Nothing where there is none. */
  async read(tenant: Tenant, id: string): Promise<KeptRecord | undefined> {
    const result = await this.kubernetes.request("GET", this.path(tenant, id));
    return result.status === 404 ? undefined : kept(bodyOf(result));
  }

  async list(tenant: Tenant): Promise<Map<string, KeptRecord>> {
    const selector = encodeURIComponent(serviceLabelSelector(tenant));
    const path = `${collectionPath("ConfigMap", tenant.namespace)}?labelSelector=${selector}`;
    const { items } = accepted(
      "records",
      await this.kubernetes.request("GET", path),
    ) as unknown as {
      items: LiveConfigMap[];
    };
    const records = items.flatMap((item): [string, KeptRecord][] => {
      const id = item.metadata.labels?.[DEPLOYMENT_LABEL] ?? "";
      return item.metadata.name === serviceNames(id).record ? [[id, kept(item)]] : [];
    });
    return new Map(records.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /**
   * Writes a record in place of the one that was read.
   *
   * @param before what was read; nothing where there was none
   * @returns the record as it is now; nothing where another was faster
   */
  async write(
    tenant: Tenant,
    id: string,
    record: ServiceRecord,
    state: RecordState,
    before: KeptRecord | undefined,
  ): Promise<KeptRecord | undefined> {
    const write = randomUUID();
    const object = recordObject(tenant, id, record);
    const annotations = STATE_KEYS.flatMap((key) =>
      state[key] === undefined ? [] : [[annotation(key), state[key]] as const],
    );
    const body = {
      ...object,
      metadata: {
        ...object.metadata,
        annotations: { ...Object.fromEntries(annotations), [WRITE_ANNOTATION]: write },
        ...(before === undefined
          ? {}
          : { uid: before.uid, resourceVersion: before.resourceVersion }),
      },
    };
    const query = `fieldManager=${SERVICE_MANAGER}&fieldValidation=Strict`;
    const result =
      before === undefined
        ? await this.kubernetes.request(
            "POST",
            `${collectionPath("ConfigMap", tenant.namespace)}?${query}`,
            // Sent twice it is refused the second time, and the annotation tells whose it is.
            { body, repeatable: true },
          )
        : await this.kubernetes.request("PUT", `${this.path(tenant, id)}?${query}`, { body });
    if (result.status === 409) {
      return this.ours(tenant, id, write);
    }
    return result.status === 404 ? undefined : kept(bodyOf(result));
  }

  /** Deletes the record as it was read. @returns whether nobody has changed it since */
  async remove(tenant: Tenant, id: string, before: KeptRecord): Promise<boolean> {
    const { uid, resourceVersion } = before;
    const body = {
      kind: "DeleteOptions",
      apiVersion: "v1",
      preconditions: { uid, resourceVersion },
    };
    // A conflict that stays is one with a change of the record.
    const result = await afterConflicts(() =>
      this.kubernetes.request("DELETE", this.path(tenant, id), { body }),
    );
    if (result.status >= 300 && result.status !== 404 && result.status !== 409) {
      throw refusal("record", result);
    }
    return result.status !== 409;
  }

  private path(tenant: Tenant, id: string): string {
    return objectPath("ConfigMap", tenant.namespace, serviceNames(id).record);
  }

  /** After a conflict: whether it is with our own write, whose answer was lost. */
  private async ours(tenant: Tenant, id: string, write: string): Promise<KeptRecord | undefined> {
    const result = await this.kubernetes.request("GET", this.path(tenant, id));
    if (result.status === 404) {
      return undefined;
    }
    const body = bodyOf(result);
    return body.metadata.annotations?.[WRITE_ANNOTATION] === write ? kept(body) : undefined;
  }
}

function bodyOf(result: ApiResult): LiveConfigMap {
  if (result.status >= 300 || !isFields(result.body)) {
    throw refusal("record", result);
  }
  return result.body as unknown as LiveConfigMap;
}
