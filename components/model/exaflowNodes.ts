/** Whether the declared nodes can hold the engine: roles, which its pods insist on, and room. */
import { hasAggregationServer, SMPC_PLAYERS, type ExaflowGeneration } from "./exaflowGeneration";
import type { ExaflowSettings } from "./exaflowTypes";
import type { DeclaredNode } from "./gpuTypes";
import { labelsOf } from "./nodeLabels";
import { joinPath, type Problem, type Problems } from "./problems";
import { parseQuantity } from "./quantity";

/** Labels by which the chart chooses nodes: `<role>=true`. */
const MASTER_ROLE = "master";
const WORKER_ROLE = "worker";
const SMPC_ROLE = "smpc_player";

/** What a node of a role is to have, by the seed: a decimal gigabyte, as disks and machines are sold. */
const NEEDS: Record<string, { disk: string; memory: string; cpu: string }> = {
  [MASTER_ROLE]: { disk: "60G", memory: "16G", cpu: "4" },
  [WORKER_ROLE]: { disk: "40G", memory: "8G", cpu: "2" },
};

type Named = [name: string, node: DeclaredNode];

/** The nodes of a role. A virtual kubelet's cannot have the folders and volumes of the engine. */
function withRole(nodes: Record<string, DeclaredNode>, role: string): Named[] {
  return Object.entries(nodes).filter(
    ([, node]) => node.virtual !== true && labelsOf(node)[role] === "true",
  );
}

function listed(found: Named[]): string {
  return found.length === 0 ? "none" : found.map(([name]) => name).join(", ");
}

/** How many nodes each role needs, and what for. */
function needed(
  settings: ExaflowSettings,
  generation: ExaflowGeneration,
): { role: string; count: number; why: string }[] {
  const { managedCluster = false, localWorkers = 1, smpc = {} } = settings;
  const master = !managedCluster || hasAggregationServer(settings, generation);
  const what = managedCluster ? "the aggregation server" : "controller and global worker";
  return [
    ...(master ? [{ role: MASTER_ROLE, count: 1, why: `${what} must be on a node with it` }] : []),
    ...(managedCluster
      ? []
      : [
          {
            role: WORKER_ROLE,
            count: localWorkers,
            why: "each local worker takes a node of its own",
          },
        ]),
    ...(smpc.enabled === true
      ? [
          {
            role: SMPC_ROLE,
            count: SMPC_PLAYERS,
            why: "each player of SMPC takes a node of its own",
          },
        ]
      : []),
  ];
}

/** What a node has too little of, as far as it is declared. */
function tooSmall(name: string, node: DeclaredNode, role: string): Problem[] {
  const needs = NEEDS[role];
  return Object.entries(needs ?? {}).flatMap(([key, least]) => {
    const value = node[key as keyof typeof node] as string | undefined;
    const has = value === undefined ? undefined : parseQuantity(value);
    return has === undefined || has >= parseQuantity(least)!
      ? []
      : [
          {
            path: joinPath("nodes", [name, key]),
            reason: `less than a ${role} node needs`,
            value,
            allowed: `${least} or more`,
          },
        ];
  });
}

function spareWarnings(role: string, count: number, found: Named[]): string[] {
  if (found.length !== count) {
    return [];
  }
  const only = `only ${listed(found)} can carry the role ${role}`;
  return [
    count === 1
      ? `${only}: when it is lost, what runs on it returns only with it`
      : `${only}, and all ${count} are needed: when one is lost, what runs on it returns only with it`,
  ];
}

/**
 * Adds a problem for every role that too few nodes have, and for nodes without the room where that is required.
 *
 * @returns warnings: nodes without the room, and roles that no spare node can take over
 */
export function checkExaflowNodes(
  settings: ExaflowSettings,
  generation: ExaflowGeneration,
  problems: Problems,
): string[] {
  const { nodes, requireCapacity = false } = settings;
  if (nodes === undefined) {
    return [];
  }
  const warnings: string[] = [];
  for (const { role, count, why } of needed(settings, generation)) {
    const found = withRole(nodes, role);
    if (found.length < count) {
      problems.add({
        path: "nodes",
        reason: `too few nodes with the role ${role}: ${found.length} of ${count} (${why})`,
        value: listed(found),
        remedy: `Give the role to ${count - found.length} more.`,
      });
      continue;
    }
    warnings.push(...spareWarnings(role, count, found));
    for (const problem of found.flatMap(([name, node]) => tooSmall(name, node, role))) {
      if (requireCapacity) {
        problems.add({ ...problem, remedy: "Enlarge it, or drop requireCapacity." });
      } else {
        const { path, reason, value, allowed } = problem;
        warnings.push(`${path}: ${reason} (${String(value)}; ${allowed ?? ""})`);
      }
    }
  }
  return warnings;
}
