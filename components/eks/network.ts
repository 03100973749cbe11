/** The VPC: public and private subnets in each zone, the ways out of them, and the tags that load balancers look for. */
import * as pulumi from "@pulumi/pulumi";
import { DefaultSecurityGroup } from "@pulumi/aws/ec2/defaultSecurityGroup";
import { Eip } from "@pulumi/aws/ec2/eip";
import { InternetGateway } from "@pulumi/aws/ec2/internetGateway";
import { NatGateway } from "@pulumi/aws/ec2/natGateway";
import { Route } from "@pulumi/aws/ec2/route";
import { RouteTable } from "@pulumi/aws/ec2/routeTable";
import { RouteTableAssociation } from "@pulumi/aws/ec2/routeTableAssociation";
import { Subnet } from "@pulumi/aws/ec2/subnet";
import { Tag } from "@pulumi/aws/ec2/tag";
import { Vpc } from "@pulumi/aws/ec2/vpc";
import { networkPlan, type ZonePlan } from "../model/eks/network";
import { NatMode } from "../model/eks/settings";
import { nameTags, type EksContext } from "./context";
import type { EksExistingVpc } from "./eksClusterArgs";

/** What the rest of the cluster needs of its network. */
export interface EksNetworkParts {
  vpcId: pulumi.Output<string>;
  publicSubnetIds: pulumi.Output<string>[];
  privateSubnetIds: pulumi.Output<string>[];
  /** What must be there before a node starts, and go after it: the ways out. */
  routes: pulumi.Resource[];
}

const PUBLIC_ROLE = "kubernetes.io/role/elb";
const PRIVATE_ROLE = "kubernetes.io/role/internal-elb";
const EVERYWHERE = "0.0.0.0/0";

function subnetTags(
  { clusterName }: EksContext,
  role: string,
  ownership: string,
): Record<string, string> {
  return { [role]: "1", [`kubernetes.io/cluster/${clusterName}`]: ownership };
}

/** The network of a cluster: the one that is there, or one that is made. */
export function registerNetwork(context: EksContext): EksNetworkParts {
  const { existingVpc } = context.args;
  return existingVpc === undefined ? newNetwork(context) : existingNetwork(context, existingVpc);
}

function existingNetwork(context: EksContext, vpc: EksExistingVpc): EksNetworkParts {
  const { name, opts } = context;
  const { privateSubnetIds, publicSubnetIds = [], tagSubnets = true } = vpc;
  const subnets = [
    ...publicSubnetIds.map((id, index) => ({ id, role: PUBLIC_ROLE, at: `public-${index}` })),
    ...privateSubnetIds.map((id, index) => ({ id, role: PRIVATE_ROLE, at: `private-${index}` })),
  ];
  for (const { id, role, at } of tagSubnets ? subnets : []) {
    Object.entries(subnetTags(context, role, "shared")).forEach(([key, value], index) => {
      const suffix = index === 0 ? "role" : "cluster";
      new Tag(`${name}-${at}-${suffix}`, { resourceId: id, key, value }, opts);
    });
  }
  return {
    vpcId: pulumi.output(vpc.id),
    publicSubnetIds: publicSubnetIds.map((id) => pulumi.output(id)),
    privateSubnetIds: privateSubnetIds.map((id) => pulumi.output(id)),
    routes: [],
  };
}

