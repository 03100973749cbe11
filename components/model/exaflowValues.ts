/** The values of Exaflow's chart from an engine's settings, in the form of each generation. */
import { compact } from "./compact";
import type { ExaflowGeneration } from "./exaflowGeneration";
import type { ExaflowSettings, ExaflowVolume } from "./exaflowTypes";

/** Names where the settings give none. */
export const DEFAULT_NAMESPACE = "exaflow";
export const DEFAULT_RELEASE = "exaflow";

type Values = Record<string, unknown>;

/** Keys that both generations have. */
function common(settings: ExaflowSettings): Values {
  const { smpc = {} } = settings;
  return compact({
    // The objects' own, which the chart takes from here and not from the release.
    namespace: settings.namespace ?? DEFAULT_NAMESPACE,
    localnodes: settings.localWorkers ?? 1,
    federation: settings.federation,
    log_level: settings.logLevel ?? "INFO",
    framework_log_level: settings.frameworkLogLevel ?? "ERROR",
    max_concurrent_experiments: settings.maxConcurrentExperiments,
    globalworker_identifier: settings.globalWorkerIdentifier,
    smpc: compact({
      enabled: smpc.enabled ?? false,
      optional: smpc.optional,
      image: smpc.image,
      db_image: smpc.databaseImage,
      queue_image: smpc.queueImage,
      get_result_interval: smpc.resultIntervalSeconds,
      get_result_max_retries: smpc.resultRetries,
    }),
  });
}

function images({ images: given = {} }: ExaflowSettings, { version }: ExaflowGeneration): Values {
  return compact({ repository: given.repository, version: given.version ?? version });
}

function seedValues(settings: ExaflowSettings, generation: ExaflowGeneration): Values {
  const { federation, controller = {}, database = {}, flower = {}, storage = {} } = settings;
  return {
    ...common(settings),
    exareme2_images: images(settings, generation),
    db: compact({
      credentials_location: storage.credentialsLocation ?? "/opt/exaflow/credentials",
      storage_location: storage.databaseLocation ?? "/opt/exaflow/.stored_data/db",
      csvs_location: storage.csvsLocation ?? `/data/${federation}`,
      max_memory: database.maxMemory,
      percentage_soft_memory_limit: database.softLimitPercent,
      percentage_hard_memory_limit: database.hardLimitPercent,
    }),
    controller: compact({
      cleanup_file_folder: storage.cleanupLocation ?? "/opt/exaflow/.stored_data/cleanup",
      worker_landscape_aggregator_update_interval: controller.updateIntervalSeconds,
      workers_cleanup_interval: controller.cleanupIntervalSeconds,
      celery_tasks_timeout: controller.taskTimeoutSeconds,
      flower_execution_timeout: flower.executionTimeoutSeconds,
    }),
  };
}

function volume({ size, accessModes }: ExaflowVolume = {}): Values {
  return { csvs: compact({ size, accessModes }) };
}

function storageValues({ federation, managedCluster, storage = {} }: ExaflowSettings): Values {
  if (managedCluster !== true) {
    return {
      hostPath: {
        db: {
          localworker: storage.localWorkerPath ?? `/data/${federation}`,
          // On one machine it must not read the local worker's data.
          globalworker: storage.globalWorkerPath ?? `/opt/exaflow/${federation}/globalworker`,
        },
      },
    };
  }
  return {
    cephfs: {
      storageClassName: storage.storageClass,
      localworker: volume(storage.localWorkerVolume),
      globalworker: volume(storage.globalWorkerVolume),
    },
  };
}

function todaysValues(settings: ExaflowSettings, generation: ExaflowGeneration): Values {
  const { aggregationServer = {}, controller = {}, flower = {} } = settings;
  return {
    ...common(settings),
    managed_cluster: settings.managedCluster ?? false,
    exaflow_images: images(settings, generation),
    flower: compact({
      enabled: flower.enabled ?? true,
      execution_timeout: flower.executionTimeoutSeconds,
      server_port: flower.serverPort,
    }),
    controller: compact({
      workers_dns: controller.workersDns?.join(","),
      worker_landscape_aggregator_update_interval: controller.updateIntervalSeconds,
      worker_tasks_timeout: controller.taskTimeoutSeconds,
    }),
    aggregation_server: compact({
      enabled: aggregationServer.enabled ?? true,
      dns: aggregationServer.dns,
      max_wait_for_aggregation_inputs: aggregationServer.maxWaitSeconds,
    }),
    storage: storageValues(settings),
  };
}

/** What the chart is told; settings that were not given are left to it. */
export function exaflowValues(settings: ExaflowSettings, generation: ExaflowGeneration): Values {
  return generation.seed ? seedValues(settings, generation) : todaysValues(settings, generation);
}

/** What Pod Security admission enforces in an engine's namespace. */
export function podSecurityOf({ podSecurity, managedCluster }: ExaflowSettings): string {
  return podSecurity ?? (managedCluster === true ? "baseline" : "privileged");
}
