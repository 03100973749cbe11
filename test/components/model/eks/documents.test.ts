import assert from "node:assert/strict";
import {
  autoscalerImage,
  autoscalerObjects,
} from "../../../../components/model/eks/autoscalerObjects";
import { billedLines } from "../../../../components/model/eks/bill";
import { dashboardObjects } from "../../../../components/model/eks/dashboardObjects";
import { eksKubeconfig, exportLine } from "../../../../components/model/eks/kubeconfig";
import {
  autoscalerPolicy,
  bucketPolicy,
  dispatcherPolicy,
  irsaTrust,
  podIdentityTrust,
} from "../../../../components/model/eks/policies";
import { parseKubeconfig } from "../../../../components/model/kubeconfig";
import { Problems } from "../../../../components/model/problems";
import { eksSettings } from "../../../support/eksSettings";

const ARN = "arn:aws:eks:us-east-1:123456789012:cluster/lab";
const FACTS = {
  clusterArn: ARN,
  clusterName: "lab",
  region: "us-east-1",
  endpoint: "https://api",
  certificateAuthority: "Q0E=",
};
const ACCOUNTS = [{ namespace: "covalent", name: "task" }];

describe("the kubeconfig", () => {
  it("names all by the ARN and gets its tokens from aws", () => {
    assert.deepEqual(eksKubeconfig(FACTS), {
      apiVersion: "v1",
      kind: "Config",
      "current-context": ARN,
      clusters: [
        { name: ARN, cluster: { server: "https://api", "certificate-authority-data": "Q0E=" } },
      ],
      contexts: [{ name: ARN, context: { cluster: ARN, user: ARN } }],
      users: [
        {
          name: ARN,
          user: {
            exec: {
              apiVersion: "client.authentication.k8s.io/v1",
              command: "aws",
              args: [
                "--region",
                "us-east-1",
                "eks",
                "get-token",
                "--cluster-name",
                "lab",
                "--output",
                "json",
              ],
              env: null,
              interactiveMode: "Never",
              provideClusterInfo: false,
            },
          },
        },
      ],
    });
  });

  it("has role and profile where asked", () => {
    const roleArn = "arn:aws:iam::123456789012:role/dev";
    const { exec } = eksKubeconfig({ ...FACTS, roleArn, profile: "lab" }).users[0]!.user;
    assert.deepEqual((exec["args"] as string[]).slice(-2), ["--role-arn", roleArn]);
    assert.deepEqual(exec["env"], [{ name: "AWS_PROFILE", value: "lab" }]);
  });

  it("is one that we read ourselves", () => {
    const problems = new Problems("kubeconfig");
    parseKubeconfig(JSON.stringify(eksKubeconfig(FACTS)), problems, "");
    assert.deepEqual(problems.list(), []);
  });

  it("is exported in a line that a shell takes", () => {
    assert.equal(exportLine("/home/ann/lab_config"), "export KUBECONFIG=/home/ann/lab_config");
    assert.equal(exportLine("/it's here"), `export KUBECONFIG='/it'\\''s here'`);
  });
});

describe("policies", () => {
  it("trust pods of the service account in this cluster alone", () => {
    assert.deepEqual(podIdentityTrust("lab", ACCOUNTS).Statement[0]!.Condition, {
      StringEquals: {
        "aws:RequestTag/eks-cluster-name": "lab",
        "aws:RequestTag/kubernetes-namespace": ["covalent"],
        "aws:RequestTag/kubernetes-service-account": ["task"],
      },
    });
    assert.deepEqual(irsaTrust("arn:oidc", "https://oidc/id/1", ACCOUNTS).Statement[0], {
      Effect: "Allow",
      Action: ["sts:AssumeRoleWithWebIdentity"],
      Principal: { Federated: "arn:oidc" },
      Condition: {
        StringEquals: {
          "oidc/id/1:aud": "sts.amazonaws.com",
          "oidc/id/1:sub": ["system:serviceaccount:covalent:task"],
        },
      },
    });
  });

  it("let the autoscaler change groups of its cluster only", () => {
    const writes = autoscalerPolicy("lab").Statement.filter(({ Action }) =>
      Action.some((action) => !/:(Describe|Get)/.test(action)),
    );
    assert.equal(writes.length, 1);
    assert.deepEqual(writes[0]!.Condition, {
      StringEquals: { "aws:ResourceTag/k8s.io/cluster-autoscaler/lab": "owned" },
    });
  });

  it("open exactly one bucket and one repository", () => {
    const resources = bucketPolicy("arn:aws:s3:::b").Statement.flatMap(({ Resource }) => Resource);
    assert.deepEqual(resources, ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]);
    assert.deepEqual(
      dispatcherPolicy("arn:repo", "arn:aws:s3:::b")!.Statement.map(({ Sid, Resource }) => [
        Sid,
        Resource,
      ]),
      [
        ["Login", ["*"]],
        ["Images", ["arn:repo"]],
        ["List", ["arn:aws:s3:::b"]],
        ["Objects", ["arn:aws:s3:::b/*"]],
      ],
    );
    assert.equal(dispatcherPolicy(undefined, undefined), undefined);
  });
});

describe("objects of the cluster", () => {
  it("have the autoscaler of the cluster's version, with its groups", () => {
    assert.equal(autoscalerImage("1.34"), "registry.k8s.io/autoscaling/cluster-autoscaler:v1.34.2");
    assert.equal(autoscalerImage("1.99"), "registry.k8s.io/autoscaling/cluster-autoscaler:v1.99.0");
    const objects = autoscalerObjects({ clusterName: "lab", region: "us-east-1", image: "i" });
    assert.deepEqual(
      objects.map(({ kind, metadata: { namespace } }) => [kind, namespace]),
      [
        ["ServiceAccount", "kube-system"],
        ["ClusterRole", undefined],
        ["ClusterRoleBinding", undefined],
        ["Role", "kube-system"],
        ["RoleBinding", "kube-system"],
        ["Deployment", "kube-system"],
      ],
    );
    assert.equal(objects[0]!.metadata.annotations, undefined);
    assert.match(
      JSON.stringify(objects[5]),
      /asg:tag=k8s\.io\/cluster-autoscaler\/enabled,k8s\.io\/cluster-autoscaler\/lab"/,
    );
    assert.doesNotMatch(JSON.stringify(objects.slice(1, 5)), /"\*"/);
  });

  it("have a dashboard whose users only look", () => {
    const bindings = dashboardObjects().filter(({ kind }) => kind === "ClusterRoleBinding");
    assert.deepEqual(
      bindings.map((binding) => (binding as unknown as { roleRef: unknown }).roleRef),
      [{ apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" }],
    );
  });
});

describe("what is billed", () => {
  it("has a line for each thing that costs", () => {
    const settings = eksSettings({
      network: { nat: "per-zone" },
      registry: {},
      bucket: {},
      nodeGroups: { cpu: { instanceTypes: ["m7i.large", "m6i.large"], maxSize: 6 } },
    });
    assert.deepEqual(billedLines("lab", settings, true), [
      "control plane of lab-cluster in us-east-1: 0.10 US dollars an hour",
      "node group cpu: m7i.large or m6i.large, 1 to 6, 1 at first, each with 50 GiB of disk",
      "NAT gateways: 2, with as many public addresses, and what goes through them",
      "a KMS key, the logs of the control plane, volumes of claims, and load balancers of Services",
      "image repository: what it holds",
      "bucket: what it holds, also after a destroy, which keeps it",
    ]);
    assert.equal(
      billedLines("lab", settings, false).some((line) => line.startsWith("NAT")),
      false,
    );
  });
});
