/** Runs of a stack with a cluster on EKS, each in a process of its own, as on a command line. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { localFolder } from "../../cli/environment";
import type { SimulatedAccount } from "./aws/simulatedAccount";
import { ROOT } from "./platformStack";

const PROGRAM = path.join(ROOT, "test/engine/eksRun.ts");

/** One stack in an account, with a backend of its own. */
export class EksRuns {
  private readonly backend = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-eks-"));
  private readonly name = `eks-${randomBytes(4).toString("hex")}`;

  constructor(private readonly aws: SimulatedAccount) {}

  /** What `node` is given for an operation: `up`, `recover`, `preview` (of no changes) or `destroy`. */
  args(operation: string): string[] {
    const { folder, port } = this.aws.place;
    return ["--import", "tsx", PROGRAM, this.backend, folder, String(port), this.name, operation];
  }

  /** @throws Error with what the run said */
  async go(operation: string): Promise<void> {
    const options = { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 };
    await promisify(execFile)(process.execPath, this.args(operation), options);
  }

  /** Removes what is on this machine; the account is left as it is. */
  close(): void {
    fs.rmSync(this.backend, { recursive: true, force: true });
    fs.rmSync(path.join(localFolder(ROOT), "work", this.name), { recursive: true, force: true });
  }
}
