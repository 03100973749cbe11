/** The section `clusters.<name>.eks`: a cluster on Amazon EKS that the stack makes. */
import { load } from "js-yaml";
import { z } from "zod";
import { CapacityType, NatMode, WorkloadIdentity } from "../../components/model/eks/settings";

const name = z.string().min(1);
const quantity = z.union([z.string(), z.number()]).transform(String);
const words = z.record(z.string(), z.string());
const count = z.int().min(0);

const network = z
  .strictObject({
    cidr: name.optional().describe("IPv4 range of the VPC, /16 to /20. Default: 10.0.0.0/16."),
    zones: z
      .array(name)
      .optional()
      .describe(
        "Availability zones, two or more; add at the end. Default: the region's first two.",
      ),
    subnetPrefix: z
      .int()
      .optional()
      .describe("Length of each subnet's prefix. Default: four more than the VPC's."),
    publicSubnets: z
      .array(name)
      .optional()
      .describe("Ranges of the public subnets, one a zone. Default: cut from `cidr`."),
    privateSubnets: z
      .array(name)
      .optional()
      .describe("Ranges of the private subnets, one a zone. Default: cut from `cidr`."),
    nat: z
      .enum(NatMode)
      .optional()
      .describe("A NAT gateway per zone, or a single one. Default: per-zone."),
  })
  .describe("The VPC that is made.");

const existingVpc = z
  .strictObject({
    id: name,
    privateSubnetIds: z
      .array(name)
      .describe("Subnets of nodes, in two or more zones, with a way out."),
    publicSubnetIds: z.array(name).optional().describe("Subnets of load balancers."),
    tagSubnets: z
      .boolean()
      .optional()
      .describe("Give them the tags that load balancers look for. Default: true."),
  })
  .describe("A VPC that is there already, in place of `network`.");

const endpoint = z
  .strictObject({
    publicCidrs: z
      .array(name)
      .describe(
        "Networks that may reach the API server over the internet; `[]` for the VPC alone.",
      ),
    openToTheInternet: z
      .boolean()
      .optional()
      .describe("Waiver for 0.0.0.0/0 in the list. Default: false."),
  })
  .describe("Who reaches the API server; nodes and pods do by the private endpoint.");

const access = z
  .strictObject({
    principalArn: name.describe("ARN of an IAM user or role."),
    policy: name
      .optional()
      .describe("Access policy of EKS, such as `AmazonEKSViewPolicy`. This, `groups` or both."),
    namespaces: z
      .array(name)
      .optional()
      .describe("Namespaces that the policy is meant for. Default: the whole cluster."),
    groups: z.array(name).optional().describe("Kubernetes groups, for RoleBindings of yours."),
    userName: name.optional().describe("Name in Kubernetes. Default: chosen by EKS."),
  })
  .describe("What one IAM principal may do.");

/** The ConfigMap holds its lists as text. */
function listOf<T extends z.ZodType>(entry: T): z.ZodType<z.infer<T>[]> {
  return z.preprocess(
    (value) => (typeof value === "string" ? parsed(value) : value),
    z.array(entry),
  );
}

function parsed(text: string): unknown {
  try {
    return load(text);
  } catch {
    return text;
  }
}

const user = z.strictObject({
  userarn: name,
  username: name.optional(),
  groups: z.array(name).optional(),
});
const role = z.strictObject({
  rolearn: name,
  username: name.optional(),
  groups: z.array(name).optional(),
});

const awsAuth = z
  .strictObject({
    mapUsers: listOf(user)
      .optional()
      .describe("Users, as a list or as the ConfigMap's text; system:masters are admins."),
    mapRoles: listOf(role)
      .optional()
      .describe("Roles, likewise; those of nodes are left out, since EKS enters them itself."),
  })
  .describe("Content of the old ConfigMap `aws-auth`, which becomes access entries.");

const taint = z.strictObject({
  key: name,
  value: z.string().optional(),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]),
});

