/** Renders a virtual kubelet with its configuration and its rights. */
import type { KubernetesObject } from "./kubernetesObject";
import { Problems } from "./problems";
import { virtualNodeAccessObjects } from "./virtualNodeAccess";
import { virtualNodeFiles } from "./virtualNodeConfig";
import { CA_FILE, LAUNCHER_FILE, virtualNodePod } from "./virtualNodePod";
import { checkVirtualNode } from "./virtualNodeRules";
import { withDefaults, type VirtualNodeSpec } from "./virtualNodeTypes";
import { MANAGED_BY } from "./workspaceLabels";

/** What the Deployment selects its pod by. */
export function virtualNodeSelector(nodeName: string): Record<string, string> {
  return { "app.kubernetes.io/name": "virtual-kubelet", "app.kubernetes.io/instance": nodeName };
}

/** The labels of the kubelet's objects. */
export function virtualNodeObjectLabels(nodeName: string): Record<string, string> {
  return { ...virtualNodeSelector(nodeName), "app.kubernetes.io/managed-by": MANAGED_BY };
}

/** Throws with every problem of a virtual node's settings. */
function assertVirtualNode(spec: VirtualNodeSpec): void {
  const problems = new Problems(`virtual node ${spec.nodeName}`);
  checkVirtualNode(spec, problems);
  problems.throwIfAny();
}

/** What is known outside the settings. */
export interface VirtualNodeFacts {
  /** Labels for the kubelet to put on its node when it registers; not in the seed's form. @default none */
  nodeLabels?: Record<string, string>;
  /** Program that finds the token endpoint from the issuer. @default none: the endpoint is given */
  launcher?: string;
  /** Changes with configuration and credentials, so that the pod restarts; ends up as a string. */
  digest?: unknown;
}

/**
 * The service account, its rights, the ConfigMap of all files and the Deployment, in the order in which
 * they are needed. The namespaces, and the Secret with the credentials, must exist.
 *
 * @throws ProblemsError with everything that is wrong with the settings
 */
export function virtualNodeObjects(
  spec: VirtualNodeSpec,
  { nodeLabels = {}, launcher, digest }: VirtualNodeFacts = {},
): KubernetesObject[] {
  assertVirtualNode(spec);
  const { nodeName, namespace, serviceAccount, caCertificate } = withDefaults(spec);
  const labels = virtualNodeObjectLabels(nodeName);
  const configMap = `${nodeName}-config`;
  const data = {
    ...virtualNodeFiles(spec, nodeLabels),
    ...(caCertificate === undefined ? {} : { [CA_FILE]: caCertificate as string }),
    ...(launcher === undefined ? {} : { [LAUNCHER_FILE]: launcher }),
  };
  const annotations =
    digest === undefined
      ? {}
      : { annotations: { "science-platform/config-digest": digest as string } };
  const account: KubernetesObject & { automountServiceAccountToken: boolean } = {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: serviceAccount, namespace, labels },
    automountServiceAccountToken: false,
  };
  return [
    account,
    ...virtualNodeAccessObjects(spec, labels),
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: configMap, namespace, labels },
      data,
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: nodeName, namespace, labels },
      spec: {
        replicas: 1,
        // Two kubelets of one node would undo each other's work.
        strategy: { type: "Recreate" },
        selector: { matchLabels: virtualNodeSelector(nodeName) },
        template: {
          metadata: { labels, ...annotations },
          spec: virtualNodePod(spec, configMap),
        },
      },
    },
  ];
}
