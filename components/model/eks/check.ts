/** Everything that is wrong with a cluster's settings, said before anything is made or paid for. */
import { joinPath, nearest, oneOf, type Problems } from "../problems";
import { checkAccess, checkIamArn } from "./access";
import { checkEndpoint } from "./endpointChecks";
import { checkNetwork, checkServiceCidr } from "./networkChecks";
import { checkNodeGroups } from "./nodeGroupChecks";
import { checkRegion } from "./regions";
import { eksClusterName, NatMode, WorkloadIdentity, type EksSettings } from "./settings";
import { checkBucket, checkRegistry } from "./storage";

/** What is known of an existing VPC. */
export interface ExistingVpcFacts {
  privateSubnets: number;
}

/** The add-ons that are installed, in EKS's words. */
const EKS_ADD_ONS = [
  "vpc-cni",
  "coredns",
  "kube-proxy",
  "aws-ebs-csi-driver",
  "eks-pod-identity-agent",
] as const;

const NAME = /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/;
const CLUSTER_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
/** The oldest version that EKS still makes clusters of. */
const OLDEST_MINOR = 31;
const RETENTION = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];

function checkVersion(version: string | undefined, problems: Problems): void {
  const minor = /^1\.(\d{2})$/.exec(version ?? `1.${OLDEST_MINOR}`)?.[1];
  if (minor === undefined || Number(minor) < OLDEST_MINOR) {
    problems.add({
      path: "version",
      reason:
        minor === undefined
          ? "not a Kubernetes version of EKS"
          : "a version that EKS no longer has",
      value: version,
      allowed: `1.${OLDEST_MINOR} or later, without a patch number`,
    });
  }
}

function checkChoice(
  value: string | undefined,
  choices: readonly string[],
  path: string,
  problems: Problems,
): void {
  if (value !== undefined && !choices.includes(value)) {
    const near = nearest(value, choices);
    problems.add({
      path,
      reason: "unknown",
      value,
      allowed: oneOf(choices),
      ...(near === undefined ? {} : { remedy: `Did you mean ${near}?` }),
    });
  }
}

function checkNames(name: string, settings: EksSettings, problems: Problems): void {
  const clusterName = eksClusterName(name, settings);
  if (!NAME.test(name)) {
    problems.add({
      path: "",
      reason: "not a name that the roles and other things of a cluster can begin with",
      value: name,
      allowed: "lower-case letters, digits and -, beginning with a letter, 40 characters at most",
    });
  }
  if (!CLUSTER_NAME.test(clusterName)) {
    problems.add({
      path: "clusterName",
      reason: "not a name that EKS takes",
      value: clusterName,
      allowed: "letters, digits, - and _, beginning with a letter or digit, 100 characters at most",
    });
  }
  if (settings.account !== undefined && !/^\d{12}$/.test(settings.account)) {
    problems.add({
      path: "account",
      reason: "not the number of an AWS account",
      value: settings.account,
      allowed: "12 digits, in quotes",
    });
  }
}

function checkTags(tags: Record<string, string>, problems: Problems): void {
  for (const [key, value] of Object.entries(tags)) {
    const path = joinPath("tags", [key]);
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(key) || /^aws:/i.test(key)) {
      problems.add({
        path,
        reason: "not a key of a tag",
        value: key,
        allowed: "1 to 128 letters, digits, spaces and _.:/=+-@, not beginning with aws:",
      });
    }
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(value)) {
      problems.add({
        path,
        reason: "not a value of a tag",
        value,
        allowed: "256 letters, digits, spaces and _.:/=+-@ at most",
      });
    }
  }
}

function checkAddOns(settings: EksSettings, problems: Problems): void {
  for (const [name, { configuration }] of Object.entries(settings.addOns ?? {})) {
    checkChoice(name, EKS_ADD_ONS, joinPath("addOns", [name]), problems);
    if (configuration !== undefined && !isJsonObject(configuration)) {
      problems.add({
        path: joinPath("addOns", [name, "configuration"]),
        reason: "not a JSON object",
        value: configuration,
      });
    }
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function checkVpc(
  settings: EksSettings,
  existing: ExistingVpcFacts | undefined,
  problems: Problems,
): void {
  const { region, network, serviceCidr } = settings;
  if (existing === undefined) {
    checkNetwork(region, network ?? {}, serviceCidr, problems);
    return;
  }
  if (network !== undefined) {
    problems.add({
      path: "network",
      reason: "describes a VPC to make, beside an existing one",
      remedy: "Keep network, or existingVpc.",
    });
  }
  if (existing.privateSubnets < 2) {
    problems.add({
      path: "existingVpc.privateSubnetIds",
      reason: "too few subnets: EKS takes no cluster in one zone",
      value: existing.privateSubnets,
      allowed: "two or more, in different zones",
    });
  }
}

/**
 * Adds a problem for everything about a cluster that AWS would refuse, and for what it takes but should not.
 *
 * @param name of the component: what its resources are named by
 * @param existing where there is a VPC already
 */
export function checkEks(
  name: string,
  settings: EksSettings,
  existing: ExistingVpcFacts | undefined,
  problems: Problems,
): void {
  const { region, kubeconfigRoleArn: role, logRetentionDays: days } = settings;
  checkRegion(region, "region", problems);
  checkNames(name, settings, problems);
  checkVersion(settings.version, problems);
  checkEndpoint(settings.endpoint, problems);
  checkServiceCidr(settings.serviceCidr, problems);
  checkVpc(settings, existing, problems);
  checkChoice(settings.network?.nat, Object.values(NatMode), "network.nat", problems);
  checkChoice(
    settings.workloadIdentity,
    Object.values(WorkloadIdentity),
    "workloadIdentity",
    problems,
  );
  checkAccess(settings, problems);
  if (role !== undefined) {
    checkIamArn(role, region, "kubeconfigRoleArn", problems, "a role");
  }
  checkNodeGroups(settings.nodeGroups, settings.gpus ?? {}, problems);
  checkAddOns(settings, problems);
  checkBucket(settings.bucket ?? {}, problems);
  checkRegistry(settings.registry ?? {}, problems);
  if (days !== undefined && !RETENTION.includes(days)) {
    problems.add({
      path: "logRetentionDays",
      reason: "not a time that CloudWatch keeps logs for",
      value: days,
      allowed: oneOf(RETENTION.map(String)),
    });
  }
  checkTags(settings.tags ?? {}, problems);
}
