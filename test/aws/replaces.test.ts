/** Which changes replace a thing of the simulated account, and which are made in place. */
import assert from "node:assert/strict";
import { UNKNOWN, type Properties } from "../../local/random/wire";
import { clusterArguments, DirectAccount, network, nodeArguments, type Made } from "./calls";

describe("changes in the simulated aws account", function () {
  this.timeout(20_000);
  let aws: DirectAccount;
  const made: Record<string, Made> = {};

  before(async () => {
    aws = new DirectAccount();
    const { vpc, subnets } = await network(aws);
    const key = await aws.make("aws:kms/key:Key", "key", {});
    Object.assign(made, { vpc, subnet: subnets[0]!, key });
    made["cluster"] = await aws.make("aws:eks/cluster:Cluster", "lab", {
      ...(await clusterArguments(aws, subnets)),
      encryptionConfig: { provider: { keyArn: key.outs["arn"] }, resources: ["secrets"] },
      tags: { team: "lab" },
    });
    made["template"] = await aws.make("aws:ec2/launchTemplate:LaunchTemplate", "template", {
      metadataOptions: { httpTokens: "required" },
    });
    made["nodes"] = await aws.make("aws:eks/nodeGroup:NodeGroup", "cpu", {
      ...(await nodeArguments(aws, subnets)),
      labels: { team: "lab" },
      launchTemplate: { id: made["template"].id, version: "1" },
    });
  });
  after(() => aws.remove());

  const CHANGES: [string, string, Properties, string[]][] = [
    ["vpc", "nothing", {}, []],
    ["vpc", "a tag", { tags: { team: "other" } }, ["update"]],
    ["vpc", "its range", { cidrBlock: "10.2.0.0/16" }, ["cidrBlock"]],
    ["subnet", "its zone", { availabilityZone: "us-east-1c" }, ["availabilityZone"]],
    ["subnet", "a network that is not known yet", { vpcId: UNKNOWN }, ["vpcId"]],
    ["subnet", "public addresses", { mapPublicIpOnLaunch: true }, ["update"]],
    ["cluster", "nothing", {}, []],
    ["cluster", "no tag", { tags: undefined }, ["update"]],
    ["cluster", "its version", { version: "1.36" }, ["update"]],
    ["cluster", "its name", { name: "other" }, ["name"]],
    ["cluster", "its role", { roleArn: "arn:aws:iam::123456789012:role/other" }, ["roleArn"]],
    [
      "cluster",
      "who may reach it",
      { vpcConfig: { subnetIds: UNKNOWN, publicAccessCidrs: ["192.0.2.0/24"] } },
      ["update"],
    ],
    [
      "cluster",
      "the creator's access",
      {
        accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      },
      ["accessConfig.bootstrapClusterCreatorAdminPermissions"],
    ],
    [
      "cluster",
      "its key",
      { encryptionConfig: { provider: { keyArn: "arn:other" }, resources: ["secrets"] } },
      ["encryptionConfig.provider.keyArn"],
    ],
    ["nodes", "nothing", {}, []],
    [
      "nodes",
      "the number of nodes",
      { scalingConfig: { minSize: 1, maxSize: 5, desiredSize: 3 } },
      ["update"],
    ],
    ["nodes", "a label", { labels: { team: "other" } }, ["update"]],
    ["nodes", "a taint", { taints: [{ key: "gpu", effect: "NO_SCHEDULE" }] }, ["update"]],
    ["nodes", "its version", { version: "1.34" }, ["update"]],
    [
      "nodes",
      "the template's version",
      { launchTemplate: { id: UNKNOWN, version: "2" } },
      ["launchTemplate.id"],
    ],
    ["nodes", "its instances", { instanceTypes: ["m7i.xlarge"] }, ["instanceTypes"]],
    ["nodes", "its image", { amiType: "BOTTLEROCKET_x86_64" }, ["amiType"]],
    [
      "template",
      "its metadata",
      { metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 } },
      ["update"],
    ],
  ];
  for (const [what, change, properties, expected] of CHANGES) {
    it(`${what}: ${change}: ${expected.join(", ") || "nothing to do"}`, async () => {
      assert.deepEqual(await aws.plan(made[what]!, properties), expected);
    });
  }

  it("a new order of subnets is no change", async () => {
    const { subnetIds } = made["nodes"]!.outs["__given"] as { subnetIds: string[] };
    assert.deepEqual(await aws.plan(made["nodes"]!, { subnetIds: [...subnetIds].reverse() }), []);
  });

  it("previews keep what a change leaves as it is, and no more", async () => {
    const { provider } = aws;
    const cluster = made["cluster"]!;
    const given = cluster.outs["__given"] as Properties;
    const preview = await provider.update(
      "lab",
      "urn:pulumi:dev::test::aws:eks/cluster:Cluster::lab",
      cluster.outs,
      { ...given, version: "1.36", __preview: true },
    );
    assert.equal(preview.outs["endpoint"], cluster.outs["endpoint"]);
    assert.equal(preview.outs["version"], "1.36");
    assert.equal(aws.account.all("aws:eks/cluster:Cluster")[0]!.properties["version"], "1.35");

    const template = made["template"]!;
    const next = { ...(template.outs["__given"] as Properties), ebsOptimized: "true" };
    const urn = "urn:pulumi:dev::test::aws:ec2/launchTemplate:LaunchTemplate::template";
    const changed = await provider.update(template.id, urn, template.outs, {
      ...next,
      __preview: true,
    });
    assert.equal("latestVersion" in changed.outs, false);
    const done = await provider.update(template.id, urn, template.outs, next);
    assert.equal(done.outs["latestVersion"], 2);
  });

  it("refuses to look at a resource that it does not have", async () => {
    await assert.rejects(aws.make("aws:rds/instance:Instance", "db", {}), {
      message:
        /^the simulated aws provider has no aws:rds\/instance:Instance; it has .*aws:ec2\/vpc:Vpc/,
    });
  });
});
