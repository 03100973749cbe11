import * as pulumi from "@pulumi/pulumi";
import * as core from "@pulumi/kubernetes/core/v1";
import type { GpuClass } from "../model/gpuTypes";
import { namespaceObjects, podSecurityLabels } from "../model/namespaceObjects";
import type { NamespacePolicy } from "../model/namespaceObjects";
import { MANAGED_BY } from "../model/workspaceLabels";
import { registerObject, registerSecret } from "../register";

const TYPE = "science-platform:index:WorkspaceNamespace";

/** A namespace for workspaces. */
export interface WorkspaceNamespaceArgs {
  namespace: string;
  /** Quota, limits and network policies; each is made only where it is given. @default none */
  policy?: NamespacePolicy;
  /** The GPU vocabulary that the quota's classes are looked up in. */
  gpus?: Record<string, GpuClass>;
  /** `restricted` or `baseline`: what Pod Security admission refuses here. @default no label of ours */
  podSecurity?: string;
  /** Secrets of users that several workspaces share, by name and key; stored as secrets. */
  userSecretValues?: Record<string, Record<string, pulumi.Input<string>>>;
}

/**
 * A namespace that may be shared with other stacks and with people. It is a patch: made when absent, used
 * when present, and on destroy only our labels are given up, never the namespace. It needs a provider with
 * server-side apply, which is the default.
 *
 * @example
 * new WorkspaceNamespace("ml", {
 *   namespace: "machine-learning",
 *   policy: { quota: { memory: "256Gi" }, networkPolicy: {} },
 *   podSecurity: "restricted",
 * });
 */
export class WorkspaceNamespace extends pulumi.ComponentResource {
  static readonly __pulumiType = TYPE;

  /** The namespace's name, known once it exists. */
  public readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: WorkspaceNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    const objects = namespaceObjects(args.namespace, args.policy ?? {}, args.gpus);
    super(TYPE, name, {}, opts);

    const labels = args.podSecurity === undefined ? {} : podSecurityLabels(args.podSecurity);
    const namespace = new core.NamespacePatch(
      `${name}-namespace`,
      { metadata: { name: args.namespace, labels } },
      { parent: this },
    );
    for (const object of objects) {
      registerObject(
        object,
        `${name}-${object.kind.toLowerCase()}-${object.metadata.name}`,
        { parent: this, dependsOn: [namespace] },
        { awaited: false },
      );
    }
    for (const [secret, values] of Object.entries(args.userSecretValues ?? {})) {
      registerSecret(
        {
          name: secret,
          namespace: args.namespace,
          labels: { "app.kubernetes.io/managed-by": MANAGED_BY },
          values,
        },
        `${name}-user-${secret}`,
        { parent: this, dependsOn: [namespace] },
      );
    }
    this.namespace = namespace.urn.apply(() => args.namespace);
    this.registerOutputs({ namespace: this.namespace });
  }
}
