/**
 * Looks at the live clusters before anything is registered, and only looks: what the config asks of them
 * that they cannot give joins the config's own problems.
 */
import { ClusterAccessError } from "../components/cluster/accessError";
import { joinPath, Problems, ProblemsError } from "../components/model/problems";
import { clustersOf, type CheckedWorkspace } from "../components/model/workspaceChecks";
import type { WorkspaceSite, WorkspaceVolume } from "../components/model/workspaceTypes";
import { allowedUrns } from "./allowed";
import type { ClusterConfig } from "./configSchema";
import { federationNodePorts } from "./federation/nodePorts";
import type { LinkedKubeconfigs } from "./linkedClusters";
import { sourceOf } from "./preflight/clusterSource";
import { checkOwnClaims } from "./preflight/claims";
import { openReader, type ClusterReader } from "./preflight/clusterReader";
import { checkExistingClaims, namespacesOfUnshared } from "./preflight/existingClaims";
import { checkHosts, checkNodePorts, checkPlatformNodePorts } from "./preflight/exposure";
import { checkFederationNodes, federationNodes, type NamedNode } from "./preflight/federations";
import { readLive, readPods, type Wanted } from "./preflight/liveCluster";
import {
  checkNamespaces,
  checkSecrets,
  foreignSecrets,
  type MadeSecrets,
} from "./preflight/namespaces";
import { checkNodes, type Declared } from "./preflight/nodes";
import { checkRemovedClaims } from "./preflight/removedClaims";
import { place, type Check, type Placement } from "./preflight/placement";
import { checkAllocations, checkOwnership } from "./preflight/workloads";
import type { WantedNodePort } from "./platform/nodePorts";
import type { PlatformConfig } from "./platformConfig";
import { existingNodesOf } from "./sites";

/** Lines to print: what was not checked and why, and what is worth knowing but wrong with nothing. */
export type PreflightNotes = readonly string[];

/** What one run is about. */
export interface PreflightOptions {
  /** Name of the stack that runs. */
  stack: string;
  /** Kubeconfigs of the clusters that other stacks have. @default none */
  linked?: LinkedKubeconfigs;
  /** NodePorts that the platform asks for, by cluster; those of federations are known here. @default none */
  nodePorts?: Record<string, WantedNodePort[]>;
  /** Whether the run starts its workspaces anew, so that the time used is of no matter. @default false */
  restart?: boolean;
}

/** What a stack wants of one cluster. */
interface Plan {
  declared: Declared;
  placements: Placement[];
  madeSecrets: MadeSecrets;
  claimsKnown: boolean;
  ports: WantedNodePort[];
  /** Nodes that federations name. */
  federationNodes: NamedNode[];
}

function namesNodes({ declared, federationNodes: named }: Plan): boolean {
  return Object.keys(declared.nodes).length + named.length > 0;
}

/**
 * Checks the stack against every cluster that it has nodes or workspaces on, side by side. Only GET is
 * sent, and each kind of object is listed once however many workspaces there are.
 *
 * @param problems receives what is wrong with clusters and nodes; a workspace's own go to its entry's
 */
export async function preflight(
  config: PlatformConfig,
  workspaces: readonly CheckedWorkspace[],
  problems: Problems,
  options: PreflightOptions,
): Promise<PreflightNotes> {
  const notes = await Promise.all(
    Object.entries(config.clusters).map(async ([name, cluster]) => {
      const ports = [...(options.nodePorts?.[name] ?? []), ...federationNodePorts(config, name)];
      const plan = planFor(config, workspaces, name, ports);
      const isUsed = plan.placements.length + plan.ports.length > 0 || namesNodes(plan);
      return isUsed ? checkCluster(config, name, cluster, plan, problems, options) : [];
    }),
  );
  return notes.flat();
}

function planFor(
  config: PlatformConfig,
  workspaces: readonly CheckedWorkspace[],
  cluster: string,
  ports: WantedNodePort[],
): Plan {
  // Claims are rendered to be compared; nothing else of the site matters for that.
  const site: WorkspaceSite = { cluster, storage: config.workspaces?.storage };
  const isSoundIn = ({ isSound }: CheckedWorkspace, ...paths: string[]): boolean =>
    isSound === undefined || isSound(...paths);
  const placements = workspaces
    .filter(
      (one) =>
        isSoundIn(one, "clusters") && clustersOf(one.spec, config.defaultCluster).includes(cluster),
    )
    .flatMap((one) => place(one, site) ?? []);
  const claimsKnown = workspaces.every((one) =>
    isSoundIn(one, "namespace", "chart_name", "clusters", "persistent_volume"),
  );
  return {
    declared: { nodes: existingNodesOf(config, cluster), gpus: config.gpus ?? {} },
    placements,
    madeSecrets: config.workspaces?.userSecrets ?? {},
    claimsKnown,
    ports,
    federationNodes: federationNodes(config, cluster),
  };
}

