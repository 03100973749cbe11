import assert from "node:assert/strict";
import { seedCluster } from "../../../../components/model/eks/seed";
import { parseTfvars } from "../../../../components/model/eks/tfvars";
import { checkEks } from "../../../../components/model/eks/check";
import { Problems } from "../../../../components/model/problems";

/** The variables of Covalent's module with its defaults, each as Terraform writes it. */
const DEFAULTS = `
# Covalent on EKS
name           = "covalent-eks"
aws_region     = "us-east-1"
aws_ecr_repo   = "covalent-eks-task"   // images
aws_s3_bucket  = "covalent-eks-task"
vpc_cidr       = "10.0.0.0/16"
instance_types = ["t2.medium"]
disk_size      = 8
/* nodes */
min_size       = 1
max_size       = 6
desired_size   = 2
`;

const CIDRS = 'public_access_cidrs = ["203.0.113.0/24"]\n';

function read(text: string): Record<string, unknown> {
  const problems = new Problems("x.tfvars");
  const values = parseTfvars(text, problems);
  problems.throwIfAny();
  return values!;
}

function faults(text: string): readonly string[] {
  const problems = new Problems("x.tfvars");
  const values = parseTfvars(text, problems);
  if (values !== undefined) {
    seedCluster(values, problems);
  }
  return problems.list();
}

describe("the seed's variables", () => {
  it("are mapped, with its defaults file as it is and the networks that it lacks", () => {
    const problems = new Problems("x.tfvars");
    const cluster = seedCluster(read(DEFAULTS + CIDRS), problems)!;
    checkEks(cluster.name, cluster.settings, undefined, problems);
    assert.deepEqual(problems.list(), []);
    assert.deepEqual(cluster, {
      name: "covalent-eks",
      settings: {
        region: "us-east-1",
        network: { cidr: "10.0.0.0/16", subnetPrefix: 24 },
        endpoint: { publicCidrs: ["203.0.113.0/24"] },
        nodeGroups: {
          "private-ng": {
            instanceTypes: ["t2.medium"],
            diskSize: 20,
            minSize: 1,
            maxSize: 6,
            desiredSize: 2,
          },
        },
        registry: { name: "covalent-eks-task" },
        bucket: {
          prefix: "covalent-eks-task",
          serviceAccounts: [{ namespace: "default", name: "default" }],
        },
      },
      notices: [
        "disk_size is raised from 8 to 20 GiB: image AL2023_x86_64_STANDARD needs it.",
        "aws_s3_bucket covalent-eks-task gets a unique end: names of buckets are unique on earth.",
      ],
    });
  });

  it("have the module's defaults where they are absent, and come as JSON, too", () => {
    const problems = new Problems("x");
    const short = seedCluster(read(CIDRS), problems);
    assert.deepEqual(short, seedCluster(read(DEFAULTS + CIDRS), problems));
    const json = JSON.stringify(read(DEFAULTS + CIDRS));
    assert.deepEqual(seedCluster(read(json), problems), short);
    const quoted = read(`${CIDRS}disk_size = "30"`);
    const { nodeGroups } = seedCluster(quoted, problems)!.settings;
    assert.equal(nodeGroups["private-ng"]!.diskSize, 30);
  });

  it("lack the public networks, which are asked for by name", () => {
    assert.deepEqual(faults(DEFAULTS), [
      "x.tfvars: public_access_cidrs: required, but missing: the module leaves the API server open to the whole " +
        'internet (allowed: a list of networks, such as ["203.0.113.0/24"]; [] for the VPC alone). Add it.',
    ]);
  });

  it("are refused by name where they are unknown or of another kind", () => {
    assert.match(
      faults(`${CIDRS}disksize = 8`)[0]!,
      /disksize: unknown key .*Did you mean disk_size\?/,
    );
    assert.match(
      faults(`${CIDRS}instance_types = "t2.medium"`)[0]!,
      /instance_types: must be array/,
    );
    assert.match(faults(`${CIDRS}min_size = -1`)[0]!, /min_size: /);
  });
});

describe("Terraform's files of variables", () => {
  it("hold text, numbers, lists and maps", () => {
    assert.deepEqual(
      read(
        'a = "x\\"y"\nb=-1.5\nc = [\n  1,\n  "two", # two\n]\nd = { e = true, "f": null }\ng = []',
      ),
      { a: 'x"y', b: -1.5, c: [1, "two"], d: { e: true, f: null }, g: [] },
    );
    assert.deepEqual(read(""), {});
  });

  for (const [text, expected] of [
    ['a = "x', /line 1: a string that is not closed/],
    ["a = b", /line 1: expected a value.*double quotes/],
    ["\n\na 1", /line 3: expected = after a/],
    ["a = [1 2]", /line 1: expected a comma or \]/],
    ["a = [1,", /the file ends before a \]/],
    ["a = {", /the file ends before a \}/],
    ["a = 1\na = 2", /line 2: the variable a is set twice/],
    ['a = "${var.b}"', /line 1: a template/],
    ["= 1", /line 1: expected the name of a variable/],
    ['{"a": }', /not JSON/],
  ] as const) {
    it(`are refused: ${JSON.stringify(text)}`, () => {
      assert.match(faults(text)[0]!, expected);
    });
  }
});
