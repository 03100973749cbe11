/** What an Exaflow engine is told: its workers, its nodes, where its data lies. */
import type { DeclaredNode } from "./gpuTypes";

/** The images of the engine's own parts: `<repository>/exaflow_worker:<version>` and so on. */
export interface ExaflowImages {
  /** Registry and account. @default "madgik" */
  repository?: string;
  /** Tag of all of them. @default the chart's version */
  version?: string;
}

/** The part that takes experiments and gives them to the workers. */
export interface ExaflowController {
  /**
   * DNS names that workers are found by: one for each cluster that has some. Today's chart.
   * @default the workers' Service in the namespace
   */
  workersDns?: string[];
  /** Seconds between two looks at which workers and data there are. @default 30 */
  updateIntervalSeconds?: number;
  /** Seconds that a task may take on a worker. @default 300 */
  taskTimeoutSeconds?: number;
  /** Seconds between two clean-ups of what experiments leave behind. The seed's chart. @default 60 */
  cleanupIntervalSeconds?: number;
}

/** The server that adds up what workers send. Today's chart. */
export interface ExaflowAggregationServer {
  /** Takes a node with the role `master`, on managed clusters, too. @default true */
  enabled?: boolean;
  /** DNS name that workers reach it by; another cluster's, where that has it. @default its Service */
  dns?: string;
  /** Seconds to wait for every worker's part. @default 60 */
  maxWaitSeconds?: number;
}

/** Federated learning with Flower. */
export interface ExaflowFlower {
  /** Cannot be turned off in the seed's chart. @default true */
  enabled?: boolean;
  /** @default 30 */
  executionTimeoutSeconds?: number;
  /** Today's chart. @default 8080 */
  serverPort?: number;
}

/** Secure multi-party computation: only with three or more local workers. */
export interface ExaflowSmpc {
  /** Takes three nodes with the role `smpc_player`. @default false */
  enabled?: boolean;
  /** Whether an experiment may do without. @default false */
  optional?: boolean;
  /** Image of coordinator, players and clients. @default gpikra/coordinator:v7.0.7.4 */
  image?: string;
  /** Image of the coordinator's database. @default mongo:5.0.8 */
  databaseImage?: string;
  /** Image of the coordinator's queue. @default redis:alpine3.15 */
  queueImage?: string;
  /** Seconds between two looks for a result. @default 5 */
  resultIntervalSeconds?: number;
  /** Looks before an experiment fails. @default 100 */
  resultRetries?: number;
}

/** The volume that a kind of worker reads its data from, on managed clusters. Today's chart. */
export interface ExaflowVolume {
  /** @default "4Gi" */
  size?: string;
  /** The local workers' chart reads the first alone. @default ReadWriteMany */
  accessModes?: string[];
}

/** MonetDB's memory. The seed's chart. */
export interface ExaflowDatabase {
  /** Megabytes. @default 1024 */
  maxMemory?: number;
  /** Percent of `maxMemory` from which it is restarted when idle. @default 65 */
  softLimitPercent?: number;
  /** Percent of `maxMemory` from which it is restarted at once. @default 85 */
  hardLimitPercent?: number;
}

/**
 * Where data lies. Which keys a chart has depends on its generation: one that it lacks is an error. "The seed's
 * chart" is 0.24.0, "today's" 1.0.0 and later.
 */
export interface ExaflowStorage {
  /**
   * `db.credentials_location`: folder of MonetDB's credentials on each node. The seed's chart.
   * @default "/opt/exaflow/credentials"
   */
  credentialsLocation?: string;
  /** `db.storage_location`: MonetDB's folder on each node. The seed's chart. @default "/opt/exaflow/.stored_data/db" */
  databaseLocation?: string;
  /** `db.csvs_location`: has a folder for each pathology. The seed's chart. @default "/data/<federation>" */
  csvsLocation?: string;
  /**
   * `controller.cleanup_file_folder`: folder on the master node. The seed's chart.
   * @default "/opt/exaflow/.stored_data/cleanup"
   */
  cleanupLocation?: string;
  /**
   * Folder on each worker node: data is read from `<it>/csvs/<pathology>`. Today's chart, unmanaged.
   * @default "/data/<federation>"
   */
  localWorkerPath?: string;
  /** The same on the master node, for the global worker. @default "/opt/exaflow/<federation>/globalworker" */
  globalWorkerPath?: string;
  /** Class of the workers' volumes. Today's chart, managed: required there. */
  storageClass?: string;
  /** Volume of each local worker. Today's chart, managed. */
  localWorkerVolume?: ExaflowVolume;
  /** Volume of the global worker. Today's chart, managed. */
  globalWorkerVolume?: ExaflowVolume;
}

/** An Exaflow engine; all plain. */
export interface ExaflowSettings {
  /** Namespace, made when absent and left on destroy. Each holds one engine at most. @default "exaflow" */
  namespace?: string;
  /** Helm's name of it. @default "exaflow" */
  releaseName?: string;
  /** Name of the federation, such as `dementia`. */
  federation: string;
  /** Whether the cluster is a provider's, with storage classes, rather than microk8s on machines. @default false */
  managedCluster?: boolean;
  /** Local workers: one for a deployment on one machine, else as many as there are worker nodes. @default 1 */
  localWorkers?: number;
  images?: ExaflowImages;
  /** `DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`. @default "INFO" */
  logLevel?: string;
  /** The same for the libraries. @default "ERROR" */
  frameworkLogLevel?: string;
  /** @default 32 */
  maxConcurrentExperiments?: number;
  /** Name of the worker that adds up, among the others. @default "globalworker" */
  globalWorkerIdentifier?: string;
  controller?: ExaflowController;
  aggregationServer?: ExaflowAggregationServer;
  flower?: ExaflowFlower;
  smpc?: ExaflowSmpc;
  database?: ExaflowDatabase;
  storage?: ExaflowStorage;
  /** The nodes of the cluster, which roles and room are checked against. @default not checked */
  nodes?: Record<string, DeclaredNode>;
  /** Whether a node with less room than the engine is made for is an error, not a warning. @default false */
  requireCapacity?: boolean;
  /**
   * Seconds after which the pods of Deployments leave a node that is lost. Kubernetes waits 300, which would
   * miss a return within five minutes. @default 60
   */
  evictionSeconds?: number;
  /**
   * What Pod Security admission enforces in the namespace; whatever shares it must say the same.
   * @default "privileged" where data is in folders of nodes, which the others forbid; managed: "baseline"
   */
  podSecurity?: string;
}
