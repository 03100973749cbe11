/** A cluster on EKS through the real engine: a preview of nothing, one up, and exactly the changes that were asked for. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import type { Stack } from "@pulumi/pulumi/automation";
import type { EksClusterArgs } from "../../components/eks/eksClusterArgs";
import { SimulatedAccount } from "../support/aws/simulatedAccount";
import {
  eksArgs,
  eksProgram,
  BEHIND,
  kubeconfigBehind,
  leftIn,
  readJson,
} from "../support/eksStack";
import {
  changesIn,
  ENGINE_TIMEOUT_MS,
  setProgram,
  standClient,
  standOrSkip,
  withStack,
  type Stand,
} from "../support/engine";
import { lineOf, plannedChanges } from "../support/plannedChanges";

/** A change of the settings, and all that it may do. */
interface Change {
  what: string;
  change: (args: EksClusterArgs) => void;
  expected: string[];
  /** Only with FULL=1: each is a preview. */
  full?: boolean;
}

const ALL_CHANGES: Change[] = [
  {
    what: "a new version: control plane, nodes, autoscaler",
    change: (args) => (args.version = "1.35"),
    expected: [
      "update lab-autoscaler-deployment-cluster-autoscaler: spec",
      "update lab-cluster: version",
      "update lab-cpu-nodes: version",
      "update lab-gpu-nodes: version",
    ],
  },
  {
    what: "more nodes at most",
    change: (args) => (args.nodeGroups["cpu"]!.maxSize = 8),
    expected: ["update lab-cpu-nodes: scalingConfig"],
  },
  {
    full: true,
    what: "more nodes at least",
    change: (args) => (args.nodeGroups["cpu"]!.minSize = 2),
    expected: ["update lab-cpu-nodes: scalingConfig"],
  },
  {
    what: "a label of nodes that always are there",
    change: (args) => (args.nodeGroups["cpu"]!.labels = { pool: "general" }),
    expected: ["update lab-cpu-nodes: labels"],
  },
  {
    what: "a label of nodes that may all be gone: the autoscaler knows it by a tag",
    change: (args) => (args.nodeGroups["gpu"]!.labels = { pool: "gpu" }),
    expected: ["create lab-gpu-label-pool", "update lab-gpu-nodes: labels"],
  },
  {
    full: true,
    what: "another network that may reach the API server",
    change: (args) => (args.endpoint = { publicCidrs: ["192.0.2.0/24", "198.51.100.7/32"] }),
    expected: ["update lab-cluster: vpcConfig"],
  },
  {
    full: true,
    what: "another admin",
    change: (args) => args.admins!.push("arn:aws:iam::123456789012:user/bob"),
    expected: [
      "create lab-access-123456789012-user-bob",
      "create lab-access-123456789012-user-bob-AmazonEKSClusterAdminPolicy",
    ],
  },
  {
    full: true,
    what: "a larger disk: nodes are renewed one after the other",
    change: (args) => (args.nodeGroups["cpu"]!.diskSize = 80),
    expected: [
      "update lab-cpu-nodes: launchTemplate",
      "update lab-cpu-template: blockDeviceMappings",
    ],
  },
  {
    full: true,
    what: "logs that are kept longer",
    change: (args) => (args.logRetentionDays = 365),
    expected: ["update lab-logs: retentionInDays"],
  },
  {
    full: true,
    what: "another group of nodes",
    change: (args) => (args.nodeGroups["big"] = { instanceTypes: ["m7i.4xlarge"] }),
    expected: ["create lab-big-nodes", "create lab-big-template"],
  },
];

const CHANGES = ALL_CHANGES.filter(({ full }) => process.env["FULL"] === "1" || full !== true);

