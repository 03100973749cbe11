/** Destroys a stack in order, and leaves the data where it is. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { claimsOfCharts } from "./chartClaims";
import { PARALLEL } from "./operate";
import type { OpenStack } from "./stackHandle";
import { splitUrn } from "./report";
import { stateOf, unprotect, type StateResource } from "./state";

function describe(urn: string, id: string | undefined): string {
  const { type } = splitUrn(urn);
  return `${type.split(":").at(-1) ?? type} ${id ?? splitUrn(urn).name}`;
}

/**
 * Removes what the stack made. Protected resources are data: they are let go of last, when everything
 * that used them is gone, and stay on the cluster because they are also marked to be retained.
 * It may be run again after it was interrupted.
 *
 * @returns what stays on the cluster, a line each
 */
export async function destroyStack(
  open: OpenStack,
  onEvent: (event: EngineEvent) => void,
): Promise<string[]> {
  const before = await stateOf(open);
  const run = { onEvent, parallel: PARALLEL, runProgram: hasDeleteHooks(before) };
  await open.stack.destroy({ ...run, excludeProtected: true });
  const kept = (await stateOf(open)).filter((resource) => resource.protect === true);
  if (kept.length > 0) {
    await unprotect(open);
  }
  await open.stack.destroy(run);
  const ours = kept.map((resource) => describe(resource.urn, resource.id));
  return [...new Set([...ours, ...(await claimsOfCharts(before))])].sort();
}

/** Delete hooks live in the program, so a state that names any needs the program to run. */
function hasDeleteHooks(resources: readonly StateResource[]): boolean {
  return resources.some(({ resourceHooks: hooks }) =>
    Object.entries(hooks ?? {}).some(([when, names]) => /delete/i.test(when) && names.length > 0),
  );
}
