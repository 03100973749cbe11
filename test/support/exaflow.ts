/** Engines to test with: the least, everything of each generation, and the nodes for them. */
import type { ExaflowSettings } from "../../components/model/exaflowTypes";
import type { DeclaredNode } from "../../components/model/gpuTypes";

/** The chart's versions, one of each generation. */
export const SEED_VERSION = "0.24.0";
export const TODAYS_VERSION = "1.0.0";

const BIG = { cpu: "8", memory: "32G", disk: "100G" };

/** A master and three workers, all with more room than needed, and a spare of each. */
export const NODES: Record<string, DeclaredNode> = {
  "mip-1": { roles: ["master"], ...BIG },
  "mip-2": { roles: ["master"], ...BIG },
  "mip-3": { roles: ["worker", "smpc_player"], ...BIG },
  "mip-4": { roles: ["worker", "smpc_player"], ...BIG },
  "mip-5": { roles: ["worker"], labels: { smpc_player: "true" }, ...BIG },
  "mip-6": { roles: ["worker", "smpc_player"], ...BIG },
};

export const MINIMAL: ExaflowSettings = { federation: "dementia" };

const BOTH: ExaflowSettings = {
  namespace: "dementia",
  releaseName: "engine",
  federation: "dementia",
  localWorkers: 3,
  logLevel: "DEBUG",
  frameworkLogLevel: "WARNING",
  maxConcurrentExperiments: 8,
  globalWorkerIdentifier: "hub",
  smpc: {
    enabled: true,
    optional: true,
    image: "registry.example.org/coordinator:v7",
    databaseImage: "mongo:6.0.1",
    queueImage: "redis:7",
    resultIntervalSeconds: 6,
    resultRetries: 90,
  },
  nodes: NODES,
  evictionSeconds: 45,
};

const TODAY: ExaflowSettings = {
  ...BOTH,
  images: { repository: "registry.example.org/madgik", version: "1.0.1" },
  controller: {
    workersDns: ["exaflow-workers-service", "workers.site-b.example.org"],
    updateIntervalSeconds: 31,
    taskTimeoutSeconds: 301,
  },
  aggregationServer: { enabled: true, dns: "aggregation.site-a.example.org", maxWaitSeconds: 61 },
  flower: { enabled: false, executionTimeoutSeconds: 32, serverPort: 8081 },
};

/** Every setting of today's chart on microk8s. */
export const UNMANAGED: ExaflowSettings = {
  ...TODAY,
  managedCluster: false,
  storage: { localWorkerPath: "/srv/local", globalWorkerPath: "/srv/global" },
};

/** Every setting of today's chart on a provider's cluster. */
export const MANAGED: ExaflowSettings = {
  ...TODAY,
  managedCluster: true,
  storage: {
    storageClass: "cephfs",
    localWorkerVolume: { size: "8Gi", accessModes: ["ReadWriteOnce"] },
    globalWorkerVolume: { size: "2Gi", accessModes: ["ReadWriteMany"] },
  },
};

/** Every setting of the seed's chart. */
export const SEED: ExaflowSettings = {
  ...BOTH,
  images: { repository: "madgik", version: "0.24.1" },
  controller: { updateIntervalSeconds: 31, taskTimeoutSeconds: 301, cleanupIntervalSeconds: 61 },
  flower: { executionTimeoutSeconds: 32 },
  database: { maxMemory: 2048, softLimitPercent: 60, hardLimitPercent: 80 },
  storage: {
    credentialsLocation: "/srv/credentials",
    databaseLocation: "/srv/db",
    csvsLocation: "/srv/csvs",
    cleanupLocation: "/srv/cleanup",
  },
};

/** Paths of keys that a tree of values lacks. */
export function unknownIn(given: object, known: object, base = ""): string[] {
  return Object.entries(given).flatMap(([key, value]: [string, unknown]) => {
    const below = (known as Record<string, unknown>)[key];
    if (below === undefined) {
      return [`${base}${key}`];
    }
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? unknownIn(value, below as object, `${base}${key}.`)
      : [];
  });
}
