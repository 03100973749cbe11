/** What a cluster on Amazon EKS is made from: plain values, as the stack config and the component take them. */
import type { GpuClass, GpuOffer, Taint } from "../gpuTypes";

/** How private subnets reach the internet. */
export const NatMode = {
  /** A NAT gateway in each zone: no zone depends on another. */
  PerZone: "per-zone",
  /** One for all zones: cheaper, and lost with its zone. */
  Single: "single",
} as const;
export type NatMode = (typeof NatMode)[keyof typeof NatMode];

/** How pods get a role of their own, since nodes hide theirs. */
export const WorkloadIdentity = {
  /** EKS Pod Identity: an agent on each node. */
  PodIdentity: "pod-identity",
  /** Roles for service accounts by the cluster's OIDC issuer: also where no agent can run (Fargate, virtual nodes). */
  Irsa: "irsa",
} as const;
export type WorkloadIdentity = (typeof WorkloadIdentity)[keyof typeof WorkloadIdentity];

/** How instances are bought. */
export const CapacityType = { OnDemand: "ON_DEMAND", Spot: "SPOT" } as const;
export type CapacityType = (typeof CapacityType)[keyof typeof CapacityType];

/** The VPC that is made for the cluster. */
export interface EksNetwork {
  /** Its IPv4 range, /16 to /20. @default "10.0.0.0/16" */
  cidr?: string;
  /** Availability zones, two or more, such as `us-east-1a`. Add at the end. @default the region's first two */
  zones?: string[];
  /** Length of the prefix of each subnet, 16 to 28. @default four more than the VPC's */
  subnetPrefix?: number;
  /** IPv4 ranges of the public subnets, one a zone. @default cut from `cidr` */
  publicSubnets?: string[];
  /** IPv4 ranges of the private subnets, one a zone. @default cut from `cidr` */
  privateSubnets?: string[];
  /** @default "per-zone" */
  nat?: NatMode;
}

/** Who reaches the API server. Nodes and pods always do, through the private endpoint. */
export interface EksEndpoint {
  /** Networks that may reach it over the internet, in CIDR notation; empty for the private endpoint alone. */
  publicCidrs: string[];
  /** Waiver for `0.0.0.0/0` and `::/0` in the list: the whole internet may try to log in. @default false */
  openToTheInternet?: boolean;
}

/** What one IAM principal may do in the cluster. */
export interface EksAccess {
  /** ARN of an IAM user or role. */
  principalArn: string;
  /** EKS access policy, such as `AmazonEKSViewPolicy`. Give this, `groups` or both. */
  policy?: string;
  /** Namespaces that the policy is meant for. @default the whole cluster */
  namespaces?: string[];
  /** Kubernetes groups, which RoleBindings of yours name. */
  groups?: string[];
  /** Name of the user in Kubernetes. @default chosen by EKS */
  userName?: string;
}

/** An entry of `mapUsers` of the old ConfigMap `aws-auth`, key for key. */
export interface AwsAuthUser {
  userarn: string;
  username?: string;
  groups?: string[];
}

/** An entry of `mapRoles` of the old ConfigMap `aws-auth`, key for key. */
export interface AwsAuthRole {
  rolearn: string;
  username?: string;
  groups?: string[];
}

/** Content of the old ConfigMap `aws-auth`. */
export interface AwsAuth {
  /** Users. Members of `system:masters` become cluster admins. */
  mapUsers?: AwsAuthUser[];
  /** Roles. Those of nodes are left out: EKS enters them itself. */
  mapRoles?: AwsAuthRole[];
}

/** A group of nodes of one kind that EKS manages. */
export interface EksNodeGroup {
  /** EC2 instance types of one architecture; several give Spot a choice. */
  instanceTypes: string[];
  /** Fewest nodes; 0 where the group may be empty. @default 1 */
  minSize?: number;
  /** Most nodes. @default 3, or `minSize` where that is more */
  maxSize?: number;
  /** Nodes at the start; with the autoscaler it decides from then on. @default `minSize` */
  desiredSize?: number;
  /** Root volume in GiB. @default 50, with GPUs 100 */
  diskSize?: number;
  /** @default "ON_DEMAND" */
  capacityType?: CapacityType;
  /** GPU classes that each node offers, with their units. */
  gpus?: GpuOffer[];
  /** Roles: each becomes the label `<role>=true`. */
  roles?: string[];
  /** Labels of the nodes. */
  labels?: Record<string, string>;
  /** Taints of the nodes, beside those of the GPU classes. */
  taints?: Taint[];
  /** Allocatable CPU of a node, such as `16`: lets a request larger than every node be refused early. */
  cpu?: string;
  /** Allocatable memory of a node, such as `64Gi`. */
  memory?: string;
}

