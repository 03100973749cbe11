/** Where the servers of a profile go: GPUs by class, a node by name, and whether any is large enough. */
import { compact } from "./compact";
import { offersOf, placeGpu, type GpuPlacement } from "./gpu";
import type { DeclaredNode } from "./gpuTypes";
import type { JupyterHubProfile, JupyterHubSettings } from "./jupyterHubTypes";
import { nearest, oneOf, type Problems } from "./problems";
import { parseQuantity } from "./quantity";

/** What interLink's virtual nodes are tainted with. */
const VIRTUAL_NODE_TOLERATION = { key: "virtual-node.interlink/no-schedule", operator: "Exists" };

const HOSTNAME_LABEL = "kubernetes.io/hostname";

/** What the placement adds to a profile. */
export interface ProfilePlacement {
  /** Whether it runs on a virtual node. */
  remote: boolean;
  /** Extended resources to request and limit; empty without GPUs. */
  resources: Record<string, string>;
  nodeSelector: Record<string, string>;
  /** Node selector terms, of which one must hold. */
  affinity: object[];
  tolerations: object[];
}

type Nodes = Record<string, DeclaredNode>;

function declaredNodes(
  { node }: JupyterHubProfile,
  all: Nodes,
  problems: Problems,
  at: (key: string) => string,
): Nodes | undefined {
  if (node === undefined) {
    return all;
  }
  const found = Object.hasOwn(all, node) ? all[node] : undefined;
  if (found === undefined) {
    const near = nearest(node, Object.keys(all));
    problems.add({
      path: at("node"),
      reason: "a node that nodes does not declare",
      value: node,
      allowed: oneOf(Object.keys(all).sort()),
      remedy: near === undefined ? "Declare it in nodes." : `Did you mean ${near}?`,
    });
    return undefined;
  }
  return { [node]: found };
}

/** The nodes that a server could be on: those with the GPUs, or all that take ordinary pods. */
function candidates(
  profile: JupyterHubProfile,
  placement: GpuPlacement | undefined,
  nodes: Nodes,
  gpus: NonNullable<JupyterHubSettings["gpus"]>,
): [string, DeclaredNode][] {
  if (placement === undefined) {
    return Object.entries(nodes).filter(([, node]) => profile.node !== undefined || !node.virtual);
  }
  const offering = offersOf(nodes, gpus).filter(
    ({ className, units, virtual }) =>
      placement.classes.includes(className) &&
      units >= placement.count &&
      virtual === placement.virtual,
  );
  return Object.entries(nodes).filter(([name]) => offering.some(({ node }) => node === name));
}

type Resource = "cpu" | "memory";

/** What a server is promised of a resource: Kubernetes takes the limit where there is no promise. */
function promised(profile: JupyterHubProfile, resource: Resource): [key: string, text?: string] {
  const key = profile[`${resource}Guarantee`] === undefined ? "Limit" : "Guarantee";
  return [`${resource}${key}`, profile[`${resource}${key}`]];
}

/** Adds a problem where no node is large enough. A node that does not declare its size may be. */
function checkSize(
  profile: JupyterHubProfile,
  nodes: [string, DeclaredNode][],
  problems: Problems,
  at: (key: string) => string,
): void {
  const before = problems.count;
  const fits = (resource: Resource, node: DeclaredNode): boolean =>
    (parseQuantity(promised(profile, resource)[1] ?? "") ?? 0) <=
    (parseQuantity(node[resource] ?? "") ?? Infinity);
  const sizes = (resource: Resource): string =>
    nodes.map(([name, node]) => `${name} has ${node[resource] ?? "an unknown amount"}`).join(", ");
  for (const resource of ["cpu", "memory"] as const) {
    if (nodes.length > 0 && !nodes.some(([, node]) => fits(resource, node))) {
      const [key, value] = promised(profile, resource);
      problems.add({
        path: at(key),
        reason: `larger than any node that it could be on: ${sizes(resource)}`,
        value,
        remedy: "Ask for less.",
      });
    }
  }
  const both = nodes.some(([, node]) => fits("cpu", node) && fits("memory", node));
  if (nodes.length > 0 && problems.count === before && !both) {
    const [key, value] = promised(profile, "memory");
    problems.add({
      path: at(key),
      reason: `no node has this and ${promised(profile, "cpu")[1]} of CPU together: ${sizes("memory")}; ${sizes("cpu")}`,
      value,
      remedy: "Ask for less of one.",
    });
  }
}

/**
 * Places a profile by the GPU vocabulary.
 *
 * @param at the path of a key of the profile, for messages
 * @returns nothing when a problem was added
 */
export function placeProfile(
  profile: JupyterHubProfile,
  settings: Pick<JupyterHubSettings, "gpus" | "nodes">,
  problems: Problems,
  at: (key: string) => string,
): ProfilePlacement | undefined {
  const before = problems.count;
  const nodes = declaredNodes(profile, settings.nodes ?? {}, problems, at);
  if (nodes === undefined) {
    return undefined;
  }
  const { count = 1, ...selector } = profile.gpu ?? { count: 0 };
  const gpus = settings.gpus ?? {};
  const placement = placeGpu(count, selector, gpus, nodes, problems, {
    count: at("gpu.count"),
    selector: at("gpu"),
  });
  if (problems.count > before) {
    return undefined;
  }
  checkSize(profile, candidates(profile, placement, nodes, gpus), problems, at);
  const pinned = profile.node === undefined ? undefined : nodes[profile.node];
  const remote = placement?.virtual ?? pinned?.virtual ?? false;
  const ofGpu = placement?.tolerations ?? [];
  return {
    remote,
    resources: placement === undefined ? {} : { [placement.resource]: String(placement.count) },
    nodeSelector: compact({
      ...placement?.nodeSelector,
      ...(profile.node === undefined ? {} : { [HOSTNAME_LABEL]: profile.node }),
    }),
    affinity:
      placement?.affinity?.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution
        .nodeSelectorTerms ?? [],
    tolerations: placement === undefined && remote ? [VIRTUAL_NODE_TOLERATION] : ofGpu,
  };
}
