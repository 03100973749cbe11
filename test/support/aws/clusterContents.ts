/**
 * What EKS and its controllers do in and around a cluster, done to the API server that answers for it: node groups
 * become Nodes, and load balancers that Services had made stay in the network when the cluster goes.
 */
import { readFileSync } from "node:fs";
import { connect, messageOf, type ApiClient } from "../../../components/cluster/apiClient";
import type { Thing } from "./account";
import { interfaceIn, textAt, textsAt, valuesAt, type Context } from "./kind";

async function withCluster(
  context: Context,
  use: (api: ApiClient) => Promise<void>,
): Promise<void> {
  const { kubeconfig } = context.account.settings;
  if (kubeconfig === undefined) {
    return;
  }
  const api = await connect("simulated EKS", readFileSync(kubeconfig, "utf8"));
  try {
    await use(api);
  } finally {
    api.close();
  }
}

/** GPUs of the instance types that our examples use. */
const GPUS: Readonly<Record<string, number>> = {
  "g4dn.xlarge": 1,
  "g4dn.12xlarge": 4,
  "g5.xlarge": 1,
  "g5.2xlarge": 1,
  "g5.12xlarge": 4,
  "g6.xlarge": 1,
  "p3.2xlarge": 1,
  "p4d.24xlarge": 8,
};

const EFFECTS: Readonly<Record<string, string>> = {
  NO_SCHEDULE: "NoSchedule",
  NO_EXECUTE: "NoExecute",
  PREFER_NO_SCHEDULE: "PreferNoSchedule",
};

function nodeObject(context: Context, group: Thing, node: Thing): object {
  const type = textAt(group.properties, "instanceTypes") ?? "t3.medium";
  const taints = valuesAt(group.properties, "taints") as {
    key: string;
    value?: string;
    effect: string;
  }[];
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: node.id,
      labels: {
        "kubernetes.io/hostname": node.id,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "node.kubernetes.io/instance-type": type,
        "topology.kubernetes.io/region": context.region,
        "topology.kubernetes.io/zone": node.properties["zone"],
        "eks.amazonaws.com/nodegroup": group.properties["nodeGroupName"],
        "eks.amazonaws.com/capacityType": group.properties["capacityType"],
        ...(group.properties["labels"] as object | undefined),
      },
      annotations: { "kwok.x-k8s.io/node": "fake" },
    },
    spec: { taints: taints.map((taint) => ({ ...taint, effect: EFFECTS[taint.effect] })) },
  };
}

function nodesOf(context: Context, group: Thing): Thing[] {
  const name = String(group.properties["nodeGroupName"]);
  return context.account
    .all("node")
    .filter(
      ({ id, properties }) =>
        properties["clusterName"] === group.properties["clusterName"] && id.startsWith(`${name}-`),
    );
}

interface NodeList {
  items: { metadata: { name: string } }[];
}

async function remove(api: ApiClient, group: Thing, keep: readonly string[]): Promise<void> {
  const selector = encodeURIComponent(
    `eks.amazonaws.com/nodegroup=${String(group.properties["nodeGroupName"])}`,
  );
  const { body } = await api.request("GET", `/api/v1/nodes?labelSelector=${selector}`);
  const names = (body as NodeList).items.map(({ metadata }) => metadata.name);
  await Promise.all(
    names
      .filter((name) => !keep.includes(name))
      .map((name) => api.request("DELETE", `/api/v1/nodes/${name}`)),
  );
}

/** Makes the cluster's nodes those that the group has. Labels and taints of nodes that stay are set anew. */
export function applyNodes(context: Context, group: Thing): Promise<void> {
  return withCluster(context, async (api) => {
    const nodes = nodesOf(context, group);
    await remove(
      api,
      group,
      nodes.map(({ id }) => id),
    );
    const gpus = GPUS[textAt(group.properties, "instanceTypes") ?? ""];
    const capacity = {
      cpu: "32",
      memory: "128Gi",
      "ephemeral-storage": "1Ti",
      pods: "1k",
      ...(gpus === undefined ? {} : { "nvidia.com/gpu": String(gpus) }),
    };
    for (const node of nodes) {
      const object = nodeObject(context, group, node);
      const made = await api.request("POST", "/api/v1/nodes", { body: object });
      const answer =
        made.status === 409
          ? await api.request("PATCH", `/api/v1/nodes/${node.id}`, {
              body: object,
              type: "application/merge-patch+json",
            })
          : made;
      if (answer.status >= 300) {
        throw new Error(`node ${node.id}: ${messageOf(answer)}`);
      }
      await api.request("PATCH", `/api/v1/nodes/${node.id}/status`, {
        body: { status: { capacity, allocatable: capacity } },
        type: "application/merge-patch+json",
      });
    }
  });
}

/** Takes the nodes of a group away. */
export function removeNodes(context: Context, group: Thing): Promise<void> {
  return withCluster(context, (api) => remove(api, group, []));
}

interface ServiceList {
  items: {
    metadata: { namespace: string; name: string; creationTimestamp: string };
    spec: { type: string };
  }[];
}

/**
 * Load balancers outlive a cluster whose Services were not deleted first: their interfaces stay in its subnets, which
 * nobody can then delete. Services from before the cluster are not its own: the API server has answered for others.
 */
export function leftBalancers(context: Context, cluster: Thing): Promise<void> {
  return withCluster(context, async (api) => {
    const { body } = await api.request("GET", "/api/v1/services");
    const since = Math.floor(cluster.madeAt / 1000) * 1000;
    const left = (body as ServiceList).items.filter(
      ({ spec, metadata }) =>
        spec.type === "LoadBalancer" && Date.parse(metadata.creationTimestamp) >= since,
    );
    const subnets = textsAt(cluster.properties, "vpcConfig.subnetIds");
    context.account.put(
      ...left.flatMap(({ metadata }) =>
        subnets.map((id) => ({
          ...interfaceIn(
            context,
            cluster,
            id,
            `ELB of Service ${metadata.namespace}/${metadata.name}`,
          ),
          owner: undefined,
        })),
      ),
    );
  });
}
