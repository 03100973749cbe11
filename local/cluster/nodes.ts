/** The simulated nodes of `local/nodes.yaml`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { ApiError } from "./api";
import type { ApiClient, ApiObject } from "./api";
import { REPOSITORY } from "./paths";

export interface Taint {
  key: string;
  value?: string;
  effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** One entry of the file. */
export interface DeclaredNode {
  /** What the node offers, extended resources included; capacity and allocatable alike. */
  capacity: Record<string, string>;
  /** Labels beside the usual ones (`kubernetes.io/hostname`, `/os`, `/arch`). */
  labels?: Record<string, string>;
  /** Set when the node is made, and never again: others may change them. */
  taints?: Taint[];
}

interface NodeObject extends ApiObject {
  spec?: { taints?: Taint[] };
  status?: {
    capacity?: Record<string, string>;
    allocatable?: Record<string, string>;
    conditions?: { type: string; status: string }[];
  };
}

const NODES = "/api/v1/nodes";

/** The nodes of a file. @param path default `local/nodes.yaml` */
export function readNodes(
  path = join(REPOSITORY, "local", "nodes.yaml"),
): Record<string, DeclaredNode> {
  return (load(readFileSync(path, "utf8")) as { nodes: Record<string, DeclaredNode> }).nodes;
}

function metadata(name: string, node: DeclaredNode): ApiObject["metadata"] {
  return {
    name,
    labels: {
      "kubernetes.io/hostname": name,
      "kubernetes.io/os": "linux",
      "kubernetes.io/arch": "amd64",
      ...node.labels,
    },
    annotations: { "kwok.x-k8s.io/node": "fake" },
  };
}

/** Makes a node or brings one that exists up to the file, without touching what others set on it. */
async function applyNode(api: ApiClient, name: string, node: DeclaredNode): Promise<void> {
  const path = `${NODES}/${name}`;
  const object = { apiVersion: "v1", kind: "Node", metadata: metadata(name, node) };
  let found = await api.find<NodeObject>(path);
  if (found === undefined) {
    found = await api.call<NodeObject>("POST", NODES, {
      body: { ...object, spec: { taints: node.taints ?? [] } },
    });
  } else {
    await applyLabels(api, path, object);
  }
  const { capacity = {}, allocatable = {} } = found.status ?? {};
  const differs = Object.entries(node.capacity).some(
    ([resource, amount]) => capacity[resource] !== amount || allocatable[resource] !== amount,
  );
  if (differs) {
    const status = { capacity: node.capacity, allocatable: node.capacity };
    await api.mergePatch(`${path}/status`, { status });
  }
}

/** A label that somebody else has changed since stays as it is. */
async function applyLabels(api: ApiClient, path: string, object: object): Promise<void> {
  try {
    await api.apply(path, object, false);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) {
      throw error;
    }
  }
}

/** Applies all nodes. */
export async function applyNodes(
  api: ApiClient,
  nodes: Record<string, DeclaredNode>,
): Promise<void> {
  await Promise.all(Object.entries(nodes).map(([name, node]) => applyNode(api, name, node)));
}

/** Taints that the controller-manager takes away a moment after a node has become Ready. */
const LIFECYCLE_TAINTS = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

function takesPods(node: NodeObject): boolean {
  const ready = node.status?.conditions?.some(
    (condition) => condition.type === "Ready" && condition.status === "True",
  );
  const tainted = node.spec?.taints?.some((taint) => LIFECYCLE_TAINTS.includes(taint.key));
  return ready === true && tainted !== true;
}

/** Those of the named nodes that are absent, not Ready, or not yet seen as such by the scheduler. */
export async function nodesNotReady(api: ApiClient, names: readonly string[]): Promise<string[]> {
  const { items } = await api.get<{ items: NodeObject[] }>(NODES);
  const ready = new Set(items.filter(takesPods).map((node) => node.metadata.name));
  return names.filter((name) => !ready.has(name));
}
