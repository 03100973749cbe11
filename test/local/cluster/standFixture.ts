/** A stand of its own for a test: in a temporary folder, with the tools that are there already. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ApiClient } from "../../../local/cluster/api";
import type { ApiObject } from "../../../local/cluster/api";
import { readCredentials } from "../../../local/cluster/kubeconfig";
import { standPaths } from "../../../local/cluster/paths";
import type { StandPaths } from "../../../local/cluster/paths";
import { cacheRoot, cachedFile } from "../../../local/tools/cache";
import { CATALOGUE, STAND_TOOLS } from "../../../local/tools/catalogue";

const REPOSITORY = resolve(__dirname, "../../..");

/** Where the tests put their objects. */
export const NAMESPACE = "/api/v1/namespaces/default";

export interface Node extends ApiObject {
  spec: { taints?: { key: string; value?: string; effect: string }[] };
  status: { allocatable: Record<string, string>; conditions: { type: string; status: string }[] };
}

export interface Pod extends ApiObject {
  spec: { nodeName?: string };
  status: { phase: string; podIP?: string; hostIP?: string };
}

/** What a program of `local/` did. */
export interface Outcome {
  code: number;
  output: string;
  seconds: number;
}

/** The tools of the stand that a run would have to build first. */
export async function toolsToBuild(): Promise<string[]> {
  const root = cacheRoot(process.env);
  const modules = join(REPOSITORY, "local", "tools");
  const wanted = CATALOGUE.filter((tool) => (STAND_TOOLS as readonly string[]).includes(tool.name));
  const files = await Promise.all(wanted.map((tool) => cachedFile(tool, modules, root)));
  return wanted.filter((_, index) => !existsSync(files[index] ?? "")).map((tool) => tool.name);
}

function runProgram(root: string, program: string, args: string[]): Promise<Outcome> {
  const started = Date.now();
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      ["--import", "tsx", join("local", `${program}.ts`), ...args],
      { cwd: REPOSITORY, env: { ...process.env, SCIENCE_PLATFORM_LOCAL: root } },
      (_error, stdout, stderr) =>
        done({
          code: child.exitCode ?? -1,
          output: stdout + stderr,
          seconds: (Date.now() - started) / 1000,
        }),
    );
  });
}

/** A stand in a folder of its own. */
export class TestStand {
  private root = "";
  private readonly clients = new Map<string, ApiClient>();

  /** Makes the folder; nothing is started yet. */
  create(): void {
    this.root = mkdtempSync(join(tmpdir(), "stand-"));
  }

  get paths(): StandPaths {
    return standPaths(this.root);
  }

  /** Runs `local/<program>.ts` for this stand. */
  run(program: "up" | "down", ...args: string[]): Promise<Outcome> {
    this.closeClients();
    return runProgram(this.root, program, args);
  }

  /** The API server of a cluster, as its administrator. */
  client(cluster: string): ApiClient {
    const kubeconfig = join(this.root, "clusters", cluster, "kubeconfig");
    const client = this.clients.get(cluster) ?? new ApiClient(readCredentials(kubeconfig));
    this.clients.set(cluster, client);
    return client;
  }

  get api(): ApiClient {
    return this.client("local");
  }

  post<T = ApiObject>(path: string, body: object): Promise<T> {
    return this.api.call<T>("POST", path, { body });
  }

  /** Waits for a pod with that label to run. */
  runningPod(selector: string): Promise<Pod> {
    return eventually(`a running pod of ${selector}`, async () => {
      const path = `${NAMESPACE}/pods?labelSelector=${selector}`;
      const { items } = await this.api.get<{ items: Pod[] }>(path);
      return items.find((pod) => pod.status.phase === "Running");
    });
  }

  /** What the stand's file of that path holds. */
  read(...path: string[]): string {
    return readFileSync(join(this.root, ...path), "utf8");
  }

  /** Takes the stand down and removes its folder. */
  async remove(): Promise<void> {
    if (this.root !== "") {
      await this.run("down");
      rmSync(this.root, { recursive: true, force: true });
    }
  }

  private closeClients(): void {
    this.clients.forEach((client) => client.close());
    this.clients.clear();
  }
}

/** A pod's spec with one container. */
export function podSpec(extra: object = {}, container: object = {}): object {
  return {
    containers: [{ name: "main", image: "registry.example.org/tool:1", ...container }],
    ...extra,
  };
}

/** Processes of this machine whose command line names the folder. Linux only; elsewhere none are found. */
export function processesNaming(folder: string): string[] {
  if (!existsSync("/proc/self/cmdline")) {
    return [];
  }
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return "";
      }
    })
    .filter((command) => command.includes(folder));
}

/**
 * Waits until a value is there.
 *
 * @throws when `find` gives nothing for 30 seconds
 */
export async function eventually<T>(what: string, find: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const found = await find();
    if (found !== undefined) {
      return found;
    }
    await sleep(50);
  }
  throw new Error(`waited 30 s for ${what}`);
}
