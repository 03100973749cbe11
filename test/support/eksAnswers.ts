/** Lets the mocks answer as AWS would where a component reads what only AWS knows. */
import * as pulumi from "@pulumi/pulumi";
import type { Thing } from "./aws/account";
import { plain, type Recorded } from "./mocks";

const ACCOUNT = "123456789012";

type State = Record<string, unknown>;

/** What AWS adds to the inputs, by type. */
const ANSWERS: Record<string, (name: string, inputs: State) => State> = {
  "aws:eks/cluster:Cluster": (_, { name }) => ({
    arn: `arn:aws:eks:us-east-1:${ACCOUNT}:cluster/${String(name)}`,
    endpoint: "https://0A1B.gr7.us-east-1.eks.amazonaws.com",
    certificateAuthority: { data: "Q0E=" },
    identities: [{ oidcs: [{ issuer: "https://oidc.eks.us-east-1.amazonaws.com/id/0A1B" }] }],
  }),
  "aws:eks/nodeGroup:NodeGroup": (name, { nodeGroupNamePrefix }) => ({
    nodeGroupName: `${String(nodeGroupNamePrefix)}1`,
    resources: [{ autoscalingGroups: [{ name: `asg-${name}` }] }],
  }),
  "aws:ec2/launchTemplate:LaunchTemplate": () => ({ latestVersion: 1 }),
  "aws:ecr/repository:Repository": (name) => ({
    arn: `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/${name}`,
    name,
    repositoryUrl: `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/${name}`,
  }),
  "aws:s3/bucket:Bucket": (name) => ({ bucket: name, arn: `arn:aws:s3:::${name}` }),
  "aws:kms/key:Key": (name) => ({ arn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/${name}` }),
  "aws:iam/role:Role": (name) => ({ name, arn: `arn:aws:iam::${ACCOUNT}:role/${name}` }),
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": (name) => ({
    arn: `arn:aws:iam::${ACCOUNT}:oidc-provider/${name}`,
  }),
};

const answering = new WeakSet<pulumi.runtime.Mocks>();

/** Call it in `before`. */
export function answerAws(): void {
  const { mocks } = pulumi.runtime.getMonitor() as unknown as { mocks: pulumi.runtime.Mocks };
  if (answering.has(mocks)) {
    return;
  }
  answering.add(mocks);
  const register = mocks.newResource.bind(mocks);
  mocks.newResource = async (args) => {
    const made = await register(args);
    const answer = pulumi.runtime.isDryRun() ? undefined : ANSWERS[args.type];
    const added = answer?.(args.name, args.inputs as State) ?? {};
    return { ...made, state: { ...(made.state as State), ...added } };
  };
}

/** What was recorded, as it would lie in an account. */
export function asThing({ type, name, inputs }: Recorded): Thing {
  const given = plain(inputs) as State;
  const properties = { ...given, ...ANSWERS[type]?.(name, given) };
  return { type, id: `${name}-id`, region: "us-east-1", properties, inputs: given, madeAt: 0 };
}
