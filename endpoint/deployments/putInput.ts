/** What a PUT begins with: the record that is to be applied, and what is there already. */
import {
  checkChanges,
  leavingClaims,
  type LiveService,
} from "../../components/model/serviceChanges";
import type { LiveDeployment } from "../../components/model/serviceLive";
import { REPLICAS_ANNOTATION, VOLUME_LABEL } from "../../components/model/serviceNames";
import { parseRecord } from "../../components/model/serviceRecord";
import type { ParsedService } from "../../components/model/serviceSpec";
import type { ServiceRecord } from "../../components/model/serviceTypes";
import { groupOf } from "../kubernetes/caches";
import { HttpFault, type Tenant } from "../seams";
import { impossible, invalid, notFound, type Context } from "./context";
import type { KeptRecord } from "./records";

/** Stands for the record that is kept, whatever the source of others is. */
export const KEPT = Symbol("kept");

/** The record that is to be applied: the body's, else the source's, else the one that is kept. */
export async function recordFor(
  { source }: Context,
  tenant: Tenant,
  id: string,
  input: unknown,
  kept: KeptRecord | undefined,
): Promise<ServiceRecord> {
  if (input === KEPT || (input === undefined && source === undefined)) {
    if (kept === undefined) {
      throw notFound(id);
    }
    return kept.record;
  }
  const parsed = parseRecord(input === undefined ? await source!.recordOf(tenant, id) : input);
  if (!parsed.ok) {
    throw invalid(parsed.errors);
  }
  return parsed.value;
}

/** What is there already. The copies may lag behind; what the document last said is taken from the record. */
export function liveOf(
  { caches }: Context,
  tenant: Tenant,
  id: string,
  kept?: KeptRecord,
): LiveService {
  const group = groupOf(tenant.namespace, id);
  const [cached] = caches.deployments.inGroup(group);
  const replicas = kept?.state.replicas;
  const deployment: LiveDeployment | undefined = cached && {
    ...cached,
    metadata: {
      ...cached.metadata,
      annotations: replicas === undefined ? {} : { [REPLICAS_ANNOTATION]: replicas },
    },
  };
  return { deployment, claims: caches.claims.inGroup(group) };
}

export function checkLive(service: ParsedService, live: LiveService): void {
  const errors = checkChanges(service.spec, live);
  if (errors.length > 0) {
    throw impossible(errors);
  }
  const leaving = leavingClaims(service.spec, live);
  if (leaving.length > 0) {
    throw new HttpFault(
      409,
      leaving.map(({ metadata }) => ({
        path: "volumes",
        message: `Volume ${metadata.labels?.[VOLUME_LABEL] ?? metadata.name} is still being deleted. Send the request again in a moment.`,
      })),
      { "retry-after": "2" },
    );
  }
}
