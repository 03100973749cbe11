/** A stack's state: what it holds, and letting go of protection. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { OpenStack } from "./stackHandle";

/** One resource as the engine's state has it. */
export interface StateResource {
  urn: string;
  id?: string;
  type: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  /** URN and id of its provider. */
  provider?: string;
  protect?: boolean;
  retainOnDelete?: boolean;
  resourceHooks?: Record<string, string[]>;
}

/** The resources of a stack; none where it never ran. Secrets are in clear: never print them. */
export async function stateOf(open: OpenStack): Promise<StateResource[]> {
  const exported: { deployment?: { resources?: StateResource[] } } = await open.stack.exportStack();
  return exported.deployment?.resources ?? [];
}

/**
 * Takes protection off a resource.
 *
 * @param urn of the one. @default every resource of the stack
 */
export async function unprotect(open: OpenStack, urn?: string): Promise<void> {
  const { workspace, name } = open.stack;
  const args = [
    "state",
    "unprotect",
    urn ?? "--all",
    "--yes",
    "--non-interactive",
    "--stack",
    name,
  ];
  await promisify(execFile)("pulumi", args, {
    cwd: workspace.workDir,
    env: { ...process.env, ...workspace.envVars },
  });
}
