import assert from "node:assert/strict";
import { EksCluster, type EksClusterArgs } from "../../../components/eks/eksCluster";
import { answerAws } from "../../support/eksAnswers";
import { eksSettings } from "../../support/eksSettings";
import { created, find, recorded, reset, type Recorded } from "../../support/mocks";

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

/** Logical names of what a resource waits for. */
function waitsFor({ dependsOn }: Recorded): string[] {
  return recorded()
    .filter(({ urn }) => dependsOn.includes(urn))
    .map(({ name }) => name)
    .sort();
}

function trust(role: string): unknown {
  const document = find(role).inputs["assumeRolePolicy"] as string;
  return (JSON.parse(document) as { Statement: unknown[] }).Statement[0];
}

describe("EksCluster", () => {
  before(answerAws);
  beforeEach(reset);

  it("makes a hardened control plane", async () => {
    await make();
    const { inputs } = find("lab-cluster");
    assert.deepEqual(inputs, {
      name: "lab-cluster",
      version: "1.35",
      roleArn: "arn:aws:iam::123456789012:role/lab-cluster-role",
      vpcConfig: {
        subnetIds: ["lab-private-us-east-1a-id", "lab-private-us-east-1b-id"],
        endpointPrivateAccess: true,
        endpointPublicAccess: true,
        publicAccessCidrs: ["203.0.113.0/24"],
      },
      accessConfig: {
        authenticationMode: "API",
        bootstrapClusterCreatorAdminPermissions: true,
      },
      encryptionConfig: {
        provider: { keyArn: "arn:aws:kms:us-east-1:123456789012:key/lab-secrets-key" },
        resources: ["secrets"],
      },
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      upgradePolicy: { supportType: "STANDARD" },
      bootstrapSelfManagedAddons: false,
      tags: {},
    });
    assert.equal(find("lab-secrets-key").inputs["enableKeyRotation"], true);
    assert.deepEqual(find("lab-logs").inputs["retentionInDays"], 90);
  });

  it("has no public endpoint where no network may reach it", async () => {
    await make({ endpoint: { publicCidrs: [] } });
    const { vpcConfig } = find("lab-cluster").inputs as { vpcConfig: Record<string, unknown> };
    assert.equal(vpcConfig["endpointPublicAccess"], false);
    assert.equal("publicAccessCidrs" in vpcConfig, false);
  });

  it("lays subnets into zones, with the tags that load balancers look for", async () => {
    await make();
    const subnet = (name: string) => {
      const { cidrBlock, availabilityZone, tags } = find(name).inputs;
      return [cidrBlock, availabilityZone, tags];
    };
    assert.deepEqual(subnet("lab-public-us-east-1b"), [
      "10.0.16.0/20",
      "us-east-1b",
      {
        Name: "lab-public-us-east-1b",
        "kubernetes.io/role/elb": "1",
        "kubernetes.io/cluster/lab-cluster": "owned",
      },
    ]);
    assert.deepEqual(subnet("lab-private-us-east-1a"), [
      "10.0.32.0/20",
      "us-east-1a",
      {
        Name: "lab-private-us-east-1a",
        "kubernetes.io/role/internal-elb": "1",
        "kubernetes.io/cluster/lab-cluster": "owned",
      },
    ]);
    assert.deepEqual(named(":NatGateway"), ["lab-nat-us-east-1a", "lab-nat-us-east-1b"]);
    assert.equal(
      find("lab-private-us-east-1b-route").inputs["natGatewayId"],
      "lab-nat-us-east-1b-id",
    );
  });

  it("has one NAT gateway where one is enough", async () => {
    await make({ network: { nat: "single", zones: ["us-east-1a", "us-east-1b", "us-east-1c"] } });
    assert.deepEqual(named(":NatGateway"), ["lab-nat-us-east-1a"]);
    assert.equal(
      find("lab-private-us-east-1c-route").inputs["natGatewayId"],
      "lab-nat-us-east-1a-id",
    );
  });

  it("uses an existing VPC, and tags its subnets unless told not to", async () => {
    const existingVpc = { id: "vpc-1", privateSubnetIds: ["s-1", "s-2"], publicSubnetIds: ["s-3"] };
    await make({ existingVpc });
    assert.deepEqual(named(":Vpc"), []);
    assert.deepEqual(named(":Subnet"), []);
    assert.deepEqual(
      recorded()
        .filter(({ type }) => type === "aws:ec2/tag:Tag")
        .map(({ inputs }) => `${String(inputs["resourceId"])} ${String(inputs["key"])}`)
        .sort(),
      [
        "s-1 kubernetes.io/cluster/lab-cluster",
        "s-1 kubernetes.io/role/internal-elb",
        "s-2 kubernetes.io/cluster/lab-cluster",
        "s-2 kubernetes.io/role/internal-elb",
        "s-3 kubernetes.io/cluster/lab-cluster",
        "s-3 kubernetes.io/role/elb",
      ],
    );
    reset();
    await make({ existingVpc: { ...existingVpc, tagSubnets: false } });
    assert.deepEqual(named(":Tag"), []);
  });

  it("hides the nodes' role, encrypts their disks and runs their group by a template", async () => {
    await make();
    const template = find("lab-cpu-template").inputs;
    assert.deepEqual(template["metadataOptions"], {
      httpEndpoint: "enabled",
      httpTokens: "required",
      httpPutResponseHopLimit: 1,
    });
    assert.deepEqual(template["blockDeviceMappings"], [
      {
        deviceName: "/dev/xvda",
        ebs: { volumeType: "gp3", volumeSize: 50, encrypted: "true", deleteOnTermination: "true" },
      },
    ]);
    const nodes = find("lab-cpu-nodes");
    assert.deepEqual(nodes.inputs["launchTemplate"], { id: "lab-cpu-template-id", version: "1" });
    assert.deepEqual(nodes.inputs["scalingConfig"], { minSize: 1, maxSize: 3, desiredSize: 1 });
    assert.equal("diskSize" in nodes.inputs, false);
    assert.equal("remoteAccess" in nodes.inputs, false);
  });

  it("starts nodes when routes and network add-on are there, and runs the other add-ons beside them", async () => {
    await make();
    const needs = waitsFor(find("lab-cpu-nodes"));
    for (const one of ["lab-vpc-cni", "lab-kube-proxy", "lab-eks-pod-identity-agent"]) {
      assert.ok(needs.includes(one), one);
    }
    assert.ok(needs.includes("lab-private-us-east-1a-route"));
    assert.ok(!needs.includes("lab-coredns"));
    assert.ok(!waitsFor(find("lab-coredns")).includes("lab-cpu-nodes"));
    const cluster = waitsFor(find("lab-cluster"));
    assert.deepEqual(
      cluster.filter((name) => /nat|route|registry|bucket|node-role/.test(name)),
      [],
    );
    assert.ok(cluster.includes("lab-cluster-role-AmazonEKSClusterPolicy"));
  });

  it("gives pods roles by pod identity, each for its service account in this cluster", async () => {
    await make();
    assert.deepEqual(named(":OpenIdConnectProvider"), []);
    assert.deepEqual(trust("lab-vpc-cni-role"), {
      Effect: "Allow",
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Principal: { Service: "pods.eks.amazonaws.com" },
      Condition: {
        StringEquals: {
          "aws:RequestTag/eks-cluster-name": "lab-cluster",
          "aws:RequestTag/kubernetes-namespace": ["kube-system"],
          "aws:RequestTag/kubernetes-service-account": ["aws-node"],
        },
      },
    });
    assert.deepEqual(
      named(":RolePolicyAttachment").filter((name) => name.startsWith("lab-node-role")),
      [
        "lab-node-role-AmazonEC2ContainerRegistryPullOnly",
        "lab-node-role-AmazonEKSWorkerNodePolicy",
      ],
    );
  });
});
