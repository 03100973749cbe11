import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { kubeconfigOf, type ClusterAccess } from "../model/kubeconfig";
import { warn } from "../notices";
import { assertSameCluster } from "./identity";
import { readKubeconfigFile, readKubeconfigText } from "./kubeconfigFile";

/** How to reach a cluster that exists, or will when this stack runs. */
export interface KubeconfigClusterArgs {
  /**
   * Content of a kubeconfig. Give this or `path`. Secret.
   *
   * @default the content of `path`
   */
  kubeconfig?: pulumi.Input<string>;
  /**
   * Path of a kubeconfig; paths in it are meant from its own folder.
   *
   * @default the files that `KUBECONFIG` lists, else `~/.kube/config`
   */
  path?: string;
  /** Context to use. @default the kubeconfig's current one */
  context?: string;
  /**
   * Whether certificates and keys that the kubeconfig names by path (minikube's does) are copied into
   * state, so that other machines can use the stack. @default false
   */
  embedCertificates?: boolean;
  /** Namespace of objects that name none. @default the context's, else `default` */
  namespace?: pulumi.Input<string>;
}

/** Above what one person's stack sends, below what an API server refuses: the default of 50 a second would be what we wait for. */
const CLIENT = { qps: 200, burst: 400 };

/**
 * The providers of clusters. A property of the class would be in the package's schema, as a reference to a
 * resource that is none; so it is a getter, and programs in other languages make theirs from `kubeconfig`.
 */
const providers = new WeakMap<KubeconfigCluster, kubernetes.Provider>();

/**
 * One Kubernetes cluster of a stack, reached by a kubeconfig. It makes an explicit provider, `provider`,
 * for everything that goes into the cluster.
 *
 * The first time, it keeps the uid of the cluster's `kube-system` namespace in state. From then on the
 * provider gets the kubeconfig only when the live cluster has that uid, so a wrong context or path is an
 * error in preview and nothing is written. The kubeconfig's user must be allowed to `get` that namespace.
 *
 * @example
 * ```ts
 * const lab = new KubeconfigCluster("lab", { path: "~/.kube/config", context: "minikube" });
 * new kubernetes.core.v1.Namespace("team", {}, { provider: lab.provider });
 * ```
 */
export class KubeconfigCluster extends pulumi.ComponentResource {
  /** The kubeconfig, cut down to the context; known only when the cluster is the right one. Secret. */
  public readonly kubeconfig: pulumi.Output<string>;
  /** Uid of the cluster's `kube-system` namespace: what tells it from other clusters. */
  public readonly uid: pulumi.Output<string>;

  constructor(name: string, args: KubeconfigClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("science-platform:index:KubeconfigCluster", name, {}, opts);
    const access = readAccess(name, args, this);
    const live = liveUid(name, access.kubeconfig, this);
    const first = firstUid(name, live, this);
    this.kubeconfig = pulumi.secret(
      pulumi.all([access, first, live]).apply(([{ kubeconfig, where }, was, is]) => {
        assertSameCluster(name, was, is, where);
        return kubeconfig;
      }),
    );
    this.uid = first;
    const provider = new kubernetes.Provider(
      `${name}-provider`,
      {
        kubeconfig: this.kubeconfig,
        ...(args.namespace === undefined ? {} : { namespace: args.namespace }),
        clusterIdentifier: name,
        enableServerSideApply: true,
        kubeClientSettings: CLIENT,
      },
      { parent: this },
    );
    providers.set(this, provider);
    this.registerOutputs({ kubeconfig: this.kubeconfig, uid: this.uid });
  }

  /** Provider for all objects of this cluster. */
  public get provider(): kubernetes.Provider {
    return providers.get(this)!;
  }
}

/** What the provider needs, and what an error may say of it. */
interface Reached {
  kubeconfig: string;
  /** Context and server. */
  where: string;
}

function readAccess(
  name: string,
  args: KubeconfigClusterArgs,
  parent: pulumi.Resource,
): pulumi.Output<Reached> {
  const { kubeconfig, path: file, context, embedCertificates } = args;
  const options = { context, embedCertificates };
  if (kubeconfig !== undefined && file !== undefined) {
    throw new pulumi.InputPropertiesError({
      message: `cluster ${name}: both kubeconfig and path are given`,
      errors: [{ propertyPath: "path", reason: "give the content or the path, not both" }],
    });
  }
  const reached = (access: ClusterAccess): Reached => {
    for (const warning of access.warnings) {
      warn(parent, warning);
    }
    return {
      kubeconfig: kubeconfigOf(access),
      where: `context ${access.context}, ${access.server}`,
    };
  };
  if (kubeconfig === undefined) {
    // At once, not in an apply: a file that is wrong is then an error with a plain message.
    return pulumi.secret(reached(readKubeconfigFile(name, file, options)));
  }
  return pulumi.secret(
    pulumi.output(kubeconfig).apply((text) => reached(readKubeconfigText(name, text, options))),
  );
}

/** The uid of the cluster that the kubeconfig reaches now, read through a provider that writes nothing. */
function liveUid(
  name: string,
  kubeconfig: pulumi.Output<string>,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const lookup = new kubernetes.Provider(
    `${name}-lookup`,
    { kubeconfig, clusterIdentifier: `${name}-lookup` },
    { parent },
  );
  const identity = kubernetes.core.v1.Namespace.get(`${name}-identity`, "kube-system", {
    parent,
    provider: lookup,
  });
  return identity.metadata.uid;
}

/** The uid that the stack saw first: kept as a keeper that never changes again. */
function firstUid(
  name: string,
  live: pulumi.Output<string>,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const guard = new random.RandomId(
    `${name}-guard`,
    { byteLength: 8, keepers: { uid: live } },
    { parent, ignoreChanges: ["keepers"] },
  );
  return guard.keepers.apply((keepers) => keepers?.["uid"] ?? "");
}
