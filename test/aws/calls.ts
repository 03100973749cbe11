/** Calls of the simulated aws provider without an engine, in an account of the test's own. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Properties } from "../../local/random/wire";
import { Account, type Settings } from "../support/aws/account";
import { KINDS } from "../support/aws/kinds";
import { SimulatedAws } from "../support/aws/provider";

export const REGION = "us-east-1";

function urn(type: string, name: string): string {
  return `urn:pulumi:dev::test::${type}::${name}`;
}

/** A thing that a test made. */
export interface Made {
  type: string;
  name: string;
  id: string;
  outs: Properties;
}

/** An account with its provider, used directly. */
export class DirectAccount {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "simulated-aws-test-"));
  readonly account = new Account(this.folder);
  readonly provider = new SimulatedAws(this.account);

  constructor(settings: Partial<Settings> = {}) {
    this.set({ msPerSecond: 0, patienceMs: 60, settlingMs: 0, ...settings });
  }

  set(settings: Partial<Settings>): void {
    const file = path.join(this.folder, "settings.json");
    const before = fs.existsSync(file)
      ? (JSON.parse(fs.readFileSync(file, "utf8")) as Partial<Settings>)
      : {};
    fs.writeFileSync(file, JSON.stringify({ ...before, ...settings }));
  }

  /** Checks and creates, as the engine does. */
  async make(type: string, name: string, properties: Properties): Promise<Made> {
    const region = KINDS[type]?.global === true ? {} : { region: REGION };
    const given = { ...region, ...properties };
    const { inputs, failures } = await this.provider.check(urn(type, name), {}, given);
    if (failures.length > 0) {
      throw new Error(failures.map(({ property, reason }) => `${property} ${reason}`).join("; "));
    }
    const { id, outs } = await this.provider.create(urn(type, name), inputs);
    return { type, name, id, outs };
  }

  /** The arguments of a thing, some of them changed. */
  private news({ outs }: Made, change: Properties): Properties {
    return { ...(outs["__given"] as Properties), ...change };
  }

  /** Which arguments would replace the thing, or `update` where the change is made in place, or nothing. */
  async plan(made: Made, change: Properties): Promise<string[]> {
    const news = this.news(made, change);
    const { inputs } = await this.provider.check(urn(made.type, made.name), made.outs, news);
    const { changes, replaces } = await this.provider.diff(
      made.id,
      urn(made.type, made.name),
      made.outs,
      inputs,
    );
    return changes ? (replaces.length > 0 ? replaces : ["update"]) : [];
  }

  async change(made: Made, change: Properties): Promise<Made> {
    const { type, name, id } = made;
    const { outs } = await this.provider.update(
      id,
      urn(type, name),
      made.outs,
      this.news(made, change),
    );
    return { ...made, outs };
  }

  delete({ id, type, name, outs }: Made): Promise<void> {
    return this.provider.delete(id, urn(type, name), outs);
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true });
  }
}

/** A trust policy of one service. */
export function trust(service: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: service },
        Action: ["sts:AssumeRole", "sts:TagSession"],
      },
    ],
  });
}

/** A network of two zones, with a way out for both. */
export async function network(aws: DirectAccount) {
  const vpc = await aws.make("aws:ec2/vpc:Vpc", "vpc", { cidrBlock: "10.0.0.0/16" });
  const gateway = await aws.make("aws:ec2/internetGateway:InternetGateway", "gateway", {
    vpcId: vpc.id,
  });
  const table = await aws.make("aws:ec2/routeTable:RouteTable", "table", { vpcId: vpc.id });
  const route = await aws.make("aws:ec2/route:Route", "route", {
    routeTableId: table.id,
    destinationCidrBlock: "0.0.0.0/0",
    gatewayId: gateway.id,
  });
  const subnets: Made[] = [];
  const associations: Made[] = [];
  for (const [index, zone] of ["a", "b"].entries()) {
    const subnet = await aws.make("aws:ec2/subnet:Subnet", `subnet-${zone}`, {
      vpcId: vpc.id,
      cidrBlock: `10.0.${index}.0/24`,
      availabilityZone: REGION + zone,
    });
    subnets.push(subnet);
    associations.push(
      await aws.make("aws:ec2/routeTableAssociation:RouteTableAssociation", `way-${zone}`, {
        subnetId: subnet.id,
        routeTableId: table.id,
      }),
    );
  }
  return { vpc, gateway, table, route, subnets, associations };
}

const POLICIES = "arn:aws:iam::aws:policy";

/** A role with policies of AWS's own. */
export async function role(
  aws: DirectAccount,
  name: string,
  service: string,
  policies: readonly string[],
): Promise<Made> {
  const made = await aws.make("aws:iam/role:Role", name, { assumeRolePolicy: trust(service) });
  for (const policy of policies) {
    await aws.make("aws:iam/rolePolicyAttachment:RolePolicyAttachment", `${name}-${policy}`, {
      role: made.id,
      policyArn: `${POLICIES}/${policy}`,
    });
  }
  return made;
}

/** The arguments of a cluster in these subnets. */
export async function clusterArguments(aws: DirectAccount, subnets: readonly Made[]) {
  const own = await role(aws, "cluster-role", "eks.amazonaws.com", ["AmazonEKSClusterPolicy"]);
  return {
    name: "lab",
    roleArn: own.outs["arn"],
    version: "1.35",
    vpcConfig: { subnetIds: subnets.map(({ id }) => id) },
    accessConfig: { authenticationMode: "API" },
  };
}

/** The arguments of a node group of a cluster. */
export async function nodeArguments(aws: DirectAccount, subnets: readonly Made[]) {
  const own = await role(aws, "node-role", "ec2.amazonaws.com", [
    "AmazonEKSWorkerNodePolicy",
    "AmazonEC2ContainerRegistryPullOnly",
  ]);
  return {
    clusterName: "lab",
    nodeGroupName: "cpu",
    nodeRoleArn: own.outs["arn"],
    subnetIds: subnets.map(({ id }) => id),
    instanceTypes: ["m7i.large"],
    amiType: "AL2023_x86_64_STANDARD",
    scalingConfig: { minSize: 1, maxSize: 3, desiredSize: 2 },
  };
}
