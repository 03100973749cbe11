/** Managed node groups: what EKS refuses, what nodes need to join, and the nodes that come of them. */
import type { NodeGroupArgs } from "@pulumi/aws/eks/nodeGroup";
import { keyOf, type Thing } from "../account";
import { applyNodes, removeNodes } from "../clusterContents";
import {
  arn,
  interfaceIn,
  kind,
  suffix,
  textAt,
  textsAt,
  valuesAt,
  type Context,
  type Kind,
} from "../kind";
import { ADDON, clusterOf, entry, inCluster, minor, NODES, ofCluster } from "./membership";
import { attached, isSettling, ROLE, untrusted } from "./identity";
import { SUBNET } from "./holding";
import { TEMPLATE } from "./security";
import { reachesTheWorld } from "./ways";
import { SCALING_GROUP } from "./storage";

function count(context: Context, which: "minSize" | "maxSize" | "desiredSize"): number {
  return Number(valuesAt(context.given, `scalingConfig.${which}`)[0]);
}

function refusedSize(context: Context): string | undefined {
  const [min, max, desired] = [
    count(context, "minSize"),
    count(context, "maxSize"),
    count(context, "desiredSize"),
  ];
  if (min > desired) {
    return `InvalidParameterException: Minimum capacity ${min} can't be greater than desired size ${desired}`;
  }
  return desired > max
    ? `InvalidParameterException: desired capacity ${desired} can't be greater than max size ${max}`
    : undefined;
}

/** What may be said in the group or in its launch template, but not in both. */
function refusedTemplate(context: Context): string | undefined {
  const id = textAt(context.given, "launchTemplate.id");
  const template = id === undefined ? undefined : context.account.get(TEMPLATE, id, context.region);
  if (template === undefined) {
    return undefined;
  }
  const { given } = context;
  const version = Number(textAt(given, "launchTemplate.version"));
  if (version > Number(template.properties["latestVersion"])) {
    return `InvalidRequestException: launch template ${id} has no version ${version}`;
  }
  if (given["diskSize"] !== undefined) {
    return "InvalidParameterException: Disk size must be specified within the launch template.";
  }
  if (given["remoteAccess"] !== undefined) {
    return "InvalidParameterException: Remote access configuration cannot be specified with a launch template.";
  }
  const twice =
    (template.properties["instanceType"] !== undefined && given["instanceTypes"] !== undefined) ||
    (template.properties["imageId"] !== undefined && given["amiType"] !== undefined);
  return twice
    ? "InvalidRequestException: You cannot specify the same value in the node group and in its launch template"
    : undefined;
}

function refusedImage(context: Context): string | undefined {
  const image = textAt(context.given, "amiType") ?? "";
  const version = minor(context.given["version"] ?? clusterOf(context)?.properties["version"]);
  if (/^AL2_/.test(image) && version > 32) {
    return `InvalidParameterException: AMI Type ${image} is only supported for kubernetes versions 1.32 or earlier`;
  }
  // Graviton families end their digits with a g: m7g, c7gn, g5g.
  const wrong = textsAt(context.given, "instanceTypes").find(
    (type) => /^[a-z]+\d+g[a-z]*\./.test(type) !== /_ARM_64/.test(image),
  );
  return wrong === undefined || image === "" || image === "CUSTOM"
    ? undefined
    : `InvalidParameterException: [${wrong}] is not a valid instance type for requested amiType ${image}`;
}

/** Why the nodes do not join their cluster. */
function notJoining(context: Context): string | undefined {
  const role = String(context.given["nodeRoleArn"]);
  const has = attached(context, role).map((policy) => policy.split("/").at(-1));
  const failed = (why: string) =>
    `NodeCreationFailure: Instances failed to join the kubernetes cluster: ${why}`;
  if (!has.some((name) => /^AmazonEKSWorkerNode/.test(name ?? ""))) {
    return failed(`${role} has no worker policy`);
  }
  if (!has.some((name) => /^AmazonEC2ContainerRegistry/.test(name ?? ""))) {
    return failed(`${role} may not pull from ECR`);
  }
  const cluster = clusterOf(context);
  const addons = inCluster(context, ADDON, String(context.given["clusterName"]));
  const networked =
    cluster?.properties["bootstrapSelfManagedAddons"] !== false ||
    addons.some(({ properties }) => properties["addonName"] === "vpc-cni");
  if (!networked) {
    return failed("no network plugin");
  }
  const cut = textsAt(context.given, "subnetIds").find((id) => !reachesTheWorld(context, id));
  return cut === undefined ? undefined : failed(`subnet ${cut} has no way out`);
}

