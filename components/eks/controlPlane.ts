/** The control plane: its key, its logs, the cluster, and who may enter it. */
import * as pulumi from "@pulumi/pulumi";
import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import { AccessEntry } from "@pulumi/aws/eks/accessEntry";
import { AccessPolicyAssociation } from "@pulumi/aws/eks/accessPolicyAssociation";
import { Cluster } from "@pulumi/aws/eks/cluster";
import { Key } from "@pulumi/aws/kms/key";
import { accessEntries, type AccessEntryPlan } from "../model/eks/access";
import { EKS_DEFAULTS } from "../model/eks/settings";
import type { EksContext } from "./context";
import type { EksNetworkParts } from "./network";
import type { RoleParts } from "./roles";

const LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
/** Days in which a deleted key can be called back. */
const KEY_DELETION_DAYS = 30;

/** Registers the cluster. It begins once its role works; network and logs go on beside it where they can. */
export function registerControlPlane(
  context: EksContext,
  network: EksNetworkParts,
  { role, policies }: RoleParts,
): Cluster {
  const { name, args, clusterName, version, opts, tags } = context;
  const { publicCidrs } = args.endpoint;
  const key = new Key(
    `${name}-secrets-key`,
    {
      description: `Secrets of cluster ${clusterName}`,
      enableKeyRotation: true,
      deletionWindowInDays: KEY_DELETION_DAYS,
      tags,
    },
    opts,
  );
  // EKS would make it without an end to its logs, and leave it behind.
  const logs = new LogGroup(
    `${name}-logs`,
    {
      name: `/aws/eks/${clusterName}/cluster`,
      retentionInDays: args.logRetentionDays ?? EKS_DEFAULTS.logRetentionDays,
      tags,
    },
    opts,
  );
  return new Cluster(
    `${name}-cluster`,
    {
      name: clusterName,
      version,
      roleArn: role.arn,
      vpcConfig: {
        subnetIds: network.privateSubnetIds,
        endpointPrivateAccess: true,
        endpointPublicAccess: publicCidrs.length > 0,
        ...(publicCidrs.length === 0 ? {} : { publicAccessCidrs: publicCidrs }),
      },
      accessConfig: {
        authenticationMode: "API",
        bootstrapClusterCreatorAdminPermissions: args.creatorIsAdmin ?? true,
      },
      ...(args.serviceCidr === undefined
        ? {}
        : { kubernetesNetworkConfig: { serviceIpv4Cidr: args.serviceCidr } }),
      encryptionConfig: { provider: { keyArn: key.arn }, resources: ["secrets"] },
      enabledClusterLogTypes: LOG_TYPES,
      upgradePolicy: { supportType: args.extendedSupport === true ? "EXTENDED" : "STANDARD" },
      // The add-ons that EKS manages are ours; the others would be in their way.
      bootstrapSelfManagedAddons: false,
      tags,
    },
    {
      ...opts,
      dependsOn: [...policies, logs],
      // Looked at when the cluster is made: a later change would make another cluster.
      ignoreChanges: [
        "accessConfig.bootstrapClusterCreatorAdminPermissions",
        "bootstrapSelfManagedAddons",
      ],
    },
  );
}

/** `arn:aws:iam::123456789012:user/team/ann` as a part of names: `123456789012-user-team-ann`. */
function slug(arn: string): string {
  const [, , , , account = "", resource = ""] = arn.split(":");
  return `${account}-${resource.replace(/[^\w.@-]+/g, "-")}`;
}

function registerEntry(
  { name, opts, tags }: EksContext,
  cluster: Cluster,
  plan: AccessEntryPlan,
): pulumi.Resource[] {
  const entryName = `${name}-access-${slug(plan.principalArn)}`;
  const entry = new AccessEntry(
    entryName,
    {
      clusterName: cluster.name,
      principalArn: plan.principalArn,
      type: "STANDARD",
      ...(plan.groups.length === 0 ? {} : { kubernetesGroups: plan.groups }),
      ...(plan.userName === undefined ? {} : { userName: plan.userName }),
      tags,
    },
    opts,
  );
  const grants = plan.grants.map(
    ({ policyArn, namespaces }) =>
      new AccessPolicyAssociation(
        `${entryName}-${policyArn.split("/").at(-1)!}`,
        {
          clusterName: cluster.name,
          principalArn: entry.principalArn,
          policyArn,
          accessScope:
            namespaces === undefined ? { type: "cluster" } : { type: "namespace", namespaces },
        },
        opts,
      ),
  );
  return [entry, ...grants];
}

/** Lets everyone in whom the settings name. */
export function registerAccess(context: EksContext, cluster: Cluster): pulumi.Resource[] {
  return accessEntries(context.args).flatMap((plan) => registerEntry(context, cluster, plan));
}
