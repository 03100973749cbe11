/** The `aws` command of a simulated account: who gets into which cluster. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { confirmEks } from "../../cli/eksCheck";
import { Account, type Thing } from "../support/aws/account";
import { SimulatedAccount } from "../support/aws/simulatedAccount";

const run = promisify(execFile);
const USER = "arn:aws:iam::123456789012:user/deployer";
const EXEC = "client.authentication.k8s.io/v1";

const KUBECONFIG = JSON.stringify({
  clusters: [{ cluster: { server: "https://127.0.0.1:1", "certificate-authority-data": "QQ==" } }],
  users: [{ user: { "client-certificate-data": "Qw==", "client-key-data": "Sw==" } }],
});

function thing(type: string, id: string, properties: Record<string, unknown>): Thing {
  return { type, id, region: "us-east-1", properties, madeAt: 0 };
}

describe("the simulated aws command", function () {
  this.timeout(30_000);
  let aws: SimulatedAccount;

  before(() => {
    aws = new SimulatedAccount();
    const kubeconfig = path.join(aws.folder, "kubeconfig");
    fs.writeFileSync(kubeconfig, KUBECONFIG);
    aws.set({ kubeconfig });
    new Account(aws.folder).put(thing("aws:eks/cluster:Cluster", "lab", {}));
  });
  after(() => aws.close());

  const call = async (...args: string[]): Promise<unknown> => {
    const { stdout } = await run(path.join(aws.folder, "bin/aws"), args, {
      cwd: aws.folder,
      env: { ...process.env, KUBERNETES_EXEC_INFO: JSON.stringify({ apiVersion: EXEC }) },
    });
    return JSON.parse(stdout) as unknown;
  };
  const token = ["--region", "us-east-1", "eks", "get-token", "--cluster-name", "lab"];

  it("says who calls", async () => {
    assert.deepEqual(await call("sts", "get-caller-identity", "--output", "json"), {
      UserId: "AIDASIMULATED",
      Account: "123456789012",
      Arn: USER,
    });
  });

  it("gives everybody a token, and the cluster's own credentials to its admins alone", async () => {
    const stranger = (await call(...token)) as { apiVersion: string; status: object };
    assert.equal(stranger.apiVersion, EXEC);
    assert.deepEqual(Object.keys(stranger.status), ["expirationTimestamp", "token"]);

    new Account(aws.folder).put(
      thing("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", "entry", {
        clusterName: "lab",
        principalArn: USER,
        policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
      }),
    );
    const admin = (await call(...token, "--output", "json")) as { status: Record<string, string> };
    assert.equal(admin.status["clientCertificateData"], "C");
    assert.equal(admin.status["clientKeyData"], "K");
    assert.equal("token" in admin.status, false);

    const asOther = ["--role-arn", "arn:aws:iam::123456789012:role/other"];
    const other = (await call(...token, ...asOther)) as { status: object };
    assert.equal("token" in other.status, true);
    const elsewhere = ["eks", "get-token", "--cluster-name", "lab", "--region", "eu-west-1"];
    assert.equal("token" in ((await call(...elsewhere)) as { status: object }).status, true);
  });

  it("answers the check before a first up, which tells of a bucket that others have", async () => {
    const confirmed = (bucket: string): Promise<void> =>
      confirmEks({
        root: aws.folder,
        stack: "lab",
        settings: {
          config: {
            "science-platform:clusters": {
              lab: {
                eks: {
                  region: "us-east-1",
                  endpoint: { publicCidrs: ["192.0.2.0/24"] },
                  nodeGroups: { cpu: { instanceTypes: ["m7i.large"] } },
                  bucket: { name: bucket },
                },
              },
            },
          },
        },
        resources: [],
        yes: false,
        ask: () => Promise.resolve("no"),
      });
    const before = process.env["PATH"];
    process.env["PATH"] = `${path.join(aws.folder, "bin")}${path.delimiter}${before ?? ""}`;
    try {
      await assert.rejects(confirmed("covalent-eks-task"), {
        message: /clusters\.lab\.eks\.bucket\.name: taken, or not to be had/,
      });
      await assert.rejects(confirmed("free-to-take"), { message: "Nothing was made." });
    } finally {
      process.env["PATH"] = before;
    }
  });

  it("fails on a command that no test expects", async () => {
    await assert.rejects(call("s3", "rb", "s3://data"), {
      message: /the simulated account has no command: aws s3 rb/,
    });
  });
});
