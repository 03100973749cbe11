/** One workspace on one cluster: what the checks of a live cluster look at. */
import { workspaceNames, type WorkspaceNames } from "../../components/model/names";
import type { Problems } from "../../components/model/problems";
import { STACK_ANNOTATION } from "../../components/model/workspaceObjects";
import type { WorkspaceSite, WorkspaceSpec } from "../../components/model/workspaceTypes";
import type { LiveCluster } from "./liveCluster";

/** A workspace where it is to run. */
export interface Placement {
  spec: WorkspaceSpec;
  names: WorkspaceNames;
  site: WorkspaceSite;
  /** Where what is wrong with it goes. */
  problems: Problems;
}

/** Places a workspace on a cluster. */
export function place(spec: WorkspaceSpec, problems: Problems, site: WorkspaceSite): Placement {
  return { spec, problems, site, names: workspaceNames(spec) };
}

/** Everything that a check is given. */
export interface Check {
  placements: readonly Placement[];
  live: LiveCluster;
  /** Name of the stack that runs. */
  stack: string;
  /** Lines to print: what is worth knowing, but wrong with nothing. */
  notes: string[];
}

/**
 * Whether the workspace with this full name is in this run, or is this stack's and about to go:
 * what it holds is then not another's.
 */
export function isOfThisRun(
  { placements, live, stack }: Check,
  namespace: string,
  full: string,
): boolean {
  const wanted = placements.some(
    ({ spec, names }) => spec.namespace === namespace && names.full === full,
  );
  const held = [...(live.jobs ?? []), ...(live.deployments ?? [])].some(
    ({ metadata }) =>
      metadata.namespace === namespace &&
      metadata.name === full &&
      metadata.annotations?.[STACK_ANNOTATION] === stack,
  );
  return wanted || held;
}
