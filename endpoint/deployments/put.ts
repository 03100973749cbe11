/**
 * PUT: from a record to the objects of a deployment.
 *
 * All replicas of the endpoint may be at it at once. A PUT reads the record, applies the objects, and writes the
 * record in place of the one it has read: if another was faster, it begins anew, this time with a mark in the record
 * that makes the others wait. So the objects that stay are all those of the record that stays.
 */
import type { KubernetesObject } from "../../components/model/kubernetesObject";
import { wantedReplicas } from "../../components/model/serviceChanges";
import { gpuDemand } from "../../components/model/serviceGpu";
import type { LiveDeployment, LivePodSpec } from "../../components/model/serviceLive";
import { serviceObjects } from "../../components/model/serviceObjects";
import { parseService, type ParsedService } from "../../components/model/serviceSpec";
import type { Tenant } from "../seams";
import type { PutAnswer, ServiceRecord } from "../service";
import { Applied, applyReplicas, isScaled, type AppliedDeployment } from "./applied";
import { invalid, type Context } from "./context";
import { isThere, partsOf } from "./parts";
import { checkLive, KEPT, liveOf, recordFor } from "./putInput";
import type { KeptRecord, RecordState } from "./records";
import { finishRemoval } from "./remove";
import { busy, isHalfDeleted, newClaim, pause, readUnclaimed } from "./turns";

const MOST_ROUNDS = 6;
const ROUND_MS = 40;

/** One PUT, with what it has done so far. */
class Put {
  private readonly applied: Applied;
  /** The version of the record that this round is to replace, and what it was made of; nothing before `begin`. */
  private held: { version: KeptRecord; before: KeptRecord | undefined } | undefined;
  /** Whether objects were applied in a round that another has overtaken. */
  private wasOvertaken = false;

  constructor(
    private readonly context: Context,
    private readonly tenant: Tenant,
    private readonly id: string,
    private readonly input: unknown,
  ) {
    this.applied = new Applied(context.kubernetes, tenant);
  }

  async run(): Promise<PutAnswer> {
    await this.context.namespaces.ensure(this.tenant);
    try {
      for (let round = 1; round <= MOST_ROUNDS; round++) {
        const answer = await this.round(round > 1);
        if (answer !== undefined) {
          return answer;
        }
        await pause(ROUND_MS * Math.random());
      }
      throw busy();
    } catch (error) {
      // What went wrong is the better news than that taking it back did, too.
      await this.takeBack().catch(() => undefined);
      throw error;
    }
  }

  /** @param isContended whether others are to wait for this round's end */
  private async round(isContended: boolean): Promise<PutAnswer | undefined> {
    const { context, tenant, id } = this;
    const { records, site, capacity } = context;
    this.held = undefined;
    const kept = await readUnclaimed(() => records.read(tenant, id));
    if (kept !== undefined && isHalfDeleted(kept)) {
      await finishRemoval(context, tenant, id, kept);
      return undefined;
    }
    const record = await recordFor(context, tenant, id, this.input, kept);
    const parsed = parseService(record, site);
    if (!parsed.ok) {
      throw invalid(parsed.errors);
    }
    const service = parsed.value;
    const live = liveOf(context, tenant, id, kept);
    checkLive(service, live);
    const objects = serviceObjects({ tenant, id, service }, site, live);
    const replicas = wantedReplicas(service.spec, live.deployment);
    await capacity.check(tenant, gpuDemand(templateOf(objects), replicas));
    const state = { replicas: String(service.spec.replicas), parts: partsOf(objects) };
    if (!(await this.begin(kept, service, state, isContended))) {
      return undefined;
    }
    const missing = objects.filter(
      (object) =>
        kept?.state.replicas === undefined ||
        object.kind !== "PersistentVolumeClaim" ||
        !isThere(object, live.claims ?? []),
    );
    const deployment = await this.apply(missing, service, kept, state);
    if (!(await this.finish(service, state))) {
      this.wasOvertaken = true;
      return undefined;
    }
    return {
      created: kept?.state.replicas === undefined,
      spec: service.document,
      resourceVersion: deployment.metadata.resourceVersion ?? "0",
      warnings: parsed.warnings.map(({ path, message }) =>
        path === "" ? message : `${path}: ${message}`,
      ),
    };
  }

