/** Runs on a cluster on EKS that are killed in their middle, with engine and plugins, are taken up again. */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { SimulatedAccount } from "../support/aws/simulatedAccount";
import { EksRuns } from "../support/eksRuns";
import { BEHIND, deletions, kubeconfigBehind, leftIn, wrongOrder } from "../support/eksStack";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../support/engine";
import { ROOT } from "../support/platformStack";

/** A process and all that it started, by their ids. */
function family(pid: number): number[] {
  const rows = execFileSync("ps", ["-e", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    rows.filter(([, of]) => of === parent).flatMap(([id]) => [id!, ...below(id!)]);
  return [pid, ...below(pid)];
}

describe("a run on EKS that was killed", function () {
  this.timeout(4 * ENGINE_TIMEOUT_MS);
  let aws: SimulatedAccount;
  let runs: EksRuns;

  before(function () {
    standOrSkip(this, [BEHIND]);
  });
  beforeEach(async () => {
    aws = new SimulatedAccount({ kubeconfig: kubeconfigBehind() });
    await aws.start();
    runs = new EksRuns(aws);
  });
  afterEach(async () => {
    await aws.close();
    runs.close();
  });

  const made = (part: string, operation = "create"): boolean =>
    aws
      .operations()
      .some(
        (one) =>
          one.operation === operation && one.error === undefined && one.urn.endsWith(`::${part}`),
      );

  /** Runs until something holds, then kills the run with all that it started. */
  async function killedWhen(operation: string, reached: () => boolean): Promise<void> {
    const first = spawn(process.execPath, runs.args(operation), { cwd: ROOT, stdio: "ignore" });
    const gone = once(first, "exit");
    while (!reached()) {
      assert.equal(first.exitCode, null, "the run ended before it could be killed");
      await delay(20);
    }
    // What is on its way to the state file gets there.
    await delay(1500);
    for (const pid of family(first.pid!)) {
      process.kill(pid, "SIGKILL");
    }
    await gone;
  }

  /** Lets go of what was held. With the engine went the provider that it would have had. */
  async function restart(): Promise<void> {
    await aws.stop();
    aws.set({ held: undefined });
    await aws.start();
  }

  it("comes up after all, with nothing made twice, and goes in order, killed in its middle again", async () => {
    // The requests for nodes and for the add-ons on them are not sent yet.
    aws.set({ held: "NodeGroup:|::lab-(coredns|aws-ebs-csi-driver)$" });
    await killedWhen("up", () =>
      ["lab-cluster", "lab-vpc-cni", "lab-kube-proxy", "lab-nat-us-east-1b"].every((part) =>
        made(part),
      ),
    );
    const [network, cluster] = [
      aws.only("aws:ec2/vpc:Vpc").id,
      aws.only("aws:eks/cluster:Cluster").properties["identities"],
    ];
    await restart();

    await runs.go("recover");
    assert.equal(aws.only("aws:ec2/vpc:Vpc").id, network);
    assert.deepEqual(aws.only("aws:eks/cluster:Cluster").properties["identities"], cluster);
    assert.equal(aws.things("aws:ec2/natGateway:NatGateway").length, 2);
    assert.equal(aws.things("aws:eks/nodeGroup:NodeGroup").length, 2);
    await runs.go("preview");

    aws.set({ held: "::lab-cluster$" });
    await killedWhen(
      "destroy",
      () => made("lab-cpu-nodes", "delete") && made("lab-gpu-nodes", "delete"),
    );
    assert.equal(aws.things("aws:eks/cluster:Cluster").length, 1);
    await restart();
    await runs.go("destroy");
    assert.deepEqual(leftIn(aws), []);
    assert.deepEqual(
      wrongOrder(deletions(aws), ["lab-cpu-nodes", "lab-gpu-nodes"], ["lab-cluster"]).concat(
        wrongOrder(deletions(aws), ["lab-cluster"], ["lab-private-us-east-1a", "lab-vpc"]),
      ),
      [],
    );
  });
});
