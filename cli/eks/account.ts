/** What must be right about the AWS account and its credentials before the first thing there is made. */
import { zonesWanted } from "../../components/model/eks/network";
import { accessEntries } from "../../components/model/eks/access";
import { oneOf, type Problems } from "../../components/model/problems";
import type { EksEntry } from "../../stacks/eks/settings";
import type { AwsAnswer, RunAws } from "./aws";

/** Who the credentials belong to. */
export interface Caller {
  account: string;
  arn: string;
}

/** The last line of an error of `aws`: the others are empty, or its usage. */
function complaint({ stderr }: AwsAnswer): string {
  return stderr.trim().split("\n").at(-1)?.trim() ?? "";
}

function environment({ settings }: EksEntry): Record<string, string> {
  const { region, profile } = settings;
  return { AWS_REGION: region, ...(profile === undefined ? {} : { AWS_PROFILE: profile }) };
}

async function readCaller(
  entry: EksEntry,
  run: RunAws,
  problems: Problems,
): Promise<Caller | undefined> {
  const answer = await run(["sts", "get-caller-identity", "--output", "json"], environment(entry));
  if (answer.code === undefined) {
    problems.add({
      path: "",
      reason: "the command aws is not on PATH: it makes the tokens by which the cluster is reached",
      remedy: "Install the AWS command line, version 2.",
    });
    return undefined;
  }
  if (answer.code !== 0) {
    problems.add({
      path: "profile",
      reason: `AWS takes no credentials: ${complaint(answer)}`,
      value: entry.settings.profile,
      remedy: "Log in with `aws sso login`, or set them with `aws configure`.",
    });
    return undefined;
  }
  const { Account, Arn } = JSON.parse(answer.stdout) as { Account: string; Arn: string };
  return { account: Account, arn: Arn };
}

/** An IAM principal without what differs between its ARN and that of a session: partition and path. */
function principal(arn: string): string {
  const [, , , , account, resource = ""] = arn.split(":");
  const parts = resource.split("/");
  return parts[0] === "assumed-role"
    ? `${account} role ${parts[1]}`
    : `${account} ${parts[0]} ${parts.at(-1)}`;
}

function checkCaller(entry: EksEntry, caller: Caller, problems: Problems): void {
  const { account, creatorIsAdmin = true } = entry.settings;
  if (account !== undefined && account !== caller.account) {
    problems.add({
      path: "account",
      reason: `the credentials are those of another account, ${caller.account}`,
      value: account,
      remedy: "Choose the profile of the right account, or correct the number.",
    });
  }
  const own = accessEntries(entry.settings).find(
    ({ principalArn }) => principal(principalArn) === principal(caller.arn),
  );
  const isAdmin = own?.grants.some(({ policyArn }) => policyArn.includes("ClusterAdmin")) === true;
  if (creatorIsAdmin && own !== undefined) {
    problems.add({
      path: "creatorIsAdmin",
      reason: `${caller.arn} creates the cluster, so that EKS enters it as an admin; it is listed as well, and EKS takes no second entry`,
      remedy: "Remove it from the list, or set creatorIsAdmin: false.",
    });
  }
  if (!creatorIsAdmin && !isAdmin) {
    problems.add({
      path: "admins",
      reason: `${caller.arn} runs this, and would be locked out of the cluster`,
      allowed: "its role or user among them, with creatorIsAdmin: false",
      remedy: "Add it.",
    });
  }
}

async function checkZones(entry: EksEntry, run: RunAws, problems: Problems): Promise<void> {
  const { region, network, existingVpc } = entry.settings;
  const query = ["--query", "AvailabilityZones[?State=='available'].ZoneName", "--output", "json"];
  const answer = await run(
    ["ec2", "describe-availability-zones", "--region", region, ...query],
    environment(entry),
  );
  if (answer.code !== 0) {
    problems.add({
      path: "region",
      reason: `AWS does not let this account into it: ${complaint(answer)}`,
      value: region,
      remedy: "Enable the region for the account, or choose another.",
    });
    return;
  }
  const zones = JSON.parse(answer.stdout) as string[];
  const missing = zonesWanted(region, network).filter((zone) => !zones.includes(zone));
  if (existingVpc === undefined && missing.length > 0) {
    problems.add({
      path: "network.zones",
      reason: "not zones that this account has",
      value: missing,
      allowed: oneOf(zones),
      remedy: "Name two or more of these.",
    });
  }
}

async function checkBucketName(entry: EksEntry, run: RunAws, problems: Problems): Promise<void> {
  const name = entry.settings.bucket?.name;
  if (name === undefined) {
    return;
  }
  const answer = await run(["s3api", "head-bucket", "--bucket", name], environment(entry));
  const isFree = /\b404\b|Not Found/.test(answer.stderr);
  if (!isFree) {
    problems.add({
      path: "bucket.name",
      reason: answer.code === 0 ? "a bucket that you have already" : "taken, or not to be had",
      value: name,
      remedy: "Choose another name, or give a prefix in its place, to which a unique end is added.",
    });
  }
}

/**
 * Asks AWS what the config cannot know: whose the credentials are, whether the region and its zones are open to them,
 * and whether the bucket's name is free. It only reads.
 *
 * @returns nothing where there are no credentials
 */
export async function checkAccount(
  entry: EksEntry,
  run: RunAws,
  problems: Problems,
): Promise<Caller | undefined> {
  const caller = await readCaller(entry, run, problems);
  if (caller === undefined) {
    return undefined;
  }
  checkCaller(entry, caller, problems);
  await Promise.all([checkZones(entry, run, problems), checkBucketName(entry, run, problems)]);
  return caller;
}
