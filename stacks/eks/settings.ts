/** The clusters on EKS that a stack makes: their settings, and their node groups as nodes. */
import * as path from "node:path";
import type { DeclaredNode, GpuClass } from "../../components/model/gpuTypes";
import { checkEks } from "../../components/model/eks/check";
import { nodeOfGroup } from "../../components/model/eks/nodeGroups";
import { eksClusterName, type EksSettings } from "../../components/model/eks/settings";
import { joinPath, type Problem, type Problems } from "../../components/model/problems";
import { ProblemsBelow } from "../../components/model/problemsBelow";
import type { EksConfig } from "../sections/eks";

/** The part of a cluster's config that matters here. */
interface EksStackCluster {
  eks?: EksConfig;
  kubeconfig?: string;
  context?: string;
  stack?: string;
  embedCertificates?: boolean;
}

/** The part of a stack's config that matters here. */
export interface EksStackConfig {
  /** Folder of the project. */
  root: string;
  clusters: Record<string, EksStackCluster>;
  gpus?: Record<string, GpuClass>;
}

/** One cluster that the stack makes, ready for the component. */
export interface EksEntry {
  name: string;
  settings: EksSettings & { kubeconfigFile: string; existingVpc?: EksConfig["existingVpc"] };
}

/** Where kubeconfigs lie that nobody chose a place for. */
const FOLDER = path.join(".local", "eks");

/** The GPU vocabulary is the whole stack's, and is checked there. */
class WithoutGpus extends ProblemsBelow {
  override add(problem: Problem): void {
    if (!/^gpus\b/.test(problem.path)) {
      super.add(problem);
    }
  }
}

/** The clusters with a section `eks`. */
export function eksEntries({ root, clusters, gpus }: EksStackConfig): EksEntry[] {
  return Object.entries(clusters).flatMap(([name, { eks }]) => {
    if (eks === undefined) {
      return [];
    }
    const file = eks.kubeconfigFile ?? path.join(FOLDER, `${eksClusterName(name, eks)}_config`);
    return [{ name, settings: { ...eks, gpus, kubeconfigFile: path.resolve(root, file) } }];
  });
}

/** What says where the kubeconfig of a cluster is, which one that the stack makes has itself. */
const SOURCES = ["kubeconfig", "context", "stack", "embedCertificates"] as const;

/** Adds every problem of the clusters that the stack makes; nothing is contacted. */
export function checkEksClusters(config: EksStackConfig, problems: Problems): void {
  for (const [name, cluster] of Object.entries(config.clusters)) {
    const given = SOURCES.filter((key) => cluster.eks !== undefined && cluster[key] !== undefined);
    for (const key of given) {
      problems.add({
        path: joinPath("clusters", [name, key]),
        reason: "stands beside eks, which makes the cluster and its kubeconfig",
        remedy: "Keep one of the two.",
      });
    }
  }
  for (const { name, settings } of eksEntries(config)) {
    const below = new WithoutGpus(problems, `${joinPath("clusters", [name])}.eks`);
    const { existingVpc } = settings;
    const existing = existingVpc && { privateSubnets: existingVpc.privateSubnetIds.length };
    checkEks(name, settings, existing, below);
  }
}

/** The node groups of a cluster as nodes that offer GPU classes; nobody labels these, EKS does. */
export function nodeGroupNodes(
  config: EksStackConfig,
  cluster: string,
): Record<string, DeclaredNode> {
  const groups = config.clusters[cluster]?.eks?.nodeGroups ?? {};
  return Object.fromEntries(
    Object.entries(groups).map(([group, settings]) => [
      `${cluster}-${group}`,
      { ...nodeOfGroup(settings), cluster },
    ]),
  );
}
