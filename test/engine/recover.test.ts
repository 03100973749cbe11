/** A run that is killed in its middle, with the engine and its plugins, is taken up again; nothing is made twice or lost. */
import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import type { ApiClient } from "../../components/cluster/apiClient";
import { localFolder } from "../../cli/environment";
import { ENGINE_TIMEOUT_MS, standClient, standOrSkip } from "../support/engine";

const run = promisify(execFile);
const ROOT = path.resolve(__dirname, "../..");
const PROGRAM = path.join(__dirname, "interruptedRun.ts");
const COUNT = 8;

interface Item {
  metadata: { name: string; uid: string };
}

/** A process and all that it started, by their ids. */
function family(pid: number): number[] {
  const rows = execFileSync("ps", ["-e", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    rows.filter(([, of]) => of === parent).flatMap(([id]) => [id!, ...below(id!)]);
  return [pid, ...below(pid)];
}

describe("recovering a run that was killed", function () {
  this.timeout(2 * ENGINE_TIMEOUT_MS);
  let client: ApiClient;

  before(async function () {
    client = await standClient(standOrSkip(this));
  });

  after(() => client?.close());

  const uids = async (kind: string, namespace: string): Promise<Record<string, string>> => {
    const group = kind === "jobs" ? "/apis/batch/v1" : "/api/v1";
    const { body } = await client.request("GET", `${group}/namespaces/${namespace}/${kind}`);
    const { items = [] } = body as { items?: Item[] };
    return Object.fromEntries(items.map(({ metadata }) => [metadata.name, metadata.uid]));
  };

  for (const [what, env] of [
    ["state written at every step", {}],
    ["state written at the end alone", { PULUMI_SKIP_CHECKPOINTS: "true" }],
  ] as const) {
    it(`goes on from there: ${what}`, async () => {
      const namespace = `test-killed-${Date.now().toString(36)}`;
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-killed-"));
      const args = (operation: string): string[] => [
        ...["--import", "tsx", PROGRAM, folder, operation],
        ...[namespace, String(COUNT)],
      ];
      try {
        const first = spawn(process.execPath, args("up"), { env: { ...process.env, ...env } });
        const gone = new Promise((resolve) => first.once("exit", resolve));
        while (Object.keys(await uids("jobs", namespace)).length < 2) {
          assert.equal(first.exitCode, null, "the run ended before it could be killed");
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        for (const pid of family(first.pid!)) {
          process.kill(pid, "SIGKILL");
        }
        await gone;
        const [jobs, claims] = [
          await uids("jobs", namespace),
          await uids("persistentvolumeclaims", namespace),
        ];
        assert.ok(Object.keys(jobs).length < COUNT, "the run was killed too late to show anything");

        await run(process.execPath, args("recover"));
        const nowJobs = await uids("jobs", namespace);
        const nowClaims = await uids("persistentvolumeclaims", namespace);
        assert.equal(Object.keys(nowJobs).length, COUNT);
        assert.equal(Object.keys(nowClaims).length, COUNT);
        assert.deepEqual({ ...nowJobs, ...jobs }, nowJobs, "a Job was made anew");
        assert.deepEqual({ ...nowClaims, ...claims }, nowClaims, "a claim was made anew");
        await run(process.execPath, args("preview"));
      } finally {
        await client.request("DELETE", `/api/v1/namespaces/${namespace}`);
        fs.rmSync(folder, { recursive: true, force: true });
        fs.rmSync(path.join(localFolder(ROOT), "work", namespace), {
          recursive: true,
          force: true,
        });
      }
    });
  }
});
