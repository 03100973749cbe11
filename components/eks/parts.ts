/** All parts of a cluster in their order, and what they show to the outside. Loads `@pulumi/aws`. */
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "@pulumi/aws/eks/cluster";
import type { Bucket } from "@pulumi/aws/s3/bucket";
import { eksKubeconfig, exportLine, type EksKubeconfig } from "../model/eks/kubeconfig";
import { bucketPolicy, dispatcherPolicy } from "../model/eks/policies";
import { addOnRoles, registerAddOns } from "./addOns";
import { eksContext, type EksContext } from "./context";
import { registerAccess, registerControlPlane } from "./controlPlane";
import type { EksClusterArgs } from "./eksClusterArgs";
import { autoscalerRole, clusterProvider, registerInCluster } from "./inCluster";
import { writeKubeconfig } from "./kubeconfigFile";
import { registerNetwork } from "./network";
import { registerNodeGroups } from "./nodeGroups";
import {
  associate,
  clusterRole,
  nodeRole,
  registerIssuer,
  workloadRole,
  type Issuer,
} from "./roles";
import { registerBucket, registerRegistry } from "./storage";

/** What an output is where there is no such thing. */
const NONE = "";

/** What a cluster shows to the outside: the outputs of `EksCluster`, by their names. */
export interface EksOutputs {
  name: pulumi.Output<string>;
  clusterName: pulumi.Output<string>;
  clusterArn: pulumi.Output<string>;
  region: pulumi.Output<string>;
  endpoint: pulumi.Output<string>;
  kubeconfig: pulumi.Output<string>;
  kubeconfigFile: pulumi.Output<string>;
  exportLine: pulumi.Output<string>;
  autoscalerRoleArn: pulumi.Output<string>;
  nodeRoleArn: pulumi.Output<string>;
  oidcProviderArn: pulumi.Output<string>;
  registryUrl: pulumi.Output<string>;
  registryName: pulumi.Output<string>;
  bucketName: pulumi.Output<string>;
  bucketRoleArn: pulumi.Output<string>;
  dispatcherPolicy: pulumi.Output<string>;
  vpcId: pulumi.Output<string>;
  publicSubnetIds: pulumi.Output<string[]>;
  privateSubnetIds: pulumi.Output<string[]>;
  nodeGroupNames: pulumi.Output<Record<string, string>>;
}

/** What is made of the settings. */
export interface EksParts {
  outputs: EksOutputs;
  kubeconfigObject: pulumi.Output<EksKubeconfig>;
  provider: kubernetes.Provider;
}

/**
 * The value once these resources are registered: whoever uses it is made after them, and goes before them. It is
 * known where the value is, also while one of them is about to be replaced.
 */
function after<T>(
  resources: readonly pulumi.Resource[],
  value: pulumi.Output<T>,
): pulumi.Output<T> {
  return pulumi.all(resources.map(({ urn }) => urn)).apply(() => value);
}

function kubeconfigOf(
  { args, clusterName }: EksContext,
  cluster: Cluster,
): pulumi.Output<EksKubeconfig> {
  const { region, profile, kubeconfigRoleArn: roleArn } = args;
  return pulumi
    .all([cluster.arn, cluster.endpoint, cluster.certificateAuthority])
    .apply(([clusterArn, endpoint, authority]) =>
      eksKubeconfig({
        clusterArn,
        clusterName,
        region,
        endpoint,
        certificateAuthority: authority.data,
        roleArn,
        profile,
      }),
    );
}

/** The role of the pods that may use the bucket. */
function bucketRole(
  context: EksContext,
  cluster: Cluster,
  issuer: Issuer | undefined,
  bucket: Bucket | undefined,
): pulumi.Output<string> {
  const accounts = context.args.bucket?.serviceAccounts ?? [];
  if (bucket === undefined || accounts.length === 0) {
    return pulumi.output(NONE);
  }
  const parts = workloadRole(context, "bucket-role", accounts, issuer, {
    own: bucket.arn.apply((arn) => JSON.stringify(bucketPolicy(arn))),
  });
  return after(associate(context, "bucket-users", accounts, parts, cluster), parts.role.arn);
}

/** Registers all parts of a cluster whose settings were checked. */
export function registerParts(
  name: string,
  args: EksClusterArgs,
  parent: pulumi.ComponentResource,
): EksParts {
  const context = eksContext(name, args, parent);
  // Nothing of these waits for the control plane.
  const registry = registerRegistry(context);
  const bucket = registerBucket(context);
  const network = registerNetwork(context);
  const nodes = nodeRole(context);

  const cluster = registerControlPlane(context, network, clusterRole(context));
  const issuer = registerIssuer(context, cluster);
  const autoscaler = autoscalerRole(context, issuer);
  const access = registerAccess(context, cluster);
  const addOns = registerAddOns(context, cluster, addOnRoles(context, issuer));
  const groups = registerNodeGroups(context, {
    cluster,
    role: nodes,
    subnetIds: network.privateSubnetIds,
    before: [...network.routes, ...addOns.beforeNodes],
  });

  const usable = [...access, ...addOns.beforeNodes, ...addOns.others, ...Object.values(groups)];
  const kubeconfigObject = pulumi.secret(after(usable, kubeconfigOf(context, cluster)));
  const kubeconfig = kubeconfigObject.apply((object) => JSON.stringify(object));
  const provider = clusterProvider(context, kubeconfig);
  registerInCluster(context, cluster, provider, autoscaler);

  const file = args.kubeconfigFile;
  const kubeconfigFile =
    file === undefined ? pulumi.output(NONE) : writeKubeconfig(file, kubeconfig);
  const outputs: EksOutputs = {
    name: pulumi.output(name),
    clusterName: cluster.name,
    clusterArn: cluster.arn,
    region: pulumi.output(args.region),
    endpoint: cluster.endpoint,
    kubeconfig,
    kubeconfigFile,
    exportLine: kubeconfigFile.apply((written) => (written === NONE ? NONE : exportLine(written))),
    autoscalerRoleArn: pulumi.output(autoscaler?.role.arn ?? NONE),
    nodeRoleArn: nodes.role.arn,
    oidcProviderArn: pulumi.output(issuer?.provider.arn ?? NONE),
    registryUrl: pulumi.output(registry?.repositoryUrl ?? NONE),
    registryName: pulumi.output(registry?.name ?? NONE),
    bucketName: pulumi.output(bucket?.bucket ?? NONE),
    bucketRoleArn: bucketRole(context, cluster, issuer, bucket),
    dispatcherPolicy: pulumi.all([registry?.arn, bucket?.arn]).apply(([images, data]) => {
      const policy = dispatcherPolicy(images, data);
      return policy === undefined ? NONE : JSON.stringify(policy);
    }),
    vpcId: network.vpcId,
    publicSubnetIds: pulumi.all(network.publicSubnetIds),
    privateSubnetIds: pulumi.all(network.privateSubnetIds),
    nodeGroupNames: pulumi.all(
      Object.fromEntries(
        Object.entries(groups).map(([group, made]) => [group, made.nodeGroupName]),
      ),
    ),
  };
  return { outputs, kubeconfigObject, provider };
}
