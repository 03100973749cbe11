/** IAM: names of one account, trust, and what is still attached. */
import type { OpenIdConnectProviderArgs } from "@pulumi/aws/iam/openIdConnectProvider";
import type { PolicyArgs } from "@pulumi/aws/iam/policy";
import type { RoleArgs } from "@pulumi/aws/iam/role";
import type { RolePolicyArgs } from "@pulumi/aws/iam/rolePolicy";
import type { RolePolicyAttachmentArgs } from "@pulumi/aws/iam/rolePolicyAttachment";
import { arn, kind, named, suffix, textAt, textsAt, type Context, type Kind } from "../kind";

export const ROLE = "aws:iam/role:Role";
const POLICY = "aws:iam/policy:Policy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

/** Policies of AWS's own that a cluster may want. */
const MANAGED = [
  "AmazonEKSClusterPolicy",
  "AmazonEKSVPCResourceController",
  "AmazonEKSWorkerNodePolicy",
  "AmazonEKSWorkerNodeMinimalPolicy",
  "AmazonEKS_CNI_Policy",
  "AmazonEC2ContainerRegistryReadOnly",
  "AmazonEC2ContainerRegistryPullOnly",
  "AmazonSSMManagedInstanceCore",
  "service-role/AmazonEBSCSIDriverPolicy",
].map((name) => `arn:aws:iam::aws:policy/${name}`);

function isJson(value: unknown): boolean {
  try {
    return typeof JSON.parse(String(value)) === "object";
  } catch {
    return false;
  }
}

/** Why a service may not use a role, in AWS's manner; nothing when it may. */
export function untrusted(context: Context, roleArn: string, service: string): string | undefined {
  const role = named(context, ROLE, roleArn);
  if (role === undefined) {
    return `role ${roleArn} does not exist`;
  }
  const trust = JSON.parse(String(role.properties["assumeRolePolicy"])) as unknown;
  return textsAt(trust, "Statement.Principal.Service").includes(service)
    ? undefined
    : `role ${roleArn} does not trust ${service}`;
}

/** Whether a role is so new that other services do not know it yet. */
export function isSettling(context: Context, roleArn: string): boolean {
  const made = named(context, ROLE, roleArn)?.madeAt ?? 0;
  return Date.now() - made < context.account.settings.settlingMs;
}

/** ARNs of the policies that are attached to a role. */
export function attached(context: Context, roleArn: string): string[] {
  const name = named(context, ROLE, roleArn)?.id;
  return context.account
    .all(ATTACHMENT)
    .filter(({ properties }) => properties["role"] === name)
    .map(({ properties }) => String(properties["policyArn"]));
}

const ofRole = {
  path: "role",
  type: ROLE,
  error: (role: string) => `NoSuchEntity: The role with name ${role} cannot be found.`,
};

const role = kind<RoleArgs>({
  name: "name",
  namePrefix: "namePrefix",
  unique: "account",
  taken: (name) => `EntityAlreadyExists: Role with name ${name} already exists.`,
  immutable: ["name", "namePrefix", "path"],
  global: true,
  refuses: ({ given }) => {
    if (String(given["name"]).length > 64) {
      return `ValidationError: roleName ${String(given["name"])} must have length less than or equal to 64`;
    }
    return isJson(given["assumeRolePolicy"])
      ? undefined
      : "MalformedPolicyDocument: This policy contains invalid Json";
  },
  id: ({ given }) => String(given["name"]),
  outputs: (context) => ({
    arn: arn(context, "iam", `role${textAt(context.given, "path") ?? "/"}${context.id}`, true),
    path: "/",
    maxSessionDuration: 3600,
    uniqueId: `AROA${suffix(16).toUpperCase()}`,
  }),
  heldBy: (context, thing) => {
    if (thing.properties["forceDetachPolicies"] === true) {
      return undefined;
    }
    const left = context.account
      .all()
      .filter(
        ({ type, properties }) =>
          [ATTACHMENT, "aws:iam/rolePolicy:RolePolicy"].includes(type) &&
          properties["role"] === thing.id,
      );
    return left.length > 0
      ? `DeleteConflict: Cannot delete entity, must detach all policies first: ${left.map(({ id }) => id).join(", ")}`
      : undefined;
  },
});

const policy = kind<PolicyArgs>({
  name: "name",
  namePrefix: "namePrefix",
  unique: "account",
  taken: (name) => `EntityAlreadyExists: A policy called ${name} already exists.`,
  immutable: ["name", "namePrefix", "path", "description"],
  global: true,
  refuses: ({ given }) =>
    isJson(given["policy"])
      ? undefined
      : "MalformedPolicyDocument: This policy contains invalid Json",
  id: (context) => arn(context, "iam", `policy/${String(context.given["name"])}`, true),
  outputs: (context) => ({ arn: context.id, path: "/", attachmentCount: 0 }),
  heldBy: (context, thing) =>
    context.account.all(ATTACHMENT).some(({ properties }) => properties["policyArn"] === thing.id)
      ? `DeleteConflict: Cannot delete a policy attached to entities: ${thing.id}`
      : undefined,
});

const rolePolicyAttachment = kind<RolePolicyAttachmentArgs>({
  immutable: ["role", "policyArn"],
  global: true,
  references: [ofRole],
  refuses: (context) => {
    const policyArn = String(context.given["policyArn"]);
    return MANAGED.includes(policyArn) || named(context, POLICY, policyArn) !== undefined
      ? undefined
      : `NoSuchEntity: Policy ${policyArn} does not exist or is not attachable.`;
  },
  id: ({ given }) => `${String(given["role"])}/${String(given["policyArn"])}`,
});

const rolePolicy = kind<RolePolicyArgs>({
  name: "name",
  namePrefix: "namePrefix",
  unique: ({ given }, other) => other.properties["role"] === given["role"],
  immutable: ["name", "namePrefix", "role"],
  global: true,
  references: [ofRole],
  id: ({ given }) => `${String(given["role"])}:${String(given["name"])}`,
});

const openIdConnectProvider = kind<OpenIdConnectProviderArgs>({
  immutable: ["url"],
  global: true,
  id: (context) =>
    arn(
      context,
      "iam",
      `oidc-provider/${String(context.given["url"]).replace(/^https:\/\//, "")}`,
      true,
    ),
  refuses: (context) => {
    const url = String(context.given["url"]).replace(/^https:\/\//, "");
    const there = context.account.all("aws:iam/openIdConnectProvider:OpenIdConnectProvider");
    return there.some(({ id }) => id.endsWith(`/${url}`))
      ? `EntityAlreadyExists: Provider with url ${url} already exists.`
      : undefined;
  },
  outputs: (context) => ({ arn: context.id, thumbprintLists: [] }),
});

export const IDENTITY: Record<string, Kind> = {
  [ROLE]: role,
  [POLICY]: policy,
  [ATTACHMENT]: rolePolicyAttachment,
  "aws:iam/rolePolicy:RolePolicy": rolePolicy,
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": openIdConnectProvider,
};
