/** Makes the clusters on EKS of a stack, and says what a user needs to find each. */
import * as pulumi from "@pulumi/pulumi";
import { EksCluster } from "../../components/eks/eksCluster";
import { eksEntries, type EksStackConfig } from "./settings";

/** The clusters that the stack makes, by name. */
export type EksClusters = Record<string, EksCluster>;

/** Registers every cluster with a section `eks`; `@pulumi/aws` is loaded with the first. */
export function makeEksClusters(config: EksStackConfig): EksClusters {
  return Object.fromEntries(
    eksEntries(config).map(({ name, settings }) => [name, new EksCluster(name, settings)]),
  );
}

/** What the stack shows of them: the names that Covalent's Terraform module has among its outputs, and ours. */
export function eksOutputs(clusters: EksClusters): Record<string, pulumi.Output<unknown>> {
  return Object.fromEntries(
    Object.entries(clusters).map(([name, eks]) => [
      name,
      pulumi.output({
        name: eks.name,
        cluster_name: eks.clusterName,
        cluster_arn: eks.clusterArn,
        region: eks.region,
        kubeconfig_file: eks.kubeconfigFile,
        export_line: eks.exportLine,
        eks_ca_iam_role_arn: eks.autoscalerRoleArn,
        registry_url: eks.registryUrl,
        bucket: eks.bucketName,
        bucket_role_arn: eks.bucketRoleArn,
        dispatcher_policy: eks.dispatcherPolicy,
      }),
    ]),
  );
}
