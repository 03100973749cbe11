/** checkov over all that a cluster on EKS registers: nothing about EKS or IAM fails that is not said here. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { EksCluster } from "../../components/eks/eksCluster";
import { terraformPlan, type Declared } from "../support/aws/terraformPlan";
import { answerAws, asThing } from "../support/eksAnswers";
import { eksArgs } from "../support/eksStack";
import { created, recorded, reset } from "../support/mocks";
import { venvOrSkip } from "../support/pythonVenv";

/** A check that fails, where, and why it may. */
interface Exception {
  check: string;
  resource: RegExp;
  why: string;
}

const EXCEPTIONS: Exception[] = [
  {
    check: "CKV_AWS_39",
    resource: /^aws_eks_cluster\.lab-cluster$/,
    why:
      "These settings list a network that may reach the API server over the internet, as the issue wants; " +
      "with publicCidrs: [] the endpoint is private alone, and the check passes.",
  },
];

interface Finding {
  check_id: string;
  check_name: string;
  resource: string;
}

interface Report {
  results: { failed_checks: Finding[]; passed_checks: Finding[] };
  summary: { passed: number; failed: number; parsing_errors: number };
}

/** A cluster that nothing guards. */
const OPEN: Declared = {
  name: "open",
  thing: {
    type: "aws:eks/cluster:Cluster",
    id: "open",
    region: "us-east-1",
    properties: {},
    inputs: {
      name: "open",
      roleArn: "arn",
      vpcConfig: { subnetIds: [], endpointPublicAccess: true, publicAccessCidrs: ["0.0.0.0/0"] },
    },
    madeAt: 0,
  },
};

/** What a cluster is made of: the data beside it is told, too. */
const OF_EKS_OR_IAM = /^aws_(eks|iam|launch_template)/;

const REQUIREMENTS = path.join(__dirname, "requirements.txt");

/** Packages are fetched the first time. */
const VENV_TIMEOUT_MS = 900_000;

describe("checkov on a cluster on EKS", function () {
  this.timeout(VENV_TIMEOUT_MS);
  let python: string;
  let folder: string;

  before(function () {
    python = venvOrSkip(this, { name: "checkov", requirements: REQUIREMENTS });
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "checkov-"));
    answerAws();
    reset();
  });
  after(() => folder && fs.rmSync(folder, { recursive: true, force: true }));

  /** All of AWS that the cluster registers, under the names of the program. */
  async function declared(): Promise<Declared[]> {
    await created((opts) => new EksCluster("lab", eksArgs(), opts));
    const ofAws = recorded().filter(({ type }) => type.startsWith("aws:"));
    assert.ok(ofAws.length > 50, `only ${ofAws.length} resources were recorded`);
    return ofAws.map((one) => ({ name: one.name, thing: asThing(one) }));
  }

  function check(plan: object): Report {
    const file = path.join(folder, "plan.json");
    fs.writeFileSync(file, JSON.stringify(plan));
    const args = [
      "-m",
      "checkov.main",
      "--file",
      file,
      "--framework",
      "terraform_plan",
      "--output",
      "json",
      "--compact",
      "--skip-download",
    ];
    const { stdout, stderr } = spawnSync(python, args, {
      encoding: "utf8",
      cwd: folder,
      maxBuffer: 64 * 1024 * 1024,
    });
    try {
      return JSON.parse(stdout) as Report;
    } catch {
      throw new Error(`checkov said no JSON: ${stderr.slice(-2000)}`);
    }
  }

  const excepted = ({ check_id: id, resource }: Finding): boolean =>
    EXCEPTIONS.some((one) => one.check === id && one.resource.test(resource));

  it("finds nothing about EKS and IAM outside the table of exceptions, and what is wrong with an open cluster", async () => {
    // Both in one plan: checkov takes its time to start.
    const report = check(terraformPlan([...(await declared()), OPEN]));
    assert.equal(report.summary.parsing_errors, 0);
    const { passed_checks: passed, failed_checks: failed } = report.results;
    const ofOpen = ({ resource }: Finding): boolean => resource === "aws_eks_cluster.open";
    const unknown = failed
      .filter((finding) => OF_EKS_OR_IAM.test(finding.resource) && !ofOpen(finding))
      .filter((finding) => !excepted(finding))
      .map(({ check_id, check_name, resource }) => `${check_id} ${resource}: ${check_name}`);
    assert.deepEqual(unknown, []);
    const stale = EXCEPTIONS.filter(
      ({ check: id, resource }) =>
        !failed.some((one) => one.check_id === id && resource.test(one.resource)),
    );
    assert.deepEqual(stale, [], "exceptions that nothing needs");
    // The checks ran, and read the translation: those of the cluster by their numbers.
    for (const id of ["CKV_AWS_37", "CKV_AWS_38", "CKV_AWS_58"]) {
      const cluster = ({ check_id, resource }: Finding): boolean =>
        check_id === id && resource === "aws_eks_cluster.lab-cluster";
      assert.ok(passed.some(cluster), `${id} did not pass, or was not run`);
      assert.ok(
        failed.some((finding) => finding.check_id === id && ofOpen(finding)),
        `${id} did not fail for the open cluster`,
      );
    }
  });
});