async function checkCluster(
  config: PlatformConfig,
  name: string,
  cluster: ClusterConfig,
  plan: Plan,
  problems: Problems,
  options: PreflightOptions,
): Promise<string[]> {
  const source = sourceOf(config.root, name, cluster, options.linked ?? {}, problems);
  if (source === undefined) {
    return [];
  }
  const reader = openReader(source);
  try {
    const notes = await checkLive(reader, plan, problems, options);
    return [...reader.warnings(), ...notes];
  } catch (error) {
    return reportUnread(error, name, problems);
  } finally {
    reader.close();
  }
}

/** A cluster that cannot be read is a problem of its entry; one that we cannot read that way is a note. */
function reportUnread(error: unknown, name: string, problems: Problems): string[] {
  const at = joinPath("clusters", [name]);
  if (error instanceof ProblemsError) {
    for (const line of error.lines) {
      const [reason = "", ...remedy] = line.split(". ");
      problems.add({
        path: `${at}.kubeconfig`,
        reason: remedy.length > 0 ? reason : reason.replace(/\.$/, ""),
        remedy: remedy.length > 0 ? remedy.join(". ") : undefined,
      });
    }
    return [];
  }
  if (!(error instanceof ClusterAccessError)) {
    throw error;
  }
  if (error.kind === "unsupported") {
    return [`${error.reason}: not checked`];
  }
  problems.add({
    path: error.kind === "kubeconfig" ? `${at}.kubeconfig` : at,
    reason: error.reason,
    remedy: error.remedy,
  });
  return [];
}

async function checkLive(
  reader: ClusterReader,
  plan: Plan,
  problems: Problems,
  { stack, restart = false }: PreflightOptions,
): Promise<string[]> {
  const { declared, placements, madeSecrets, claimsKnown, ports } = plan;
  const notes: string[] = [];
  const live = await readLive(reader, wantedOf(plan), notes);
  const check: Check = { placements, live, stack, restart, claimsKnown, notes };
  live.pods = await readPods(reader, namespacesOfUnshared(check), notes);

  checkNodes(declared, live, problems, notes);
  checkFederationNodes(plan.federationNodes, live, problems);
  checkNamespaces(check);
  checkOwnership(check);
  if (!restart) {
    checkAllocations(check);
  }
  checkOwnClaims(check);
  checkRemovedClaims(check, allowedUrns());
  checkExistingClaims(check);
  checkSecrets(check, madeSecrets);
  checkNodePorts(check);
  checkPlatformNodePorts(ports, live, problems);
  checkHosts(check);
  return notes;
}

function wantedOf(plan: Plan): Wanted {
  const { placements, madeSecrets, ports } = plan;
  const some = (test: (placement: Placement) => boolean): boolean => placements.some(test);
  const namespaces = (test: (placement: Placement) => boolean = () => true): string[] =>
    [...new Set(placements.filter(test).map(({ spec }) => spec.namespace))].sort();
  const onVolume = ({ site }: Placement, { storage }: WorkspaceVolume): boolean => {
    const found = Object.hasOwn(site.storage ?? {}, storage) ? site.storage![storage] : undefined;
    return found !== undefined && found.storageClass === undefined;
  };
  return {
    nodes: namesNodes(plan),
    storageClasses: some((it) => (it.spec.volumes ?? []).some((volume) => !onVolume(it, volume))),
    volumes: some((it) => (it.spec.volumes ?? []).some((volume) => onVolume(it, volume))),
    services:
      ports.length > 0 ||
      some(({ spec }) => (spec.ports ?? []).some((port) => port.nodePort !== undefined)),
    ingresses: some(({ spec }) => spec.ingress !== undefined),
    namespaces: namespaces(),
    secretsIn: namespaces((it) => foreignSecrets(it, madeSecrets).length > 0),
  };
}
