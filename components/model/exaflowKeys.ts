/**
 * The values that each generation of Exaflow's chart reads. The charts have no schema: Helm takes any key, and one
 * that no template reads changes nothing without a word, so we refuse it.
 */
import type { ExaflowGeneration } from "./exaflowGeneration";
import { joinPath, nearest, type Problems } from "./problems";

const COMMON = [
  "namespace",
  "localnodes",
  "federation",
  "log_level",
  "framework_log_level",
  "max_concurrent_experiments",
  "globalworker_identifier",
  "controller.worker_landscape_aggregator_update_interval",
  "smpc.enabled",
  "smpc.optional",
  "smpc.image",
  "smpc.db_image",
  "smpc.queue_image",
  "smpc.get_result_interval",
  "smpc.get_result_max_retries",
];

const SEED = [
  ...COMMON,
  "exareme2_images.repository",
  "exareme2_images.version",
  "db.credentials_location",
  "db.storage_location",
  "db.csvs_location",
  "db.max_memory",
  "db.percentage_soft_memory_limit",
  "db.percentage_hard_memory_limit",
  "controller.flower_execution_timeout",
  "controller.celery_tasks_timeout",
  "controller.workers_cleanup_interval",
  "controller.cleanup_file_folder",
];

const TODAY = [
  ...COMMON,
  "managed_cluster",
  "exaflow_images.repository",
  "exaflow_images.version",
  "flower.enabled",
  "flower.execution_timeout",
  "flower.server_port",
  "controller.workers_dns",
  "controller.worker_tasks_timeout",
  "aggregation_server.enabled",
  "aggregation_server.max_wait_for_aggregation_inputs",
  "aggregation_server.dns",
];

const UNMANAGED = ["storage.hostPath.db.localworker", "storage.hostPath.db.globalworker"];

const MANAGED = [
  "storage.cephfs.storageClassName",
  "storage.cephfs.localworker.csvs.size",
  "storage.cephfs.localworker.csvs.accessModes",
  "storage.cephfs.globalworker.csvs.size",
  "storage.cephfs.globalworker.csvs.accessModes",
];

/** Keys that lie in the values of today's chart, and that no template of it reads. */
const UNREAD = [
  "storage.type",
  "storage.cephfs.controller.size",
  ...["localworker", "globalworker"].flatMap((worker) => [
    `storage.cephfs.${worker}.db`,
    `storage.cephfs.${worker}.creds`,
  ]),
];

/** Values that our checks rest on, with the argument that sets each. */
const OURS: Record<string, string> = {
  namespace: "namespace",
  managed_cluster: "managedCluster",
  localnodes: "localWorkers",
  federation: "federation",
  "smpc.enabled": "smpc.enabled",
  "aggregation_server.enabled": "aggregationServer.enabled",
};

/** Every key that a chart reads. */
function keysOf({ seed }: ExaflowGeneration, managed: boolean): string[] {
  return seed ? SEED : [...TODAY, ...(managed ? MANAGED : UNMANAGED)];
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`);
}

/** Paths of all that is no object; an Output, or a list, is one value. */
function leaves(values: object, base = ""): string[] {
  return Object.entries(values).flatMap(([key, value]: [string, unknown]) => {
    const path = base === "" ? key : `${base}.${key}`;
    const prototype: unknown =
      typeof value === "object" && value !== null ? Object.getPrototypeOf(value) : undefined;
    return prototype === Object.prototype ? leaves(value as object, path) : [path];
  });
}

/** Why the chart ignores a key, and what to do. */
function whyIgnored(
  key: string,
  generation: ExaflowGeneration,
  managed: boolean,
): { reason: string; remedy: string } {
  const { seed, version } = generation;
  const chart = `chart ${version}`;
  const has = (keys: string[]): boolean =>
    keys.some((known) => isWithin(known, key) || isWithin(key, known));
  if (!seed && has(UNREAD)) {
    const reason = `no template of ${chart} reads it, although it lies in the chart's values`;
    return { reason, remedy: "Remove it." };
  }
  if (!seed && has(managed ? UNMANAGED : MANAGED)) {
    const kind = managed ? "managed" : "unmanaged";
    return { reason: `${chart} does not read it on ${kind} clusters`, remedy: "Remove it." };
  }
  if (seed ? has([...TODAY, ...MANAGED, ...UNMANAGED]) : has(SEED)) {
    const other = seed ? "1.0.0 and later" : "0.24.0";
    return {
      reason: `a key of another generation (${other}), which ${chart} would silently ignore`,
      remedy: `Remove it, or set charts.versions.exaflow.`,
    };
  }
  const known = keysOf(generation, managed);
  const last = key.split(".").at(-1);
  const near = known.find((one) => one.split(".").at(-1) === last) ?? nearest(key, known);
  return {
    reason: `unknown to ${chart}, which would silently ignore it`,
    remedy: near === undefined ? "Remove it." : `Did you mean ${near}?`,
  };
}

/** Adds a problem for every key in `values` that the chart would ignore, or that an argument sets. */
export function checkExaflowKeys(
  values: object,
  generation: ExaflowGeneration,
  managed: boolean,
  problems: Problems,
): void {
  const known = keysOf(generation, managed);
  for (const key of leaves(values)) {
    const path = joinPath("values", key.split("."));
    if (!known.some((one) => isWithin(key, one))) {
      problems.add({ path, ...whyIgnored(key, generation, managed) });
    } else if (OURS[key] !== undefined) {
      const reason = "set by an argument that much is checked against";
      problems.add({ path, reason, remedy: `Set ${OURS[key]} instead.` });
    }
  }
}
