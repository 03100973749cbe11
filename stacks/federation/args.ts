/** From a federation's section to the args of its component on each of its clusters. */
import * as path from "node:path";
import type { ChartSettings } from "../../components/charts/chart";
import type { FederationArgs } from "../../components/mip/federation";
import type { MipSettings } from "../../components/model/mipTypes";
import type { PlatformConfig } from "../platformConfig";
import type { FederationConfig } from "../sections/federations";
import { nodesOf } from "../sites";

/** A federation's part on one cluster. */
export interface FederationEntry {
  /** Name of the federation. */
  name: string;
  cluster: string;
  /** Where the config has it. */
  path: string;
  args: FederationArgs;
}

/** The name that workers have for the controller where they are in its own cluster and namespace. */
const OWN_WORKERS = "exaflow-workers-service";

/** Secrets are the component's own args, beside the platform's settings. */
function platformOf(
  { platform }: FederationConfig,
  config: PlatformConfig,
  cluster: string,
): Partial<FederationArgs> {
  if (platform === undefined) {
    return {};
  }
  const { clientSecret, ...keycloak } = platform.keycloak;
  const { password, adminPassword, ...database } = platform.database ?? {};
  const domain = config.clusters[cluster]?.domain ?? config.expose?.domain;
  const settings: MipSettings = {
    ...platform,
    keycloak,
    database,
    expose: { ...config.expose, domain },
  };
  return {
    platform: settings,
    clientSecret,
    databasePassword: password,
    adminPassword,
  };
}

/** Where the controller looks for workers: what the section says, else here and in the further clusters. */
function workersDns({ controller, furtherClusters = {} }: FederationConfig): string[] | undefined {
  const further = Object.values(furtherClusters).map((one) => one.workersDns);
  return controller?.workersDns ?? (further.length === 0 ? undefined : [OWN_WORKERS, ...further]);
}

/** Where charts come from, with the federation's own versions. */
function chartsOf(config: PlatformConfig, own: FederationConfig): ChartSettings {
  const { charts = {} } = config;
  return {
    ...charts,
    versions: { ...charts.versions, ...(own.chartVersions as Record<string, string>) },
  };
}

/** Keys that are the same on all clusters of a federation. */
const SHARED = [
  "pathologies",
  "releaseName",
  "images",
  "logLevel",
  "frameworkLogLevel",
  "maxConcurrentExperiments",
  "flower",
  "database",
  "requireCapacity",
  "evictionSeconds",
  "podSecurity",
  "nodeSetup",
  "recovery",
  "values",
  "timeoutSeconds",
] as const;

type Shared = Pick<FederationConfig, (typeof SHARED)[number]>;

function sharedOf(own: FederationConfig): Shared {
  return Object.fromEntries(SHARED.map((key) => [key, own[key]])) as unknown as Shared;
}

/** Keys that are absent rather than undefined: a chart of another generation refuses some by name. */
function given<T extends object>(settings: T): T {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  ) as T;
}

function mainEntry(name: string, own: FederationConfig, config: PlatformConfig): FederationEntry {
  const cluster = own.cluster ?? config.defaultCluster;
  const dns = workersDns(own);
  const args: FederationArgs = {
    ...sharedOf(own),
    ...platformOf(own, config, cluster),
    federation: name,
    namespace: own.namespace,
    managedCluster: own.managedCluster,
    localWorkers: own.localWorkers,
    globalWorkerIdentifier: own.globalWorkerIdentifier,
    roles: own.roles,
    data: own.data,
    storage: own.storage,
    network: own.network,
    smpc: own.smpc,
    controller: dns === undefined ? own.controller : { ...own.controller, workersDns: dns },
    aggregationServer: own.aggregationServer,
    nodes: nodesOf(config, cluster),
    charts: chartsOf(config, own),
    platformValues: own.platformValues,
    setupFolder: path.resolve(config.root, ".local", "federations", name, cluster),
  };
  return { name, cluster, path: "", args: given(args) };
}

/**
 * The workers of a further cluster: an engine without a platform, that sends its parts to the first. Without secure
 * computation, whose coordinator each cluster would have for itself.
 */
function furtherEntry(
  name: string,
  cluster: string,
  own: FederationConfig,
  config: PlatformConfig,
): FederationEntry {
  const place = own.furtherClusters![cluster]!;
  const args: FederationArgs = {
    ...sharedOf(own),
    federation: name,
    namespace: place.namespace ?? own.namespace,
    managedCluster: place.managedCluster ?? own.managedCluster,
    localWorkers: place.localWorkers,
    roles: place.roles,
    data: place.data,
    storage: place.storage,
    network: place.network ?? own.network,
    aggregationServer: { enabled: false, ...given({ dns: own.aggregationDns }) },
    nodes: nodesOf(config, cluster),
    charts: chartsOf(config, own),
    setupFolder: path.resolve(config.root, ".local", "federations", name, cluster),
  };
  return { name, cluster, path: `furtherClusters.${cluster}`, args: given(args) };
}

/** A federation on each of its clusters, the one with the platform first. */
export function federationEntries(
  name: string,
  own: FederationConfig,
  config: PlatformConfig,
): FederationEntry[] {
  return [
    mainEntry(name, own, config),
    ...Object.keys(own.furtherClusters ?? {}).map((cluster) =>
      furtherEntry(name, cluster, own, config),
    ),
  ];
}
