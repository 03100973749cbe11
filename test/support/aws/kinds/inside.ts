/** EKS: who may enter a cluster, the roles of its pods, and its add-ons. */
import type { AccessEntryArgs } from "@pulumi/aws/eks/accessEntry";
import type { AccessPolicyAssociationArgs } from "@pulumi/aws/eks/accessPolicyAssociation";
import type { AddonArgs } from "@pulumi/aws/eks/addon";
import type { PodIdentityAssociationArgs } from "@pulumi/aws/eks/podIdentityAssociation";
import { arn, kind, named, suffix, textAt, textsAt, type Kind } from "../kind";
import { isSettling, ROLE, untrusted } from "./identity";
import {
  ADDON,
  clusterOf,
  ENTRY,
  ENTRY_POLICY,
  inCluster,
  ofCluster,
  POD_IDENTITY,
} from "./membership";

const accessEntry = kind<AccessEntryArgs>({
  immutable: ["clusterName", "principalArn", "type"],
  references: [ofCluster],
  unique: "region",
  refuses: (context) => {
    const principal = String(context.given["principalArn"]);
    if (
      textAt(clusterOf(context)?.properties, "accessConfig.authenticationMode") === "CONFIG_MAP"
    ) {
      return "InvalidRequestException: The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP]";
    }
    const own = `arn:aws:iam::${context.account.settings.account}:role/`;
    if (
      !/^arn:aws:iam::\d{12}:(user|role)\//.test(principal) ||
      (principal.startsWith(own) && named(context, ROLE, principal) === undefined)
    ) {
      return "InvalidParameterException: The specified principalArn is invalid: invalid principal";
    }
    const there = inCluster(context, ENTRY, String(context.given["clusterName"]));
    return there.some(({ properties }) => properties["principalArn"] === principal)
      ? "ResourceInUseException: The specified access entry resource is already in use on this cluster."
      : undefined;
  },
  id: ({ given }) => `${String(given["clusterName"])}:${String(given["principalArn"])}`,
  outputs: (context) => ({
    type: "STANDARD",
    accessEntryArn: arn(context, "eks", `access-entry/${context.id}`),
  }),
});

const accessPolicyAssociation = kind<AccessPolicyAssociationArgs>({
  immutable: ["clusterName", "principalArn", "policyArn", "accessScope"],
  references: [ofCluster],
  refuses: (context) => {
    const { clusterName, principalArn, policyArn } = context.given;
    if (
      !/^arn:aws:eks::aws:cluster-access-policy\/AmazonEKS(ClusterAdmin|Admin|Edit|View|AdminView)Policy$/.test(
        String(policyArn),
      )
    ) {
      return `InvalidParameterException: The policyArn ${String(policyArn)} is not valid`;
    }
    return inCluster(context, ENTRY, String(clusterName)).some(
      ({ properties }) => properties["principalArn"] === principalArn,
    )
      ? undefined
      : `ResourceNotFoundException: The specified principalArn could not be found: ${String(principalArn)}`;
  },
  id: ({ given }) =>
    `${String(given["clusterName"])}#${String(given["principalArn"])}#${String(given["policyArn"])}`,
});

const podIdentityAssociation = kind<PodIdentityAssociationArgs>({
  immutable: ["clusterName", "namespace", "serviceAccount"],
  references: [ofCluster],
  refuses: (context) => {
    const refused = untrusted(context, String(context.given["roleArn"]), "pods.eks.amazonaws.com");
    const { namespace, serviceAccount } = context.given;
    const there = inCluster(context, POD_IDENTITY, String(context.given["clusterName"]));
    return refused === undefined
      ? there.some(
          ({ properties }) =>
            properties["namespace"] === namespace &&
            properties["serviceAccount"] === serviceAccount,
        )
        ? "ResourceInUseException: Association already exists"
        : undefined
      : `InvalidParameterException: ${refused}`;
  },
  notYet: (context) =>
    isSettling(context, String(context.given["roleArn"]))
      ? "InvalidParameterException: Role provided in the request does not exist."
      : undefined,
  id: () => `a-${suffix(17)}`,
  outputs: (context) => ({
    associationId: context.id,
    associationArn: arn(context, "eks", `podidentityassociation/${context.id}`),
  }),
});

/** Add-ons whose pods need a node before they count as healthy; the others run on each node there is. */
const ON_NODES = ["coredns", "aws-ebs-csi-driver"];
const ADDONS = [...ON_NODES, "vpc-cni", "kube-proxy", "eks-pod-identity-agent", "metrics-server"];

const addon = kind<AddonArgs>({
  immutable: ["clusterName", "addonName"],
  references: [
    ofCluster,
    {
      path: "serviceAccountRoleArn",
      type: ROLE,
      error: (role) => `InvalidParameterException: role ${role} does not exist`,
    },
    {
      path: "podIdentityAssociations.roleArn",
      type: ROLE,
      error: (role) => `InvalidParameterException: role ${role} does not exist`,
    },
  ],
  refuses: (context) => {
    const name = String(context.given["addonName"]);
    if (!ADDONS.includes(name)) {
      return `InvalidParameterException: Addon ${name} specified is not supported`;
    }
    const trust = textsAt(context.given, "podIdentityAssociations.roleArn")
      .map((role) => untrusted(context, role, "pods.eks.amazonaws.com"))
      .find((refused) => refused !== undefined);
    if (trust !== undefined) {
      return `InvalidParameterException: ${trust}`;
    }
    return inCluster(context, ADDON, String(context.given["clusterName"])).some(
      ({ properties }) => properties["addonName"] === name,
    )
      ? `ResourceInUseException: Addon already exists.`
      : undefined;
  },
  id: ({ given }) => `${String(given["clusterName"])}:${String(given["addonName"])}`,
  outputs: (context, before) => ({
    arn: arn(
      context,
      "eks",
      `addon/${String(context.given["clusterName"])}/${String(context.given["addonName"])}`,
    ),
    addonVersion: before?.properties["addonVersion"] ?? "v1.0.0-eksbuild.1",
  }),
  waitsFor: (context) =>
    ON_NODES.includes(String(context.given["addonName"])) &&
    context.account
      .all("node")
      .every(({ properties }) => properties["clusterName"] !== context.given["clusterName"])
      ? "unexpected state 'DEGRADED', wanted target 'ACTIVE': InsufficientNumberOfReplicas: no nodes"
      : undefined,
  seconds: { create: 45, update: 45, delete: 10 },
});

export const INSIDE: Record<string, Kind> = {
  [ENTRY]: accessEntry,
  [ENTRY_POLICY]: accessPolicyAssociation,
  [ADDON]: addon,
  [POD_IDENTITY]: podIdentityAssociation,
};
