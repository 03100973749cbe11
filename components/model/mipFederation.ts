/** From a federation's settings to those of its parts: engine, platform, labels of nodes, policies, machines. */
import type { DeclaredNode } from "./gpuTypes";
import { controllerUrl, type ExaflowGeneration } from "./exaflowGeneration";
import type { ExaflowSettings, ExaflowStorage } from "./exaflowTypes";
import type { KubernetesObject } from "./kubernetesObject";
import type { OutOfServiceFacts } from "./mipFederationOutOfService";
import { federationPolicies } from "./mipFederationPolicies";
import { NODE_SETUP_DEFAULTS, type NodeSetup } from "./mipFederationSetup";
import type { FederationRoles, FederationSettings } from "./mipFederationTypes";
import type { MipSettings } from "./mipTypes";

/** Labels of nodes, as the engine's chart selects them, by the roles of a federation. */
const ROLE_LABELS = {
  master: "master",
  worker: "worker",
  smpcPlayer: "smpc_player",
} as const satisfies Record<keyof FederationRoles, string>;

/** Roles in the order in which messages name them. */
export const ROLES = Object.keys(ROLE_LABELS) as (keyof FederationRoles)[];

/** The parts of a federation, each with what it is told. */
export interface FederationParts {
  namespace: string;
  engine: ExaflowSettings;
  platform?: MipSettings;
  /** Nodes whose labels the federation sets. */
  labelled: Record<string, DeclaredNode>;
  policies: KubernetesObject[];
  /** What takes lost nodes out of service, but for its program; where asked. */
  outOfService?: Omit<OutOfServiceFacts, "script">;
  /** What machines are set up with; unmanaged clusters alone. */
  setup?: NodeSetup;
}

/** Names of the nodes that have a role, by the federation's own list or the node's declaration. */
export function nodesWithRole(
  { roles = {}, nodes = {} }: FederationSettings,
  role: keyof FederationRoles,
): string[] {
  const declared = Object.entries(nodes)
    .filter(([, node]) => (node.roles ?? []).includes(ROLE_LABELS[role]))
    .map(([name]) => name);
  return roles[role] ?? declared;
}

/** Names of all nodes that have a role, each once. */
export function nodesWithAnyRole(settings: FederationSettings): string[] {
  return [...new Set(ROLES.flatMap((role) => nodesWithRole(settings, role)))];
}

/** Whether any node of the federation is known. */
function knowsNodes({ roles, nodes }: FederationSettings): boolean {
  return roles !== undefined || Object.keys(nodes ?? {}).length > 0;
}

/** Labels for the nodes that the federation names itself. */
function labelledNodes({ roles = {} }: FederationSettings): Record<string, DeclaredNode> {
  const labelled: Record<string, { roles: string[] }> = {};
  for (const role of ROLES) {
    for (const name of roles[role] ?? []) {
      labelled[name] ??= { roles: [] };
      labelled[name].roles.push(ROLE_LABELS[role]);
    }
  }
  return labelled;
}

/** The declared nodes, with the roles that the federation gives them. */
function nodesOf(settings: FederationSettings): Record<string, DeclaredNode> | undefined {
  if (!knowsNodes(settings)) {
    return undefined;
  }
  const nodes: Record<string, DeclaredNode> = { ...settings.nodes };
  for (const [name, { roles = [] }] of Object.entries(labelledNodes(settings))) {
    const node = nodes[name] ?? {};
    nodes[name] = { ...node, roles: [...new Set([...(node.roles ?? []), ...roles])] };
  }
  return nodes;
}

/** Folder of a federation's data on its worker nodes. */
function dataFolder({ data = {}, federation }: FederationSettings): string {
  return data.folder ?? `/data/${federation}`;
}

/** Folder of what the engine keeps beside the data. */
function engineFolder({ federation }: FederationSettings): string {
  return `/opt/exaflow/${federation}`;
}

