/**
 * Looks at the live clusters before anything is registered, and only looks: what the config asks of them
 * that they cannot give joins the config's own problems.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { ClusterAccessError } from "../components/cluster/accessError";
import { kubeconfigFiles } from "../components/cluster/kubeconfigFile";
import { joinPath, Problems, ProblemsError } from "../components/model/problems";
import { clustersOf } from "../components/model/workspaceChecks";
import type { WorkspaceSite, WorkspaceVolume } from "../components/model/workspaceTypes";
import { kubeconfigPath } from "./clusters";
import type { PlatformConfig } from "./config";
import type { ClusterConfig } from "./configSchema";
import { nodesOf } from "./nodes";
import { checkOwnClaims } from "./preflight/claims";
import { openReader, type ClusterReader } from "./preflight/clusterReader";
import { checkExistingClaims, namespacesOfUnshared } from "./preflight/existingClaims";
import { checkHosts, checkNodePorts } from "./preflight/exposure";
import { readLive, readPods, type Wanted } from "./preflight/liveCluster";
import {
  checkNamespaces,
  checkSecrets,
  foreignSecrets,
  type MadeSecrets,
} from "./preflight/namespaces";
import { checkNodes, type Declared } from "./preflight/nodes";
import { place, type Check, type Placement } from "./preflight/placement";
import { checkAllocations, checkOwnership } from "./preflight/workloads";
import type { WorkspaceEntry } from "./workspaceFiles";

/** Lines to print: what was not checked and why, and what is worth knowing but wrong with nothing. */
export type PreflightNotes = readonly string[];

/** What one run is about. */
export interface PreflightOptions {
  /** Name of the stack that runs. */
  stack: string;
  /** Whether the run starts its workspaces anew, so that the time used is of no matter. @default false */
  restart?: boolean;
}

/** What a stack wants of one cluster. */
interface Plan {
  declared: Declared;
  placements: Placement[];
  madeSecrets: MadeSecrets;
}

/**
 * Checks the stack against every cluster that it has nodes or workspaces on, side by side. Only GET is
 * sent, and each kind of object is listed once however many workspaces there are.
 *
 * @param problems receives what is wrong with clusters and nodes; a workspace's own go to its entry's
 */
export async function preflight(
  config: PlatformConfig,
  workspaces: readonly WorkspaceEntry[],
  problems: Problems,
  options: PreflightOptions,
): Promise<PreflightNotes> {
  const notes = await Promise.all(
    Object.entries(config.clusters).map(async ([name, cluster]) => {
      const plan = planFor(config, workspaces, name);
      const isUsed = plan.placements.length > 0 || Object.keys(plan.declared.nodes).length > 0;
      return isUsed ? checkCluster(config, name, cluster, plan, problems, options) : [];
    }),
  );
  return notes.flat();
}

function planFor(
  config: PlatformConfig,
  workspaces: readonly WorkspaceEntry[],
  cluster: string,
): Plan {
  // Claims are rendered to be compared; nothing else of the site matters for that.
  const site: WorkspaceSite = { cluster, storage: config.workspaces?.storage };
  const placements = workspaces
    .filter(({ spec }) => clustersOf(spec, config.defaultCluster).includes(cluster))
    .map(({ spec, problems }) => place(spec, problems, site));
  return {
    declared: { nodes: nodesOf(config, cluster), gpus: config.gpus ?? {} },
    placements,
    madeSecrets: config.workspaces?.userSecrets ?? {},
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
  if (cluster.stack !== undefined) {
    return [
      `cluster ${name}: not checked, its kubeconfig comes from stack ${cluster.stack} while this one runs`,
    ];
  }
  if (reportMissingKubeconfig(config.root, name, cluster, problems)) {
    return [];
  }
  const file = kubeconfigPath(config.root, cluster);
  const reader = openReader({ cluster: name, path: file, context: cluster.context });
  try {
    const notes = await checkLive(reader, plan, problems, options);
    return [...reader.warnings(), ...notes];
  } catch (error) {
    return reportUnread(error, name, problems);
  } finally {
    reader.close();
  }
}

function reportMissingKubeconfig(
  root: string,
  name: string,
  cluster: ClusterConfig,
  problems: Problems,
): boolean {
  const missing = kubeconfigFiles(kubeconfigPath(root, cluster)).find(
    (file) => !fs.existsSync(file),
  );
  if (missing === undefined) {
    return false;
  }
  const isOfStand = !path.relative(path.join(root, ".local"), missing).startsWith("..");
  problems.add({
    path: `${joinPath("clusters", [name])}.kubeconfig`,
    reason: "does not exist",
    value: cluster.kubeconfig ?? missing,
    remedy: isOfStand
      ? "Run `make cluster` to start the embedded cluster, which writes it."
      : "Name a kubeconfig that exists; paths are relative to the project.",
  });
  return true;
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
  { declared, placements, madeSecrets }: Plan,
  problems: Problems,
  { stack, restart }: PreflightOptions,
): Promise<string[]> {
  const notes: string[] = [];
  const live = await readLive(reader, wantedOf(declared, placements, madeSecrets), notes);
  const check: Check = { placements, live, stack, notes };
  live.pods = await readPods(reader, namespacesOfUnshared(check), notes);

  checkNodes(declared, live, problems, notes);
  checkNamespaces(check);
  checkOwnership(check);
  if (restart !== true) {
    checkAllocations(check);
  }
  checkOwnClaims(check);
  checkExistingClaims(check);
  checkSecrets(check, madeSecrets);
  checkNodePorts(check);
  checkHosts(check);
  return notes;
}

function wantedOf(declared: Declared, placements: Placement[], made: MadeSecrets): Wanted {
  const some = (test: (placement: Placement) => boolean): boolean => placements.some(test);
  const namespaces = (test: (placement: Placement) => boolean = () => true): string[] =>
    [...new Set(placements.filter(test).map(({ spec }) => spec.namespace))].sort();
  const onVolume = ({ site }: Placement, { storage }: WorkspaceVolume): boolean => {
    const found = Object.hasOwn(site.storage ?? {}, storage) ? site.storage![storage] : undefined;
    return found !== undefined && found.storageClass === undefined;
  };
  return {
    nodes: Object.keys(declared.nodes).length > 0,
    storageClasses: some((it) => (it.spec.volumes ?? []).some((volume) => !onVolume(it, volume))),
    volumes: some((it) => (it.spec.volumes ?? []).some((volume) => onVolume(it, volume))),
    services: some(({ spec }) => (spec.ports ?? []).some((port) => port.nodePort !== undefined)),
    ingresses: some(({ spec }) => spec.ingress !== undefined),
    namespaces: namespaces(),
    claimsIn: namespaces(
      ({ spec }) => (spec.volumes ?? []).length + (spec.existingVolumes ?? []).length > 0,
    ),
    secretsIn: namespaces((it) => foreignSecrets(it, made).length > 0),
  };
}
