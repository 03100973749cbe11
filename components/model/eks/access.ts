/** Who may do what in the cluster: the lists of the config, and the old `aws-auth`, as access entries of EKS. */
import { joinPath, oneOf, type Problems } from "../problems";
import { partitionOf } from "./regions";
import type { AwsAuth, EksSettings } from "./settings";

/** A policy that an entry has. */
export interface AccessGrant {
  policyArn: string;
  /** Namespaces that it is meant for; none for the whole cluster. */
  namespaces?: string[];
}

/** What one principal may do. */
export interface AccessEntryPlan {
  principalArn: string;
  userName?: string;
  groups: string[];
  grants: AccessGrant[];
}

const ADMIN_POLICY = "AmazonEKSClusterAdminPolicy";
const MASTERS = "system:masters";
const NODE_GROUPS = ["system:nodes", "system:bootstrappers", "system:node-proxier"];
const POLICY = /^AmazonEKS[A-Za-z]*Policy$/;
const ARN = /^arn:(aws|aws-cn|aws-us-gov):iam::\d{12}:(user|role)\/[\w+=,.@/-]*[\w+=,.@-]$/;
const SESSION = /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\//;
/** Beginnings of names that EKS keeps for itself. */
const RESERVED_NAMES = /^(system|eks|aws|amazon|iam):/;

/** What one list says of one principal, with its place. */
interface Statement {
  path: string;
  principalArn: string;
  policy?: string;
  namespaces?: string[];
  groups: string[];
  userName?: string;
}

/** Whether an entry of `mapRoles` is a role of nodes, which EKS enters itself. */
function isNodeRole(groups: readonly string[] = [], username = ""): boolean {
  return username.startsWith("system:node:") || groups.some((group) => NODE_GROUPS.includes(group));
}

function statementOf(
  path: string,
  principalArn: string,
  groups: readonly string[] = [],
  username?: string,
): Statement {
  return {
    path,
    principalArn,
    groups: groups.filter((group) => group !== MASTERS),
    ...(groups.includes(MASTERS) ? { policy: ADMIN_POLICY } : {}),
    // A name alone grants nothing; and `admin` as a user's name would be refused beside the policy's own.
    ...(username !== undefined && groups.some((group) => group !== MASTERS)
      ? { userName: username }
      : {}),
  };
}

function fromAwsAuth({ mapUsers = [], mapRoles = [] }: AwsAuth): Statement[] {
  const users = mapUsers.map(({ userarn, username, groups }, index) =>
    statementOf(joinPath("awsAuth.mapUsers", [index]), userarn, groups, username),
  );
  const roles = mapRoles.flatMap(({ rolearn, username, groups }, index) =>
    isNodeRole(groups, username)
      ? []
      : [statementOf(joinPath("awsAuth.mapRoles", [index]), rolearn, groups, username)],
  );
  return [...users, ...roles];
}

function statementsOf(settings: EksSettings): Statement[] {
  const admins = (settings.admins ?? []).map((principalArn, index) => ({
    path: joinPath("admins", [index]),
    principalArn,
    policy: ADMIN_POLICY,
    groups: [],
  }));
  const others = (settings.access ?? []).map((one, index) => ({
    ...one,
    path: joinPath("access", [index]),
    groups: one.groups ?? [],
  }));
  return [...admins, ...others, ...fromAwsAuth(settings.awsAuth ?? {})];
}

/** One entry for each principal, in the order in which they are first named. */
export function accessEntries(settings: EksSettings): AccessEntryPlan[] {
  const prefix = `arn:${partitionOf(settings.region)}:eks::aws:cluster-access-policy`;
  const entries = new Map<string, AccessEntryPlan>();
  for (const { principalArn, policy, namespaces, groups, userName } of statementsOf(settings)) {
    const entry = entries.get(principalArn) ?? { principalArn, groups: [], grants: [] };
    const policyArn = `${prefix}/${policy}`;
    if (policy !== undefined && !entry.grants.some((one) => one.policyArn === policyArn)) {
      entry.grants.push({ policyArn, ...(namespaces && { namespaces }) });
    }
    entry.groups = [...new Set([...entry.groups, ...groups])];
    entry.userName ??= userName;
    entries.set(principalArn, entry);
  }
  return [...entries.values()];
}

