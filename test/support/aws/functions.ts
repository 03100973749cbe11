/** The functions of `@pulumi/aws` that only look: answered from the simulated account. */
import type { Properties } from "../../../local/random/wire";
import type { Account } from "./account";
import { SUBNET, VPC } from "./kinds/holding";
import { zonesOf } from "./regions";

interface Call {
  account: Account;
  region: string;
  args: Properties;
}

interface Filter {
  name: string;
  values: string[];
}

function found(account: Account, type: string, { args, region }: Call): Properties[] {
  const filters = (args["filters"] as Filter[] | undefined) ?? [];
  const property: Record<string, string> = {
    "vpc-id": "vpcId",
    "availability-zone": "availabilityZone",
  };
  return account
    .all(type)
    .filter((thing) => thing.region === region)
    .filter(({ id }) => args["id"] === undefined || args["id"] === id)
    .filter(
      ({ properties }) => args["vpcId"] === undefined || args["vpcId"] === properties["vpcId"],
    )
    .filter(({ properties }) =>
      filters.every(({ name, values }) => {
        const at = property[name];
        if (at === undefined) {
          throw new Error(`the simulated account knows no filter ${name}`);
        }
        return values.includes(String(properties[at]));
      }),
    )
    .map(({ id, properties }) => ({ ...properties, id }));
}

function single(what: string, all: readonly Properties[]): Properties {
  if (all.length !== 1) {
    throw new Error(`no matching EC2 ${what} found: ${all.length} match`);
  }
  return all[0]!;
}

const FUNCTIONS: Readonly<Record<string, (call: Call) => Properties>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": ({ account }) => {
    const { account: accountId, caller } = account.settings;
    return { accountId, arn: caller, userId: "AIDASIMULATED", id: accountId };
  },
  "aws:index/getPartition:getPartition": () => ({
    partition: "aws",
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
    id: "aws",
  }),
  "aws:index/getRegion:getRegion": ({ region }) => ({
    name: region,
    region,
    id: region,
    endpoint: `ec2.${region}.amazonaws.com`,
    description: region,
  }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": ({ region, args }) => ({
    names: zonesOf(region),
    zoneIds: zonesOf(region),
    groupNames: [region],
    id: region,
    region,
    state: args["state"],
  }),
  "aws:ec2/getVpc:getVpc": (call) => single("VPC", found(call.account, VPC, call)),
  "aws:ec2/getSubnet:getSubnet": (call) => single("Subnet", found(call.account, SUBNET, call)),
  "aws:ec2/getSubnets:getSubnets": (call) => ({
    ids: found(call.account, SUBNET, call).map(({ id }) => id),
    id: call.region,
  }),
};

/** @throws Error for a function that the account does not have, with those that it has */
export function call(
  account: Account,
  token: string,
  region: string,
  args: Properties,
): Properties {
  const answer = FUNCTIONS[token];
  if (answer === undefined) {
    throw new Error(
      `the simulated aws provider has no function ${token}; it has ${Object.keys(FUNCTIONS).join(", ")}`,
    );
  }
  const own = typeof args["region"] === "string" ? args["region"] : region;
  return answer({ account, region: own, args });
}
