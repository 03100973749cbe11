/** Runs the checks of a stack and says what they found. */
import { Problems } from "../../components/model/problems";
import type { WorkspaceSpec } from "../../components/model/workspaceTypes";
import { parseConfig } from "../../stacks/config";
import { preflight } from "../../stacks/preflight";
import type { WorkspaceEntry } from "../../stacks/workspaceFiles";
import type { FakeApi } from "./preflightServer";

/** What a run found: the config's problems, each workspace's by its name, and the notes. */
export interface Found {
  config: readonly string[];
  workspaces: Record<string, readonly string[]>;
  notes: readonly string[];
}

/** A workspace called `name` in namespace `team`, with what a test adds. */
export function workspace(name: string, spec: Partial<WorkspaceSpec> = {}): WorkspaceSpec {
  return { namespace: "team", name, image: "python", allocationSeconds: 3600, ...spec };
}

/** Which stack runs, and from where. */
export interface RunOptions {
  /** Folder of the project; the kubeconfig is `kubeconfig` in there. */
  root: string;
  stack?: string;
  restart?: boolean;
}

/** Checks workspaces on the cluster `lab`. */
export async function check(
  specs: WorkspaceSpec[],
  config: Record<string, unknown>,
  { root, stack = "dev", restart }: RunOptions,
): Promise<Found> {
  const problems = new Problems("Pulumi.dev.yaml");
  const parsed = parseConfig(
    { layers: ["workspaces"], clusters: { lab: { kubeconfig: "kubeconfig" } }, ...config },
    root,
    problems,
  );
  if (parsed === undefined) {
    throw new Error(problems.list().join("\n"));
  }
  const entries: WorkspaceEntry[] = specs.map((spec) => ({
    spec,
    problems: new Problems(`${spec.name}.json`),
    files: {},
  }));
  const notes = await preflight(parsed, entries, problems, { stack, restart });
  return {
    config: problems.list(),
    workspaces: Object.fromEntries(
      entries
        .filter((entry) => entry.problems.count > 0)
        .map((entry) => [entry.spec.name, entry.problems.list()]),
    ),
    notes,
  };
}

/** The same where `lab` is the fake server. */
export function run(
  api: FakeApi,
  specs: WorkspaceSpec[],
  config: Record<string, unknown> = {},
  options: { restart?: boolean } = {},
): Promise<Found> {
  api.write("kubeconfig", api.kubeconfig());
  return check(specs, config, { root: api.folder, ...options });
}

/** Nothing found. */
export const CLEAN: Found = { config: [], workspaces: {}, notes: [] };