  /** Whether this round may go on; else another was faster. */
  private async begin(
    kept: KeptRecord | undefined,
    service: ParsedService,
    state: RecordState,
    isContended: boolean,
  ): Promise<boolean> {
    const { tenant, id } = this;
    const { records } = this.context;
    const write = (record: ServiceRecord, written: RecordState): Promise<KeptRecord | undefined> =>
      records.write(tenant, id, record, written, kept);
    let version = kept;
    if (kept === undefined) {
      // Before the objects: a DELETE that comes now finds it, and makes the end of this round fail.
      version = await write(service.record, state);
    } else if (
      isContended ||
      (kept.state.parts !== undefined && kept.state.parts !== state.parts)
    ) {
      // Should this PUT not come to its end, the next one looks which parts there are.
      const claim = isContended ? newClaim() : {};
      version = await write(kept.record, { ...kept.state, parts: undefined, ...claim });
    }
    this.held = version && { version, before: kept };
    return version !== undefined;
  }

  /** Whether nobody has changed the deployment in between. */
  private async finish(service: ParsedService, state: RecordState): Promise<boolean> {
    const { tenant, id } = this;
    const { records } = this.context;
    const { version, before } = this.held!;
    if (before === undefined) {
      const now = await records.read(tenant, id);
      return now?.uid === version.uid && now.resourceVersion === version.resourceVersion;
    }
    const written = await records.write(tenant, id, service.record, state, version);
    return written !== undefined;
  }

  /**
   * Removes what this PUT has made, and leaves the record as it was; what it has changed is what the next PUT goes on
   * from. Where another has changed the deployment since, it is the other's.
   */
  private async takeBack(): Promise<void> {
    const { context, tenant, id, applied, held } = this;
    const { records, inventory, hostnames } = context;
    if (held === undefined) {
      if (this.wasOvertaken) {
        await new Put(context, tenant, id, KEPT).run();
      }
      return;
    }
    const { version, before } = held;
    const isOwn = before === undefined;
    const state = { ...version.state, ...newClaim(isOwn) };
    const marked = await records.write(tenant, id, version.record, state, version);
    if (marked === undefined) {
      return;
    }
    await inventory.remove(tenant, applied.made);
    if (isOwn) {
      await hostnames.release(tenant, id);
      await records.remove(tenant, id, marked);
    } else {
      await records.write(tenant, id, before.record, before.state, marked);
    }
  }

  /** Applies what is wanted, and removes what no longer is. */
  private async apply(
    objects: readonly KubernetesObject[],
    service: ParsedService,
    kept: KeptRecord | undefined,
    { parts }: RecordState,
  ): Promise<AppliedDeployment> {
    const { tenant, id, applied } = this;
    const { hostnames, inventory } = this.context;
    const { address, replicas } = service.spec;
    if (address !== undefined) {
      await hostnames.claim(tenant, id, address.hostname);
    }
    await applied.all(objects.filter(({ kind }) => kind === "PersistentVolumeClaim"));
    const isNew = kept?.state.replicas === undefined;
    const rest = objects
      .filter(({ kind }) => kind !== "PersistentVolumeClaim" && kind !== "ConfigMap")
      .map((object) =>
        object.kind === "Deployment" ? withReplicas(object, isNew, replicas) : object,
      );
    const areKnown = kept?.state.parts === parts;
    const [results, found] = await Promise.all([
      applied.all(rest),
      areKnown ? [] : inventory.replaceable(tenant, id, address === undefined),
    ]);
    const wanted = new Set(rest.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
    await inventory.remove(
      tenant,
      found.filter(({ kind, name }) => !wanted.has(`${kind}/${name}`)),
    );
    if (address === undefined && kept?.record.exposed_hostname !== undefined) {
      await hostnames.release(tenant, id);
    }
    const deployment = results.find(
      (_, i) => rest[i]?.kind === "Deployment",
    ) as unknown as AppliedDeployment;
    const hasChanged = kept?.state.replicas !== String(replicas);
    const mustScale = isScaled(deployment) ? hasChanged : replicas !== 1;
    return mustScale ? applyReplicas(this.context.kubernetes, deployment, replicas) : deployment;
  }
}

function templateOf(objects: readonly KubernetesObject[]): LivePodSpec {
  const spec = objects.find(({ kind }) => kind === "Deployment")?.spec as LiveDeployment["spec"];
  return spec?.template?.spec ?? {};
}

/** The Deployment without the number of replicas, but for a new one that is not to begin with one. */
function withReplicas(
  object: KubernetesObject,
  isNew: boolean,
  replicas: number,
): KubernetesObject {
  const spec = { ...object.spec };
  delete spec["replicas"];
  return { ...object, spec: isNew && replicas !== 1 ? { ...spec, replicas } : spec };
}

/** Deploys a record, or brings a deployment up to it. */
export function put(
  context: Context,
  tenant: Tenant,
  id: string,
  input: unknown,
): Promise<PutAnswer> {
  return context.queue.run(tenant, id, () => new Put(context, tenant, id, input).run());
}
