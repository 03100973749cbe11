/** The account as a Terraform plan: names, blocks, maps and references as Terraform has them. */
import assert from "node:assert/strict";
import type { Thing } from "../support/aws/account";
import { snakeCase, terraformPlan, terraformType } from "../support/aws/terraformPlan";

function thing(type: string, id: string, inputs: Record<string, unknown>): Thing {
  const arn = `arn:aws:test:::${id}`;
  return { type, id, region: "us-east-1", properties: { ...inputs, arn }, inputs, madeAt: 0 };
}

interface Plan {
  planned_values: { root_module: { resources: { address: string; values: object }[] } };
  configuration: { root_module: { resources: { expressions: object }[] } };
}

describe("a simulated account as a Terraform plan", () => {
  for (const [token, type] of [
    ["aws:ec2/vpc:Vpc", "aws_vpc"],
    ["aws:ec2/launchTemplate:LaunchTemplate", "aws_launch_template"],
    ["aws:eks/nodeGroup:NodeGroup", "aws_eks_node_group"],
    ["aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws_iam_role_policy_attachment"],
    ["aws:iam/openIdConnectProvider:OpenIdConnectProvider", "aws_iam_openid_connect_provider"],
    [
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      "aws_s3_bucket_server_side_encryption_configuration",
    ],
    ["aws:autoscaling/tag:Tag", "aws_autoscaling_group_tag"],
  ] as const) {
    it(`${token} is ${type}`, () => assert.equal(terraformType(token), type));
  }

  it("spells names in snake case", () => {
    assert.equal(snakeCase("enabledClusterLogTypes"), "enabled_cluster_log_types");
    assert.equal(snakeCase("taints"), "taint");
    assert.equal(snakeCase("kmsKeyId"), "kms_key_id");
  });

  it("puts blocks into lists, leaves maps alone, and finds references", () => {
    const key = thing("aws:kms/key:Key", "key-1", { enableKeyRotation: true });
    const cluster = thing("aws:eks/cluster:Cluster", "lab", {
      roleArn: "arn:elsewhere",
      vpcConfig: { subnetIds: ["subnet-1"], endpointPrivateAccess: true },
      encryptionConfig: { provider: { keyArn: "arn:aws:test:::key-1" }, resources: ["secrets"] },
      tags: { costCentre: "lab" },
    });
    const plan = terraformPlan([
      { name: "lab-key", thing: key },
      { name: "lab-cluster", thing: cluster },
    ]) as Plan;
    const [, made] = plan.planned_values.root_module.resources;
    assert.equal(made!.address, "aws_eks_cluster.lab-cluster");
    assert.deepEqual(made!.values, {
      role_arn: "arn:elsewhere",
      vpc_config: [{ subnet_ids: ["subnet-1"], endpoint_private_access: true }],
      encryption_config: [
        { provider: [{ key_arn: "arn:aws:test:::key-1" }], resources: ["secrets"] },
      ],
      tags: { costCentre: "lab" },
    });
    const references = ["aws_kms_key.lab-key.id", "aws_kms_key.lab-key"];
    assert.deepEqual(plan.configuration.root_module.resources[1]!.expressions, {
      encryption_config: { references },
    });
  });
});
