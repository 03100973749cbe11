/** What every part of a cluster must know, and how each names, tags and places its resources. */
import * as pulumi from "@pulumi/pulumi";
import { Provider } from "@pulumi/aws/provider";
import { partitionOf } from "../model/eks/regions";
import { EKS_DEFAULTS, eksClusterName, WorkloadIdentity } from "../model/eks/settings";
import type { EksClusterArgs } from "./eksClusterArgs";

/** Shared by the parts of one cluster. */
export interface EksContext {
  /** Name of the component: what the names of its resources begin with. */
  name: string;
  args: EksClusterArgs;
  /** Name of the cluster in AWS. */
  clusterName: string;
  version: string;
  /** What ARNs begin with after `arn:`. */
  partition: string;
  identity: WorkloadIdentity;
  tags: Record<string, string>;
  /** Options of every resource of AWS: parent and provider. */
  opts: pulumi.CustomResourceOptions;
}

/** The context of a component; makes the provider of its region and account. */
export function eksContext(
  name: string,
  args: EksClusterArgs,
  parent: pulumi.ComponentResource,
): EksContext {
  const { region, profile, account, tags = {} } = args;
  const provider = new Provider(
    `${name}-aws`,
    {
      region,
      ...(profile === undefined ? {} : { profile }),
      ...(account === undefined ? {} : { allowedAccountIds: [account] }),
    },
    { parent },
  );
  return {
    name,
    args,
    clusterName: eksClusterName(name, args),
    version: args.version ?? EKS_DEFAULTS.version,
    partition: partitionOf(region),
    identity: args.workloadIdentity ?? WorkloadIdentity.PodIdentity,
    tags,
    opts: { parent, provider },
  };
}

/** ARN of a policy that AWS keeps. */
export function managedPolicy({ partition }: EksContext, name: string): string {
  return `arn:${partition}:iam::aws:policy/${name}`;
}

/** The tags of a resource that people find by the tag `Name`. */
export function nameTags({ tags }: EksContext, name: string): Record<string, string> {
  return { Name: name, ...tags };
}
