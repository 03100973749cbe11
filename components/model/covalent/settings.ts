/** What Covalent's executor is set up from: plain values, as the stack config and the component take them. */
import { compact } from "../compact";
import type { DeclaredNode, GpuClass } from "../gpuTypes";
import type { NamespaceQuota } from "../namespaceObjects";

/** A claim that tasks mount as their data store. */
export interface CovalentClaim {
  /** Name of one that exists. Give this or `size`. @default one is made, `covalent-data` */
  existingClaim?: string;
  /** Size of the one that is made, such as `100Gi`. */
  size?: string;
  /** Its storage class. @default the cluster's default one */
  storageClass?: string;
  /** @default ["ReadWriteMany"]: tasks run on several nodes */
  accessModes?: string[];
}

/** A minikube whose node has the data store mounted. */
export interface CovalentMinikube {
  /** Profile of minikube. @default "minikube" */
  profile?: string;
}

/** All that has a value before anything runs. */
export interface CovalentSettings {
  /** Namespace of the tasks. @default "covalent" */
  namespace?: string;
  /** Context of the kubeconfig. @default its current one */
  context?: string;
  /**
   * Image that task images are built on. Its Python must be the dispatcher's, since functions travel as pickles.
   *
   * @default "python:3.11-slim-bookworm"
   */
  baseImage?: string;
  /** CPU that a task requests. @default "500m" */
  vcpu?: string;
  /** Memory that a task requests. @default "1G" */
  memory?: string;
  /** Folder of the dispatcher's machine for what is on its way, absolute. @default `~/.cache/covalent` there */
  cacheDir?: string;
  /** Seconds between two looks at a task, 1 to 3600. @default 10 */
  pollSeconds?: number;
  /** Seconds that finished tasks stay in the cluster. @default 3600 */
  ttlSeconds?: number;
  /** What all tasks together may request. @default no bounds */
  quota?: NamespaceQuota;
  /** The GPU vocabulary: tasks ask for its classes by name. */
  gpus?: Record<string, GpuClass>;
  /** Nodes of the cluster, with the classes that they offer. */
  nodes?: Record<string, DeclaredNode>;
  /**
   * Whether PyPI's plugin 0.1.0 may be used as it is, too. It writes its Jobs to namespace `default` as service
   * account `default`: the dispatcher gets rights there, and finished Jobs are removed by a CronJob. Whoever may
   * create Jobs there reads every Secret of `default`.
   *
   * @default false
   */
  plainPlugin?: boolean;
  /** Image of that CronJob: anything with Python 3. @default "python:3.13-alpine" */
  cleanerImage?: string;
  /** Name of the Secret with the dispatcher's token. Another name makes a new token, and ends the old one. */
  tokenName?: string;
  /** The cluster is a minikube on the dispatcher's machine. @default it is not */
  minikube?: CovalentMinikube;
}

/** Where task images go, with every value known. */
export interface CovalentRegistryFacts {
  /** Host, with a path or without. @default "localhost" */
  url?: string;
  /** Name of the repository below it. @default the path of `url`, else "covalent-eks-task" */
  repository?: string;
  /** AWS region of a registry in ECR. @default as its host says */
  region?: string;
  /** User of a registry that is not in ECR; needs a password. */
  username?: string;
  /** Whether there is a password. */
  hasPassword?: boolean;
  /**
   * File of the dispatcher's machine with credentials, absolute: AWS shared credentials for ECR, else TOML with
   * `username` and `password`.
   */
  credentialsFile?: string;
}

/** Where functions and results are handed over, with every value known. */
export interface CovalentDataStoreFacts {
  /** Folder of the dispatcher's machine, absolute. Tasks see the same files as `/data`. */
  path?: string;
  /** Or an S3 bucket. */
  bucket?: string;
  /** What tasks mount as `/data`, where that is not a folder of the node of that name. */
  claim?: CovalentClaim;
}

/** All settings, with every value known. */
export interface CovalentSpec extends CovalentSettings {
  registry?: CovalentRegistryFacts;
  dataStore: CovalentDataStoreFacts;
}

/** Values where none are given. */
const COVALENT_DEFAULTS = {
  namespace: "covalent",
  baseImage: "python:3.11-slim-bookworm",
  vcpu: "500m",
  memory: "1G",
  pollSeconds: 10,
  ttlSeconds: 3600,
  cleanerImage: "python:3.13-alpine",
  tokenName: "covalent-dispatcher-token",
};

/** Where task images go, and as what, where nobody says. */
export const LOCAL_REGISTRY = "localhost";
export const IMAGE_REPOSITORY = "covalent-eks-task";

/** The profile that `minikube` means where none is named. */
export const MINIKUBE_PROFILE = "minikube";

/** The settings with their defaults; a key that is there without a value counts as absent. */
export function withCovalentDefaults<T extends CovalentSettings>(
  settings: T,
): T & typeof COVALENT_DEFAULTS {
  return { ...COVALENT_DEFAULTS, ...compact(settings) };
}

/** Who the dispatcher is in the cluster. */
export const DISPATCHER_ACCOUNT = "covalent-dispatcher";

/** Who tasks are in the cluster. */
export const TASK_ACCOUNT = "covalent-task";

/** Where the plugin as it is writes its Jobs, and who they are there. Both are fixed in its code. */
export const PLAIN_NAMESPACE = "default";
export const PLAIN_ACCOUNT = "default";

/** Where tasks find the data store. Fixed in the plugin's code. */
export const TASK_FOLDER = "/data";

/** Name of the claim that is made. */
const CLAIM = "covalent-data";

/** The claim that tasks mount, or nothing where they mount none. */
export function claimName({
  dataStore,
}: {
  dataStore: CovalentDataStoreFacts;
}): string | undefined {
  return dataStore.claim && (dataStore.claim.existingClaim ?? CLAIM);
}

/** Service accounts whose pods need the data store: what a role for the bucket is made for. */
export function taskAccounts(
  settings: Pick<CovalentSettings, "namespace" | "plainPlugin">,
): { namespace: string; name: string }[] {
  const { namespace, plainPlugin } = withCovalentDefaults(settings);
  return [
    { namespace, name: TASK_ACCOUNT },
    ...(plainPlugin === true ? [{ namespace: PLAIN_NAMESPACE, name: PLAIN_ACCOUNT }] : []),
  ];
}
