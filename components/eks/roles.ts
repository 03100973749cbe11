/** Roles: of the control plane, of nodes, and of pods, by pod identity or IRSA. Their names are generated. */
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "@pulumi/aws/eks/cluster";
import { PodIdentityAssociation } from "@pulumi/aws/eks/podIdentityAssociation";
import { OpenIdConnectProvider } from "@pulumi/aws/iam/openIdConnectProvider";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment";
import { irsaTrust, podIdentityTrust, serviceTrust } from "../model/eks/policies";
import { WorkloadIdentity, type EksServiceAccount } from "../model/eks/settings";
import { managedPolicy, type EksContext } from "./context";

/** A role, and what must be there before it can do its work. */
export interface RoleParts {
  role: Role;
  policies: pulumi.Resource[];
}

/** What a role may do. */
export interface RolePolicies {
  /** Policies that AWS keeps, by name. */
  managed?: string[];
  /** A document of its own. */
  own?: pulumi.Input<string>;
}

function registerRole(
  context: EksContext,
  suffix: string,
  trust: pulumi.Input<string>,
  { managed = [], own }: RolePolicies,
): RoleParts {
  const { opts, tags } = context;
  const name = `${context.name}-${suffix}`;
  const role = new Role(name, { assumeRolePolicy: trust, tags }, opts);
  const attached = managed.map(
    (policy) =>
      new RolePolicyAttachment(
        `${name}-${policy.split("/").at(-1)!}`,
        { role: role.name, policyArn: managedPolicy(context, policy) },
        opts,
      ),
  );
  const inline =
    own === undefined
      ? []
      : [new RolePolicy(`${name}-policy`, { role: role.name, policy: own }, opts)];
  return { role, policies: [...attached, ...inline] };
}

/** The role of the control plane. */
export function clusterRole(context: EksContext): RoleParts {
  const trust = JSON.stringify(serviceTrust("eks.amazonaws.com"));
  return registerRole(context, "cluster-role", trust, { managed: ["AmazonEKSClusterPolicy"] });
}

/** The role of nodes: to join the cluster and pull images, nothing else. */
export function nodeRole(context: EksContext): RoleParts {
  const suffix = context.partition === "aws-cn" ? "ec2.amazonaws.com.cn" : "ec2.amazonaws.com";
  return registerRole(context, "node-role", JSON.stringify(serviceTrust(suffix)), {
    managed: ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"],
  });
}

/** The issuer of the cluster as IAM knows it; only where pods get their roles by IRSA. */
export interface Issuer {
  provider: OpenIdConnectProvider;
  url: pulumi.Output<string>;
}

/** Makes the cluster's OIDC issuer known to IAM, where roles of pods need it. */
export function registerIssuer(context: EksContext, cluster: Cluster): Issuer | undefined {
  if (context.identity !== WorkloadIdentity.Irsa) {
    return undefined;
  }
  const url = cluster.identities.apply((identities) => identities[0]?.oidcs?.[0]?.issuer ?? "");
  const provider = new OpenIdConnectProvider(
    `${context.name}-issuer`,
    { url, clientIdLists: ["sts.amazonaws.com"], tags: context.tags },
    context.opts,
  );
  return { provider, url };
}

/** A role for pods of these service accounts. With pod identity it waits for no cluster. */
export function workloadRole(
  context: EksContext,
  suffix: string,
  accounts: readonly EksServiceAccount[],
  issuer: Issuer | undefined,
  policies: RolePolicies,
): RoleParts {
  const trust =
    issuer === undefined
      ? JSON.stringify(podIdentityTrust(context.clusterName, accounts))
      : pulumi
          .all([issuer.provider.arn, issuer.url])
          .apply(([arn, url]) => JSON.stringify(irsaTrust(arn, url, accounts)));
  return registerRole(context, suffix, trust, policies);
}

/** Gives service accounts their role where pods get it by pod identity; IRSA has it in their annotation. */
export function associate(
  context: EksContext,
  suffix: string,
  accounts: readonly EksServiceAccount[],
  { role, policies }: RoleParts,
  cluster: Cluster,
): pulumi.Resource[] {
  if (context.identity !== WorkloadIdentity.PodIdentity) {
    return policies;
  }
  const { opts, tags } = context;
  return accounts.map(
    ({ namespace, name }) =>
      new PodIdentityAssociation(
        `${context.name}-${suffix}-${namespace}-${name}`,
        {
          clusterName: cluster.name,
          namespace,
          serviceAccount: name,
          roleArn: role.arn,
          tags,
        },
        { ...opts, dependsOn: policies },
      ),
  );
}
