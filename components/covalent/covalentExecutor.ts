import * as pulumi from "@pulumi/pulumi";
import { covalentWarnings } from "../model/covalent/checks";
import { adminAccess, dispatcherKubeconfig } from "../model/covalent/dispatcherKubeconfig";
import { mountCommand } from "../model/covalent/minikube";
import { warn } from "../notices";
import {
  assertCovalentArgs,
  assertCovalentSpec,
  covalentSpec,
  type CovalentExecutorArgs,
} from "./covalentExecutorArgs";
import {
  checkCommand,
  configureCommand,
  defaultFolder,
  exportLine,
  renderConfig,
  writeDispatcherFolder,
} from "./covalentFiles";
import { registerCovalent } from "./covalentResources";

export type { CovalentExecutorArgs } from "./covalentExecutorArgs";

const TYPE = "science-platform:index:CovalentExecutor";

/**
 * What Covalent's Kubernetes plugin needs: a namespace with quota, a service account with just the rights that the
 * dispatcher uses, one without any for tasks, credentials of the registry, the claim or bucket for functions and
 * results, and the plugin's config. The dispatcher runs outside the cluster: its files (`kubeconfig`,
 * `executor.toml`, …) are written to a folder of mode 0700, in `up` alone; giving up the stack leaves it.
 *
 * @example
 * const covalent = new CovalentExecutor("covalent", {
 *   kubeconfig: lab.kubeconfig,
 *   dataStore: { bucket: eks.bucketName },
 *   registry: { url: eks.registryUrl },
 *   quota: { cpu: "32", memory: "128Gi" },
 * }, { provider: lab.provider });
 * export const next = [covalent.exportLine, covalent.configureCommand, covalent.checkCommand];
 */
export class CovalentExecutor extends pulumi.ComponentResource {
  static readonly __pulumiType = TYPE;

  /** Namespace of the tasks, known once all is there. */
  public readonly namespace: pulumi.Output<string>;
  /** Context of the kubeconfigs; for EKS the cluster's ARN. */
  public readonly context: pulumi.Output<string>;
  /** The dispatcher's kubeconfig. Secret. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** The tables of Covalent's config, in TOML. */
  public readonly config: pulumi.Output<string>;
  /** Folder that holds the dispatcher's files, once they are written. */
  public readonly folder: pulumi.Output<string>;
  /** For the shell that starts Covalent: the plugin finds its cluster by this variable alone. */
  public readonly exportLine: pulumi.Output<string>;
  /** What to run once: it puts the tables into Covalent's config. */
  public readonly configureCommand: pulumi.Output<string>;
  /** What to run as a check: the sample Job `covalent-k8s-test`, as the dispatcher. */
  public readonly checkCommand: pulumi.Output<string>;
  /** What must stay running beside a minikube; empty without one. */
  public readonly mountCommand: pulumi.Output<string>;

  constructor(name: string, args: CovalentExecutorArgs, opts?: pulumi.ComponentResourceOptions) {
    assertCovalentArgs(name, args);
    super(TYPE, name, {}, opts);

    const { registry, dataStore, minikube, outputFolder } = args;
    const folder = outputFolder ?? defaultFolder(name);
    const spec = pulumi
      .all([registry?.url, dataStore.bucket])
      .apply(([url, bucket]) => assertCovalentSpec(name, covalentSpec(args, url, bucket)));
    spec.apply((known) => {
      for (const warning of covalentWarnings(known)) {
        warn(this, warning);
      }
    });
    const access = pulumi.secret(args.kubeconfig).apply((text) => adminAccess(text, args));
    const { token, ready } = registerCovalent(name, args, spec, this);

    this.context = pulumi.unsecret(access.apply(({ context }) => context));
    this.kubeconfig = pulumi.secret(
      pulumi.all([access, token]).apply(([known, text]) => dispatcherKubeconfig(known, text, args)),
    );
    this.config = pulumi
      .all([spec, this.context])
      .apply(([known, context]) => renderConfig(known, folder, context));
    const written = pulumi
      .all([spec, this.kubeconfig, this.config, registry?.password])
      .apply(([known, kubeconfig, config, password]) => {
        if (!pulumi.runtime.isDryRun()) {
          writeDispatcherFolder(folder, { spec: known, kubeconfig, config, password });
        }
        return folder;
      });
    // Behind the files, so that whoever has the folder's name finds them there.
    this.folder = pulumi.unsecret(written);
    this.namespace = ready;
    this.exportLine = pulumi.output(exportLine(folder));
    this.configureCommand = pulumi.output(configureCommand(folder));
    this.checkCommand = pulumi.output(checkCommand(folder));
    this.mountCommand = pulumi.output(
      minikube === undefined ? "" : mountCommand(minikube, dataStore.path ?? ""),
    );
    this.registerOutputs({
      namespace: this.namespace,
      context: this.context,
      kubeconfig: this.kubeconfig,
      config: this.config,
      folder: this.folder,
      exportLine: this.exportLine,
      configureCommand: this.configureCommand,
      checkCommand: this.checkCommand,
      mountCommand: this.mountCommand,
    });
  }
}
