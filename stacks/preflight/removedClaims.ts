/** Whether a workspace would let go of a claim that it has: the engine refuses that, after it ended the pod. */
import { WORKSPACE_LABEL } from "../../components/model/workspaceLabels";
import { STACK_ANNOTATION } from "../../components/model/workspaceObjects";
import { claimUrns, commandLineStack } from "../workspaceNames";
import { keyOf, type LiveClaim, type LiveWorkload } from "./liveObjects";
import type { Check, Placement } from "./placement";

/** A claim of a workspace that its JSON does not ask for any more. */
interface Removed {
  claim: LiveClaim;
  /** Place that its entry had in `persistent_volume`. */
  index: number;
}

/**
 * The claims that the live workload mounts as the workspace's own, beyond the entries that there are. One that
 * an earlier workspace of this name left behind is not among them, since nothing mounts it so.
 */
function removedOf({ spec, names }: Placement, { live, stack }: Check): Removed[] {
  const isOurs = ({ metadata }: LiveWorkload): boolean =>
    keyOf({ metadata }) === `${spec.namespace}/${names.full}` &&
    metadata.annotations?.[STACK_ANNOTATION] === stack;
  const workload = [...(live.jobs ?? []), ...(live.deployments ?? [])].find(isOurs);
  return (workload?.spec?.template?.spec?.volumes ?? []).flatMap(({ name }) => {
    const index = Number(/^claim-(\d+)$/.exec(name ?? "")?.[1] ?? -1);
    const claim = live.claims?.find(
      (one) =>
        keyOf(one) === `${spec.namespace}/${names.claim(index)}` &&
        one.metadata.labels?.[WORKSPACE_LABEL] === spec.name,
    );
    return claim !== undefined && index >= (spec.volumes ?? []).length ? [{ claim, index }] : [];
  });
}

function remedy({ claim, index }: Removed, placement: Placement, check: Check): string {
  const { spec, names, problems } = placement;
  const { live, stack } = check;
  const giveUp = "To give the claim up, which leaves it on the cluster with its data:";
  if (stack === commandLineStack(live.cluster, spec)) {
    const act = (subcommand: string): string =>
      `\`npm run workspace -- ${subcommand} --config-file ${problems.source}\``;
    return `Put the entry back. ${giveUp} ${act("destroy")}, then ${act("up")}.`;
  }
  const urns = claimUrns(stack, live.cluster, spec, index);
  const madeVolume = claim.spec.volumeName === names.volume(index);
  const named = madeVolume ? `${urns.claim} ${urns.volume}` : urns.claim;
  return `Put the entry back. ${giveUp} \`ALLOW_REPLACE='${named}' make up STACK=${stack}\`.`;
}

/**
 * Adds a problem for each claim of a workspace that no entry asks for any more.
 *
 * @param allowed engine's names of claims that are to be given up
 */
export function checkRemovedClaims(check: Check, allowed: readonly string[]): void {
  const { live, stack } = check;
  for (const placement of check.placements) {
    if (!placement.isSound("persistent_volume")) {
      continue;
    }
    for (const removed of removedOf(placement, check)) {
      const { claim, index } = removed;
      if (allowed.includes(claimUrns(stack, live.cluster, placement.spec, index).claim)) {
        continue;
      }
      placement.problems.add({
        path: "persistent_volume",
        reason: `claim ${keyOf(claim)} on cluster ${live.cluster} belongs to this workspace, and no entry asks for it any more`,
        remedy: remedy(removed, placement, check),
      });
    }
  }
}
