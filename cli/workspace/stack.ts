/** Opens a workspace's own stack on one cluster, and runs the engine on it. */
import * as fs from "node:fs";
import { workspaceNames } from "../../components/model/names";
import { ProblemsError } from "../../components/model/problems";
import type { WorkspaceSpec } from "../../components/model/workspaceTypes";
import { runStack } from "../../stacks/run";
import { openStack, type OpenStack } from "../stackHandle";
import { stateOf, type StateResource } from "../state";
import { PlainError } from "../output";
import type { Placement, Request } from "./request";

const WORKLOADS = ["kubernetes:batch/v1:Job", "kubernetes:apps/v1:Deployment"];

/** The Job or Deployment that a stack holds. */
export function workloadIn(resources: readonly StateResource[]): StateResource | undefined {
  return resources.find(({ type }) => WORKLOADS.includes(type));
}

/** Whether a stack holds nothing but the engine's own entry for it. */
export function isEmpty(resources: readonly StateResource[]): boolean {
  return resources.every(({ type }) => type === "pulumi:pulumi:Stack");
}

/**
 * Namespace and name are joined by a hyphen, which both may contain: `a-b` and `c` make the same stack name
 * as `a` and `b-c`. The second one must not replace the first.
 *
 * @throws PlainError when the stack holds another workspace
 */
export function refuseOtherWorkspace(
  stack: string,
  resources: readonly StateResource[],
  spec: Pick<WorkspaceSpec, "namespace" | "name">,
): void {
  const held = workloadIn(resources)?.inputs?.["metadata"] as
    { namespace?: string; name?: string } | undefined;
  const { full } = workspaceNames(spec);
  if (held !== undefined && (held.namespace !== spec.namespace || held.name !== full)) {
    throw new PlainError(
      `Stack ${stack} holds another workspace: ${held.name} in namespace ${held.namespace}. ` +
        "Its name and this one's are joined to the same stack name; choose another chart_name.",
    );
  }
}

/** Removes an empty stack from the backend, with its work folder. */
export async function removeStack(open: OpenStack): Promise<void> {
  const { workspace, name } = open.stack;
  await workspace.removeStack(name, { force: true });
  fs.rmSync(workspace.workDir, { recursive: true, force: true });
}

/** Problems of the settings are where the user wrote them, not in the copy that the engine reads. */
function named(error: unknown, stack: string, siteStack: string): unknown {
  if (!(error instanceof ProblemsError)) {
    return error;
  }
  const lines = error.lines.map((line) =>
    line.replaceAll(`Pulumi.${stack}.yaml`, `Pulumi.${siteStack}.yaml`),
  );
  return new ProblemsError(lines);
}

/**
 * Opens the stack for one act. One that was opened for the first time and then holds nothing is removed
 * again, so that a preview or a refused `up` leaves no trace.
 */
export async function withStack<T>(
  request: Request,
  { cluster, stack: name }: Placement,
  act: (open: OpenStack) => Promise<T>,
): Promise<T> {
  const { root, settings, entry } = request;
  const program = (): Promise<Record<string, unknown>> => runStack(root, { cluster });
  const open = await openStack({ root, name, settings, program });
  const before = await stateOf(open);
  refuseOtherWorkspace(name, before, entry.spec);
  try {
    return await act(open);
  } catch (error) {
    throw named(error, name, request.siteStack);
  } finally {
    if (isEmpty(before) && isEmpty(await stateOf(open))) {
      await removeStack(open);
    }
  }
}