/** Adds a problem where a text is not the ARN of an IAM user or role of the region's partition. */
export function checkIamArn(
  arn: string,
  region: string,
  path: string,
  problems: Problems,
  kinds = "a user or role",
): void {
  const partition = partitionOf(region);
  const session = SESSION.exec(arn);
  const found = ARN.exec(arn);
  if (
    found !== null &&
    found[1] === partition &&
    (kinds === "a user or role" || found[2] === "role")
  ) {
    return;
  }
  problems.add({
    path,
    reason:
      found !== null && found[1] !== partition
        ? `an ARN of another partition than ${region} is in`
        : `not the ARN of ${kinds} of IAM`,
    value: arn,
    allowed: `arn:${partition}:iam::<12 digits>:role/<name>${kinds === "a role" ? "" : ", or user/<name>"}`,
    ...(session === null
      ? {}
      : {
          remedy: `Name the role of the session: arn:${session[1]}:iam::${session[2]}:role/${session[3]}.`,
        }),
  });
}

function checkStatement(one: Statement, region: string, problems: Problems): void {
  checkIamArn(one.principalArn, region, one.path, problems);
  if (one.policy !== undefined && !POLICY.test(one.policy)) {
    problems.add({
      path: `${one.path}.policy`,
      reason: "not an access policy of EKS",
      value: one.policy,
      allowed: oneOf([
        ADMIN_POLICY,
        "AmazonEKSAdminPolicy",
        "AmazonEKSEditPolicy",
        "AmazonEKSViewPolicy",
      ]),
    });
  }
  if (one.policy === undefined && one.groups.length === 0) {
    problems.add({
      path: one.path,
      reason: "grants nothing",
      value: one.principalArn,
      remedy: "Give a policy or groups, or remove it.",
    });
  }
  for (const group of one.groups.filter((name) => name.startsWith("system:"))) {
    problems.add({
      path: `${one.path}.groups`,
      reason: "a group that EKS takes from nobody: those of Kubernetes begin with system:",
      value: group,
      remedy: `Give a policy such as ${ADMIN_POLICY}, or bind a group of your own.`,
    });
  }
  if (one.userName !== undefined && RESERVED_NAMES.test(one.userName)) {
    problems.add({
      path: `${one.path}.userName`,
      reason: "a name that EKS keeps for itself",
      value: one.userName,
      remedy: "Leave it out, or choose another.",
    });
  }
  if (one.namespaces !== undefined && (one.policy === undefined || one.namespaces.length === 0)) {
    problems.add({
      path: `${one.path}.namespaces`,
      reason: one.policy === undefined ? "narrows a policy, but there is none" : "empty",
      remedy: "Remove it, or say what is meant.",
    });
  }
}

/** Adds a problem for every entry that EKS would refuse, or that grants nothing. */
export function checkAccess(settings: EksSettings, problems: Problems): void {
  const statements = statementsOf(settings);
  const names = new Map<string, Statement>();
  const grants = new Map<string, Statement>();
  for (const one of statements) {
    checkStatement(one, settings.region, problems);
    const named = names.get(one.principalArn);
    if (one.userName !== undefined && named !== undefined && named.userName !== one.userName) {
      problems.add({
        path: `${one.path}.userName`,
        reason: `another name than ${named.path} gives: ${named.userName ?? ""}`,
        value: one.userName,
        remedy: "A principal has one name: keep one.",
      });
    }
    if (one.userName !== undefined) {
      names.set(one.principalArn, one);
    }
    const id = `${one.principalArn} ${one.policy}`;
    const before = grants.get(id);
    if (
      one.policy !== undefined &&
      before !== undefined &&
      JSON.stringify(before.namespaces) !== JSON.stringify(one.namespaces)
    ) {
      problems.add({
        path: `${one.path}.namespaces`,
        reason: `the same policy as ${before.path} with other namespaces`,
        value: one.policy,
        remedy: "Write it once, with all namespaces.",
      });
    }
    grants.set(id, one);
  }
}
