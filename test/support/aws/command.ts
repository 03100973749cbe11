/**
 * The `aws` command of the simulated account: what our program and its kubeconfig call of it. The folder of the
 * account is in SIMULATED_AWS. Who has no access entry gets a token all the same, as in AWS, and the API server
 * refuses it.
 */
import { Account } from "./account";
import { CLUSTER, ENTRY_POLICY } from "./kinds/membership";
import { BUCKET } from "./kinds/storage";
import { zonesOf } from "./regions";
import { readCredentials } from "../../../local/cluster/kubeconfig";

/** The token of somebody whom no API server knows. */
const STRANGER = "k8s-aws-v1.c3RyYW5nZXI";

const ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";

function option(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}

function isAdmin(account: Account, cluster: string, caller: string): boolean {
  return account
    .all(ENTRY_POLICY)
    .some(
      ({ properties: { clusterName, principalArn, policyArn } }) =>
        clusterName === cluster && principalArn === caller && policyArn === ADMIN,
    );
}

function getToken(account: Account, args: readonly string[]): object {
  const { kubeconfig, caller } = account.settings;
  const cluster = option(args, "--cluster-name") ?? "";
  const who = option(args, "--role-arn") ?? caller;
  const region = option(args, "--region") ?? process.env["AWS_REGION"] ?? "";
  const known = account.get(CLUSTER, cluster, region) !== undefined;
  const admitted = known && kubeconfig !== undefined && isAdmin(account, cluster, who);
  const credentials = admitted ? readCredentials(kubeconfig) : undefined;
  return {
    kind: "ExecCredential",
    // What the kubeconfig asked for, as the real command answers since its version 2.
    apiVersion: (JSON.parse(process.env["KUBERNETES_EXEC_INFO"] ?? "{}") as { apiVersion?: string })
      .apiVersion,
    spec: {},
    status: {
      expirationTimestamp: new Date(Date.now() + 14 * 60_000).toISOString(),
      ...(credentials === undefined
        ? { token: STRANGER }
        : {
            clientCertificateData: credentials.certificate,
            clientKeyData: credentials.key,
          }),
    },
  };
}

/** A bucket of one's own is there, one of others forbidden, any other name free. */
function headBucket(account: Account, name: string): object {
  const isOwn = account.all(BUCKET).some(({ id }) => id === name);
  if (isOwn) {
    return {};
  }
  const [code, reason] = account.settings.foreignBuckets.includes(name)
    ? ["403", "Forbidden"]
    : ["404", "Not Found"];
  throw new Error(`An error occurred (${code}) when calling the HeadBucket operation: ${reason}`);
}

/** Service and operation: what is no option, and no option's value. */
function commandOf(args: readonly string[]): string {
  const takesValue = /^--(region|profile|output|query|cluster-name|role-arn|bucket)$/;
  return args
    .filter((arg, index) => !arg.startsWith("-") && !takesValue.test(args[index - 1] ?? ""))
    .slice(0, 2)
    .join(" ");
}

function answer(account: Account, args: readonly string[]): object | string {
  const { account: id, caller } = account.settings;
  switch (commandOf(args)) {
    case "eks get-token":
      return getToken(account, args);
    case "sts get-caller-identity":
      return { UserId: "AIDASIMULATED", Account: id, Arn: caller };
    case "ec2 describe-availability-zones":
      return zonesOf(option(args, "--region") ?? "");
    case "s3api head-bucket":
      return headBucket(account, option(args, "--bucket") ?? "");
    case "configure get":
      return process.env["AWS_REGION"] ?? "";
    default:
      if (args.includes("--version")) {
        return "aws-cli/2.31.0 Python/3.13.7 Linux/6.1 exe/x86_64";
      }
      throw new Error(`the simulated account has no command: aws ${args.join(" ")}`);
  }
}

const result = answer(new Account(process.env["SIMULATED_AWS"] ?? ""), process.argv.slice(2));
process.stdout.write(`${typeof result === "string" ? result : JSON.stringify(result)}\n`);
