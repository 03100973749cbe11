/** What Covalent's executor is made from, and whether that can work. */
import type * as pulumi from "@pulumi/pulumi";
import { checkCovalentSettings } from "../model/covalent/checks";
import { checkDataStore } from "../model/covalent/dataStoreChecks";
import { adminAccess } from "../model/covalent/dispatcherKubeconfig";
import { checkRegistry } from "../model/covalent/registry";
import type { CovalentClaim, CovalentSettings, CovalentSpec } from "../model/covalent/settings";
import { Problems } from "../model/problems";

/** Where task images go. */
export interface CovalentRegistry {
  /**
   * Host of the registry, with a path or without, such as an EKS cluster's `registryUrl`. With `localhost`, images
   * are loaded into minikube.
   *
   * @default "localhost"
   */
  url?: pulumi.Input<string>;
  /** Name of the repository below it. @default the path of `url`, else "covalent-eks-task" */
  repository?: string;
  /** AWS region of a registry in ECR. @default as its host says */
  region?: string;
  /** User of a registry that is not in ECR; with `password`. */
  username?: string;
  /** The user's password; also what the cluster pulls task images with. */
  password?: pulumi.Input<string>;
  /**
   * File of the dispatcher's machine with credentials that are there already, absolute: AWS shared credentials for
   * ECR, else TOML with `username` and `password`.
   */
  credentialsFile?: string;
}

/** Where functions and results are handed over: a folder, or a bucket. */
export interface CovalentDataStore {
  /** Folder of the dispatcher's machine, absolute. Tasks see the same files as `/data`. */
  path?: string;
  /** Name of an S3 bucket, such as an EKS cluster's `bucketName`. */
  bucket?: pulumi.Input<string>;
  /** With `path`: the claim with these files, which tasks mount. @default the folder `/data` of the node */
  claim?: CovalentClaim;
}

/** What a `CovalentExecutor` is made from. */
export interface CovalentExecutorArgs extends CovalentSettings {
  /** Content of a kubeconfig that reaches the cluster. The dispatcher gets its server and context, not its user. */
  kubeconfig: pulumi.Input<string>;
  /** @default images are loaded into minikube */
  registry?: CovalentRegistry;
  dataStore: CovalentDataStore;
  /**
   * ARN of the IAM role that task pods take on by their service account (IRSA), such as an EKS cluster's
   * `bucketRoleArn`. With EKS Pod Identity none is needed here: the cluster knows their service account.
   *
   * @default none
   */
  taskRoleArn?: pulumi.Input<string>;
  /** Folder on this machine for the dispatcher's files. @default `.local/covalent/<name>` */
  outputFolder?: string;
}

/** A value that is given in plain; Outputs are looked at when they are known. */
function plain(value: pulumi.Input<string> | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** All but the cluster that it is for. */
export type CovalentArgs = Omit<CovalentExecutorArgs, "kubeconfig">;

/** Args that are no settings: some of them are Outputs, or secret. */
const NO_SETTINGS = ["kubeconfig", "taskRoleArn", "outputFolder", "registry", "dataStore"];

/** The settings with what is known of registry and data store. */
export function covalentSpec(
  args: CovalentArgs,
  url: string | undefined,
  bucket: string | undefined,
): CovalentSpec {
  const { registry, dataStore } = args;
  const { password, ...other } = registry ?? {};
  const settings = Object.entries(args).filter(([key]) => !NO_SETTINGS.includes(key));
  return {
    ...(Object.fromEntries(settings) as CovalentSettings),
    registry: { ...other, url, hasPassword: password !== undefined },
    dataStore: { ...dataStore, bucket },
  };
}

/** Adds every problem that can be seen before other resources are made. */
export function checkCovalentArgs(args: CovalentArgs, problems: Problems): void {
  const url = args.registry?.url;
  const { bucket } = args.dataStore;
  const spec = covalentSpec(args, plain(url), plain(bucket));
  checkCovalentSettings(spec, problems);
  checkDataStore(spec, problems, bucket !== undefined);
  if (url === undefined || typeof url === "string") {
    checkRegistry(spec.registry ?? {}, problems);
  }
}

/** @throws ProblemsError with every problem that can be seen before other resources are made. */
export function assertCovalentArgs(name: string, args: CovalentExecutorArgs): void {
  const problems = new Problems(name);
  checkCovalentArgs(args, problems);
  problems.throwIfAny();
  if (typeof args.kubeconfig === "string") {
    adminAccess(args.kubeconfig, args);
  }
}

/** @throws ProblemsError with the problems of values that other resources made. */
export function assertCovalentSpec(name: string, spec: CovalentSpec): CovalentSpec {
  const problems = new Problems(name);
  checkDataStore(spec, problems);
  checkRegistry(spec.registry ?? {}, problems);
  problems.throwIfAny();
  return spec;
}