/** Where the engine's files are: what `data` says, in the keys of the chart's generation. */
function storageOf(settings: FederationSettings, seed: boolean): ExaflowStorage {
  const { managedCluster = false, data = {}, storage } = settings;
  const folder = engineFolder(settings);
  if (seed) {
    return {
      csvsLocation: dataFolder(settings),
      credentialsLocation: `${folder}/credentials`,
      databaseLocation: `${folder}/.stored_data/db`,
      cleanupLocation: `${folder}/.stored_data/cleanup`,
      ...storage,
    };
  }
  if (!managedCluster) {
    return {
      localWorkerPath: `${folder}/localworker`,
      globalWorkerPath: `${folder}/globalworker`,
      ...storage,
    };
  }
  return {
    ...(data.storageClass === undefined ? {} : { storageClass: data.storageClass }),
    ...(data.size === undefined ? {} : { localWorkerVolume: { size: data.size } }),
    ...storage,
  };
}

/** Number of local workers: as said, else one for each worker node. */
function localWorkersOf(settings: FederationSettings): number {
  return settings.localWorkers ?? Math.max(nodesWithRole(settings, "worker").length, 1);
}

function present(...folders: (string | undefined)[]): string[] {
  return folders.filter((folder) => folder !== undefined);
}

function setupOf(settings: FederationSettings, engine: ExaflowSettings, seed: boolean): NodeSetup {
  const { storage = {} } = engine;
  const data = dataFolder(settings);
  // Today's chart adds the last part itself.
  const link = seed ? "" : `${storage.localWorkerPath}/csvs`;
  return {
    ...NODE_SETUP_DEFAULTS,
    ...settings.nodeSetup,
    federation: settings.federation,
    dataFolder: data,
    pathologies: settings.pathologies,
    masterFolders: seed
      ? present(storage.credentialsLocation, storage.databaseLocation, storage.cleanupLocation)
      : present(storage.globalWorkerPath && `${storage.globalWorkerPath}/csvs`),
    workerFolders: seed ? present(storage.credentialsLocation, storage.databaseLocation) : [],
    csvsLink: link === data ? "" : link,
  };
}

/** Ports that parts of the federation in other clusters reach: the aggregation server, the workers. */
const AGGREGATION_PORT = 50_051;
const WORKERS_PORT = 5672;

function clusterPorts(settings: FederationSettings): number[] {
  const { aggregationServer, controller } = settings;
  const hasFurther = (controller?.workersDns ?? []).length > 1;
  const isFurther = aggregationServer?.enabled === false && aggregationServer.dns !== undefined;
  return [...(hasFurther ? [AGGREGATION_PORT] : []), ...(isFurther ? [WORKERS_PORT] : [])];
}

/** Keys of the settings that are of the federation alone. */
const OWN = ["pathologies", "roles", "data", "platform", "network", "nodeSetup", "recovery"];

function engineOf(settings: FederationSettings, seed: boolean): ExaflowSettings {
  const engine = Object.entries(settings).filter(([key]) => !OWN.includes(key));
  return {
    ...(Object.fromEntries(engine) as unknown as ExaflowSettings),
    namespace: namespaceOf(settings),
    localWorkers: localWorkersOf(settings),
    storage: storageOf(settings, seed),
    nodes: nodesOf(settings),
  };
}

/** Namespace of a federation's parts. */
function namespaceOf({ namespace, federation }: FederationSettings): string {
  return namespace ?? federation;
}

/**
 * What every part of a federation is told.
 *
 * @param generation of the engine's chart
 */
export function federationParts(
  settings: FederationSettings,
  generation: ExaflowGeneration,
): FederationParts {
  const { managedCluster = false, platform, network = {}, recovery } = settings;
  const { isolated = true } = network;
  const { seed } = generation;
  const engine = engineOf(settings, seed);
  const namespace = namespaceOf(settings);
  const shared = { namespace, managedCluster, nodes: engine.nodes };
  const engineUrl = controllerUrl(generation, namespace);
  return {
    namespace,
    engine,
    ...(platform === undefined ? {} : { platform: { engineUrl, ...platform, ...shared } }),
    labelled: labelledNodes(settings),
    policies: federationPolicies({
      namespace,
      managedCluster,
      network,
      notebooks: platform?.notebook !== undefined,
      clusterPorts: clusterPorts(settings),
    }),
    ...(recovery === undefined
      ? {}
      : { outOfService: { namespace, nodes: nodesWithAnyRole(settings), recovery, isolated } }),
    ...(managedCluster ? {} : { setup: setupOf(settings, engine, seed) }),
  };
}
