/** The ways out of a network: addresses, NAT gateways and routes. */
import type { EipArgs } from "@pulumi/aws/ec2/eip";
import type { NatGatewayArgs } from "@pulumi/aws/ec2/natGateway";
import type { RouteArgs } from "@pulumi/aws/ec2/route";
import type { RouteTableArgs } from "@pulumi/aws/ec2/routeTable";
import type { RouteTableAssociationArgs } from "@pulumi/aws/ec2/routeTableAssociation";
import { arn, ec2Id, interfaceIn, kind, type Context, type Kind } from "../kind";
import {
  ADDRESS,
  ASSOCIATION,
  GATEWAY,
  held,
  IN_SUBNET,
  IN_VPC,
  NAT,
  notFound,
  of,
  ROUTE,
  SUBNET,
  TABLE,
} from "./holding";

const address = kind<EipArgs>({
  immutable: ["domain", "address", "publicIpv4Pool", "networkBorderGroup"],
  refuses: (context) => {
    const { addressQuota } = context.account.settings;
    const there = context.account.all(ADDRESS).filter(({ region }) => region === context.region);
    return there.length >= addressQuota
      ? "AddressLimitExceeded: The maximum number of addresses has been reached."
      : undefined;
  },
  id: () => ec2Id("eipalloc"),
  outputs: (context, before) => ({
    allocationId: context.id,
    arn: arn(context, "ec2", `elastic-ip/${context.id}`),
    // From the range that is kept for documentation.
    publicIp:
      before?.properties["publicIp"] ?? `203.0.113.${context.account.all(ADDRESS).length + 10}`,
    domain: "vpc",
  }),
  heldBy: (context, thing) => {
    const using = of(context, NAT, "allocationId", thing.id);
    return held("InvalidIPAddress.InUse", thing, using);
  },
});

const natGateway = kind<NatGatewayArgs>({
  immutable: ["allocationId", "subnetId", "connectivityType", "privateIp", "vpcId"],
  references: [
    IN_SUBNET,
    {
      path: "allocationId",
      type: ADDRESS,
      error: (id) => `InvalidAllocationID.NotFound: The allocation ID '${id}' does not exist`,
    },
  ],
  refuses: (context) => {
    const { given } = context;
    if (given["connectivityType"] !== "private" && given["allocationId"] === undefined) {
      return "MissingParameter: a public NAT gateway needs an allocationId";
    }
    const using = of(context, NAT, "allocationId", String(given["allocationId"]));
    return using.length > 0
      ? `Resource.AlreadyAssociated: Elastic IP address [${String(given["allocationId"])}] is already associated`
      : undefined;
  },
  // Fails for good in AWS: the gateway ends in state `failed`.
  notYet: (context) => {
    const inside = context.account.get(SUBNET, String(context.given["subnetId"]), context.region);
    const vpcId = String(inside?.properties["vpcId"]);
    return context.given["connectivityType"] !== "private" &&
      of(context, GATEWAY, "vpcId", vpcId).length === 0
      ? `Gateway.NotAttached: Network ${vpcId} has no Internet gateway attached`
      : undefined;
  },
  id: () => ec2Id("nat"),
  outputs: (context) => ({
    connectivityType: "public",
    networkInterfaceId: `eni-of-${context.id}`,
  }),
  brings: (context, thing) => [
    interfaceIn(
      context,
      thing,
      String(thing.properties["subnetId"]),
      `Interface for NAT Gateway ${thing.id}`,
    ),
  ],
  seconds: { create: 110, delete: 60 },
});

const routeTable = kind<RouteTableArgs>({
  immutable: ["vpcId"],
  references: [IN_VPC],
  id: () => ec2Id("rtb"),
  outputs: (context) => ({
    arn: arn(context, "ec2", `route-table/${context.id}`),
    ownerId: context.account.settings.account,
  }),
  heldBy: (context, thing) =>
    held("DependencyViolation", thing, of(context, ASSOCIATION, "routeTableId", thing.id)),
  gone: (context, thing) => {
    for (const route of of(context, ROUTE, "routeTableId", thing.id)) {
      context.account.remove(route);
    }
  },
});

const route = kind<RouteArgs>({
  immutable: [
    "routeTableId",
    "destinationCidrBlock",
    "destinationIpv6CidrBlock",
    "destinationPrefixListId",
  ],
  references: [
    { path: "routeTableId", type: TABLE, error: notFound("RouteTable") },
    {
      path: "natGatewayId",
      type: NAT,
      error: (id) => `InvalidNatGatewayID.NotFound: The natGateway ID '${id}' does not exist`,
    },
    {
      path: "gatewayId",
      type: GATEWAY,
      error: (id) => `InvalidGatewayID.NotFound: The gateway ID '${id}' does not exist`,
    },
  ],
  refuses: (context) => {
    const { given } = context;
    const same = of(context, ROUTE, "routeTableId", String(given["routeTableId"])).find(
      ({ properties }) => properties["destinationCidrBlock"] === given["destinationCidrBlock"],
    );
    return (
      same &&
      `RouteAlreadyExists: The route identified by ${String(given["destinationCidrBlock"])} already exists.`
    );
  },
  id: ({ given }) => `r-${String(given["routeTableId"])}-${String(given["destinationCidrBlock"])}`,
  outputs: () => ({ state: "active", origin: "CreateRoute" }),
});

const routeTableAssociation = kind<RouteTableAssociationArgs>({
  immutable: ["subnetId", "gatewayId"],
  references: [IN_SUBNET, { path: "routeTableId", type: TABLE, error: notFound("RouteTable") }],
  refuses: (context) => {
    const others = of(context, ASSOCIATION, "subnetId", String(context.given["subnetId"]));
    return others.length > 0
      ? `Resource.AlreadyAssociated: the specified association for route table conflicts with an existing association`
      : undefined;
  },
  id: () => ec2Id("rtbassoc"),
});

export const WAYS: Record<string, Kind> = {
  [ADDRESS]: address,
  [NAT]: natGateway,
  [TABLE]: routeTable,
  [ROUTE]: route,
  [ASSOCIATION]: routeTableAssociation,
};

/** Whether machines in this subnet can reach the world: what a node needs to join its cluster. */
export function reachesTheWorld(context: Context, subnetId: string): boolean {
  return of(context, ASSOCIATION, "subnetId", subnetId).some(({ properties }) =>
    of(context, ROUTE, "routeTableId", String(properties["routeTableId"])).some(
      (one) => one.properties["destinationCidrBlock"] === "0.0.0.0/0",
    ),
  );
}
