/** Keys, security groups and launch templates. */
import type { DefaultSecurityGroupArgs } from "@pulumi/aws/ec2/defaultSecurityGroup";
import type { LaunchTemplateArgs } from "@pulumi/aws/ec2/launchTemplate";
import type { SecurityGroupArgs } from "@pulumi/aws/ec2/securityGroup";
import type { AliasArgs } from "@pulumi/aws/kms/alias";
import type { KeyArgs } from "@pulumi/aws/kms/key";
import type { SecurityGroupEgressRuleArgs } from "@pulumi/aws/vpc/securityGroupEgressRule";
import type { SecurityGroupIngressRuleArgs } from "@pulumi/aws/vpc/securityGroupIngressRule";
import { arn, ec2Id, kind, suffix, textsAt, type Context, type Kind } from "../kind";
import { VPC } from "./holding";

export const KEY = "aws:kms/key:Key";
export const GROUP = "aws:ec2/securityGroup:SecurityGroup";
export const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";

const key = kind<KeyArgs>({
  immutable: ["customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion"],
  refuses: ({ given }) => {
    const days = Number(given["deletionWindowInDays"] ?? 30);
    return days < 7 || days > 30
      ? `ValidationException: PendingWindowInDays ${days} must be between 7 and 30`
      : undefined;
  },
  id: () => `${suffix(8)}-${suffix(4)}-${suffix(4)}-${suffix(4)}-${suffix(12)}`,
  outputs: (context) => ({
    arn: arn(context, "kms", `key/${context.id}`),
    keyId: context.id,
    isEnabled: true,
    keyUsage: "ENCRYPT_DECRYPT",
  }),
  seconds: { create: 5 },
});

const alias = kind<AliasArgs>({
  name: "name",
  namePrefix: "namePrefix",
  taken: (name) => `AlreadyExistsException: An alias with the name ${name} already exists`,
  immutable: ["name", "namePrefix"],
  references: [
    {
      path: "targetKeyId",
      type: KEY,
      error: (id) => `NotFoundException: Key '${id}' does not exist`,
    },
  ],
  id: ({ given }) => String(given["name"]),
  outputs: (context) => ({ arn: arn(context, "kms", String(context.given["name"])) }),
});

const securityGroup = kind<SecurityGroupArgs>({
  name: "name",
  namePrefix: "namePrefix",
  unique: ({ given }, other) => other.properties["vpcId"] === given["vpcId"],
  taken: (name) => `InvalidGroup.Duplicate: The security group '${name}' already exists`,
  immutable: ["name", "namePrefix", "description", "vpcId"],
  references: [
    {
      path: "vpcId",
      type: VPC,
      error: (id) => `InvalidVpcID.NotFound: The vpc ID '${id}' does not exist`,
    },
  ],
  id: () => ec2Id("sg"),
  outputs: (context) => ({
    arn: arn(context, "ec2", `security-group/${context.id}`),
    description: "Managed by Pulumi",
  }),
  heldBy: (context, thing) => {
    const using = context.account
      .all("interface")
      .filter(({ properties }) => textsAt(properties, "groups").includes(thing.id));
    return using.length > 0
      ? `DependencyViolation: resource ${thing.id} has a dependent object (${using.map(({ id }) => id).join(", ")})`
      : undefined;
  },
});

/** Adopted, not made; given up, not deleted. */
const defaultSecurityGroup = kind<DefaultSecurityGroupArgs>({
  immutable: ["vpcId"],
  references: [
    {
      path: "vpcId",
      type: VPC,
      error: (id) => `InvalidVpcID.NotFound: The vpc ID '${id}' does not exist`,
    },
  ],
  id: (context) => {
    const vpc = context.account.get(VPC, String(context.given["vpcId"]), context.region);
    return String(vpc?.properties["defaultSecurityGroupId"]);
  },
  outputs: (context) => ({
    arn: arn(context, "ec2", `security-group/${context.id}`),
    name: "default",
  }),
});

const inGroup = {
  path: "securityGroupId",
  type: GROUP,
  error: (id: string) => `InvalidGroup.NotFound: The security group '${id}' does not exist`,
};

const launchTemplate = kind<LaunchTemplateArgs>({
  name: "name",
  namePrefix: "namePrefix",
  taken: (name) =>
    `InvalidLaunchTemplateName.AlreadyExistsException: Launch template name already in use: ${name}`,
  immutable: ["name", "namePrefix"],
  id: () => ec2Id("lt"),
  // Every change is a new version of the same template.
  outputs: (context, before) => ({
    arn: arn(context, "ec2", `launch-template/${context.id}`),
    latestVersion: Number(before?.properties["latestVersion"] ?? 0) + 1,
    defaultVersion: 1,
  }),
  volatile: ["latestVersion"],
});

const ruleOutputs = (context: Context) => ({
  securityGroupRuleId: context.id,
  arn: arn(context, "ec2", `security-group-rule/${context.id}`),
});

export const SECURITY: Record<string, Kind> = {
  [KEY]: key,
  "aws:kms/alias:Alias": alias,
  [GROUP]: securityGroup,
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": defaultSecurityGroup,
  [TEMPLATE]: launchTemplate,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": kind<SecurityGroupIngressRuleArgs>({
    immutable: ["securityGroupId"],
    references: [inGroup],
    id: () => ec2Id("sgr"),
    outputs: ruleOutputs,
  }),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": kind<SecurityGroupEgressRuleArgs>({
    immutable: ["securityGroupId"],
    references: [inGroup],
    id: () => ec2Id("sgr"),
    outputs: ruleOutputs,
  }),
};
