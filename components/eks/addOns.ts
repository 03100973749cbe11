/** The add-ons that EKS manages: those that nodes need to join, and those that need nodes. */
import type * as pulumi from "@pulumi/pulumi";
import { Addon, type AddonArgs } from "@pulumi/aws/eks/addon";
import type { Cluster } from "@pulumi/aws/eks/cluster";
import { WorkloadIdentity } from "../model/eks/settings";
import { mergeValues } from "../model/mergeValues";
import type { EksContext } from "./context";
import { workloadRole, type Issuer, type RoleParts } from "./roles";

/** Our settings of add-ons, by their own schemas. */
const CONFIGURATION: Record<string, Record<string, unknown>> = {
  // NetworkPolicies of workspaces hold nobody back without it.
  "vpc-cni": { enableNetworkPolicy: "true" },
};

/** Whose pods need a role: its service account in kube-system, and the policy. */
const IDENTITIES: Record<string, { account: string; policy: string }> = {
  "vpc-cni": { account: "aws-node", policy: "AmazonEKS_CNI_Policy" },
  "aws-ebs-csi-driver": {
    account: "ebs-csi-controller-sa",
    policy: "service-role/AmazonEBSCSIDriverPolicy",
  },
};

/** An add-on with Deployments is done when nodes run them, and they may take their time. */
const CREATE_TIMEOUT = "40m";

/** The roles of the add-ons' pods, by add-on. With pod identity they are made beside the control plane. */
export function addOnRoles(
  context: EksContext,
  issuer: Issuer | undefined,
): Record<string, RoleParts> {
  return Object.fromEntries(
    Object.entries(IDENTITIES).map(([addOn, { account, policy }]) => [
      addOn,
      workloadRole(
        context,
        `${addOn}-role`,
        [{ namespace: "kube-system", name: account }],
        issuer,
        {
          managed: [policy],
        },
      ),
    ]),
  );
}

function identityArgs(
  { identity }: EksContext,
  addOn: string,
  parts: RoleParts | undefined,
): Pick<AddonArgs, "podIdentityAssociations" | "serviceAccountRoleArn"> {
  if (parts === undefined) {
    return {};
  }
  return identity === WorkloadIdentity.Irsa
    ? { serviceAccountRoleArn: parts.role.arn }
    : {
        podIdentityAssociations: [
          { roleArn: parts.role.arn, serviceAccount: IDENTITIES[addOn]!.account },
        ],
      };
}

function registerAddOn(
  context: EksContext,
  addOn: string,
  cluster: Cluster,
  parts: RoleParts | undefined,
): Addon {
  const { version, configuration } = context.args.addOns?.[addOn] ?? {};
  const own = CONFIGURATION[addOn] ?? {};
  const given = JSON.parse(configuration ?? "{}") as Record<string, unknown>;
  const values = mergeValues(own, given);
  return new Addon(
    `${context.name}-${addOn}`,
    {
      clusterName: cluster.name,
      addonName: addOn,
      ...(version === undefined ? {} : { addonVersion: version }),
      ...(Object.keys(values).length === 0 ? {} : { configurationValues: JSON.stringify(values) }),
      ...identityArgs(context, addOn, parts),
      resolveConflictsOnCreate: "OVERWRITE",
      resolveConflictsOnUpdate: "PRESERVE",
      tags: context.tags,
    },
    {
      ...context.opts,
      dependsOn: parts?.policies ?? [],
      customTimeouts: { create: CREATE_TIMEOUT },
    },
  );
}

/** The add-ons of a cluster. */
export interface AddOnParts {
  /** Nodes join by these: they come before the first node, and go after the last. */
  beforeNodes: pulumi.Resource[];
  /** These run on nodes, and are registered beside them. */
  others: pulumi.Resource[];
}

/** Registers all add-ons. */
export function registerAddOns(
  context: EksContext,
  cluster: Cluster,
  roles: Record<string, RoleParts>,
): AddOnParts {
  const register = (addOn: string): Addon => registerAddOn(context, addOn, cluster, roles[addOn]);
  const agent = context.identity === WorkloadIdentity.PodIdentity ? ["eks-pod-identity-agent"] : [];
  return {
    beforeNodes: ["vpc-cni", "kube-proxy", ...agent].map(register),
    others: ["coredns", "aws-ebs-csi-driver"].map(register),
  };
}
