import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkEks } from "../model/eks/check";
import type { EksKubeconfig } from "../model/eks/kubeconfig";
import { Problems } from "../model/problems";
import type { EksClusterArgs } from "./eksClusterArgs";
import type { EksParts, registerParts } from "./parts";

export type { EksClusterArgs } from "./eksClusterArgs";

const TYPE = "science-platform:index:EksCluster";

interface PartsCode {
  registerParts: typeof registerParts;
}

/** Loads `@pulumi/aws` with the first cluster that is made, so that the package costs nobody else its time. */
function partsCode(): PartsCode {
  return require("./parts") as PartsCode;
}

/** What a property of the class would put into the package's schema, where it has no place (see `KubeconfigCluster`). */
const parts = new WeakMap<EksCluster, EksParts>();

/**
 * A Kubernetes cluster on Amazon EKS, with all that it stands on: a VPC with public and private subnets in two or
 * more zones (or an existing one), roles, an encrypted control plane with all its logs, access entries, node groups
 * with GPU classes, the add-ons that EKS manages, the cluster autoscaler, and where asked an image repository, a
 * bucket and the dashboard.
 *
 * It needs credentials of AWS, and the command `aws` for its kubeconfig, which holds no token. It costs money from
 * its first minute on. Names of roles and node groups are generated; the cluster has the one that is given.
 *
 * @example
 * const eks = new EksCluster("lab", {
 *   region: "eu-central-1",
 *   endpoint: { publicCidrs: ["203.0.113.0/24"] },
 *   nodeGroups: { cpu: { instanceTypes: ["m7i.large"], maxSize: 6 } },
 * });
 * new kubernetes.core.v1.Namespace("team", {}, { provider: eks.provider });
 */
export class EksCluster extends pulumi.ComponentResource {
  static readonly __pulumiType = TYPE;

  /** Name of the component. */
  public readonly name: pulumi.Output<string>;
  /** Name of the cluster in AWS. */
  public readonly clusterName: pulumi.Output<string>;
  /** ARN of the cluster: the name of the kubeconfig's context, too. */
  public readonly clusterArn: pulumi.Output<string>;
  /** AWS region. */
  public readonly region: pulumi.Output<string>;
  /** URL of the API server. */
  public readonly endpoint: pulumi.Output<string>;
  /** The kubeconfig as JSON, known when nodes and add-ons are there. Secret. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** Where it was written; empty where it was not asked for. */
  public readonly kubeconfigFile: pulumi.Output<string>;
  /** What a shell is told to use that file; empty without one. */
  public readonly exportLine: pulumi.Output<string>;
  /** Role of the cluster autoscaler; empty where it is off. */
  public readonly autoscalerRoleArn: pulumi.Output<string>;
  /** Role of the nodes. */
  public readonly nodeRoleArn: pulumi.Output<string>;
  /** The cluster's OIDC provider in IAM; empty but with IRSA. */
  public readonly oidcProviderArn: pulumi.Output<string>;
  /** Address of the image repository, `<account>.dkr.ecr.<region>.amazonaws.com/<name>`; empty where there is none. */
  public readonly registryUrl: pulumi.Output<string>;
  /** Name of the image repository; empty where there is none. */
  public readonly registryName: pulumi.Output<string>;
  /** Name of the bucket; empty where there is none. */
  public readonly bucketName: pulumi.Output<string>;
  /** Role of the pods that may use the bucket; empty where there are none. */
  public readonly bucketRoleArn: pulumi.Output<string>;
  /** IAM policy, as JSON, for who sends tasks from outside: images pushed, the bucket used; empty where there is neither. */
  public readonly dispatcherPolicy: pulumi.Output<string>;
  /** The VPC. */
  public readonly vpcId: pulumi.Output<string>;
  /** Subnets of load balancers. */
  public readonly publicSubnetIds: pulumi.Output<string[]>;
  /** Subnets of nodes. */
  public readonly privateSubnetIds: pulumi.Output<string[]>;
  /** Names of the node groups in AWS, by their names here. */
  public readonly nodeGroupNames: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: EksClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = new Problems(name);
    const { existingVpc } = args;
    const existing = existingVpc && { privateSubnets: existingVpc.privateSubnetIds.length };
    checkEks(name, args, existing, problems);
    problems.throwIfAny();
    super(TYPE, name, {}, opts);

    const made = partsCode().registerParts(name, args, this);
    parts.set(this, made);
    const { outputs } = made;
    this.name = outputs.name;
    this.clusterName = outputs.clusterName;
    this.clusterArn = outputs.clusterArn;
    this.region = outputs.region;
    this.endpoint = outputs.endpoint;
    this.kubeconfig = outputs.kubeconfig;
    this.kubeconfigFile = outputs.kubeconfigFile;
    this.exportLine = outputs.exportLine;
    this.autoscalerRoleArn = outputs.autoscalerRoleArn;
    this.nodeRoleArn = outputs.nodeRoleArn;
    this.oidcProviderArn = outputs.oidcProviderArn;
    this.registryUrl = outputs.registryUrl;
    this.registryName = outputs.registryName;
    this.bucketName = outputs.bucketName;
    this.bucketRoleArn = outputs.bucketRoleArn;
    this.dispatcherPolicy = outputs.dispatcherPolicy;
    this.vpcId = outputs.vpcId;
    this.publicSubnetIds = outputs.publicSubnetIds;
    this.privateSubnetIds = outputs.privateSubnetIds;
    this.nodeGroupNames = outputs.nodeGroupNames;
    this.registerOutputs({ ...outputs });
  }

  /** Provider for all objects of this cluster, usable when nodes and add-ons are there. */
  public get provider(): kubernetes.Provider {
    return parts.get(this)!.provider;
  }

  /** The kubeconfig as an object. Secret. */
  public get kubeconfigObject(): pulumi.Output<EksKubeconfig> {
    return parts.get(this)!.kubeconfigObject;
  }
}
