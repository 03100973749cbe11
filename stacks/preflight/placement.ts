/** One workspace on one cluster: what the checks of a live cluster look at. */
import { compact } from "../../components/model/compact";
import { workspaceNames, type WorkspaceNames } from "../../components/model/names";
import type { Problems, Soundness } from "../../components/model/problems";
import type { CheckedWorkspace } from "../../components/model/workspaceChecks";
import { nameOf } from "../../components/model/workspaceConflicts";
import { STACK_ANNOTATION } from "../../components/model/workspaceObjects";
import type { WorkspaceParts, WorkspaceSite } from "../../components/model/workspaceTypes";
import type { LiveCluster } from "./liveCluster";

/** The keys that a live cluster is asked about, with the places in the JSON that must be sound for that. */
const ASKED = {
  allocationSeconds: "allocationTime",
  deployment: "deployment",
  ports: "ports",
  volumes: "persistent_volume",
  existingVolumes: "existing_persistent_volume",
  ingress: "ingress.host",
  userSecrets: "user_secret",
} as const;

/** A workspace that can be named; keys that are wrong in its JSON are absent. */
export type PlacedSpec = { namespace: string; name: string } & Pick<
  WorkspaceParts,
  keyof typeof ASKED
>;

/** A workspace where it is to run. */
export interface Placement {
  spec: PlacedSpec;
  names: WorkspaceNames;
  site: WorkspaceSite;
  /** Where what is wrong with it goes. */
  problems: Problems;
  /** Whether the absence of a key may be relied on. */
  isSound: Soundness;
}

/** Places a workspace on a cluster; nothing where it cannot be named. */
export function place(
  { spec, problems, isSound = () => true }: CheckedWorkspace,
  site: WorkspaceSite,
): Placement | undefined {
  const named = nameOf({ spec, isSound });
  if (named === undefined) {
    return undefined;
  }
  const sound = Object.entries(ASKED).filter(([, path]) => isSound(path));
  const asked = sound.map(([key]) => [key, spec[key as keyof typeof ASKED]] as const);
  const placed: PlacedSpec = { ...named, ...compact(Object.fromEntries(asked)) };
  return { spec: placed, problems, isSound, site, names: workspaceNames(named) };
}

/** Everything that a check is given. */
export interface Check {
  placements: readonly Placement[];
  live: LiveCluster;
  /** Name of the stack that runs. */
  stack: string;
  /** Whether the run starts its workspaces anew. */
  restart: boolean;
  /** Whether every claim that the run would make is known: not while a workspace's JSON leaves that open. */
  claimsKnown: boolean;
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
