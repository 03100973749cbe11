/** A cluster on EKS with a platform on top: made in order, and taken down in order, also from a half-made state. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as path from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { IngressNginx } from "../../components/addons/ingressNginx";
import type { ApiClient } from "../../components/cluster/apiClient";
import { destroyStack } from "../../cli/destroy";
import { stateOf } from "../../cli/state";
import type { EksCluster } from "../../components/eks/eksCluster";
import { Workspace } from "../../components/workspaces/workspace";
import { WorkspaceNamespace } from "../../components/workspaces/workspaceNamespace";
import type { Fault, Operation } from "../support/aws/account";
import { SimulatedAccount } from "../support/aws/simulatedAccount";
import { EksRuns } from "../support/eksRuns";
import {
  BEHIND,
  CHARTS,
  deletions,
  eksArgs,
  eksProgram,
  kubeconfigBehind,
  leftIn,
  wrongOrder,
} from "../support/eksStack";
import {
  ENGINE_TIMEOUT_MS,
  setProgram,
  standClient,
  standOrSkip,
  withStack,
} from "../support/engine";

describe("a platform on a cluster on EKS", function () {
  this.timeout(3 * ENGINE_TIMEOUT_MS);
  const namespace = `eks-${randomBytes(4).toString("hex")}`;
  const STRAY = `/api/v1/namespaces/${namespace}/services/stray`;
  let aws: SimulatedAccount;
  let client: ApiClient;

  before(async function () {
    client = await standClient(standOrSkip(this, [BEHIND]), BEHIND);
  });
  after(async () => {
    await client?.request("DELETE", `/api/v1/namespaces/${namespace}`);
    client?.close();
  });
  beforeEach(async () => {
    aws = new SimulatedAccount({ kubeconfig: kubeconfigBehind() });
    await aws.start();
  });
  afterEach(() => aws.close());

  /** An ingress controller, whose load balancer holds the network, and a workspace with a GPU. */
  function platform(eks: EksCluster): void {
    const { provider } = eks;
    const { gpus } = eksArgs();
    new IngressNginx(
      "ingress",
      { charts: CHARTS, namespace, releaseName: namespace, className: namespace },
      { provider },
    );
    const made = new WorkspaceNamespace("space", { namespace }, { provider });
    new Workspace(
      "work",
      {
        namespace,
        name: "lab",
        image: "img",
        tag: "1",
        allocationSeconds: 3600,
        gpuRequest: 1,
        gpuSelector: { type: "A10G" },
        site: { cluster: "lab", gpus, nodes: { "lab-gpu": { gpus: [{ class: "a10" }] } } },
      },
      { provider, dependsOn: [made] },
    );
  }
  const program = (): PulumiFn => eksProgram(eksArgs(), platform);

  const nameOf = ({ urn }: Operation): string => urn.split("::").at(-1)!;
  const creation = (name: string): Operation => {
    const found = aws
      .operations()
      .find((one) => one.operation === "create" && nameOf(one) === name);
    assert.ok(found, `${name} was not made; made were ${aws.operations().map(nameOf).join(", ")}`);
    return found;
  };

  interface Pods {
    items: { spec: { nodeName?: string }; status: { phase: string } }[];
  }

  it("comes up beside the control plane where it can, and goes from the top down", async () => {
    await withStack(program(), async (stack) => {
      aws.attach(stack);
      await stack.up();

      // What does not need the cluster does not wait for it.
      const cluster = creation("lab-cluster");
      for (const early of ["lab-registry", "lab-bucket", "lab-nat-us-east-1a", "lab-node-role"]) {
        assert.ok(creation(early).began < cluster.ended, `${early} waited for the cluster`);
      }
      for (const nodes of ["lab-cpu-nodes", "lab-gpu-nodes"]) {
        for (const before of [
          "lab-private-us-east-1a-route",
          "lab-private-us-east-1b-association",
          "lab-cluster",
        ]) {
          assert.ok(creation(before).ended <= creation(nodes).began, `${nodes} before ${before}`);
        }
      }

      const until = Date.now() + 20_000;
      const pods = async (): Promise<Pods["items"]> => {
        const selector = encodeURIComponent("batch.kubernetes.io/job-name=lab-mkg");
        const { body } = await client.request(
          "GET",
          `/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`,
        );
        return (body as Pods).items;
      };
      while ((await pods())[0]?.status.phase !== "Running" && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      const [pod] = await pods();
      assert.match(pod?.spec.nodeName ?? "nowhere", /^gpu-[0-9a-f]+-0$/);

      await stack.destroy();
      assert.deepEqual(leftIn(aws), []);
      const order = deletions(aws);
      assert.deepEqual(
        [
          ...wrongOrder(
            order,
            ["lab-cpu-nodes", "lab-gpu-nodes"],
            ["lab-vpc-cni", "lab-private-us-east-1a-route", "lab-cluster"],
          ),
          ...wrongOrder(
            order,
            ["lab-cluster"],
            ["lab-logs", "lab-secrets-key", "lab-private-us-east-1a", "lab-cluster-role"],
          ),
          ...wrongOrder(
            order,
            ["lab-nat-us-east-1a"],
            ["lab-nat-address-us-east-1a", "lab-internet-gateway", "lab-public-us-east-1a"],
          ),
          ...wrongOrder(order, ["lab-internet-gateway", "lab-public-us-east-1a"], ["lab-vpc"]),
        ],
        [],
      );
    });
  });

  const FAULTS: [string, Fault][] = [
    [
      "no address is left",
      {
        type: "::lab-nat-address-us-east-1b$",
        operation: "create",
        message: "AddressLimitExceeded: no",
      },
    ],
    [
      "the control plane fails",
      { type: "::lab-cluster$", operation: "create", message: "ServerException: no", made: true },
    ],
    [
      "the nodes do not join",
      {
        type: "::lab-cpu-nodes$",
        operation: "create",
        message: "NodeCreationFailure: no",
        made: true,
      },
    ],
    [
      "an add-on is refused",
      { type: "::lab-coredns$", operation: "create", message: "InvalidParameterException: no" },
    ],
  ];
  // Without FULL=1 two of the eight, one in each way.
  const isFull = process.env["FULL"] === "1";
  for (const [what, fault] of FAULTS) {
    if (isFull || fault.message.startsWith("NodeCreationFailure")) {
      it(`goes whole after an up in which ${what}`, () =>
        afterFailure(fault, () => Promise.resolve()));
    }
    if (isFull || fault.message.startsWith("ServerException")) {
      it(`goes on after an up in which ${what}, and makes nothing twice`, () =>
        afterFailure(fault, goesOn));
    }
  }

  /**
   * A run that fails, and what comes then. In processes of their own, as on a command line: after a run that the engine
   * ended, the Automation API does not come to the end of another in the same process.
   */
  async function afterFailure(fault: Fault, then: (runs: EksRuns) => Promise<void>): Promise<void> {
    const runs = new EksRuns(aws);
    try {
      // What waits for that which now never comes need not wait for long.
      aws.set({ faults: [fault], patienceMs: 5000 });
      await assert.rejects(runs.go("up"), (error: Error) => error.message.includes(fault.message));
      assert.ok(aws.things().length > 10, "the run failed before it had made anything");
      aws.set({ faults: [], patienceMs: undefined });
      await then(runs);
      await runs.go("destroy");
      assert.deepEqual(leftIn(aws), []);
    } finally {
      runs.close();
    }
  }

  async function goesOn(runs: EksRuns): Promise<void> {
    const made = aws.only("aws:ec2/vpc:Vpc").id;
    await runs.go("up");
    assert.equal(aws.only("aws:ec2/vpc:Vpc").id, made);
    assert.equal(aws.things("aws:eks/cluster:Cluster").length, 1);
    assert.equal(aws.things("aws:eks/nodeGroup:NodeGroup").length, 2);
  }

  it("goes once no load balancer holds its network, and keeps the bucket with what guards it", async () => {
    const args = eksArgs();
    args.bucket = { prefix: "lab-data" };
    await withStack(eksProgram(args), async (stack) => {
      aws.attach(stack);
      await stack.up();
      const bucket = aws.only("aws:s3/bucket:Bucket");
      aws.change(bucket, { objects: 2 });
      const open = {
        stack,
        name: stack.name,
        outputs: () => stack.outputs(),
        programError: () => undefined,
      };
      const destroyed = (): Promise<string[]> => destroyStack(open, () => undefined);

      // A load balancer that nobody took away.
      await makeStray();
      aws.set({ patienceMs: 500 });
      await assert.rejects(destroyed(), { message: /DependencyViolation/ });
      await client.request("DELETE", STRAY);
      const left = aws.things("interface").filter(({ owner }) => owner === undefined);
      assert.ok(left.length > 0);
      aws.forget(left);

      assert.deepEqual(await destroyed(), [`Bucket ${bucket.id}`]);
      assert.deepEqual(await stateOf(open), []);
      const kinds = new Set(aws.things().map(({ type }) => type.split("/")[0]));
      assert.deepEqual([...kinds], ["aws:s3"]);
      const guard = aws.only("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
      assert.equal(guard.id, bucket.id);
      setProgram(stack, () => Promise.resolve());
    });
  });

  async function makeStray(): Promise<void> {
    await client.request("POST", "/api/v1/namespaces", {
      body: { metadata: { name: namespace } },
    });
    const { status } = await client.request("POST", path.posix.dirname(STRAY), {
      body: {
        metadata: { name: "stray" },
        spec: { type: "LoadBalancer", ports: [{ port: 80 }] },
      },
    });
    assert.equal(status, 201);
  }
});
