/**
 * The program itself on EKS, from a stack's config: cluster, platform, Covalent and a workspace in one `up` from an empty
 * account, with the guard against another cluster; then changes that leave all of it where it is, and its end.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { destroyStack } from "../../cli/destroy";
import type { ApiClient } from "../../components/cluster/apiClient";
import { runStack } from "../../stacks/run";
import { SimulatedAccount } from "../support/aws/simulatedAccount";
import { BEHIND, eksArgs, kubeconfigBehind, leftIn } from "../support/eksStack";
import {
  changesIn,
  ENGINE_TIMEOUT_MS,
  setProgram,
  setSections,
  standClient,
  standOrSkip,
  withStack,
} from "../support/engine";
import { removeNamespace } from "../support/liveObjects";
import { lineOf, plannedChanges, type PlannedChange } from "../support/plannedChanges";
import { ROOT } from "../support/platformStack";

const id = randomBytes(4).toString("hex");
const [INGRESS, TASKS, WORK] = [`ingress-${id}`, `tasks-${id}`, `work-${id}`];
const ARN = "arn:aws:eks:us-east-1:123456789012:cluster/lab-cluster";
const PROVIDERS = /^pulumi:providers:/;

type Settings = Record<string, unknown> & { nodeGroups: Record<string, Record<string, unknown>> };

const program: PulumiFn = () => runStack(ROOT);
const NOTHING: PulumiFn = () => Promise.resolve();

/** The settings of the cluster, as a config has them: its GPU classes are a section of their own. */
function eksSettings(folder: string): Settings {
  const settings = { ...eksArgs(), dashboard: false, kubeconfigFile: path.join(folder, "lab") };
  return { ...settings, gpus: undefined } as never;
}

function sectionsOf(folder: string, eks: object): Record<string, unknown> {
  return {
    layers: ["cluster", "platform", "workspaces"],
    clusters: { lab: { eks } },
    gpus: eksArgs().gpus,
    charts: { mirror: "./local/charts" },
    addons: {
      ingressNginx: { namespace: INGRESS, releaseName: INGRESS, className: INGRESS },
    },
    covalent: {
      namespace: TASKS,
      context: ARN,
      quota: { cpu: 8, memory: "32Gi", gpus: { a10: 1 } },
      outputFolder: path.join(folder, "covalent"),
    },
    workspaces: {
      inline: [
        {
          namespace: WORK,
          chart_name: "lab",
          docker_image: "nginx:1.27",
          allocationTime: "1h",
          gpu_request: 1,
          gpu_selector: { type: "A10G" },
        },
      ],
    },
  };
}

/** A change of the cluster's settings, and all that it may do. */
interface Change {
  what: string;
  change: (settings: Settings) => void;
  expected: string[];
}

const CHANGES: Change[] = [
  {
    what: "a version",
    change: (eks) => (eks["version"] = "1.35"),
    expected: [
      "update lab-autoscaler-deployment-cluster-autoscaler: spec",
      "update lab-cluster: version",
      "update lab-cpu-nodes: version",
      "update lab-gpu-nodes: version",
    ],
  },
  {
    what: "a number of nodes",
    change: (eks) => (eks.nodeGroups["cpu"]!["maxSize"] = 9),
    expected: ["update lab-cpu-nodes: scalingConfig"],
  },
  {
    what: "a label",
    change: (eks) => (eks.nodeGroups["cpu"]!["labels"] = { pool: "general" }),
    expected: ["update lab-cpu-nodes: labels"],
  },
];

