/** The command `aws`, as the checks before a first `up` use it: it reads, and never writes. */
import { execFile } from "node:child_process";

/** What one call of `aws` came to. */
export interface AwsAnswer {
  /** Exit code; nothing where the command could not be started. */
  code?: number;
  stdout: string;
  stderr: string;
}

/** Runs `aws` with these arguments. */
export type RunAws = (args: readonly string[], env: Record<string, string>) => Promise<AwsAnswer>;

/** Longest that one call may take, in milliseconds. */
const TIMEOUT = 30_000;

/** The command on PATH. */
export const runAws: RunAws = (args, env) =>
  new Promise((resolve) => {
    const options = { env: { ...process.env, AWS_PAGER: "", ...env }, timeout: TIMEOUT };
    execFile("aws", [...args], options, (error, stdout, stderr) => {
      const missing = (error as NodeJS.ErrnoException | null)?.code === "ENOENT";
      const failed = typeof error?.code === "number" ? error.code : 1;
      resolve({ ...(missing ? {} : { code: error === null ? 0 : failed }), stdout, stderr });
    });
  });
