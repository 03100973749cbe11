/** Runs the checks of a stack and says what they found. */
import { Problems, soundExcept } from "../../components/model/problems";
import type { CheckedWorkspace } from "../../components/model/workspaceChecks";
import type { WorkspaceSpec } from "../../components/model/workspaceTypes";
import { parseConfig } from "../../stacks/platformConfig";
import { preflight } from "../../stacks/preflight";
import type { FakeApi } from "./fakeApi";

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
  linked?: Record<string, string>;
}

/** The same where places of its JSON are wrong, as a reader leaves it. */
export function unsound(
  name: string,
  wrong: string[],
  spec: Partial<WorkspaceSpec> = {},
): CheckedWorkspace {
  const isSound = soundExcept(wrong);
  return { spec: workspace(name, spec), isSound, problems: new Problems(`${name}.json`) };
}

/** Checks workspaces on the cluster `lab`. */
export async function check(
  workspaces: (WorkspaceSpec | CheckedWorkspace)[],
  config: Record<string, unknown>,
  { root, stack = "dev", ...more }: RunOptions,
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
  const entries = workspaces.map((one) =>
    "problems" in one ? one : { spec: one, problems: new Problems(`${one.name}.json`) },
  );
  const notes = await preflight(parsed, entries, problems, { stack, ...more });
  return {
    config: problems.list(),
    workspaces: Object.fromEntries(
      entries
        .filter((entry) => entry.problems.count > 0)
        .map((entry) => [entry.problems.source.replace(/\.json$/, ""), entry.problems.list()]),
    ),
    notes,
  };
}

/** The same where `lab` is the fake server. */
export function run(
  api: FakeApi,
  workspaces: (WorkspaceSpec | CheckedWorkspace)[],
  config: Record<string, unknown> = {},
  options: Omit<RunOptions, "root"> = {},
): Promise<Found> {
  api.write("kubeconfig", api.kubeconfig());
  return check(workspaces, config, { root: api.folder, ...options });
}

/** Nothing found. */
export const CLEAN: Found = { config: [], workspaces: {}, notes: [] };
