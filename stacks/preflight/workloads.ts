/** Whether a workspace is ours to change, and whether its allocation may still be changed. */
import { formatDuration } from "../../components/model/duration";
import { STACK_ANNOTATION } from "../../components/model/workspaceObjects";
import type { LiveJob, LiveMetadata } from "./liveObjects";
import type { Check, Placement } from "./placement";
import { restartAdvice } from "./restart";

function named<T extends { metadata: LiveMetadata }>(
  { spec, names }: Placement,
  objects: readonly T[] | undefined,
): T | undefined {
  return objects?.find(
    ({ metadata }) => metadata.name === names.full && metadata.namespace === spec.namespace,
  );
}

/** Adds a problem for each workspace whose Job or Deployment is held by another stack, or was made otherwise. */
export function checkOwnership({ placements, live, stack, restart }: Check): void {
  for (const placement of placements) {
    const found = {
      Job: named(placement, live.jobs)?.metadata,
      Deployment: named(placement, live.deployments)?.metadata,
    };
    for (const [kind, metadata] of Object.entries(found)) {
      const holder = metadata?.annotations?.[STACK_ANNOTATION];
      if (metadata === undefined || holder === stack) {
        continue;
      }
      const { namespace, name } = placement.spec;
      const there = restart
        ? `${restartAdvice(placement, live.cluster, holder ?? "")}.`
        : `Change it there, or choose another name. Stack ${holder} must give it up before this one can have it.`;
      placement.problems.add({
        path: "chart_name",
        reason: `${kind} ${namespace}/${metadata.name} on cluster ${live.cluster} ${
          holder === undefined ? maker(metadata) : `is held by stack ${holder}`
        }`,
        value: name,
        remedy:
          holder === undefined ? "Choose another name, or remove it where it was made." : there,
      });
    }
  }
}

function maker({ annotations }: LiveMetadata): string {
  const release = annotations?.["meta.helm.sh/release-name"];
  return release === undefined
    ? "was made by hand or by another tool"
    : `was made by Helm (release ${release})`;
}

function conditionOf(
  { status }: LiveJob,
  type: string,
): { at: string; reason: string } | undefined {
  const found = status?.conditions?.find((one) => one.type === type && one.status === "True");
  return found && { at: found.lastTransitionTime ?? "an unknown day", reason: found.reason ?? "" };
}

/**
 * Adds a problem for each allocation that comes too late or is already used up. An expired workspace that
 * nobody wants to change is only noted.
 */
export function checkAllocations({ placements, live, stack, notes }: Check): void {
  for (const placement of placements) {
    const job = named(placement, live.jobs);
    const wanted = placement.spec.allocationSeconds;
    const ours = job?.metadata.annotations?.[STACK_ANNOTATION] === stack;
    if (job === undefined || !ours || placement.spec.deployment || wanted === undefined) {
      continue;
    }
    const changes = wanted !== job.spec?.activeDeadlineSeconds;
    const failed = conditionOf(job, "Failed");
    const where = `workspace ${placement.spec.namespace}/${placement.spec.name} on cluster ${live.cluster}`;
    if (failed?.reason === "DeadlineExceeded") {
      if (changes) {
        reportExpired(placement, failed.at, live.cluster, stack);
      } else {
        const advice = restartAdvice(placement, live.cluster, stack);
        notes.push(`${where}: expired on ${failed.at}. ${advice}`);
      }
      continue;
    }
    const ended = failed ?? conditionOf(job, "Complete");
    if (ended !== undefined) {
      notes.push(
        `${where}: ended on ${ended.at}${changes ? "; a new allocation does not start it again" : ""}`,
      );
    } else if (changes) {
      checkUsed(placement, job, wanted, live.now, live.cluster);
    }
  }
}

function reportExpired(placement: Placement, at: string, cluster: string, stack: string): void {
  const { spec, problems } = placement;
  problems.add({
    path: "allocationTime",
    reason: `the workspace expired on ${at} on cluster ${cluster}; a longer allocation does not start it again`,
    value: formatDuration(spec.allocationSeconds!),
    remedy: `${restartAdvice(placement, cluster, stack)}; or put the old allocation back.`,
  });
}

function checkUsed(
  { problems }: Placement,
  { status }: LiveJob,
  wanted: number,
  now: Date,
  cluster: string,
): void {
  if (status?.startTime === undefined) {
    return;
  }
  const used = Math.ceil((now.getTime() - Date.parse(status.startTime)) / 1000);
  if (wanted <= used) {
    problems.add({
      path: "allocationTime",
      reason: `less than the ${formatDuration(used)} that the workspace has already used on cluster ${cluster}: it would end at once`,
      value: formatDuration(wanted),
      allowed: `more than ${formatDuration(used)}`,
      remedy: "Allow more, or remove the workspace to end it.",
    });
  }
}
