import assert from "node:assert/strict";
import type { AwsAnswer, RunAws } from "../../cli/eks/aws";
import { confirmEks, type EksCheck } from "../../cli/eksCheck";

const ARN = "arn:aws:iam::123456789012:user/ann";
const ok = (value: unknown): AwsAnswer => ({ code: 0, stdout: JSON.stringify(value), stderr: "" });
const failed = (stderr: string): AwsAnswer => ({ code: 254, stdout: "", stderr });

/** An account in which all is well, but for what a test says. */
function account(changes: Record<string, AwsAnswer> = {}): { run: RunAws; calls: string[] } {
  const calls: string[] = [];
  const answers: Record<string, AwsAnswer> = {
    "sts get-caller-identity": ok({ Account: "123456789012", Arn: ARN }),
    "ec2 describe-availability-zones": ok(["us-east-1a", "us-east-1b"]),
    "s3api head-bucket": failed("An error occurred (404) when calling HeadBucket: Not Found"),
    ...changes,
  };
  const run: RunAws = (args, env) => {
    const call = args.slice(0, 2).join(" ");
    calls.push(`${call} ${env["AWS_REGION"]} ${env["AWS_PROFILE"] ?? "-"}`);
    return Promise.resolve(answers[call]!);
  };
  return { run, calls };
}

function check(eks: object, more: Partial<EksCheck> = {}): EksCheck {
  const cluster = {
    region: "us-east-1",
    endpoint: { publicCidrs: [] },
    nodeGroups: { cpu: { instanceTypes: ["m7i.large"] } },
    ...eks,
  };
  return {
    root: "/project",
    stack: "lab",
    settings: { config: { "science-platform:clusters": { lab: { eks: cluster }, other: {} } } },
    resources: [],
    yes: true,
    run: account().run,
    ...more,
  };
}

/** What the check prints while it runs. */
async function printed(run: () => Promise<void>): Promise<string> {
  const write = process.stdout.write.bind(process.stdout);
  let text = "";
  process.stdout.write = (chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  };
  try {
    await run();
  } finally {
    process.stdout.write = write;
  }
  return text;
}

describe("the check before the first up of a cluster on EKS", () => {
  it("asks nothing of stacks without one, or that have it", async () => {
    const { run, calls } = account();
    await confirmEks({ ...check({}), settings: { config: {} }, run });
    const urn =
      "urn:pulumi:lab::science-platform::science-platform:index:EksCluster$aws:eks/cluster:Cluster::lab-cluster";
    await confirmEks({ ...check({}), resources: [{ urn, type: "aws:eks/cluster:Cluster" }], run });
    assert.deepEqual(calls, []);
  });

  it("says who pays for what, and goes on with yes", async () => {
    const questions: string[] = [];
    const ask = (question: string) => {
      questions.push(question);
      return Promise.resolve("yes");
    };
    const { run, calls } = account();
    const text = await printed(() =>
      confirmEks(check({ profile: "work" }, { yes: false, ask, run })),
    );
    assert.match(
      text,
      /^Cluster lab will be made in account 123456789012, by arn:aws:iam::123456789012:user\/ann\./,
    );
    assert.match(
      text,
      /\n {2}control plane of lab-cluster in us-east-1: 0\.10 US dollars an hour\n/,
    );
    assert.equal(questions.length, 1);
    assert.deepEqual(calls, [
      "sts get-caller-identity us-east-1 work",
      "ec2 describe-availability-zones us-east-1 work",
    ]);
  });

  it("stops without a yes", async () => {
    const refused = (answer: string | undefined) =>
      printed(() => confirmEks(check({}, { yes: false, ask: () => Promise.resolve(answer) })));
    await assert.rejects(refused("y"), /Nothing was made/);
    await assert.rejects(refused(undefined), /make up STACK=lab YES=1/);
  });

  it("names what is missing: the command, credentials, the region, the account", async () => {
    const run = (changes: Record<string, AwsAnswer>, eks = {}) =>
      confirmEks(check(eks, { run: account(changes).run }));
    await assert.rejects(
      run({ "sts get-caller-identity": { stdout: "", stderr: "" } }),
      /^ProblemsError: Pulumi\.lab\.yaml: clusters\.lab\.eks: the command aws is not on PATH/,
    );
    await assert.rejects(
      run({ "sts get-caller-identity": failed("\nUnable to locate credentials\n") }),
      /AWS takes no credentials: Unable to locate credentials\. Log in with `aws sso login`/,
    );
    await assert.rejects(
      run({ "ec2 describe-availability-zones": failed("x\nAuthFailure") }),
      /clusters\.lab\.eks\.region: AWS does not let this account into it: AuthFailure/,
    );
    await assert.rejects(
      run({ "ec2 describe-availability-zones": ok(["us-east-1a", "us-east-1c"]) }),
      /network\.zones: not zones that this account has \(found \["us-east-1b"\]; allowed: us-east-1a, us-east-1c\)/,
    );
    await assert.rejects(
      run({}, { account: "210987654321" }),
      /account: the credentials are those of another account/,
    );
  });

  it("keeps whoever runs it from being locked out, and from being entered twice", async () => {
    await assert.rejects(
      confirmEks(check({ admins: [ARN] })),
      /creatorIsAdmin: .*takes no second entry/,
    );
    const others = ["arn:aws:iam::123456789012:user/bob"];
    await assert.rejects(
      confirmEks(check({ admins: others, creatorIsAdmin: false })),
      /admins: .*would be locked out/,
    );
    const session = {
      Account: "123456789012",
      Arn: "arn:aws:sts::123456789012:assumed-role/ci/build",
    };
    const { run } = account({ "sts get-caller-identity": ok(session) });
    const admins = ["arn:aws:iam::123456789012:role/team/ci"];
    await printed(() => confirmEks(check({ admins, creatorIsAdmin: false }, { run })));
  });

  it("knows names of buckets that are taken", async () => {
    const taken = account({ "s3api head-bucket": failed("(403) Forbidden") });
    const bucket = { name: "data" };
    await assert.rejects(
      confirmEks(check({ bucket }, { run: taken.run })),
      /bucket\.name: taken, or not to be had/,
    );
    const own = account({ "s3api head-bucket": ok({}) });
    await assert.rejects(
      confirmEks(check({ bucket }, { run: own.run })),
      /a bucket that you have already/,
    );
    await printed(() => confirmEks(check({ bucket })));
  });

  it("tells the config's own problems before it asks AWS", async () => {
    const { run, calls } = account();
    await assert.rejects(
      confirmEks(check({ region: "mars-1" }, { run })),
      /clusters\.lab\.eks\.region: not a region/,
    );
    assert.deepEqual(calls, []);
  });
});
