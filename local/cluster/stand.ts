/** The whole stand: clusters and the `random` provider, brought up and taken down. */
import { setTimeout as sleep } from "node:timers/promises";
import { runTasks } from "../progress";
import { StandError } from "../processes/errors";
import { withLock } from "../processes/lock";
import { firstLineLike } from "../processes/logs";
import { ensureRunning, stopAll, stopOutdated } from "../processes/processes";
import type { ProcessSpec } from "../processes/processes";
import {
  clusterProcesses,
  furnishCluster,
  isClusterRunning,
  lacking,
  prepareCluster,
} from "./cluster";
import { nodeProgram } from "./components";
import type { ClusterContext, ClusterTool } from "./components";
import { removeEnvironment, writeEnvironment } from "./environment";
import { CLUSTER_NAMES } from "./paths";
import type { StandPaths } from "./paths";

/** How long a cluster may take from its last process to Ready nodes, in milliseconds. */
const FURNISH_TIMEOUT = 60_000;

/** What `bringUp` is asked for. */
export interface UpOptions {
  /** How many clusters, in the order of `CLUSTER_NAMES`. A further one that runs already is left alone. */
  clusters: number;
  /** Absolute paths of the programs by name. */
  tools: Record<string, string> & Record<ClusterTool, string>;
  /** Called when another run is waited for. */
  waiting: (pid: number) => void;
}

/** The provider of `@pulumi/random`, which prints its port. */
function randomProvider(found: (port: number) => void): ProcessSpec {
  return {
    ...nodeProgram("random/server.ts"),
    name: "random",
    order: 4,
    ready: (record) => {
      const line = firstLineLike(record.log, record.logOffset, /^\d{2,5}$/);
      if (line !== undefined) {
        found(Number(line));
      }
      return line !== undefined;
    },
  };
}

async function waitFurnished(context: ClusterContext, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + FURNISH_TIMEOUT;
  let missing = await lacking(context);
  while (missing !== undefined) {
    if (Date.now() > deadline) {
      throw new StandError(
        `cluster ${context.name} still lacks ${missing} after ${FURNISH_TIMEOUT / 1000} s.`,
        `Read the logs in .local/log; then try: make down cluster`,
      );
    }
    await sleep(50, undefined, { signal });
    missing = await lacking(context);
  }
}

/**
 * Brings the stand up: starts what is missing, leaves what runs as it is, and writes `env.json`.
 *
 * @returns the clusters, ready for use.
 */
export async function bringUp(stand: StandPaths, options: UpOptions): Promise<ClusterContext[]> {
  return withLock(stand.lock, options.waiting, async () => {
    const contexts: ClusterContext[] = [];
    for (const name of CLUSTER_NAMES.slice(0, options.clusters)) {
      const reserved = contexts.flatMap((context) => Object.values(context.ports));
      contexts.push(await prepareCluster(stand, name, options.tools, reserved));
    }
    let randomPort = 0;
    const random = randomProvider((port) => (randomPort = port));
    const perCluster = contexts.map((context) => clusterProcesses(context));
    await Promise.all(perCluster.map((groups) => stopOutdated(stand, groups)));
    const [first = [], second = [], third = []] = [0, 1, 2].map((group) =>
      perCluster.flatMap((groups) => groups[group] ?? []),
    );
    const start = (specs: ProcessSpec[]): Promise<void[]> =>
      runTasks(
        specs.map((spec) => ({
          title: spec.name,
          run: async (report, signal) => {
            const { started } = await ensureRunning(stand, spec, signal);
            report(started ? "started" : "running");
          },
        })),
        { concurrency: specs.length },
      );
    await start(first);
    await start([...second, random]);
    await Promise.all(contexts.map((context) => furnishCluster(stand, context)));
    await start(third);
    await runTasks(
      contexts.map((context) => ({
        title: `${context.name}: nodes`,
        run: (_report, signal) => waitFurnished(context, signal),
      })),
      { concurrency: contexts.length },
    );
    contexts.forEach((context) => context.api.close());
    const running = CLUSTER_NAMES.filter((name) => isClusterRunning(stand, name));
    writeEnvironment(stand, options.tools, running, randomPort);
    return contexts;
  });
}

/**
 * Stops all that the stand started. What the clusters hold stays in `.local`.
 *
 * @returns the names of the processes that were stopped.
 */
export async function takeDown(
  stand: StandPaths,
  waiting: (pid: number) => void,
): Promise<string[]> {
  return withLock(stand.lock, waiting, async () => {
    removeEnvironment(stand);
    return stopAll(stand);
  });
}
