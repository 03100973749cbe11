/** The program of the CronJob that removes finished Jobs, run here with its own service account's rights. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import type { ApiClient } from "../../components/cluster/apiClient";
import { LiveTask } from "./node";

const SCRIPT = path.resolve(__dirname, "../../components/covalent/jobCleaner.py");

export class Cleaner {
  /**
   * @param folder the dispatcher's, with the kubeconfig that says where the cluster is
   * @param scratch where the account's files are put
   */
  constructor(
    private readonly api: ApiClient,
    private readonly python: string,
    private readonly namespace: string,
    private readonly folder: string,
    private readonly scratch: string,
  ) {}

  /** Runs it once, and returns what it prints. */
  async run(keepSeconds: number): Promise<string> {
    const account = `/api/v1/namespaces/${this.namespace}/serviceaccounts/covalent-job-cleaner/token`;
    const answer = await this.api.request("POST", account, { body: { spec: {} } });
    const { token } = (answer.body as { status: { token: string } }).status;
    const kubeconfig = fs.readFileSync(path.join(this.folder, "kubeconfig"), "utf8");
    const [, authority = ""] = /certificate-authority-data: (\S+)/.exec(kubeconfig) ?? [];
    const [, host = "", port = ""] = /server: https:\/\/([^:\s]+):(\d+)/.exec(kubeconfig) ?? [];
    fs.writeFileSync(path.join(this.scratch, "token"), token, { mode: 0o600 });
    fs.writeFileSync(path.join(this.scratch, "ca.crt"), Buffer.from(authority, "base64"));
    const { stdout } = await promisify(execFile)(this.python, [SCRIPT], {
      env: {
        SERVICE_ACCOUNT_FOLDER: this.scratch,
        KUBERNETES_SERVICE_HOST: host,
        KUBERNETES_SERVICE_PORT: port,
        JOBS_NAMESPACE: "default",
        KEEP_SECONDS: String(keepSeconds),
      },
    });
    return stdout.trim();
  }
}

/** That it takes the finished Job of a task once its time is up, and no Job of another name. */
export async function assertRemoved(
  api: ApiClient,
  cleaner: Cleaner,
  task: LiveTask,
  somebodys: string,
): Promise<void> {
  const other = new LiveTask(api, "default", somebodys);
  const container = { name: "c", image: "hello-world" };
  const body = {
    metadata: { name: somebodys },
    spec: {
      suspend: true,
      template: { spec: { restartPolicy: "Never", containers: [container] } },
    },
  };
  await api.request("POST", "/apis/batch/v1/namespaces/default/jobs", { body });
  try {
    assert.match(await cleaner.run(3600), /^0 removed$/);
    assert.notEqual(await task.find(), undefined);
    assert.match(await cleaner.run(0), /^[1-9]\d* removed$/);
    assert.equal(await task.find(), undefined);
    assert.notEqual(await other.find(), undefined);
  } finally {
    await other.remove();
  }
}
