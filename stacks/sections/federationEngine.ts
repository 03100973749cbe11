/** The keys of a federation that its Exaflow engine takes. What the values mean is checked by the component's rules. */
import { z } from "zod";

const name = z.string().min(1);
const quantity = z.union([z.string(), z.number()]).transform(String);
const seconds = z.int().min(1);

const images = z
  .strictObject({
    repository: name.optional().describe("Registry and account. Default: madgik."),
    version: name.optional().describe("Tag of all of them. Default: the chart's version."),
  })
  .describe("Images of the engine's parts.");

const controller = z
  .strictObject({
    workersDns: z
      .array(name)
      .optional()
      .describe(
        "DNS names that workers are found by, one for each cluster. Default: the workers' Service, and those of `furtherClusters`.",
      ),
    updateIntervalSeconds: seconds
      .optional()
      .describe("Between two looks at which workers and data there are. Default: 30."),
    taskTimeoutSeconds: seconds.optional().describe("A task on a worker. Default: 300."),
    cleanupIntervalSeconds: seconds
      .optional()
      .describe("Between two clean-ups. The seed's chart. Default: 60."),
  })
  .describe("What takes experiments and gives them to the workers.");

const aggregationServer = z
  .strictObject({
    enabled: z.boolean().optional().describe("Takes a node with the role master. Default: true."),
    dns: name.optional().describe("How workers reach it. Default: its Service."),
    maxWaitSeconds: seconds.optional().describe("For every worker's part. Default: 60."),
  })
  .describe("What adds up the workers' parts. Today's chart.");

const flower = z
  .strictObject({
    enabled: z.boolean().optional().describe("Default: true."),
    executionTimeoutSeconds: seconds.optional().describe("Default: 30."),
    serverPort: z.int().min(1).max(65535).optional().describe("Default: 8080."),
  })
  .describe("Federated learning with Flower.");

const smpc = z
  .strictObject({
    enabled: z
      .boolean()
      .optional()
      .describe(
        "Only with three or more local workers, and three smpcPlayer nodes. Default: false.",
      ),
    optional: z.boolean().optional().describe("Whether an experiment may do without."),
    image: name.optional().describe("Coordinator, players and clients."),
    databaseImage: name.optional(),
    queueImage: name.optional(),
    resultIntervalSeconds: seconds.optional().describe("Default: 5."),
    resultRetries: z.int().min(1).optional().describe("Default: 100."),
  })
  .describe("Secure multi-party computation.");

const volume = z.strictObject({
  size: quantity.optional().describe("Default: 4Gi."),
  accessModes: z.array(name).optional().describe("Default: ReadWriteMany."),
});

const storage = z
  .strictObject({
    credentialsLocation: name.optional().describe("`credentials_location`. The seed's chart."),
    databaseLocation: name.optional().describe("`db.storage_location`. The seed's chart."),
    csvsLocation: name
      .optional()
      .describe("`db.csvs_location`. The seed's chart. Default: `data.folder`."),
    cleanupLocation: name
      .optional()
      .describe("`controller.cleanup_file_folder`. The seed's chart."),
    localWorkerPath: name
      .optional()
      .describe(
        "Data is read from `<it>/csvs`, a link to `data.folder`. Today's chart, unmanaged. Default: /opt/exaflow/<federation>/localworker.",
      ),
    globalWorkerPath: name
      .optional()
      .describe("The same for the global worker. Default: /opt/exaflow/<federation>/globalworker."),
    storageClass: name.optional().describe("Today's chart, managed. Default: `data.storageClass`."),
    localWorkerVolume: volume.optional(),
    globalWorkerVolume: volume.optional(),
  })
  .describe("Where the engine's files are, in place of what `data` says.");

const database = z
  .strictObject({
    maxMemory: z.int().min(1).optional().describe("Megabytes. Default: 1024."),
    softLimitPercent: z.int().min(1).max(100).optional().describe("Default: 65."),
    hardLimitPercent: z.int().min(1).max(100).optional().describe("Default: 85."),
  })
  .describe("MonetDB's memory. The seed's chart.");

/** Keys of the engine in a federation's section. */
export const engineKeys = {
  releaseName: name.optional().describe("Helm's name of the engine. Default: exaflow."),
  localWorkers: z
    .int()
    .min(0)
    .optional()
    .describe("Number of local workers. Default: one for each worker node, else 1."),
  images: images.optional(),
  logLevel: name.optional().describe("Default: INFO."),
  frameworkLogLevel: name.optional().describe("Of the libraries. Default: ERROR."),
  maxConcurrentExperiments: z.int().min(1).optional().describe("Default: 32."),
  globalWorkerIdentifier: name.optional().describe("Default: globalworker."),
  controller: controller.optional(),
  aggregationServer: aggregationServer.optional(),
  flower: flower.optional(),
  smpc: smpc.optional(),
  database: database.optional(),
  storage: storage.optional(),
  requireCapacity: z
    .boolean()
    .optional()
    .describe("A node with too little room is an error, not a warning. Default: false."),
  podSecurity: z
    .enum(["restricted", "baseline", "privileged"])
    .optional()
    .describe(
      "What the namespace enforces. Default: privileged where data is in folders; managed: baseline.",
    ),
  evictionSeconds: z
    .int()
    .min(0)
    .optional()
    .describe("After which pods leave a node that is lost; Kubernetes waits 300. Default: 60."),
};
