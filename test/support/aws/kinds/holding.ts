/** Parts of networks by their types, what refers to what, and what holds what. */
import type { Thing } from "../account";
import { textAt, type Context } from "../kind";

export const VPC = "aws:ec2/vpc:Vpc";
export const SUBNET = "aws:ec2/subnet:Subnet";
export const GATEWAY = "aws:ec2/internetGateway:InternetGateway";
export const NAT = "aws:ec2/natGateway:NatGateway";
export const ADDRESS = "aws:ec2/eip:Eip";
export const TABLE = "aws:ec2/routeTable:RouteTable";
export const ROUTE = "aws:ec2/route:Route";
export const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";

/** EC2's words for an id that does not exist. */
export const notFound = (what: string) => (id: string) =>
  `Invalid${what}ID.NotFound: The ID '${id}' does not exist`;

export const IN_VPC = { path: "vpcId", type: VPC, error: notFound("Vpc") };
export const IN_SUBNET = { path: "subnetId", type: SUBNET, error: notFound("Subnet") };

/** The things of a type with this value of a property. */
export function of(context: Context, type: string, property: string, value: string): Thing[] {
  return context.account.all(type).filter((thing) => textAt(thing.properties, property) === value);
}

/** AWS's words for a thing that others hold; nothing when none does. */
export function held(code: string, thing: Thing, by: readonly Thing[]): string | undefined {
  const named = by.map(({ type, id }) => `${type.split(":").at(-1)} ${id}`);
  return by.length === 0
    ? undefined
    : `${code}: ${thing.id} has dependencies and cannot be deleted: ${named.join(", ")}`;
}
