/** The simulated account keeps AWS's rules: what it refuses, what it waits for, and what holds what. */
import assert from "node:assert/strict";
import type { Properties } from "../../local/random/wire";
import {
  clusterArguments,
  DirectAccount,
  network,
  nodeArguments,
  REGION,
  role,
  trust,
  type Made,
} from "./calls";

const ROLE = "aws:iam/role:Role";
const SUBNET = "aws:ec2/subnet:Subnet";
const CLUSTER = "aws:eks/cluster:Cluster";
const NODES = "aws:eks/nodeGroup:NodeGroup";
const BUCKET = "aws:s3/bucket:Bucket";

describe("the simulated aws account", function () {
  this.timeout(20_000);
  let aws: DirectAccount;

  beforeEach(() => {
    aws = new DirectAccount();
  });
  afterEach(() => aws.remove());

  it("refuses unknown and missing arguments at every depth, by the types of @pulumi/aws", async () => {
    await assert.rejects(aws.make(SUBNET, "one", { cidr: "10.0.0.0/24" }), {
      message: /^cidr is not an argument here; there are .*cidrBlock.*; vpcId is required$/,
    });
    await assert.rejects(aws.make(CLUSTER, "one", { roleArn: "r", vpcConfig: { subnets: [] } }), {
      message: /vpcConfig\.subnets is not an argument here; .*vpcConfig\.subnetIds is required/,
    });
    await assert.rejects(
      aws.make(NODES, "one", {
        clusterName: "c",
        nodeRoleArn: "r",
        scalingConfig: { minSize: 1, maxSize: 1, desiredSize: 1 },
        subnetIds: [],
        taints: [{ key: "a", efect: "NO_SCHEDULE" }],
      }),
      { message: /taints\[0\]\.efect is not an argument here.*taints\[0\]\.effect is required/ },
    );
  });

  it("makes names up, keeps them, and refuses one that is taken in this account", async () => {
    const first = await aws.make(ROLE, "nodes", { assumeRolePolicy: trust("ec2.amazonaws.com") });
    assert.match(first.id, /^nodes-[0-9a-f]{7}$/);
    assert.deepEqual(await aws.plan(first, {}), []);
    const fixed = { name: "eks-node-role", assumeRolePolicy: trust("ec2.amazonaws.com") };
    await aws.make(ROLE, "one", fixed);
    await assert.rejects(aws.make(ROLE, "two", fixed), {
      message: "EntityAlreadyExists: Role with name eks-node-role already exists.",
    });
    const prefixed = { namePrefix: "lab-", assumeRolePolicy: trust("ec2.amazonaws.com") };
    const [a, b] = [await aws.make(ROLE, "a", prefixed), await aws.make(ROLE, "b", prefixed)];
    assert.match(a.id, /^lab-/);
    assert.notEqual(a.id, b.id);
  });

  it("refuses a bucket's name that somebody else has, that is one's own, or that is illegal", async () => {
    for (const [bucket, message] of [
      ["covalent-eks-task", /^BucketAlreadyExists: /],
      ["Upper", /^InvalidBucketName: /],
      ["a..b", /^InvalidBucketName: /],
    ] as const) {
      await assert.rejects(aws.make(BUCKET, "data", { bucket }), { message });
    }
    await aws.make(BUCKET, "data", { bucket: "lab-data" });
    await assert.rejects(aws.make(BUCKET, "more", { bucket: "lab-data" }), {
      message: /^BucketAlreadyOwnedByYou: /,
    });
  });

  it("refuses ranges outside the network and over one another", async () => {
    const { vpc } = await network(aws);
    for (const [cidrBlock, message] of [
      ["10.1.0.0/24", /^InvalidSubnet\.Range: /],
      ["10.0.0.0/29", /^InvalidSubnet\.Range: /],
      ["10.0.1.128/25", /^InvalidSubnet\.Conflict: /],
    ] as const) {
      await assert.rejects(aws.make(SUBNET, "more", { vpcId: vpc.id, cidrBlock }), { message });
    }
    await assert.rejects(
      aws.make(SUBNET, "more", {
        vpcId: vpc.id,
        cidrBlock: "10.0.9.0/24",
        availabilityZone: "us-east-1z",
      }),
      { message: /availabilityZone is invalid/ },
    );
    await assert.rejects(aws.make("aws:ec2/vpc:Vpc", "big", { cidrBlock: "10.0.0.0/8" }), {
      message: /^InvalidVpc\.Range: /,
    });
  });

  it("has five addresses a region", async () => {
    for (let index = 0; index < 5; index++) {
      await aws.make("aws:ec2/eip:Eip", `address-${index}`, { domain: "vpc" });
    }
    await assert.rejects(aws.make("aws:ec2/eip:Eip", "sixth", { domain: "vpc" }), {
      message: /^AddressLimitExceeded: /,
    });
  });

  const refusedClusters: [string, (subnets: readonly Made[]) => Properties, RegExp][] = [
    ["one zone", ([a]) => ({ vpcConfig: { subnetIds: [a!.id] } }), /at least two different AZs/],
    [
      "a subnet that is not there",
      ([a]) => ({ vpcConfig: { subnetIds: [a!.id, "subnet-0"] } }),
      /subnet-0' does not exist/,
    ],
    ["an old version", () => ({ version: "1.21" }), /unsupported Kubernetes version/],
  ];
  for (const [what, change, message] of refusedClusters) {
    it(`refuses a cluster with ${what}`, async () => {
      const { subnets } = await network(aws);
      const given = { ...(await clusterArguments(aws, subnets)), ...change(subnets) };
      await assert.rejects(aws.make(CLUSTER, "lab", given), { message });
    });
  }

  it("refuses a role that does not trust the service that it is for", async () => {
    const { subnets } = await network(aws);
    const other = await role(aws, "other", "ec2.amazonaws.com", []);
    const given = { ...(await clusterArguments(aws, subnets)), roleArn: other.outs["arn"] };
    await assert.rejects(aws.make(CLUSTER, "lab", given), {
      message: /does not trust eks\.amazonaws\.com/,
    });
  });

  it("does not know a new role yet, and tries again as the real provider does", async () => {
    const { subnets } = await network(aws);
    aws.set({ settlingMs: 200, patienceMs: 20 });
    const given = await clusterArguments(aws, subnets);
    await assert.rejects(aws.make(CLUSTER, "lab", given), { message: /could not be assumed/ });
    aws.set({ patienceMs: 2000 });
    const made = await aws.make(CLUSTER, "lab", given);
    assert.equal(made.id, "lab");
  });

  const refusedNodes: [string, Properties, RegExp][] = [
    [
      "fewer than its minimum",
      { scalingConfig: { minSize: 3, maxSize: 3, desiredSize: 1 } },
      /Minimum capacity 3 can't be greater than desired size 1/,
    ],
    [
      "more than its maximum",
      { scalingConfig: { minSize: 1, maxSize: 2, desiredSize: 3 } },
      /greater than max size 2/,
    ],
    [
      "Amazon Linux 2",
      { amiType: "AL2_x86_64" },
      /only supported for kubernetes versions 1\.32 or earlier/,
    ],
    [
      "another architecture",
      { instanceTypes: ["m7g.large"] },
      /\[m7g\.large\] is not a valid instance type/,
    ],
    ["a newer version", { version: "1.36" }, /newer than the cluster's/],
  ];
  for (const [what, change, message] of refusedNodes) {
    it(`refuses a node group with ${what}`, async () => {
      const { subnets } = await network(aws);
      await aws.make(CLUSTER, "lab", await clusterArguments(aws, subnets));
      const given = { ...(await nodeArguments(aws, subnets)), ...change };
      await assert.rejects(aws.make(NODES, "cpu", given), { message });
    });
  }

  it("lets nodes join only with their policies, a network plugin and a way out; what failed stays", async () => {
    const { subnets, route } = await network(aws);
    const given = await clusterArguments(aws, subnets);
    const cluster = await aws.make(CLUSTER, "lab", { ...given, bootstrapSelfManagedAddons: false });
    const nodes = await nodeArguments(aws, subnets);
    const bare = await role(aws, "bare", "ec2.amazonaws.com", []);
    const failing = async (name: string, change: Properties, message: RegExp): Promise<void> => {
      const all = { ...nodes, nodeGroupName: name, ...change };
      await assert.rejects(aws.make(NODES, name, all), (error: Error & { id?: string }) => {
        assert.match(error.message, message);
        assert.equal(error.id, `lab:${name}`);
        return true;
      });
    };
    await failing("bare", { nodeRoleArn: bare.outs["arn"] }, /has no worker policy/);
    await failing("cut", {}, /no network plugin/);
    await aws.make("aws:eks/addon:Addon", "vpc-cni", { clusterName: "lab", addonName: "vpc-cni" });
    await aws.delete(route);
    await failing("alone", {}, /has no way out/);
    await assert.rejects(aws.delete(cluster), { message: /Cluster has nodegroups attached/ });
  });

  it("keeps what something else uses, as long as it does", async () => {
    const { vpc, gateway, table, subnets, associations } = await network(aws);
    const cluster = await aws.make(CLUSTER, "lab", await clusterArguments(aws, subnets));
    const nodes = await aws.make(NODES, "cpu", await nodeArguments(aws, subnets));
    const roleThing = aws.account.all(ROLE)[0]!;
    for (const [made, message] of [
      [vpc, /DependencyViolation/],
      [subnets[0]!, /DependencyViolation: .*interface eni-/],
      [table, /DependencyViolation: .*RouteTableAssociation/],
      [cluster, /ResourceInUseException/],
      [
        { type: ROLE, name: "r", id: roleThing.id, outs: roleThing.properties },
        /must detach all policies first/,
      ],
    ] as const) {
      await assert.rejects(aws.delete(made), { message });
    }
    aws.set({ settlingMs: 150, patienceMs: 20 });
    await aws.delete(nodes);
    await aws.delete(cluster);
    // The interfaces outlive the cluster for a while; who is patient gets the subnet away.
    await assert.rejects(aws.delete(subnets[0]!), { message: /DependencyViolation/ });
    aws.set({ patienceMs: 2000 });
    for (const made of [...associations, ...subnets, table, gateway, vpc]) {
      await aws.delete(made);
    }
    const left = aws.account
      .all()
      .map(({ type }) => type)
      .filter((type) => !type.startsWith("aws:iam/"));
    assert.deepEqual(left, []);
  });

  it("keeps a gateway while something behind it has an address of the internet", async () => {
    const { gateway, subnets } = await network(aws);
    const address = await aws.make("aws:ec2/eip:Eip", "address", { domain: "vpc" });
    const nat = await aws.make("aws:ec2/natGateway:NatGateway", "nat", {
      subnetId: subnets[0]!.id,
      allocationId: address.id,
    });
    await assert.rejects(aws.delete(gateway), {
      message: /DependencyViolation: .*NatGateway nat-/,
    });
    await assert.rejects(aws.delete(address), { message: /InvalidIPAddress\.InUse/ });
    await aws.delete(nat);
    await aws.delete(address);
    await aws.delete(gateway);
  });

  it("makes a cluster's log group where there is none, which then is in the way", async () => {
    const { subnets } = await network(aws);
    const given = { ...(await clusterArguments(aws, subnets)), enabledClusterLogTypes: ["api"] };
    const cluster = await aws.make(CLUSTER, "lab", given);
    const logs = { name: "/aws/eks/lab/cluster" };
    await assert.rejects(aws.make("aws:cloudwatch/logGroup:LogGroup", "logs", logs), {
      message: /^ResourceAlreadyExistsException/,
    });
    await aws.delete(cluster);
    assert.deepEqual(
      aws.account.all("aws:cloudwatch/logGroup:LogGroup").map(({ id }) => id),
      ["/aws/eks/lab/cluster"],
    );
  });

  it("upgrades a cluster by one minor version, and never back", async () => {
    const { subnets } = await network(aws);
    const given = { ...(await clusterArguments(aws, subnets)), version: "1.33" };
    const cluster = await aws.make(CLUSTER, "lab", given);
    await assert.rejects(aws.change(cluster, { version: "1.35" }), {
      message: /from 1\.33 to 1\.35/,
    });
    await assert.rejects(aws.change(cluster, { version: "1.32" }), {
      message: /from 1\.33 to 1\.32/,
    });
    const next = await aws.change(cluster, { version: "1.34" });
    assert.equal(next.outs["version"], "1.34");
    assert.equal(next.outs["endpoint"], cluster.outs["endpoint"]);
    assert.deepEqual(next.outs["identities"], cluster.outs["identities"]);
  });

  it("keeps data: a bucket with objects and a registry with images", async () => {
    const bucket = await aws.make(BUCKET, "data", { bucket: "lab-data" });
    const thing = aws.account.get(BUCKET, "lab-data", REGION)!;
    aws.account.put({ ...thing, properties: { ...thing.properties, objects: 3 } });
    await assert.rejects(aws.delete(bucket), { message: /^BucketNotEmpty/ });
    await aws.delete(await aws.change(bucket, { forceDestroy: true }));
    assert.equal(aws.account.get(BUCKET, "lab-data", REGION), undefined);
  });
});