describe("a stack that makes its cluster on EKS", function () {
  this.timeout(3 * ENGINE_TIMEOUT_MS);
  let aws: SimulatedAccount;
  let client: ApiClient;

  before(async function () {
    client = await standClient(standOrSkip(this, [BEHIND]), BEHIND);
  });
  beforeEach(async () => {
    aws = new SimulatedAccount({ kubeconfig: kubeconfigBehind() });
    await aws.start();
  });
  afterEach(() => aws.close());
  after(async () => {
    if (client !== undefined) {
      await Promise.all([INGRESS, TASKS, WORK].map((name) => removeNamespace(client, name)));
      client.close();
    }
  });

  const openOf = (stack: Stack) => ({
    stack,
    name: stack.name,
    outputs: () => stack.outputs(),
    programError: () => undefined,
  });

  async function planned(stack: Stack, change: (eks: Settings) => void): Promise<PlannedChange[]> {
    const eks = eksSettings(aws.folder);
    change(eks);
    await setSections(stack, sectionsOf(aws.folder, eks));
    return plannedChanges(stack);
  }

  it("tells everything that is wrong before there is anything in the account", async () => {
    await withStack(NOTHING, async (stack) => {
      aws.attach(stack);
      setProgram(stack, program);
      const eks = {
        ...eksSettings(aws.folder),
        region: "us-east-9",
        endpoint: { publicCidrs: ["0.0.0.0/0"] },
        admins: ["arn:aws:iam::1:user/ann"],
        bucket: { name: "Lab_Data" },
        network: { zones: ["us-east-1a"], cidr: "10.0.0.0/27" },
        nodeGroups: {
          cpu: { instanceTypes: ["m7i.large"], minSize: 3, maxSize: 1, diskSize: 8 },
          gpu: { instanceTypes: ["m7i.large"], gpus: [{ class: "a10" }] },
          few: { instanceTypes: ["m7i.large"], minSize: 1, maxSize: 2, desiredSize: 5 },
        },
      };
      await setSections(stack, sectionsOf(aws.folder, eks));
      const expected = [
        "region",
        "endpoint.publicCidrs[0]",
        "admins[0]",
        "bucket.name",
        "network.cidr",
        "nodeGroups.cpu.minSize",
        "nodeGroups.cpu.diskSize",
        "nodeGroups.gpu.gpus[0].class",
        "nodeGroups.few.desiredSize",
      ];
      await assert.rejects(stack.up(), ({ message }: Error) => {
        const missing = expected.filter((at) => !message.includes(`clusters.lab.eks.${at}: `));
        assert.deepEqual(missing, [], message);
        return true;
      });
      await setSections(
        stack,
        sectionsOf(aws.folder, { ...eksSettings(aws.folder), network: { zones: ["us-east-1a"] } }),
      );
      await assert.rejects(stack.up(), {
        message: /clusters\.lab\.eks\.network\.zones: too few zones/,
      });
      assert.deepEqual(aws.operations(), []);
    });
  });

  it("comes up from nothing, keeps what is in it through changes, and goes", async () => {
    await withStack(program, async (stack) => {
      aws.attach(stack);
      const first = await planned(stack, () => undefined);
      assert.deepEqual([...new Set(first.map(({ op }) => op))], ["create"]);
      for (const name of ["lab-cluster", "lab-guard", "lab-covalent", "lab-ingress-nginx"]) {
        assert.ok(
          first.some((one) => one.name === name),
          `${name} is not in the preview`,
        );
      }
      assert.deepEqual(aws.operations(), []);

      const { outputs } = await stack.up();
      const eks = (outputs["eks"]!.value as Record<string, Record<string, string>>)["lab"]!;
      const file = path.join(aws.folder, "lab");
      assert.equal(eks["cluster_arn"], ARN);
      assert.equal(eks["kubeconfig_file"], file);
      assert.equal(eks["export_line"], `export KUBECONFIG=${file}`);
      assert.ok(fs.existsSync(file));
      covalentHasTheClustersParts(eks);
      const job = await client.request("GET", `/apis/batch/v1/namespaces/${WORK}/jobs/lab-mkg`);
      assert.equal(job.status, 200);

      if (process.env["FULL"] === "1") {
        await changesAreSmall(stack);
      }
      await upgraded(stack);

      const kept = await destroyStack(openOf(stack), () => undefined);
      assert.deepEqual(kept, []);
      assert.deepEqual(leftIn(aws), []);
    });
  });

  /** One change after the other, as `eks.test.ts` has them for a cluster alone. */
  async function changesAreSmall(stack: Stack): Promise<void> {
    for (const { what, change, expected } of CHANGES) {
      assert.deepEqual((await planned(stack, change)).map(lineOf), expected, what);
    }
    const retagged = await planned(stack, (settings) => (settings["tags"] = { team: "other" }));
    assert.deepEqual(
      retagged.filter(({ op, type }) => op !== "update" || !type.startsWith("aws:")),
      [],
    );
  }

  /** Registry and bucket are the cluster's, and the tasks' service account may use the bucket. */
  function covalentHasTheClustersParts(eks: Record<string, string>): void {
    const config = fs.readFileSync(path.join(aws.folder, "covalent", "executor.toml"), "utf8");
    const [registry, repository] = eks["registry_url"]!.split("/");
    for (const line of [
      `k8s_context = "${ARN}"`,
      `registry = "${registry}"`,
      `image_repo = "${repository}"`,
      'region = "us-east-1"',
      `data_store = "s3://${eks["bucket"]}"`,
    ]) {
      assert.ok(config.split("\n").includes(line), `${line} is not in\n${config}`);
    }
    const accounts = aws
      .things("aws:eks/podIdentityAssociation:PodIdentityAssociation")
      .map(
        ({ properties }) =>
          `${String(properties["namespace"])}/${String(properties["serviceAccount"])}`,
      );
    assert.ok(accounts.includes(`${TASKS}/covalent-task`), accounts.join(", "));
  }

  /** For real, and all at once: no provider, and nothing in the cluster, is made anew. */
  async function upgraded(stack: Stack): Promise<void> {
    const steps: string[] = [];
    const eks = eksSettings(aws.folder);
    eks["version"] = "1.35";
    eks["tags"] = { team: "other" };
    eks.nodeGroups["cpu"]!["maxSize"] = 9;
    eks.nodeGroups["cpu"]!["labels"] = { pool: "general" };
    await setSections(stack, sectionsOf(aws.folder, eks));
    await stack.up({
      onEvent: ({ resourcePreEvent: event }) => {
        const { op = "same", type = "", urn = "" } = event?.metadata ?? {};
        if (!["same", "read"].includes(op) && (op !== "update" || PROVIDERS.test(type))) {
          steps.push(`${op} ${urn}`);
        }
      },
    });
    assert.deepEqual(steps, []);
    assert.equal(aws.only("aws:eks/cluster:Cluster").properties["version"], "1.35");
    assert.deepEqual(changesIn((await stack.up()).summary), {});
  }
});