/** An add-on that EKS manages. */
export interface EksAddOn {
  /** Version, such as `v1.21.1-eksbuild.1`. @default what EKS installs by default at creation; then it stays */
  version?: string;
  /** Settings of the add-on by its own schema, as JSON. */
  configuration?: string;
}

/** The cluster autoscaler. */
export interface EksAutoscaler {
  /** Whether it is installed. @default true */
  enabled?: boolean;
  /** @default the release for the cluster's version */
  image?: string;
}

/** A service account of Kubernetes. */
export interface EksServiceAccount {
  namespace: string;
  name: string;
}

/** A repository of images in ECR: immutable tags, scanned on push. */
export interface EksRegistry {
  /** @default generated */
  name?: string;
  /** Whether a destroy is refused while images are in it. @default false: images go with the cluster */
  keepImages?: boolean;
}

/** A private, encrypted and versioned S3 bucket. */
export interface EksBucket {
  /** Exact name, unique on earth. Give this or `prefix`. */
  name?: string;
  /** Beginning of the name; a unique end is added. @default the component's name */
  prefix?: string;
  /** Whether a destroy deletes it with all that it holds. @default false: it is protected, and kept */
  deleteOnDestroy?: boolean;
  /** Service accounts whose pods may read and write it, and nothing else. */
  serviceAccounts?: EksServiceAccount[];
}

/** All that a cluster is made from, but an existing VPC. */
export interface EksSettings {
  /** AWS region, such as `us-east-1`. */
  region: string;
  /** Account that must be reached, 12 digits: another one is refused. @default any */
  account?: string;
  /** Profile of the AWS configuration. @default `AWS_PROFILE`, else the default one */
  profile?: string;
  /** Role that the kubeconfig's users take on, an ARN. @default none */
  kubeconfigRoleArn?: string;
  /** Name in AWS, which the kubeconfig's `aws` command gets. @default `<name>-cluster` */
  clusterName?: string;
  /** Kubernetes version, such as `1.35`; raise it one minor at a time. @default "1.35" */
  version?: string;
  /** Whether a version past its standard support stays, at six times the price. @default false */
  extendedSupport?: boolean;
  /** The VPC to make. */
  network?: EksNetwork;
  /** Range of Services, /12 to /24. @default chosen by EKS */
  serviceCidr?: string;
  endpoint: EksEndpoint;
  /** ARNs of IAM users and roles that are cluster admins. */
  admins?: string[];
  /** What other principals may do. */
  access?: EksAccess[];
  /** The old form of both. */
  awsAuth?: AwsAuth;
  /** Whether whoever creates the cluster is an admin; only looked at then. Do not list them as well. @default true */
  creatorIsAdmin?: boolean;
  /** The GPU vocabulary. */
  gpus?: Record<string, GpuClass>;
  /** Node groups by name. */
  nodeGroups: Record<string, EksNodeGroup>;
  /** @default "pod-identity" */
  workloadIdentity?: WorkloadIdentity;
  /** Versions and settings of the add-ons `vpc-cni`, `coredns`, `kube-proxy`, `aws-ebs-csi-driver` and `eks-pod-identity-agent`. */
  addOns?: Record<string, EksAddOn>;
  autoscaler?: EksAutoscaler;
  /** @default none */
  registry?: EksRegistry;
  /** @default none */
  bucket?: EksBucket;
  /** Whether the Kubernetes dashboard is installed. @default false */
  dashboard?: boolean;
  /** Days that logs of the control plane are kept, as CloudWatch allows. @default 90 */
  logRetentionDays?: number;
  /** Tags of everything that can have them. */
  tags?: Record<string, string>;
}

/** The defaults that more than one place must know. */
export const EKS_DEFAULTS = {
  version: "1.35",
  cidr: "10.0.0.0/16",
  maxSize: 3,
  logRetentionDays: 90,
} as const;

/** The cluster's name in AWS. */
export function eksClusterName(name: string, settings: Pick<EksSettings, "clusterName">): string {
  return settings.clusterName ?? `${name}-cluster`;
}
