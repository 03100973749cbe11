/** EKS: the control plane. */
import type { ClusterArgs } from "@pulumi/aws/eks/cluster";
import { readCredentials } from "../../../../local/cluster/kubeconfig";
import type { Properties } from "../../../../local/random/wire";
import { keyOf, type Thing } from "../account";
import { leftBalancers } from "../clusterContents";
import {
  arn,
  ec2Id,
  interfaceIn,
  kind,
  suffix,
  textAt,
  textsAt,
  type Context,
  type Kind,
} from "../kind";
import { SUBNET } from "./holding";
import { isSettling, untrusted } from "./identity";
import {
  ADDON,
  CLUSTER,
  ENTRY,
  ENTRY_POLICY,
  entry,
  inCluster,
  minor,
  NODES,
  POD_IDENTITY,
} from "./membership";
import { GROUP, KEY } from "./security";
import { clusterLogs } from "./storage";

/** Versions that EKS offers. */
const OLDEST_MINOR = 30;
const NEWEST_MINOR = 36;

function server(context: Context): Properties {
  const { kubeconfig } = context.account.settings;
  if (kubeconfig === undefined) {
    return { endpoint: "https://198.18.255.254", certificateAuthority: { data: "Tm8gc2VydmVy" } };
  }
  const { server: endpoint, authority } = readCredentials(kubeconfig);
  return { endpoint, certificateAuthority: { data: Buffer.from(authority).toString("base64") } };
}

function creator(context: Context, cluster: Thing): Thing[] {
  if (textAt(cluster.properties, "accessConfig.authenticationMode") === "CONFIG_MAP") {
    return [];
  }
  const [admin] = [cluster.properties["accessConfig"]] as [Properties | undefined];
  if (admin?.["bootstrapClusterCreatorAdminPermissions"] === false) {
    return [];
  }
  const { caller } = context.account.settings;
  const own = entry(context, cluster, caller, "STANDARD");
  const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
  return [
    own,
    {
      ...own,
      type: ENTRY_POLICY,
      id: `${cluster.id}#${caller}#${policyArn}`,
      properties: {
        clusterName: cluster.id,
        principalArn: caller,
        policyArn,
        accessScope: { type: "cluster" },
      },
    },
  ];
}

function refusedVersion({ given }: Context, thing?: Thing): string | undefined {
  const asked = minor(given["version"] ?? `1.${NEWEST_MINOR}`);
  if (Number.isNaN(asked) || asked < OLDEST_MINOR || asked > NEWEST_MINOR) {
    return `InvalidParameterException: unsupported Kubernetes version ${String(given["version"])}`;
  }
  const now = thing === undefined ? asked : minor(thing.properties["version"]);
  return asked < now || asked > now + 1
    ? `InvalidParameterException: Unsupported Kubernetes minor version update from 1.${now} to 1.${asked}`
    : undefined;
}

