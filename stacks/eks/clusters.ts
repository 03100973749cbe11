/** Makes the clusters on EKS of a stack, and says what a user needs to find each. */
import * as pulumi from "@pulumi/pulumi";
import { EksCluster } from "../../components/eks/eksCluster";
import { covalentAccounts } from "../covalentAccounts";
import type { PlatformConfig } from "../platformConfig";
import { eksEntries, type EksEntry } from "./settings";

/** The clusters that the stack makes, by name. */
export type EksClusters = Record<string, EksCluster>;

/** The settings with Covalent's tasks among those that may use the bucket, where it is theirs. */
function withTasks(config: PlatformConfig, { name, settings }: EksEntry): EksEntry["settings"] {
  const { bucket } = settings;
  const { path, bucket: named } = config.covalent?.dataStore ?? {};
  const isTheirs = path === undefined && (named === undefined || named === bucket?.name);
  if (bucket === undefined || !isTheirs) {
    return settings;
  }
  const listed = bucket.serviceAccounts ?? [];
  const others = covalentAccounts(config, name).filter(
    (task) => !listed.some((one) => one.namespace === task.namespace && one.name === task.name),
  );
  return { ...settings, bucket: { ...bucket, serviceAccounts: [...listed, ...others] } };
}

/** Registers every cluster with a section `eks`; `@pulumi/aws` is loaded with the first. */
export function makeEksClusters(config: PlatformConfig): EksClusters {
  return Object.fromEntries(
    eksEntries(config).map((entry) => [
      entry.name,
      new EksCluster(entry.name, withTasks(config, entry)),
    ]),
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
