import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";
import { load } from "js-yaml";
import * as fs from "node:fs";
import { parseWith, Problems } from "../../components/model/problems";
import { checkEksClusters, eksEntries, nodeGroupNodes } from "../../stacks/eks/settings";
import { parseConfig } from "../../stacks/platformConfig";
import { eksSchema, type EksConfig } from "../../stacks/sections/eks";
import { GPUS } from "../support/eksSettings";

const ROOT = path.resolve(__dirname, "../..");
const MINIMAL = {
  region: "us-east-1",
  endpoint: { publicCidrs: ["203.0.113.0/24"] },
  nodeGroups: { cpu: { instanceTypes: ["m7i.large"], cpu: 2 } },
};

function parse(value: unknown): { eks: EksConfig | undefined; lines: readonly string[] } {
  const problems = new Problems("Pulumi.x.yaml");
  const eks = parseWith(eksSchema, value, problems, "clusters.lab.eks");
  return { eks, lines: problems.list() };
}

function faults(value: object, gpus = {}): readonly string[] {
  const problems = new Problems("Pulumi.x.yaml");
  const eks = parseWith(eksSchema, { ...MINIMAL, ...value }, problems, "clusters.lab.eks");
  checkEksClusters({ root: ROOT, clusters: { lab: { eks } }, gpus }, problems);
  return problems.list();
}

describe("the section clusters.<name>.eks", () => {
  it("asks by name for what is missing", () => {
    assert.deepEqual(parse({}).lines, [
      "Pulumi.x.yaml: clusters.lab.eks.region: required, but missing. Add it.",
      "Pulumi.x.yaml: clusters.lab.eks.endpoint: required, but missing. Add it.",
      "Pulumi.x.yaml: clusters.lab.eks.nodeGroups: required, but missing. Add it.",
    ]);
    assert.match(
      parse({ ...MINIMAL, bukket: {} }).lines[0]!,
      /bukket: unknown key .*Did you mean bucket\?/,
    );
  });

  it("reads aws-auth as the ConfigMap has it, and as lists", () => {
    const user = { userarn: "arn:aws:iam::123456789012:user/ann", groups: ["system:masters"] };
    const text = `- userarn: ${user.userarn}\n  groups:\n  - system:masters\n`;
    for (const mapUsers of [text, [user]]) {
      assert.deepEqual(parse({ ...MINIMAL, awsAuth: { mapUsers } }).eks?.awsAuth?.mapUsers, [user]);
    }
    assert.match(
      parse({ ...MINIMAL, awsAuth: { mapUsers: "- [" } }).lines[0]!,
      /awsAuth\.mapUsers: must be array/,
    );
  });

  it("has its problems told below its place in the config", () => {
    assert.deepEqual(
      faults({ nodeGroups: { cpu: { instanceTypes: ["m7i.large"], diskSize: 8 } } }),
      [
        "Pulumi.x.yaml: clusters.lab.eks.nodeGroups.cpu.diskSize: smaller than what image AL2023_x86_64_STANDARD " +
          "needs (found 8; allowed: 20 to 16384 (GiB)).",
      ],
    );
    assert.match(
      faults({ existingVpc: { id: "vpc-1", privateSubnetIds: ["a"] } })[0]!,
      /clusters\.lab\.eks\.existingVpc\.privateSubnetIds: too few subnets/,
    );
  });

  it("makes a cluster, or is told where one is", () => {
    const { eks } = parse(MINIMAL);
    const problems = new Problems("Pulumi.x.yaml");
    const clusters = { lab: { eks, kubeconfig: "k", context: "c" }, other: { kubeconfig: "k" } };
    checkEksClusters({ root: ROOT, clusters }, problems);
    assert.deepEqual(problems.list(), [
      "Pulumi.x.yaml: clusters.lab.kubeconfig: stands beside eks, which makes the cluster and its kubeconfig. Keep one of the two.",
      "Pulumi.x.yaml: clusters.lab.context: stands beside eks, which makes the cluster and its kubeconfig. Keep one of the two.",
    ]);
  });

  it("leaves the vocabulary's own problems to the vocabulary", () => {
    assert.deepEqual(faults({}, { l4: { ...GPUS.l4, vram: "much" } }), []);
  });

  it("makes entries for the component, with a file for the kubeconfig", () => {
    const { eks } = parse(MINIMAL);
    const [entry] = eksEntries({
      root: "/project",
      clusters: { lab: { eks }, other: {} },
      gpus: GPUS,
    });
    assert.equal(entry!.settings.kubeconfigFile, "/project/.local/eks/lab-cluster_config");
    assert.equal(entry!.settings.gpus, GPUS);
    const chosen = eksEntries({
      root: "/project",
      clusters: { lab: { eks: { ...eks!, kubeconfigFile: "k" } } },
    });
    assert.equal(chosen[0]!.settings.kubeconfigFile, "/project/k");
  });

  it("offers the GPU classes of node groups to the vocabulary", () => {
    const { eks } = parse({
      ...MINIMAL,
      nodeGroups: {
        gpu: { instanceTypes: ["g6.xlarge"], gpus: [{ class: "l4" }], memory: "14Gi" },
      },
    });
    assert.deepEqual(nodeGroupNodes({ root: "/", clusters: { lab: { eks } } }, "lab"), {
      "lab-gpu": {
        cluster: "lab",
        cpu: undefined,
        gpus: [{ class: "l4" }],
        labels: undefined,
        memory: "14Gi",
        roles: undefined,
      },
    });
    assert.deepEqual(nodeGroupNodes({ root: "/", clusters: { lab: {} } }, "lab"), {});
  });

  it("is filled in by the sample stack", () => {
    const text = fs.readFileSync(path.join(ROOT, "Pulumi.eks.yaml"), "utf8");
    const { config } = load(text) as { config: Record<string, unknown> };
    const sections = Object.entries(config).map(([key, value]) => [key.split(":")[1], value]);
    const problems = new Problems("Pulumi.eks.yaml");
    parseConfig(Object.fromEntries(sections) as Record<string, unknown>, ROOT, problems);
    assert.deepEqual(problems.list(), []);
  });

  it("does not load @pulumi/aws until a cluster is made: neither the program, nor the package, nor the command lines", () => {
    const script =
      'require("./index"); require("./stacks/platform"); require("./components"); require("./cli/eksCheck");' +
      "console.log(Object.keys(require.cache).filter((f) => f.includes('@pulumi/aws')).length)";
    const out = execFileSync("node", ["--import", "tsx", "--eval", script], {
      cwd: ROOT,
      encoding: "utf8",
    });
    assert.equal(out.trim(), "0");
  });
});