function newNetwork(context: EksContext): EksNetworkParts {
  const { name, args, opts } = context;
  const plan = networkPlan(args.region, args.network);
  const vpc = new Vpc(
    `${name}-vpc`,
    {
      cidrBlock: plan.cidr,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: nameTags(context, `${name}-vpc`),
    },
    opts,
  );
  // Without rules: who names no security group gets this one.
  new DefaultSecurityGroup(
    `${name}-default-security-group`,
    { vpcId: vpc.id, ingress: [], egress: [], tags: nameTags(context, `${name}-default`) },
    opts,
  );
  const gateway = new InternetGateway(
    `${name}-internet-gateway`,
    { vpcId: vpc.id, tags: nameTags(context, name) },
    opts,
  );
  const publicTable = routeTable(context, vpc, "public");
  const publicRoute = new Route(
    `${name}-public-route`,
    { routeTableId: publicTable.id, destinationCidrBlock: EVERYWHERE, gatewayId: gateway.id },
    opts,
  );
  const zones = plan.zones.map((zone) => zoneSubnets(context, vpc, zone, publicTable));
  const gateways: NatGateway[] = [];
  const routes = zones.flatMap((zone) => {
    const isFirst = gateways.length === 0;
    if (isFirst || plan.nat === NatMode.PerZone) {
      gateways.push(natGateway(context, zone, publicRoute));
    }
    return privateRoute(context, vpc, zone, gateways.at(-1)!);
  });
  return {
    vpcId: vpc.id,
    publicSubnetIds: zones.map(({ publicSubnet }) => publicSubnet.id),
    privateSubnetIds: zones.map(({ privateSubnet }) => privateSubnet.id),
    routes,
  };
}

interface ZoneSubnets {
  zone: string;
  publicSubnet: Subnet;
  privateSubnet: Subnet;
  /** The public subnet's way out. */
  association: RouteTableAssociation;
}

function routeTable(context: EksContext, vpc: Vpc, suffix: string): RouteTable {
  const name = `${context.name}-${suffix}-routes`;
  return new RouteTable(name, { vpcId: vpc.id, tags: nameTags(context, name) }, context.opts);
}

function zoneSubnets(
  context: EksContext,
  vpc: Vpc,
  { zone, publicCidr, privateCidr }: ZonePlan,
  publicTable: RouteTable,
): ZoneSubnets {
  const { name, opts } = context;
  const subnet = (kind: string, cidrBlock: string, role: string): Subnet =>
    new Subnet(
      `${name}-${kind}-${zone}`,
      {
        vpcId: vpc.id,
        availabilityZone: zone,
        cidrBlock,
        // Load balancers and NAT gateways bring their own addresses; nothing else belongs there.
        mapPublicIpOnLaunch: false,
        tags: {
          ...nameTags(context, `${name}-${kind}-${zone}`),
          ...subnetTags(context, role, "owned"),
        },
      },
      opts,
    );
  const publicSubnet = subnet("public", publicCidr, PUBLIC_ROLE);
  const association = new RouteTableAssociation(
    `${name}-public-${zone}-association`,
    { subnetId: publicSubnet.id, routeTableId: publicTable.id },
    opts,
  );
  const privateSubnet = subnet("private", privateCidr, PRIVATE_ROLE);
  return { zone, publicSubnet, privateSubnet, association };
}

function natGateway(
  context: EksContext,
  { zone, publicSubnet, association }: ZoneSubnets,
  publicRoute: Route,
): NatGateway {
  const { name, opts } = context;
  const tags = nameTags(context, `${name}-${zone}`);
  // Addresses cannot be given back while the gateway to the internet is gone already.
  const ways = { ...opts, dependsOn: [publicRoute] };
  const address = new Eip(`${name}-nat-address-${zone}`, { domain: "vpc", tags }, ways);
  return new NatGateway(
    `${name}-nat-${zone}`,
    { subnetId: publicSubnet.id, allocationId: address.id, tags },
    { ...opts, dependsOn: [publicRoute, association] },
  );
}

function privateRoute(
  context: EksContext,
  vpc: Vpc,
  { zone, privateSubnet }: ZoneSubnets,
  gateway: NatGateway,
): pulumi.Resource[] {
  const { name, opts } = context;
  const table = routeTable(context, vpc, `private-${zone}`);
  const route = new Route(
    `${name}-private-${zone}-route`,
    { routeTableId: table.id, destinationCidrBlock: EVERYWHERE, natGatewayId: gateway.id },
    opts,
  );
  const association = new RouteTableAssociation(
    `${name}-private-${zone}-association`,
    { subnetId: privateSubnet.id, routeTableId: table.id },
    opts,
  );
  return [route, association];
}
