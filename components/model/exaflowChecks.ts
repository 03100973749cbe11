/** What is wrong with an engine's settings, before anything is made. */
import { checkExaflowForms, settingAt } from "./exaflowForms";
import { exaflowGeneration, type ExaflowGeneration } from "./exaflowGeneration";
import { checkExaflowKeys } from "./exaflowKeys";
import { checkExaflowNodes } from "./exaflowNodes";
import type { ExaflowSettings } from "./exaflowTypes";
import type { Problems } from "./problems";

/** With fewer workers, each could tell another's part from the sum. */
const SMPC_WORKERS = 3;

/** Settings that only today's chart has a key for. */
const TODAY = [
  "controller.workersDns",
  "aggregationServer",
  "flower.enabled",
  "flower.serverPort",
  "storage.localWorkerPath",
  "storage.globalWorkerPath",
  "storage.storageClass",
  "storage.localWorkerVolume",
  "storage.globalWorkerVolume",
];

/** Settings that only the seed's chart has a key for. */
const SEED = [
  "controller.cleanupIntervalSeconds",
  "database",
  "storage.credentialsLocation",
  "storage.databaseLocation",
  "storage.csvsLocation",
  "storage.cleanupLocation",
];

const UNMANAGED = ["storage.localWorkerPath", "storage.globalWorkerPath"];
const MANAGED = ["storage.storageClass", "storage.localWorkerVolume", "storage.globalWorkerVolume"];

/** Settings that this chart, or this kind of cluster, has no key for. */
function checkGeneration(
  settings: ExaflowSettings,
  { seed, version }: ExaflowGeneration,
  problems: Problems,
): void {
  const { managedCluster = false } = settings;
  const given = (paths: string[]): string[] =>
    paths.filter((path) => settingAt(settings, path) !== undefined);
  for (const path of given(seed ? TODAY : SEED)) {
    const other = seed ? "1.0.0 and later" : "0.24.0";
    problems.add({
      path,
      reason: `chart ${version} has no key for it, only that of another generation (${other})`,
      remedy: "Remove it, or set charts.versions.exaflow.",
    });
  }
  if (seed && managedCluster) {
    problems.add({
      path: "managedCluster",
      reason: `chart ${version} is for unmanaged clusters alone: it has no key for it`,
      value: true,
      remedy: "Remove it, or take a newer chart.",
    });
  }
  for (const path of seed ? [] : given(managedCluster ? UNMANAGED : MANAGED)) {
    const kind = managedCluster ? "managed" : "unmanaged";
    const reason = `chart ${version} does not read it on ${kind} clusters`;
    problems.add({ path, reason, remedy: "Remove it." });
  }
  if (!seed && managedCluster && settings.storage?.storageClass === undefined) {
    problems.add({
      path: "storage.storageClass",
      reason:
        "required on managed clusters, but missing: the chart's default is a class of its authors",
      remedy: "Name the class of the workers' volumes.",
    });
  }
}

function checkWorkers(
  settings: ExaflowSettings,
  generation: ExaflowGeneration,
  problems: Problems,
): void {
  const { localWorkers = 1, controller = {}, smpc = {} } = settings;
  if (localWorkers === 0 && (generation.seed || controller.workersDns === undefined)) {
    problems.add({
      path: "localWorkers",
      reason: "no worker here, and none elsewhere",
      value: 0,
      allowed: generation.seed ? "1 or more" : "1 or more; 0 with controller.workersDns",
      remedy: "Set the number of worker nodes.",
    });
  }
  if (smpc.enabled === true && localWorkers < SMPC_WORKERS) {
    problems.add({
      path: "smpc.enabled",
      reason: `secure computation is for federations of ${SMPC_WORKERS} workers or more, and there are ${localWorkers}`,
      value: true,
      remedy: "Turn it off, or raise localWorkers.",
    });
  }
}

/** Settings that were checked. */
export interface CheckedExaflow {
  generation: ExaflowGeneration;
  /** What works, and may fall short: for the log. */
  warnings: string[];
}

/**
 * Adds a problem for everything in the settings that could not work, or that the chart would ignore.
 *
 * @param version of the chart
 * @param values what is merged over ours
 * @returns nothing when the version's generation is not known
 */
export function checkedExaflow(
  settings: ExaflowSettings,
  version: string,
  values: object,
  problems: Problems,
): CheckedExaflow | undefined {
  checkExaflowForms(settings, problems);
  const generation = exaflowGeneration(version, problems);
  if (generation === undefined) {
    return undefined;
  }
  checkGeneration(settings, generation, problems);
  checkWorkers(settings, generation, problems);
  checkExaflowKeys(values, generation, settings.managedCluster ?? false, problems);
  return { generation, warnings: checkExaflowNodes(settings, generation, problems) };
}
