/** What belongs to a cluster, and who. */
import { keyOf, type Thing } from "../account";
import type { Context } from "../kind";

export const CLUSTER = "aws:eks/cluster:Cluster";
export const NODES = "aws:eks/nodeGroup:NodeGroup";
export const POD_IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
export const ADDON = "aws:eks/addon:Addon";
export const ENTRY = "aws:eks/accessEntry:AccessEntry";
export const ENTRY_POLICY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation";

export function minor(version: unknown): number {
  return Number(/^1\.(\d+)$/.exec(String(version))?.[1] ?? NaN);
}

export function clusterOf(context: Context): Thing | undefined {
  return context.account.get(CLUSTER, String(context.given["clusterName"]), context.region);
}

/** Everything of a type that belongs to a cluster. */
export function inCluster(context: Context, type: string, cluster: string): Thing[] {
  return context.account
    .all(type)
    .filter(
      (thing) => thing.region === context.region && thing.properties["clusterName"] === cluster,
    );
}

export const ofCluster = {
  path: "clusterName",
  type: CLUSTER,
  error: (name: string) => `ResourceNotFoundException: No cluster found for name: ${name}.`,
};

/** A member of the account, let into a cluster by EKS itself. */
export function entry(context: Context, owner: Thing, principalArn: string, type: string): Thing {
  return {
    type: ENTRY,
    id: `${owner.id}:${principalArn}`,
    region: context.region,
    properties: { clusterName: owner.id, principalArn, type },
    madeAt: Date.now(),
    owner: keyOf(owner.type, owner.id, owner.region),
  };
}
