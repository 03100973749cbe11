/** Covalent's executor of a stack: checked with everything else, then made on its cluster. */
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { CovalentExecutor } from "../../components/covalent/covalentExecutor";
import {
  checkCovalentArgs,
  type CovalentArgs,
} from "../../components/covalent/covalentExecutorArgs";
import { WorkloadIdentity } from "../../components/model/eks/settings";
import { oneOf, type Problems } from "../../components/model/problems";
import { ProblemsBelow } from "../../components/model/problemsBelow";
import type { PlatformConfig } from "../platformConfig";
import type { CovalentConfig } from "../sections/covalent";
import { nodesOf } from "../sites";

/** The sections that the executor is made of. */
type WithCovalent = PlatformConfig & { covalent?: CovalentConfig };

/** What the cluster itself brings, where it is made by this stack. */
export interface CovalentResourcesOfCluster {
  /** @default task images are loaded into minikube */
  registryUrl?: pulumi.Input<string>;
  bucketName?: pulumi.Input<string>;
  /** Role of task pods by IRSA. */
  taskRoleArn?: pulumi.Input<string>;
}

/** The settings of a cluster on EKS that decide what it brings. */
interface EksParts {
  registry?: object;
  bucket?: object;
  workloadIdentity?: string;
}

/** The outputs of a cluster on EKS that matter here. */
interface EksOutputs {
  registryUrl: pulumi.Output<string>;
  bucketName: pulumi.Output<string>;
  bucketRoleArn: pulumi.Output<string>;
}

/**
 * What a cluster on EKS that this stack makes brings.
 *
 * @param made its outputs; while the config is only checked there are none, and their values are not looked at
 */
export function resourcesOfEks(
  { registry, bucket, workloadIdentity }: EksParts,
  made?: EksOutputs,
): CovalentResourcesOfCluster {
  const later = pulumi.output("");
  const irsa = bucket !== undefined && workloadIdentity === WorkloadIdentity.Irsa;
  return {
    ...(registry === undefined ? {} : { registryUrl: made?.registryUrl ?? later }),
    ...(bucket === undefined ? {} : { bucketName: made?.bucketName ?? later }),
    ...(irsa ? { taskRoleArn: made?.bucketRoleArn ?? later } : {}),
  };
}

/** What a stack says of it. */
export interface CovalentOutputs {
  namespace: pulumi.Output<string>;
  context: pulumi.Output<string>;
  /** The tables of Covalent's config. */
  config: pulumi.Output<string>;
  /** Folder with the dispatcher's files. */
  folder: pulumi.Output<string>;
  /** What to run on the dispatcher's machine, in this order. */
  next: pulumi.Output<string[]>;
}

/** The name of the cluster that tasks run on. */
export function covalentCluster(config: WithCovalent): string {
  return config.covalent?.cluster ?? config.defaultCluster;
}

/** A path of the dispatcher's machine, which the config may begin with `~`: the plugin takes it literally. */
function fromHome(file: string | undefined): string | undefined {
  return file === "~" || file?.startsWith("~/") === true
    ? path.join(os.homedir(), file.slice(1))
    : file;
}

/** The data store on this machine, or nothing where it is not a folder. */
export function dataStorePath(section: CovalentConfig): string | undefined {
  return fromHome(section.dataStore?.path);
}

/**
 * The component's args from the config.
 *
 * @param problems receives everything that is wrong with the section
 * @param made what the cluster brings; Outputs are not looked at
 * @returns nothing when the stack has no Covalent
 */
export function covalentArgs(
  config: WithCovalent,
  problems: Problems,
  made: CovalentResourcesOfCluster = {},
): CovalentArgs | undefined {
  const { covalent, gpus, root } = config;
  if (covalent === undefined) {
    return undefined;
  }
  const {
    cluster = config.defaultCluster,
    registry,
    dataStore,
    outputFolder,
    ...settings
  } = covalent;
  const below = new ProblemsBelow(problems, "covalent");
  if (config.clusters[cluster] === undefined) {
    below.add({
      path: "cluster",
      reason: "names a cluster that `clusters` does not have",
      value: cluster,
      allowed: oneOf(Object.keys(config.clusters)),
    });
  }
  const { password, credentialsFile, ...repository } = registry ?? {};
  const args: CovalentArgs = {
    ...settings,
    cacheDir: fromHome(settings.cacheDir),
    registry: {
      ...repository,
      url: registry?.url ?? made.registryUrl,
      credentialsFile: fromHome(credentialsFile),
      password: password === undefined ? undefined : pulumi.secret(password),
    },
    dataStore: {
      path: fromHome(dataStore?.path),
      bucket:
        dataStore?.path === undefined ? (dataStore?.bucket ?? made.bucketName) : dataStore.bucket,
      claim: dataStore?.claim,
    },
    taskRoleArn: settings.taskRoleArn ?? made.taskRoleArn,
    gpus,
    nodes: nodesOf(config, cluster),
    outputFolder: path.resolve(root, outputFolder ?? path.join(".local", "covalent", cluster)),
  };
  checkCovalentArgs(args, below);
  return args;
}

/** Makes it on its cluster. */
export function covalentLayer(
  config: WithCovalent,
  { provider, kubeconfig }: { provider: pulumi.ProviderResource; kubeconfig: pulumi.Input<string> },
  problems: Problems,
  made: CovalentResourcesOfCluster = {},
): CovalentOutputs | undefined {
  const args = covalentArgs(config, problems, made);
  if (args === undefined || problems.count > 0) {
    return undefined;
  }
  const executor = new CovalentExecutor(
    `${covalentCluster(config)}-covalent`,
    { ...args, kubeconfig },
    { provider },
  );
  const { namespace, context, folder } = executor;
  return {
    namespace,
    context,
    config: executor.config,
    folder,
    next: pulumi
      .all([
        executor.mountCommand,
        executor.exportLine,
        executor.configureCommand,
        executor.checkCommand,
      ])
      .apply((commands) => commands.filter((command) => command !== "")),
  };
}
