/** Networks and their parts: what EC2 refuses, and what keeps one part from being deleted before another. */
import type { FlowLogArgs } from "@pulumi/aws/ec2/flowLog";
import type { InternetGatewayArgs } from "@pulumi/aws/ec2/internetGateway";
import type { SubnetArgs } from "@pulumi/aws/ec2/subnet";
import type { VpcArgs } from "@pulumi/aws/ec2/vpc";
import type { VpcEndpointArgs } from "@pulumi/aws/ec2/vpcEndpoint";
import { arn, ec2Id, interfaceIn, kind, textAt, type Kind } from "../kind";
import { zonesOf } from "../regions";
import { isInside, overlap, prefixLength } from "./cidr";
import { GATEWAY, held, IN_VPC, NAT, notFound, of, SUBNET, TABLE, VPC } from "./holding";

const vpc = kind<VpcArgs>({
  immutable: ["cidrBlock", "instanceTenancy", "ipv4IpamPoolId"],
  refuses: ({ given }) => {
    const length = prefixLength(String(given["cidrBlock"]));
    return length === undefined || length < 16 || length > 28
      ? `InvalidVpc.Range: The CIDR '${String(given["cidrBlock"])}' is invalid.`
      : undefined;
  },
  id: () => ec2Id("vpc"),
  outputs: (context, before) => ({
    arn: arn(context, "ec2", `vpc/${context.id}`),
    enableDnsSupport: true,
    enableDnsHostnames: false,
    instanceTenancy: "default",
    ownerId: context.account.settings.account,
    defaultSecurityGroupId: before?.properties["defaultSecurityGroupId"] ?? ec2Id("sg"),
    defaultNetworkAclId: before?.properties["defaultNetworkAclId"] ?? ec2Id("acl"),
    mainRouteTableId: before?.properties["mainRouteTableId"] ?? ec2Id("rtb"),
  }),
  heldBy: (context, thing) =>
    held(
      "DependencyViolation",
      thing,
      [
        SUBNET,
        GATEWAY,
        TABLE,
        "aws:ec2/securityGroup:SecurityGroup",
        "clusterSecurityGroup",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
      ].flatMap((type) => of(context, type, "vpcId", thing.id)),
    ),
});

const subnet = kind<SubnetArgs>({
  immutable: ["vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId"],
  references: [IN_VPC],
  refuses: (context) => {
    const { given } = context;
    const cidr = String(given["cidrBlock"]);
    const zone = textAt(given, "availabilityZone");
    const within = context.account.get(VPC, String(given["vpcId"]), context.region);
    if (zone !== undefined && !zonesOf(context.region).includes(zone)) {
      return `InvalidParameterValue: Value (${zone}) for parameter availabilityZone is invalid.`;
    }
    const length = prefixLength(cidr);
    if (
      length === undefined ||
      length < 16 ||
      length > 28 ||
      (within !== undefined && !isInside(cidr, String(within.properties["cidrBlock"])))
    ) {
      return `InvalidSubnet.Range: The CIDR '${cidr}' is invalid.`;
    }
    const other = of(context, SUBNET, "vpcId", String(given["vpcId"])).find(({ properties }) =>
      overlap(cidr, String(properties["cidrBlock"])),
    );
    return other && `InvalidSubnet.Conflict: The CIDR '${cidr}' conflicts with another subnet`;
  },
  id: () => ec2Id("subnet"),
  outputs: (context) => ({
    arn: arn(context, "ec2", `subnet/${context.id}`),
    availabilityZone: context.given["availabilityZone"] ?? zonesOf(context.region)[0],
    mapPublicIpOnLaunch: false,
    ownerId: context.account.settings.account,
  }),
  heldBy: (context, thing) =>
    held("DependencyViolation", thing, of(context, "interface", "subnetId", thing.id)),
});

const internetGateway = kind<InternetGatewayArgs>({
  immutable: [],
  references: [IN_VPC],
  refuses: (context) => {
    const vpcId = textAt(context.given, "vpcId");
    return vpcId !== undefined && of(context, GATEWAY, "vpcId", vpcId).length > 0
      ? `Resource.AlreadyAssociated: resource ${vpcId} is already attached to an internet gateway`
      : undefined;
  },
  id: () => ec2Id("igw"),
  outputs: (context) => ({
    arn: arn(context, "ec2", `internet-gateway/${context.id}`),
    ownerId: context.account.settings.account,
  }),
  // Detaching is refused while anything in the network has a public address.
  heldBy: (context, thing) => {
    const subnets = of(context, SUBNET, "vpcId", String(thing.properties["vpcId"]));
    const mapped = context.account
      .all(NAT)
      .filter(({ properties }) => subnets.some(({ id }) => id === properties["subnetId"]));
    return held("DependencyViolation", thing, mapped);
  },
});

const flowLog = kind<FlowLogArgs>({
  immutable: [
    "vpcId",
    "subnetId",
    "eniId",
    "iamRoleArn",
    "logDestination",
    "logDestinationType",
    "logFormat",
    "maxAggregationInterval",
    "trafficType",
  ],
  references: [
    IN_VPC,
    {
      path: "iamRoleArn",
      type: "aws:iam/role:Role",
      error: (role) => `InvalidParameter: ${role} does not exist`,
    },
  ],
  id: () => ec2Id("fl"),
  outputs: (context) => ({ arn: arn(context, "ec2", `vpc-flow-log/${context.id}`) }),
});

const vpcEndpoint = kind<VpcEndpointArgs>({
  immutable: ["vpcId", "serviceName", "vpcEndpointType"],
  references: [
    IN_VPC,
    { path: "routeTableIds", type: TABLE, error: notFound("RouteTable") },
    { path: "subnetIds", type: SUBNET, error: notFound("Subnet") },
  ],
  id: () => ec2Id("vpce"),
  outputs: (context) => ({
    arn: arn(context, "ec2", `vpc-endpoint/${context.id}`),
    state: "available",
    vpcEndpointType: "Gateway",
  }),
  brings: (context, thing) =>
    (Array.isArray(thing.properties["subnetIds"])
      ? (thing.properties["subnetIds"] as string[])
      : []
    ).map((subnetId) =>
      interfaceIn(context, thing, subnetId, `VPC Endpoint Interface ${thing.id}`),
    ),
  seconds: { create: 5, delete: 10 },
});

export const NETWORK: Record<string, Kind> = {
  [VPC]: vpc,
  [SUBNET]: subnet,
  [GATEWAY]: internetGateway,
  "aws:ec2/flowLog:FlowLog": flowLog,
  "aws:ec2/vpcEndpoint:VpcEndpoint": vpcEndpoint,
};