describe("a cluster on EKS", function () {
  this.timeout(3 * ENGINE_TIMEOUT_MS);
  let aws: SimulatedAccount;

  let found: Stand;

  before(function () {
    found = standOrSkip(this, [BEHIND]);
  });

  beforeEach(async () => {
    aws = new SimulatedAccount({ kubeconfig: kubeconfigBehind() });
    await aws.start();
  });
  afterEach(() => aws.close());

  it("is previewed, comes up once, stays as it is, changes as asked, and goes", async () => {
    const file = `${aws.folder}/kubeconfig-of-lab`;
    const args = (): EksClusterArgs => ({ ...eksArgs(), kubeconfigFile: file });
    await withStack(eksProgram(args()), async (stack) => {
      aws.attach(stack);
      await previewed(stack);
      const { outputs } = await stack.up();
      const arn = "arn:aws:eks:us-east-1:123456789012:cluster/lab-cluster";
      assert.equal(outputs["clusterArn"]!.value, arn);
      assert.equal(outputs["kubeconfig"]!.secret, true);
      assert.equal(outputs["exportLine"]!.value, `export KUBECONFIG=${file}`);
      assert.match(
        String(outputs["registryUrl"]!.value),
        /^123456789012\.dkr\.ecr\.us-east-1\.amazonaws\.com\/lab-registry-/,
      );
      assert.equal(aws.only("aws:s3/bucket:Bucket").id, outputs["bucketName"]!.value);
      const kubeconfig = readJson(file) as Record<string, unknown>;
      assert.deepEqual(kubeconfig, JSON.parse(String(outputs["kubeconfig"]!.value)));
      assert.equal(kubeconfig["current-context"], arn);
      assert.equal((fs.statSync(file).mode & 0o777).toString(8), "600");
      await nodesAreThere();

      assert.deepEqual(changesIn((await stack.up()).summary), {});
      const refreshed = await stack.refresh();
      assert.deepEqual(changesIn(refreshed.summary), {});

      for (const { what, change, expected } of CHANGES) {
        const next = args();
        change(next);
        setProgram(stack, eksProgram(next));
        const planned = (await plannedChanges(stack)).map(lineOf);
        assert.deepEqual(planned, expected, what);
      }
      await retagged(stack, args());
      await autoscaled(stack, args);

      await stack.destroy();
      assert.deepEqual(leftIn(aws), []);
    });
  });

  /** Before there is a cluster, nothing is asked of it, and nothing is made. */
  async function previewed(stack: Stack): Promise<void> {
    const planned = await plannedChanges(stack);
    assert.deepEqual([...new Set(planned.map(({ op }) => op))], ["create"]);
    const clusters = planned.filter(({ type }) => type === "aws:eks/cluster:Cluster");
    assert.deepEqual(
      clusters.map(({ name }) => name),
      ["lab-cluster"],
    );
    assert.ok(planned.some(({ name }) => name === "lab-autoscaler-deployment-cluster-autoscaler"));
    assert.deepEqual(aws.things(), []);
    assert.deepEqual(aws.operations(), []);
  }

  /** Nodes of the groups are Nodes, with labels and taints. */
  async function nodesAreThere(): Promise<void> {
    const client = await standClient(found, BEHIND);
    const { body } = await client.request("GET", "/api/v1/nodes");
    client.close();
    const nodes = (
      body as {
        items: {
          metadata: { name: string; labels: Record<string, string> };
          spec: { taints?: object[] };
        }[];
      }
    ).items;
    const ofGroup = (group: string) =>
      nodes.find(({ metadata }) =>
        metadata.labels["eks.amazonaws.com/nodegroup"]?.startsWith(`${group}-`),
      );
    const gpu = ofGroup("gpu");
    assert.equal(gpu?.metadata.labels["science-platform/gpu-class.a10"], "true");
    assert.ok(
      gpu.spec.taints?.some((taint) => Reflect.get(taint, "key") === "nvidia.com/gpu"),
      "the GPU node has no taint",
    );
    assert.ok(ofGroup("cpu"), "there is no node of the other group");
  }

  /** A tag of everything touches tags alone, and the templates that hand them on. */
  async function retagged(stack: Stack, args: EksClusterArgs): Promise<void> {
    setProgram(stack, eksProgram({ ...args, tags: { team: "other" } }));
    const planned = await plannedChanges(stack);
    const allowed = ["launchTemplate", "tagSpecifications", "tags"];
    for (const { name, op, changed } of planned) {
      assert.equal(op, "update", name);
      assert.deepEqual(
        changed.filter((one) => !allowed.includes(one)),
        [],
        name,
      );
    }
    assert.ok(planned.some(({ name }) => name === "lab-cluster"));
    assert.deepEqual(
      planned.filter(({ type }) => !type.startsWith("aws:")),
      [],
    );
  }

  /** The number of nodes is left to the autoscaler, once a refresh has seen it. */
  async function autoscaled(stack: Stack, args: () => EksClusterArgs): Promise<void> {
    const resize = (minSize: number, maxSize: number): void => {
      const next = args();
      next.nodeGroups["cpu"] = { ...next.nodeGroups["cpu"]!, minSize, maxSize };
      setProgram(stack, eksProgram(next));
    };
    const sizes = (desiredSize: number, minSize = 1, maxSize = 4) => ({
      minSize,
      maxSize,
      desiredSize,
    });
    const group = () =>
      aws.things("aws:eks/nodeGroup:NodeGroup").find(({ id }) => id.includes(":cpu-"))!;
    setProgram(stack, eksProgram(args()));
    aws.change(group(), { scalingConfig: sizes(3) });
    await stack.refresh();

    resize(1, 6);
    assert.deepEqual(changesIn((await stack.up()).summary), { update: 1 });
    assert.deepEqual(group().properties["scalingConfig"], sizes(3, 1, 6));

    // AWS takes no minimum above the present number, which nobody but the autoscaler, or a hand, sets.
    resize(4, 6);
    await assert.rejects(stack.up(), {
      message: /Minimum capacity 4 can't be greater than desired size 3/,
    });
    aws.change(group(), { scalingConfig: sizes(4, 1, 6) });
    await stack.refresh();
    assert.deepEqual(changesIn((await stack.up()).summary), { update: 1 });
    assert.deepEqual(group().properties["scalingConfig"], sizes(4, 4, 6));
  }
});
