/** The two generations of Exaflow's chart, and what each calls its objects. */
import type { ExaflowSettings } from "./exaflowTypes";
import type { Problems } from "./problems";
import type { Workload } from "./workloads";

/** One generation of the chart. */
export interface ExaflowGeneration {
  /** Version of the chart that is deployed. */
  version: string;
  /** Whether it is the seed's: with MonetDB, for microk8s alone, all workers Deployments. */
  seed: boolean;
  /** What the names of its objects and images begin with. */
  prefix: string;
}

/** Versions whose values are known: 0.24 and, after a year of other forms, everything since 1.0. */
const KNOWN = /^(?:(0\.24\.\d+)|[1-9]\d*\.\d+\.\d+)(?:[-+].*)?$/;

/** What is known, for messages. */
const ALLOWED = "0.24.0 (the seed's keys), or 1.0.0 and later";

/** The generation of a version of the chart, or a problem. */
export function exaflowGeneration(
  version: string,
  problems: Problems,
): ExaflowGeneration | undefined {
  const match = KNOWN.exec(version);
  if (match === null) {
    problems.add({
      path: "charts.versions.exaflow",
      reason: "a version of the chart whose values are not known here",
      value: version,
      allowed: ALLOWED,
      remedy: "Choose one of these.",
    });
    return undefined;
  }
  const seed = match[1] !== undefined;
  return { version, seed, prefix: seed ? "exareme2" : "exaflow" };
}

/** Port of the controller's Service. */
const CONTROLLER_PORT = 5000;

/**
 * Port of every node at which both charts publish the controller of an unmanaged cluster. They have no key for
 * it, so one cluster holds one unmanaged engine.
 */
export const CONTROLLER_NODE_PORT = 30_000;

/** Name of the controller's Service. */
export function controllerService({ prefix }: ExaflowGeneration): string {
  return `${prefix}-controller-service`;
}

/** Where the controller answers within the cluster. */
export function controllerUrl(generation: ExaflowGeneration, namespace: string): string {
  return `http://${controllerService(generation)}.${namespace}:${CONTROLLER_PORT}`;
}

/** Whether the aggregation server runs: the chart of the seed has none. */
export function hasAggregationServer(
  { aggregationServer = {} }: ExaflowSettings,
  { seed }: ExaflowGeneration,
): boolean {
  return !seed && (aggregationServer.enabled ?? true);
}

/** Players of the secure computation: there are always three. */
export const SMPC_PLAYERS = 3;

/** Every workload that runs once the engine is up. */
export function exaflowWorkloads(
  settings: ExaflowSettings,
  generation: ExaflowGeneration,
): Workload[] {
  const { prefix, seed } = generation;
  const players = settings.smpc?.enabled === true ? SMPC_PLAYERS : 0;
  const worker = (name: string, replicas: number): Workload =>
    seed
      ? { kind: "Deployment", name: `${prefix}-${name}-deployment` }
      : { kind: "StatefulSet", name: `${prefix}-${name}`, replicas };
  const localWorkers = settings.localWorkers ?? 1;
  return [
    { kind: "Deployment", name: `${prefix}-controller-deployment` },
    ...(hasAggregationServer(settings, generation)
      ? [{ kind: "Deployment", name: `${prefix}-aggregation-server-deployment` } as const]
      : []),
    worker("globalworker", 1),
    ...(localWorkers > 0 ? [worker("localworker", localWorkers)] : []),
    ...Array.from({ length: players }, (_, index) => ({
      kind: "Pod" as const,
      name: `${prefix}-smpc-player${index}`,
    })),
  ];
}
