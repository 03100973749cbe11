/** What a real node does for a task, and a simulated one does not: it runs the task's script. */
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import type { ApiClient } from "../../components/cluster/apiClient";
import { until } from "../hub/processes";

const WAIT_MS = 60_000;

/** What the tests look at in a Job. */
export interface Job {
  metadata: { name: string; namespace: string; labels?: Record<string, string> };
  spec: {
    backoffLimit: number;
    ttlSecondsAfterFinished?: number;
    template: { spec: Record<string, unknown> };
  };
  status: { succeeded?: number; failed?: number };
}

interface Pod {
  metadata: { name: string };
  spec: { nodeName: string };
  status: { phase: string };
}

/** Reads an object, or nothing where there is none. */
async function get<T>(api: ApiClient, below: string): Promise<T | undefined> {
  const { status, body } = await api.request("GET", below);
  return status === 200 ? (body as T) : undefined;
}

/** One task as the cluster has it. */
export class LiveTask {
  constructor(
    private readonly api: ApiClient,
    readonly namespace: string,
    readonly job: string,
  ) {}

  private get path(): string {
    return `/apis/batch/v1/namespaces/${this.namespace}/jobs/${this.job}`;
  }

  find(): Promise<Job | undefined> {
    return get<Job>(this.api, this.path);
  }

  /** Its pod, once that runs on a simulated node. */
  running(): Promise<Pod> {
    return until(`no running pod of ${this.job}`, WAIT_MS, async () => {
      const query = `labelSelector=${encodeURIComponent(`job-name=${this.job}`)}`;
      const pods = await get<{ items: Pod[] }>(
        this.api,
        `/api/v1/namespaces/${this.namespace}/pods?${query}`,
      );
      return pods?.items.find(({ status }) => status.phase === "Running");
    });
  }

  /** Lets the pod end: the stand's nodes look for this annotation. Neither plugin nor Job knows of it. */
  async end(pod: Pod, how: "complete" | "fail"): Promise<void> {
    const body = { metadata: { annotations: { "science-platform/simulate": how } } };
    const below = `/api/v1/namespaces/${this.namespace}/pods/${pod.metadata.name}`;
    const type = "application/merge-patch+json";
    const { status } = await this.api.request("PATCH", below, { body, type });
    if (status !== 200) {
      throw new Error(`${below}: HTTP ${status}`);
    }
  }

  /** Waits until the Job has ended and somebody has looked. */
  ended(): Promise<Job> {
    return until(`${this.job} has not ended`, WAIT_MS, async () => {
      const job = await this.find();
      return job?.status.succeeded === 1 || job?.status.failed === 1 ? job : undefined;
    });
  }

  async remove(): Promise<void> {
    await this.api.request("DELETE", `${this.path}?propagationPolicy=Background`);
  }
}

/**
 * Runs the script of the task that waits in a data store, as its container would, with the folder in place of
 * `/data`.
 */
export async function runScript(python: string, store: string): Promise<void> {
  const scripts = fs.readdirSync(store).filter((name) => !name.endsWith(".pkl"));
  if (scripts.length !== 1) {
    throw new Error(`${scripts.length} scripts in the data store: ${scripts.join(", ")}`);
  }
  const file = path.join(store, scripts[0]!);
  const script = fs.readFileSync(file, "utf8").replaceAll('"/data"', JSON.stringify(store));
  await promisify(execFile)(python, ["-c", script]);
  fs.rmSync(file);
}
