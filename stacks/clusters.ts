/** Connects a stack to its clusters: one explicit provider each, refused when it is another cluster. */
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { KubeconfigCluster } from "../components/cluster/kubeconfigCluster";
import { PROJECT, type PlatformConfig } from "./config";
import type { ClusterConfig } from "./configSchema";

/** The clusters of a stack by name. */
export type Clusters = Record<string, KubeconfigCluster>;

/** Where the kubeconfig of a cluster lies, absolute; nothing when another stack has it. */
export function kubeconfigPath(root: string, cluster: ClusterConfig): string | undefined {
  return cluster.kubeconfig === undefined ? undefined : path.resolve(root, cluster.kubeconfig);
}

function fromStack(name: string, stack: string): pulumi.Output<string> {
  // Self-managed backends call every organisation "organization".
  const reference = new pulumi.StackReference(`organization/${PROJECT}/${stack}`);
  return reference.getOutput("kubeconfigs").apply((kubeconfigs: unknown) => {
    const found = (kubeconfigs as Record<string, unknown> | undefined)?.[name];
    if (typeof found !== "string" || found === "") {
      throw new Error(
        `clusters.${name}.stack: stack ${stack} has no readable kubeconfig for ${name}. ` +
          `Run its \`cluster\` layer first; both stacks must share one passphrase or KMS key, or its secrets cannot be read.`,
      );
    }
    return found;
  });
}

/** Makes a provider for every cluster that the config names. */
export function connectClusters(config: PlatformConfig): Clusters {
  return Object.fromEntries(
    Object.entries(config.clusters).map(([name, cluster]) => [
      name,
      new KubeconfigCluster(name, {
        ...(cluster.stack === undefined
          ? { path: kubeconfigPath(config.root, cluster) }
          : { kubeconfig: fromStack(name, cluster.stack) }),
        context: cluster.context,
        embedCertificates: cluster.embedCertificates,
      }),
    ]),
  );
}