const nodeGroup = z
  .strictObject({
    instanceTypes: z.array(name).describe("EC2 instance types of one architecture."),
    minSize: count.optional().describe("Fewest nodes. Default: 1."),
    maxSize: count.optional().describe("Most nodes. Default: 3, or minSize where that is more."),
    desiredSize: count
      .optional()
      .describe("Nodes at first; then the autoscaler decides. Default: minSize."),
    diskSize: count.optional().describe("Root volume in GiB. Default: 50, with GPUs 100."),
    capacityType: z.enum(CapacityType).optional().describe("Default: ON_DEMAND."),
    gpus: z
      .array(z.strictObject({ class: name, count: z.int().min(1).optional() }))
      .optional()
      .describe("GPU classes that each node offers, with the units of each."),
    roles: z.array(name).optional().describe("Each becomes the label `<role>=true`."),
    labels: words.optional().describe("Labels of the nodes."),
    taints: z.array(taint).optional().describe("Taints, beside those of the GPU classes."),
    cpu: quantity
      .optional()
      .describe("Allocatable CPU of a node; a larger request is refused early."),
    memory: quantity
      .optional()
      .describe("Allocatable memory of a node; a larger request is refused early."),
  })
  .describe("A group of nodes of one kind.");

const addOn = z
  .strictObject({
    version: name.optional().describe("Such as `v1.21.1-eksbuild.1`. Default: EKS's default."),
    configuration: name.optional().describe("Settings by the add-on's own schema, as JSON."),
  })
  .describe("An add-on that EKS manages.");

const bucket = z
  .strictObject({
    name: name.optional().describe("Exact name, unique on earth. This or `prefix`."),
    prefix: name
      .optional()
      .describe("Beginning of the name; a unique end is added. Default: the cluster's name here."),
    deleteOnDestroy: z
      .boolean()
      .optional()
      .describe("Delete it with all that it holds on destroy. Default: false."),
    serviceAccounts: z
      .array(z.strictObject({ namespace: name, name }))
      .optional()
      .describe("Service accounts whose pods may read and write it, and nothing else."),
  })
  .describe("A private, encrypted and versioned S3 bucket.");

/** The section. */
export const eksSchema = z
  .strictObject({
    region: name.describe("AWS region."),
    account: name.optional().describe("Account that must be reached, 12 digits in quotes."),
    profile: name.optional().describe("Profile of the AWS configuration."),
    kubeconfigRoleArn: name.optional().describe("Role that the kubeconfig's users take on."),
    kubeconfigFile: name
      .optional()
      .describe(
        "Where the kubeconfig is written, relative to the project. Default: `.local/eks/<clusterName>_config`.",
      ),
    clusterName: name.optional().describe("Name in AWS. Default: `<name>-cluster`."),
    version: name.optional().describe('Kubernetes version, in quotes. Default: "1.35".'),
    extendedSupport: z
      .boolean()
      .optional()
      .describe(
        "Keep a version past its standard support, at six times the price. Default: false.",
      ),
    network: network.optional(),
    existingVpc: existingVpc.optional(),
    serviceCidr: name.optional().describe("Range of Services. Default: chosen by EKS."),
    endpoint,
    admins: z.array(name).optional().describe("ARNs of IAM users and roles that are admins."),
    access: z.array(access).optional().describe("What others may do."),
    awsAuth: awsAuth.optional(),
    creatorIsAdmin: z
      .boolean()
      .optional()
      .describe(
        "Whoever creates the cluster is an admin, and is not to be listed as well. Default: true.",
      ),
    nodeGroups: z.record(z.string(), nodeGroup).describe("Node groups by name."),
    workloadIdentity: z
      .enum(WorkloadIdentity)
      .optional()
      .describe("How pods get roles of their own. Default: pod-identity."),
    addOns: z
      .record(z.string(), addOn)
      .optional()
      .describe(
        "Versions and settings of vpc-cni, coredns, kube-proxy, aws-ebs-csi-driver, eks-pod-identity-agent.",
      ),
    autoscaler: z
      .strictObject({
        enabled: z.boolean().optional().describe("Default: true."),
        image: name.optional().describe("Default: the release for the cluster's version."),
      })
      .optional()
      .describe("The cluster autoscaler."),
    registry: z
      .strictObject({
        name: name.optional().describe("Default: generated."),
        keepImages: z
          .boolean()
          .optional()
          .describe("Refuse a destroy while images are in it. Default: false."),
      })
      .optional()
      .describe("An image repository in ECR, with immutable tags, scanned on push."),
    bucket: bucket.optional(),
    dashboard: z.boolean().optional().describe("The Kubernetes dashboard. Default: false."),
    logRetentionDays: z
      .int()
      .optional()
      .describe("Days that logs of the control plane are kept. Default: 90."),
    tags: words.optional().describe("Tags of everything that can have them."),
  })
  .describe("A cluster on Amazon EKS that this stack makes, in place of a kubeconfig.");

/** One cluster of the section. */
export type EksConfig = z.infer<typeof eksSchema>;
