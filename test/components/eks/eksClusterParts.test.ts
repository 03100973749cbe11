import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { EksCluster, type EksClusterArgs } from "../../../components/eks/eksCluster";
import { answerAws } from "../../support/eksAnswers";
import { eksSettings, GPUS } from "../../support/eksSettings";
import {
  created,
  find,
  inPreview,
  isSecret,
  isUnknown,
  plain,
  recorded,
  reset,
  valueOf,
} from "../../support/mocks";

const ANN = "arn:aws:iam::123456789012:user/ann";
const ARN = "arn:aws:eks:us-east-1:123456789012:cluster/lab-cluster";

function make(args: Partial<EksClusterArgs> = {}): Promise<EksCluster> {
  return created((opts) => new EksCluster("lab", { ...eksSettings(), ...args }, opts));
}

/** Names of the recorded resources of a type, sorted. */
function named(type: string): string[] {
  return recorded()
    .filter((one) => one.type.endsWith(type))
    .map(({ name }) => name)
    .sort();
}

function dependsOn(name: string, other: string): boolean {
  return find(name).dependsOn.includes(find(other).urn);
}

describe("EksCluster's parts", () => {
  before(answerAws);
  beforeEach(reset);

  it("are roles by IRSA where that is asked for", async () => {
    const cluster = await make({ workloadIdentity: "irsa" });
    assert.equal(
      find("lab-issuer").inputs["url"],
      "https://oidc.eks.us-east-1.amazonaws.com/id/0A1B",
    );
    assert.deepEqual(named(":PodIdentityAssociation"), []);
    assert.ok(!named(":Addon").includes("lab-eks-pod-identity-agent"));
    const csi = find("lab-aws-ebs-csi-driver").inputs;
    assert.equal(
      csi["serviceAccountRoleArn"],
      "arn:aws:iam::123456789012:role/lab-aws-ebs-csi-driver-role",
    );
    assert.equal("podIdentityAssociations" in csi, false);
    const account = find("lab-autoscaler-serviceaccount-cluster-autoscaler").inputs["metadata"];
    assert.deepEqual((account as { annotations: unknown }).annotations, {
      "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/lab-autoscaler-role",
    });
    assert.equal(
      await valueOf(cluster.oidcProviderArn),
      "arn:aws:iam::123456789012:oidc-provider/lab-issuer",
    );
  });

  it("are access entries with their policies", async () => {
    await make({ admins: [ANN], access: [{ principalArn: ANN, groups: ["team"] }] });
    const entry = find("lab-access-123456789012-user-ann").inputs;
    assert.equal(entry["principalArn"], ANN);
    assert.deepEqual(entry["kubernetesGroups"], ["team"]);
    assert.equal("userName" in entry, false);
    const policy = find("lab-access-123456789012-user-ann-AmazonEKSClusterAdminPolicy").inputs;
    assert.deepEqual(policy["accessScope"], { type: "cluster" });
  });

  it("are tags by which the autoscaler starts an empty group", async () => {
    await make({
      gpus: GPUS,
      nodeGroups: {
        cpu: { instanceTypes: ["m7i.large"] },
        gpu: { instanceTypes: ["g6.xlarge"], minSize: 0, gpus: [{ class: "l4" }] },
      },
    });
    assert.deepEqual(named("autoscaling/tag:Tag"), [
      "lab-gpu-label-science-platform-gpu-class",
      "lab-gpu-label-science-platform-gpu-class.l4",
      "lab-gpu-resources-nvidia.com-gpu",
      "lab-gpu-taint-nvidia.com-gpu",
    ]);
    assert.deepEqual(find("lab-gpu-resources-nvidia.com-gpu").inputs, {
      autoscalingGroupName: "asg-lab-gpu-nodes",
      tag: {
        key: "k8s.io/cluster-autoscaler/node-template/resources/nvidia.com/gpu",
        value: "1",
        propagateAtLaunch: false,
      },
    });
    assert.deepEqual(find("lab-gpu-nodes").inputs["taints"], [
      { key: "nvidia.com/gpu", effect: "NO_SCHEDULE" },
    ]);
  });

  it("are a private bucket that stays, with what guards it", async () => {
    await make({ bucket: {} });
    const bucket = find("lab-bucket");
    assert.deepEqual(bucket.inputs, { bucketPrefix: "lab-", forceDestroy: false, tags: {} });
    assert.equal(bucket.protect, true);
    const parts = named("").filter((name) => name.startsWith("lab-bucket"));
    assert.deepEqual(parts, [
      "lab-bucket",
      "lab-bucket-encryption",
      "lab-bucket-lifecycle",
      "lab-bucket-owner",
      "lab-bucket-policy",
      "lab-bucket-private",
      "lab-bucket-versions",
    ]);
    for (const part of parts) {
      assert.equal(find(part).retainOnDelete, true, part);
    }
    assert.deepEqual(find("lab-bucket-versions").inputs["versioningConfiguration"], {
      status: "Enabled",
    });
    assert.equal(dependsOn("lab-bucket-policy", "lab-bucket-private"), true);
  });

  it("are a bucket that goes where that was said", async () => {
    await make({ bucket: { name: "lab-data", deleteOnDestroy: true } });
    const { inputs, protect, retainOnDelete } = find("lab-bucket");
    assert.deepEqual(inputs, { bucket: "lab-data", forceDestroy: true, tags: {} });
    assert.deepEqual([Boolean(protect), Boolean(retainOnDelete)], [false, false]);
    assert.equal(Boolean(find("lab-bucket-private").retainOnDelete), false);
  });

  it("let exactly the named pods into the bucket", async () => {
    const serviceAccounts = [{ namespace: "covalent", name: "task" }];
    const cluster = await make({ bucket: { serviceAccounts }, registry: { name: "tasks" } });
    const role = "arn:aws:iam::123456789012:role/lab-bucket-role";
    assert.deepEqual(find("lab-bucket-users-covalent-task").inputs, {
      clusterName: "lab-cluster",
      namespace: "covalent",
      serviceAccount: "task",
      roleArn: role,
      tags: {},
    });
    assert.equal(await valueOf(cluster.bucketRoleArn), role);
    const policy = JSON.parse(find("lab-bucket-role-policy").inputs["policy"] as string) as {
      Statement: { Resource: string[] }[];
    };
    assert.deepEqual(
      policy.Statement.flatMap(({ Resource }) => Resource),
      ["arn:aws:s3:::lab-bucket", "arn:aws:s3:::lab-bucket/*"],
    );
    assert.match(await valueOf(cluster.dispatcherPolicy), /ecr:PutImage.*arn:aws:s3:::lab-bucket/);
    const { imageTagMutability, imageScanningConfiguration } = find("lab-registry").inputs;
    assert.deepEqual(
      [imageTagMutability, imageScanningConfiguration],
      ["IMMUTABLE", { scanOnPush: true }],
    );
  });

  it("are in the cluster: storage class, autoscaler, dashboard where asked", async () => {
    await make({ dashboard: true });
    const parent = find("lab").urn;
    const inCluster = recorded().filter(({ type }) => type.startsWith("kubernetes:"));
    for (const one of inCluster) {
      assert.equal(one.parent, parent, one.name);
      assert.ok(one.provider.startsWith(find("lab-kubernetes").urn), one.name);
    }
    const names = inCluster.map(({ name }) => name);
    assert.ok(names.includes("lab-storage-storageclass-gp3"));
    assert.ok(names.includes("lab-dashboard-deployment-kubernetes-dashboard"));
    const deployment = "lab-autoscaler-deployment-cluster-autoscaler";
    assert.ok(dependsOn(deployment, "lab-autoscaler-kube-system-cluster-autoscaler"));
    assert.match(JSON.stringify(find(deployment).inputs), /cluster-autoscaler:v1\.35\.0/);
    reset();
    const cluster = await make({ autoscaler: { enabled: false } });
    assert.deepEqual(
      named("").filter((name) => /autoscaler|dashboard/.test(name)),
      [],
    );
    assert.equal(await valueOf(cluster.autoscalerRoleArn), "");
  });

  it("give a kubeconfig, secret in state, that waits for nodes and add-ons", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "eks-"));
    const file = path.join(folder, "deep", "lab_config");
    const cluster = await make({ kubeconfigFile: file, profile: "lab" });
    const provider = find("lab-kubernetes");
    assert.equal(isSecret(provider.inputs["kubeconfig"]), true);
    assert.equal(provider.inputs["clusterIdentifier"], "lab");
    for (const one of ["lab-cpu-nodes", "lab-coredns", "lab-aws-ebs-csi-driver", "lab-cluster"]) {
      assert.ok(dependsOn("lab-kubernetes", one), one);
    }
    const text = await valueOf(cluster.kubeconfig);
    assert.equal(text, plain(provider.inputs["kubeconfig"]));
    assert.equal((await valueOf(cluster.kubeconfigObject))["current-context"], ARN);
    assert.equal(await valueOf(cluster.exportLine), `export KUBECONFIG=${file}`);
    assert.equal(fs.readFileSync(file, "utf8"), `${text}\n`);
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(fs.readdirSync(path.dirname(file)), ["lab_config"]);
    fs.rmSync(folder, { recursive: true });
  });

  it("are all registered in a preview without a cluster, and no file is written", async () => {
    const file = path.join(os.tmpdir(), `eks-preview-${process.pid}`);
    await inPreview(async () => {
      await make({ kubeconfigFile: file, bucket: {}, registry: {} });
      assert.equal(isUnknown(plain(find("lab-kubernetes").inputs["kubeconfig"])), true);
      assert.ok(named(":NodeGroup").length === 1 && named(":Addon").length === 5);
    });
    assert.equal(fs.existsSync(file), false);
  });

  it("have the tags of the settings, each of them", async () => {
    const tags = { Team: "lab" };
    await make({ tags, bucket: {}, registry: {}, admins: [ANN] });
    const without = recorded().filter(
      ({ type, inputs }) =>
        type.startsWith("aws:") &&
        (inputs["tags"] as Record<string, string> | undefined)?.["Team"] !== "lab",
    );
    const types = [...new Set(without.map(({ type }) => type.split(":").at(-1)))].sort();
    assert.deepEqual(types, [
      "AccessPolicyAssociation",
      "BucketLifecycleConfiguration",
      "BucketOwnershipControls",
      "BucketPolicy",
      "BucketPublicAccessBlock",
      "BucketServerSideEncryptionConfiguration",
      "BucketVersioning",
      "RolePolicy",
      "RolePolicyAttachment",
      "Route",
      "RouteTableAssociation",
    ]);
  });

  it("are none where the settings are wrong, which are told at once", async () => {
    await assert.rejects(
      make({ region: "mars-1", endpoint: { publicCidrs: ["0.0.0.0/0"] } }),
      /2 problems:\n {2}lab: region: .*\n {2}lab: endpoint\.publicCidrs\[0\]: /,
    );
    assert.deepEqual(recorded(), []);
  });
});
