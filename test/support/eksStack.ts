/** A cluster on the simulated account for engine tests: its settings, and what is asked of what came of them. */
import * as fs from "node:fs";
import * as path from "node:path";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { EksClusterArgs } from "../../components/eks/eksClusterArgs";
import { EksCluster } from "../../components/eks/eksCluster";
import type { SimulatedAccount } from "./aws/simulatedAccount";
import { stand } from "./engine";
import { ROOT } from "./platformStack";

/** The cluster of the stand that answers for those on EKS: no stack of a developer is in the way there. */
export const BEHIND = "local-2";

const NAME = "lab";

export function kubeconfigBehind(): string {
  return stand()!.clusters[BEHIND]!.kubeconfig;
}

/** Everything that a cluster can have; the bucket goes with it. */
export function eksArgs(): EksClusterArgs {
  return {
    region: "us-east-1",
    account: "123456789012",
    version: "1.34",
    endpoint: { publicCidrs: ["192.0.2.0/24"] },
    admins: ["arn:aws:iam::123456789012:user/ann"],
    gpus: {
      a10: {
        resource: "nvidia.com/gpu",
        product: "NVIDIA-A10G",
        type: "A10G",
        vram: "24G",
        taint: { key: "nvidia.com/gpu", value: "true", effect: "NoSchedule" },
      },
    },
    nodeGroups: {
      cpu: { instanceTypes: ["m7i.xlarge"], minSize: 1, maxSize: 4 },
      gpu: {
        instanceTypes: ["g5.xlarge"],
        minSize: 0,
        maxSize: 2,
        desiredSize: 1,
        gpus: [{ class: "a10" }],
      },
    },
    registry: {},
    bucket: {
      prefix: "lab-data",
      deleteOnDestroy: true,
      serviceAccounts: [{ namespace: "tasks", name: "worker" }],
    },
    dashboard: true,
    tags: { team: "lab" },
  };
}

/** A program with one cluster, and what else is put onto it. */
export function eksProgram(args: EksClusterArgs, more?: (eks: EksCluster) => void): PulumiFn {
  return () => {
    const eks = new EksCluster(NAME, args);
    more?.(eks);
    return Promise.resolve({
      clusterName: eks.clusterName,
      clusterArn: eks.clusterArn,
      kubeconfig: eks.kubeconfig,
      kubeconfigFile: eks.kubeconfigFile,
      exportLine: eks.exportLine,
      autoscalerRoleArn: eks.autoscalerRoleArn,
      registryUrl: eks.registryUrl,
      bucketName: eks.bucketName,
      nodeGroupNames: eks.nodeGroupNames,
    });
  };
}

export const CHARTS = { mirror: path.join(ROOT, "local/charts") };

/** Position in the order in which things were deleted, by the names of their resources. */
export function deletions(aws: SimulatedAccount): string[] {
  return aws
    .operations()
    .filter(({ operation, error }) => operation === "delete" && error === undefined)
    .map(({ urn }) => urn.split("::").at(-1)!);
}

/** Each of the first was deleted before each of the second. */
export function wrongOrder(
  order: readonly string[],
  first: readonly string[],
  second: readonly string[],
): string[] {
  return first.flatMap((earlier) =>
    second
      .filter(
        (later) =>
          order.indexOf(earlier) < 0 ||
          order.indexOf(later) < 0 ||
          order.indexOf(earlier) > order.indexOf(later),
      )
      .map((later) => `${earlier} before ${later}`),
  );
}

/** What is in the account beside what AWS makes by itself and takes away later. */
export function leftIn(aws: SimulatedAccount): string[] {
  return aws.things().map(({ type, id }) => `${type} ${id}`);
}

export function readJson(file: string): unknown {
  return JSON.parse(fs.readFileSync(file, "utf8"));
}
