import * as pulumi from "@pulumi/pulumi";
import type { KubernetesObject } from "../model/kubernetesObject";
import { workspaceNames } from "../model/names";
import { Problems } from "../model/problems";
import { workspaceAuthProxyName } from "../model/workspaceAuthProxy";
import { workspaceUrl } from "../model/workspaceIngress";
import { workspaceLabels } from "../model/workspaceLabels";
import { workspaceObjects } from "../model/workspaceObjects";
import type { FileContent } from "../model/workspaceObjects";
import { OPTIONAL_USER_PARAM } from "../model/workspacePod";
import { checkOnSite } from "../model/workspaceSiteChecks";
import type { WorkspaceSite, WorkspaceSpec } from "../model/workspaceTypes";
import { registerObject, registerSecret } from "../register";

const TYPE = "science-platform:index:Workspace";

const WORKLOAD_KINDS = new Set(["Deployment", "Job"]);

/** A workspace: MAIAKubeGate's keys as plain values, and what the cluster offers. */
export interface WorkspaceArgs extends WorkspaceSpec {
  /** What the cluster offers: GPU classes, storage, exposure. @default no GPUs, no ingress, every `storage` a storage class */
  site?: WorkspaceSite;
  /** What the mounted `files` hold, by their name. */
  fileContents?: Record<string, FileContent>;
  /**
   * Secrets to make for users, by the names in `userSecrets`, with their keys; stored as secrets, and gone
   * with the workspace. One that several workspaces use belongs to `WorkspaceNamespace`. Other names are
   * ignored; a user Secret that is made nowhere must exist in the namespace.
   */
  userSecretValues?: Record<string, Record<string, pulumi.Input<string>>>;
}

/**
 * One user's environment on a cluster: a Job that ends with its allocation (or a Deployment), its claims,
 * files, Service and Ingress (or HTTPRoute). The namespace must exist: see `WorkspaceNamespace`. Nothing is
 * awaited; claims and their volumes are protected, and stay when the workspace is destroyed.
 *
 * @example
 * new Workspace("lab", {
 *   namespace: "machine-learning",
 *   name: "jupyterlab-1-v1",
 *   image: "jupyter/scipy-notebook",
 *   allocationSeconds: 2 * 86400,
 *   ports: [{ name: "jupyter", port: 8888 }],
 * });
 */
export class Workspace extends pulumi.ComponentResource {
  static readonly __pulumiType = TYPE;

  /** The namespace that it is in. */
  public readonly namespace: pulumi.Output<string>;
  /** Name of the Job or Deployment. */
  public readonly workload: pulumi.Output<string>;
  /** `Job` or `Deployment`. */
  public readonly kind: pulumi.Output<string>;
  /** Host of its Service within the cluster, where it has ports. */
  public readonly service?: pulumi.Output<string>;
  /** Address of its Ingress or HTTPRoute, where it has one. */
  public readonly url?: pulumi.Output<string>;
  /** Names of its own claims. */
  public readonly claims: pulumi.Output<string[]>;

  constructor(name: string, args: WorkspaceArgs, opts?: pulumi.ComponentResourceOptions) {
    const objects = checkedObjects(args);
    super(TYPE, name, {}, opts);

    const names = workspaceNames(args);
    const secrets = Object.entries(args.userSecretValues ?? {})
      .filter(([secret]) => args.userSecrets?.includes(secret))
      .map(([secret, values]) =>
        registerSecret(
          { name: secret, namespace: args.namespace, labels: workspaceLabels(args.name), values },
          `${name}-user-${secret}`,
          { parent: this },
        ),
      );
    const claims: pulumi.Output<string>[] = [];
    const before: pulumi.Resource[] = [...secrets];
    for (const object of objects) {
      const isWorkload = WORKLOAD_KINDS.has(object.kind) && object.metadata.name === names.full;
      const resource = registerObject(
        object,
        `${name}-${suffixOf(object, args)}`,
        isWorkload ? { parent: this, dependsOn: before } : { parent: this },
        { awaited: false },
      );
      const made = (value: string): pulumi.Output<string> => resource.urn.apply(() => value);
      switch (object.kind) {
        case "ConfigMap":
          before.push(resource);
          break;
        case "PersistentVolumeClaim":
          claims.push(made(object.metadata.name));
          break;
        case "Service":
          if (object.metadata.name === names.service) {
            this.service = made(`${names.service}.${args.namespace}.svc`);
          }
          break;
        case "Ingress":
        case "HTTPRoute":
          this.url = made(workspaceUrl(args)!);
          break;
        default:
          break;
      }
    }
    this.namespace = pulumi.output(args.namespace);
    this.workload = pulumi.output(names.full);
    this.kind = pulumi.output(args.deployment ? "Deployment" : "Job");
    this.claims = pulumi.all(claims);
    this.registerOutputs({
      namespace: this.namespace,
      workload: this.workload,
      kind: this.kind,
      service: this.service,
      url: this.url,
      claims: this.claims,
    });
  }
}

/** Renders it, or throws every reason why it cannot be. */
function checkedObjects(args: WorkspaceArgs): KubernetesObject[] {
  const site = args.site ?? { cluster: "default" };
  const problems = new Problems(`workspace ${args.namespace}/${args.name}`);
  checkOnSite(args, site, problems);
  problems.throwIfAny();
  checkUserSecrets(args);
  return workspaceObjects(args, site, args.fileContents ?? {});
}

/** A Secret that is made here must hold every key that the pod refers to; the SSH key alone is optional. */
function checkUserSecrets(args: WorkspaceArgs): void {
  const needed = (args.userSecretParams ?? []).filter((key) => key !== OPTIONAL_USER_PARAM);
  const errors = (args.userSecrets ?? []).flatMap((secret) => {
    const values = args.userSecretValues?.[secret];
    return needed
      .filter((key) => values !== undefined && !Object.hasOwn(values, key))
      .map((key) => ({
        propertyPath: `userSecretValues.${secret}.${key}`,
        reason: "named in userSecretParams, but missing: add it, or take it out of the params",
      }));
  });
  if (errors.length > 0) {
    throw new pulumi.InputPropertiesError({
      message: `workspace ${args.namespace}/${args.name}`,
      errors,
    });
  }
}

/** The stable end of a child's logical name. */
function suffixOf(object: KubernetesObject, args: WorkspaceArgs): string {
  if (object.metadata.name === workspaceAuthProxyName(args)) {
    return `auth-${object.kind.toLowerCase()}`;
  }
  const index = object.metadata.name.split("-").pop()!;
  switch (object.kind) {
    case "ConfigMap":
      return "files";
    case "PersistentVolume":
      return `volume-${index}`;
    case "PersistentVolumeClaim":
      return `claim-${index}`;
    case "Job":
    case "Deployment":
      return args.deployment ? "deployment" : "job";
    default:
      return object.kind.toLowerCase();
  }
}
