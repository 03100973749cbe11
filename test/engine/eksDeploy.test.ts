/** `make deploy` and `make clean` with the variables of Covalent's module, as command lines, on the simulated account. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { engineHome, localFolder } from "../../cli/environment";
import { settingsName } from "../../cli/settings";
import { SimulatedAccount } from "../support/aws/simulatedAccount";
import { BEHIND, kubeconfigBehind } from "../support/eksStack";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../support/engine";
import { ROOT } from "../support/platformStack";

/** The module's own variables, with the one that it lacks. */
const VARIABLES = `aws_region     = "us-east-1"
vpc_cidr       = "10.0.0.0/16"
instance_types = ["t2.medium"]
disk_size      = 8
min_size       = 1
max_size       = 6
desired_size   = 2
aws_ecr_repo   = "covalent-eks-task"
aws_s3_bucket  = "covalent-eks-task"
public_access_cidrs = ["192.0.2.0/24"]
`;

describe("make deploy on EKS, as a command line", function () {
  this.timeout(3 * ENGINE_TIMEOUT_MS);
  const name = `deployed-${randomBytes(4).toString("hex")}`;
  let aws: SimulatedAccount;
  let file: string;

  before(async function () {
    standOrSkip(this, [BEHIND]);
    aws = new SimulatedAccount({ kubeconfig: kubeconfigBehind() });
    await aws.start();
    file = path.join(aws.folder, "variables.tfvars");
    fs.writeFileSync(file, `name = "${name}"\n${VARIABLES}`);
  });
  after(async () => {
    await aws?.close();
    // The command writes beside the project's other settings.
    fs.rmSync(path.join(ROOT, settingsName(name)), { force: true });
    fs.rmSync(path.join(localFolder(ROOT), "work", name), { recursive: true, force: true });
    fs.rmSync(path.join(localFolder(ROOT), "eks", `${name}_config`), { force: true });
  });

  function deploy(...args: string[]): { status: number | null; said: string } {
    const backend = path.join(aws.folder, "backend");
    fs.mkdirSync(backend, { recursive: true });
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--import", "tsx", "cli/deploy.ts", ...args],
      {
        cwd: ROOT,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          ...process.env,
          ...aws.environment,
          PULUMI_BACKEND_URL: `file://${backend}`,
          PULUMI_CONFIG_PASSPHRASE: "test",
          PULUMI_HOME: engineHome(path.join(localFolder(ROOT), "pulumi")),
        },
      },
    );
    return { status, said: `${stdout}${stderr}` };
  }

  it("asks before it makes anything, makes the module's cluster, and takes away all but the bucket", () => {
    const unasked = deploy("up", file);
    assert.notEqual(unasked.status, 0, unasked.said);
    assert.match(unasked.said, /Nobody is at the terminal to be asked/);
    assert.deepEqual(aws.operations(), []);

    const up = deploy("up", file, "--yes");
    assert.equal(up.status, 0, up.said);
    assert.match(up.said, /disk_size is raised from 8 to 20 GiB/);
    assert.match(up.said, /AWS bills from then on/);
    const outputs = [
      /"cluster_name": "deployed-/,
      /"registry_url": "123456789012\.dkr\.ecr\./,
      /"export_line": "export KUBECONFIG=/,
    ];
    for (const output of outputs) {
      assert.match(up.said, output);
    }
    const bucket = aws.only("aws:s3/bucket:Bucket").id;
    assert.match(bucket, /^covalent-eks-task-./);
    assert.equal(aws.things("aws:eks/nodeGroup:NodeGroup").length, 1);

    const clean = deploy("clean", file);
    assert.equal(clean.status, 0, clean.said);
    assert.ok(clean.said.includes(`Bucket ${bucket}`), clean.said);
    const left = aws.things().map(({ type }) => type.split("/")[0]);
    assert.deepEqual([...new Set(left)], ["aws:s3"]);
  });
});