const cluster = kind<ClusterArgs>({
  name: "name",
  taken: (name) => `ResourceInUseException: Cluster already exists with name: ${name}`,
  immutable: ["name", "roleArn", "bootstrapSelfManagedAddons", "outpostConfig"],
  immutableParts: [
    "accessConfig.bootstrapClusterCreatorAdminPermissions",
    "encryptionConfig.provider.keyArn",
    "kubernetesNetworkConfig.serviceIpv4Cidr",
    "kubernetesNetworkConfig.ipFamily",
  ],
  references: [
    {
      path: "vpcConfig.subnetIds",
      type: SUBNET,
      error: (id) => `InvalidParameterException: The subnet ID '${id}' does not exist`,
    },
    {
      path: "vpcConfig.securityGroupIds",
      type: GROUP,
      error: (id) => `InvalidParameterException: The security group '${id}' does not exist`,
    },
    {
      path: "encryptionConfig.provider.keyArn",
      type: KEY,
      error: (key) => `InvalidParameterException: key ${key} does not exist`,
    },
  ],
  refuses: (context) => {
    const zones = textsAt(context.given, "vpcConfig.subnetIds").map(
      (id) => context.account.get(SUBNET, id, context.region)?.properties["availabilityZone"],
    );
    if (new Set(zones).size < 2) {
      return "InvalidParameterException: Subnets specified must be in at least two different AZs";
    }
    const refused = untrusted(context, String(context.given["roleArn"]), "eks.amazonaws.com");
    return refused === undefined
      ? refusedVersion(context)
      : `InvalidParameterException: ${refused}`;
  },
  refusesChange: refusedVersion,
  notYet: (context) =>
    isSettling(context, String(context.given["roleArn"]))
      ? "InvalidParameterException: Role could not be assumed because it does not exist or the trusted entity is not correct"
      : undefined,
  id: ({ given }) => String(given["name"]),
  outputs: (context, before) => {
    const kept = before?.properties ?? {};
    const [first] = textsAt(context.given, "vpcConfig.subnetIds");
    const vpcId = context.account.get(SUBNET, first ?? "", context.region)?.properties["vpcId"];
    const group = textAt(kept, "vpcConfig.clusterSecurityGroupId") ?? ec2Id("sg");
    const issuer = `https://oidc.eks.${context.region}.amazonaws.com/id/${suffix(32).toUpperCase()}`;
    return {
      arn: arn(context, "eks", `cluster/${context.id}`),
      ...server(context),
      createdAt: kept["createdAt"] ?? new Date().toISOString(),
      identities: kept["identities"] ?? [{ oidcs: [{ issuer }] }],
      platformVersion: "eks.1",
      status: "ACTIVE",
      version: kept["version"] ?? `1.${NEWEST_MINOR}`,
      accessConfig: {
        authenticationMode: "CONFIG_MAP",
        bootstrapClusterCreatorAdminPermissions: true,
      },
      kubernetesNetworkConfig: { serviceIpv4Cidr: "172.20.0.0/16", ipFamily: "ipv4" },
      vpcConfig: {
        clusterSecurityGroupId: group,
        vpcId,
        endpointPublicAccess: true,
        endpointPrivateAccess: false,
        publicAccessCidrs: ["0.0.0.0/0"],
      },
    };
  },
  brings: (context, thing) => {
    const group = textAt(thing.properties, "vpcConfig.clusterSecurityGroupId")!;
    const owner = keyOf(thing.type, thing.id, thing.region);
    return [
      {
        type: "clusterSecurityGroup",
        id: group,
        region: thing.region,
        properties: { vpcId: textAt(thing.properties, "vpcConfig.vpcId") },
        madeAt: Date.now(),
        owner,
      },
      ...textsAt(thing.properties, "vpcConfig.subnetIds").map((id) =>
        interfaceIn(context, thing, id, `Amazon EKS ${thing.id}`, [
          group,
          ...textsAt(thing.properties, "vpcConfig.securityGroupIds"),
        ]),
      ),
      ...creator(context, thing),
      ...(textsAt(thing.properties, "enabledClusterLogTypes").length > 0
        ? clusterLogs(context, thing.id)
        : []),
    ];
  },
  refusesDelete: (_context, { id, properties }) =>
    properties["deletionProtection"] === true
      ? `InvalidRequestException: Cluster ${id} has deletion protection enabled`
      : undefined,
  heldBy: (context, thing) =>
    inCluster(context, NODES, thing.id).length > 0
      ? `ResourceInUseException: Cluster has nodegroups attached`
      : undefined,
  gone: (context, thing) => {
    for (const type of [ADDON, ENTRY, ENTRY_POLICY, POD_IDENTITY]) {
      inCluster(context, type, thing.id).forEach((one) => context.account.remove(one));
    }
  },
  outside: { made: () => Promise.resolve(), gone: leftBalancers },
  seconds: { create: 540, update: 480, delete: 180 },
});

export const CLUSTERS: Record<string, Kind> = { [CLUSTER]: cluster };
