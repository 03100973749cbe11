/** What goes into the cluster with it: its provider, the default storage class, the autoscaler and the dashboard. */
import { Provider } from "@pulumi/kubernetes";
import { NamespacePatch } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "@pulumi/aws/eks/cluster";
import {
  AUTOSCALER_ACCOUNT,
  autoscalerImage,
  autoscalerObjects,
} from "../model/eks/autoscalerObjects";
import { DASHBOARD_NAMESPACE, dashboardObjects } from "../model/eks/dashboardObjects";
import { autoscalerPolicy } from "../model/eks/policies";
import { WorkloadIdentity } from "../model/eks/settings";
import { storageClassObject } from "../model/eks/storageClass";
import type { KubernetesObject } from "../model/kubernetesObject";
import { registerObject } from "../register";
import type { EksContext } from "./context";
import { associate, workloadRole, type Issuer, type RoleParts } from "./roles";

/** A provider for the cluster, usable when nodes and add-ons are there, and until they go. */
export function clusterProvider(
  { name, opts }: EksContext,
  kubeconfig: pulumi.Output<string>,
): Provider {
  return new Provider(
    `${name}-kubernetes`,
    { kubeconfig, clusterIdentifier: name, enableServerSideApply: true },
    { parent: opts.parent },
  );
}

/** The autoscaler's role; nothing where it is off. With pod identity it is made beside the control plane. */
export function autoscalerRole(
  context: EksContext,
  issuer: Issuer | undefined,
): RoleParts | undefined {
  return context.args.autoscaler?.enabled === false
    ? undefined
    : workloadRole(context, "autoscaler-role", [AUTOSCALER_ACCOUNT], issuer, {
        own: JSON.stringify(autoscalerPolicy(context.clusterName)),
      });
}

const OF_NODES = ["Deployment", "Service"];

function register(
  { name, opts }: EksContext,
  part: string,
  objects: readonly KubernetesObject[],
  provider: Provider,
  dependsOn: pulumi.Resource[],
): void {
  for (const object of objects) {
    const suffix = `${part}-${object.kind.toLowerCase()}-${object.metadata.name}`;
    // What runs on nodes is looked after by the cluster: an `up` does not wait for its image, nor for a Service to find it.
    registerObject(
      object,
      `${name}-${suffix}`,
      { parent: opts.parent, provider, dependsOn },
      { awaited: !OF_NODES.includes(object.kind) },
    );
  }
}

/** Registers the default storage class, the autoscaler and the dashboard. */
export function registerInCluster(
  context: EksContext,
  cluster: Cluster,
  provider: Provider,
  autoscaler: RoleParts | undefined,
): void {
  const { args, clusterName, version, identity } = context;
  register(context, "storage", [storageClassObject()], provider, []);
  if (autoscaler !== undefined) {
    const image = args.autoscaler?.image ?? autoscalerImage(version);
    const roleArn = identity === WorkloadIdentity.Irsa ? autoscaler.role.arn : undefined;
    const facts = { clusterName, region: args.region, image, roleArn };
    // A pod that starts before has no role, and gets none later.
    const ready = associate(context, "autoscaler", [AUTOSCALER_ACCOUNT], autoscaler, cluster);
    register(context, "autoscaler", autoscalerObjects(facts), provider, ready);
  }
  if (args.dashboard === true) {
    const namespace = new NamespacePatch(
      `${context.name}-dashboard-namespace`,
      { metadata: { name: DASHBOARD_NAMESPACE } },
      { parent: context.opts.parent, provider },
    );
    register(context, "dashboard", dashboardObjects(), provider, [namespace]);
  }
}