function machines(context: Context, thing: Thing): Thing[] {
  const subnets = textsAt(thing.properties, "subnetIds");
  const owner = keyOf(thing.type, thing.id, thing.region);
  return Array.from({ length: count(context, "desiredSize") }, (_, index) => {
    const subnetId = subnets[index % subnets.length]!;
    const subnet = context.account.get(SUBNET, subnetId, context.region);
    return {
      type: "node",
      id: `${String(thing.properties["nodeGroupName"])}-${index}`,
      region: thing.region,
      properties: {
        clusterName: thing.properties["clusterName"],
        zone: subnet?.properties["availabilityZone"],
        subnetId,
      },
      madeAt: Date.now(),
      owner,
    };
  });
}

const nodeGroup = kind<NodeGroupArgs>({
  name: "nodeGroupName",
  namePrefix: "nodeGroupNamePrefix",
  unique: ({ given }, other) => other.properties["clusterName"] === given["clusterName"],
  taken: (name) => `ResourceInUseException: NodeGroup already exists with name ${name}`,
  immutable: [
    "amiType",
    "capacityType",
    "clusterName",
    "diskSize",
    "instanceTypes",
    "nodeGroupName",
    "nodeGroupNamePrefix",
    "nodeRoleArn",
    "remoteAccess",
    "subnetIds",
  ],
  immutableParts: ["launchTemplate.id", "launchTemplate.name"],
  references: [
    ofCluster,
    {
      path: "subnetIds",
      type: SUBNET,
      error: (id) => `InvalidParameterException: The subnet ID '${id}' does not exist`,
    },
    {
      path: "nodeRoleArn",
      type: ROLE,
      error: (role) => `InvalidParameterException: The role ${role} cannot be found`,
    },
    {
      path: "launchTemplate.id",
      type: TEMPLATE,
      error: (id) => `InvalidRequestException: The launch template ${id} does not exist`,
    },
  ],
  refuses: (context) => {
    const trust = untrusted(context, String(context.given["nodeRoleArn"]), "ec2.amazonaws.com");
    const version = minor(context.given["version"] ?? clusterOf(context)?.properties["version"]);
    const newer = version > minor(clusterOf(context)?.properties["version"]);
    return (
      (trust === undefined ? undefined : `InvalidParameterException: ${trust}`) ??
      (newer
        ? `InvalidParameterException: Requested Nodegroup version 1.${version} is newer than the cluster's`
        : undefined) ??
      refusedSize(context) ??
      refusedTemplate(context) ??
      refusedImage(context)
    );
  },
  refusesChange: (context) => refusedSize(context) ?? refusedTemplate(context),
  notYet: (context) =>
    isSettling(context, String(context.given["nodeRoleArn"]))
      ? "InvalidParameterException: the node role cannot be found"
      : undefined,
  id: ({ given }) => `${String(given["clusterName"])}:${String(given["nodeGroupName"])}`,
  outputs: (context, before) => ({
    arn: arn(
      context,
      "eks",
      `nodegroup/${String(context.given["clusterName"])}/${String(context.given["nodeGroupName"])}`,
    ),
    capacityType: "ON_DEMAND",
    amiType: "AL2023_x86_64_STANDARD",
    resources: before?.properties["resources"] ?? [
      {
        autoscalingGroups: [{ name: `eks-${String(context.given["nodeGroupName"])}-${suffix(8)}` }],
      },
    ],
    status: "ACTIVE",
    version: before?.properties["version"] ?? clusterOf(context)?.properties["version"],
  }),
  brings: (context, thing) => {
    const cluster = clusterOf(context)!;
    const principal = String(thing.properties["nodeRoleArn"]);
    const known = inCluster(context, "aws:eks/accessEntry:AccessEntry", cluster.id);
    const group = textAt(cluster.properties, "vpcConfig.clusterSecurityGroupId")!;
    const nodes = machines(context, thing);
    return [
      ...nodes,
      ...nodes.map((node) =>
        interfaceIn(context, thing, String(node.properties["subnetId"]), `node ${node.id}`, [
          group,
        ]),
      ),
      {
        type: SCALING_GROUP,
        id: textAt(thing.properties, "resources.autoscalingGroups.name")!,
        region: thing.region,
        properties: {},
        madeAt: Date.now(),
        owner: keyOf(thing.type, thing.id, thing.region),
      },
      // The nodes' role is let in by EKS, and stays until the cluster goes.
      ...(known.some(({ properties }) => properties["principalArn"] === principal)
        ? []
        : [entry(context, cluster, principal, "EC2_LINUX")]),
    ];
  },
  bringsAnew: true,
  waitsFor: notJoining,
  outside: { made: applyNodes, gone: removeNodes },
  seconds: { create: 150, update: 120, delete: 120 },
});

export const NODE_GROUPS: Record<string, Kind> = { [NODES]: nodeGroup };
