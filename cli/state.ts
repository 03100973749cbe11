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
  protect?: boolean;
  retainOnDelete?: boolean;
  resourceHooks?: Record<string, string[]>;
}

/** The resources of a stack; none where it never ran. Secrets are in clear: never print them. */
export async function stateOf(open: OpenStack): Promise<StateResource[]> {
  const { deployment } = await open.stack.exportStack();
  const { resources } = (deployment ?? {}) as { resources?: StateResource[] };
  return resources ?? [];
}

/** Takes protection off one resource, or off all. */
export async function unprotect(open: OpenStack, urn: string | "all"): Promise<void> {
  const { workspace, name } = open.stack;
  const which = urn === "all" ? "--all" : urn;
  const args = ["state", "unprotect", which, "--yes", "--non-interactive", "--stack", name];
  await promisify(execFile)("pulumi", args, {
    cwd: workspace.workDir,
    env: { ...process.env, ...workspace.envVars },
  });
}
