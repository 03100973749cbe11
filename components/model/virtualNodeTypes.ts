/** What a virtual kubelet's node is made from; all plain. */
import type { DeclaredNode, GpuClass } from "./gpuTypes";

/** How a virtual kubelet is deployed. Why there are three: docs/decisions/virtual-node.md */
export const VirtualNodeForm = {
  /** Our own objects around today's image, which reads one configuration file. */
  Objects: "objects",
  /** interLink's own Helm chart. */
  Chart: "chart",
  /** Our own objects around the image of 2024, which reads InterLinkConfig.yaml and vk-cfg.json. */
  Seed: "seed",
} as const;
export type VirtualNodeForm = (typeof VirtualNodeForm)[keyof typeof VirtualNodeForm];

/** Where the interLink API of the remote host answers, as the kubelet sees it. */
export interface InterLinkEndpoint {
  /** Scheme and host without port or path, such as `https://gpu.example.org`. */
  url: string;
  /** @default 443 */
  port?: number;
  /** Do not verify the host's certificate. @default false */
  insecureTls?: boolean;
}

/** How the kubelet gets the token that it shows to the remote host. */
export interface VirtualNodeLogin {
  /** OIDC issuer. @default none: then `tokenEndpoint` is required */
  issuer?: string;
  /** Where tokens are fetched. @default what the issuer's discovery document says when the pod starts */
  tokenEndpoint?: string;
  /** Audience of the token. @default none: the issuer chooses */
  audience?: string;
  /**
   * `authorization_code` (the word that interLink uses where a refresh token is exchanged) or
   * `client_credentials`. @default "authorization_code"
   */
  grantType?: string;
  /**
   * Secret of the namespace with the keys `client-id`, `client-secret` and, unless the grant type is
   * `client_credentials`, `refresh-token`. @default one is made
   */
  existingSecret?: string;
}

/** Images with their tags. */
export interface VirtualNodeImages {
  /** @default ghcr.io/interlink-hq/interlink/virtual-kubelet-inttw:0.6.1; seed: biancoj/vkgpu:latest */
  virtualKubelet?: string;
  /** @default ghcr.io/interlink-hq/interlink/virtual-kubelet-inttw-refresh:0.6.1; seed: biancoj/refresh-token:latest */
  refresher?: string;
  /** Makes the empty token file. @default docker.io/library/alpine:3.22 */
  tokenInit?: string;
  /** Receives the traces in the seed's form. @default docker.io/jaegertracing/all-in-one:1.51 */
  jaeger?: string;
}

/** One virtual node: a site behind interLink, offered to the scheduler as a node. */
export interface VirtualNodeSettings {
  /** Name of the node that appears; a DNS label. */
  nodeName: string;
  /** `objects`, `chart` or `seed`. @default "objects" */
  form?: VirtualNodeForm;
  /** Namespace of the kubelet itself. @default "vk" */
  namespace?: string;
  /**
   * Namespaces whose pods may run on the node. The kubelet reads the Secrets and ConfigMaps of these alone,
   * and hands to the remote host what a pod there mounts.
   */
  offloadNamespaces: string[];
  interLink: InterLinkEndpoint;
  /** What the node offers: `cpu` and `memory` are required; GPU classes, labels and roles as for any node. */
  node: DeclaredNode;
  /** The GPU vocabulary. @default none */
  gpus?: Record<string, GpuClass>;
  /** Most pods at a time. @default 100 */
  pods?: number;
  /** Login at the remote host. Required unless `unauthenticated`. */
  login?: VirtualNodeLogin;
  /** Waives the login: the remote host lets everyone in who reaches it. @default false */
  unauthenticated?: boolean;
  images?: VirtualNodeImages;
  /** Traces: OTLP to `tracingEndpoint`, in the seed's form to a jaeger container. @default false */
  tracing?: boolean;
  /** `host:port` of an OTLP collector (gRPC); form `objects` alone. Required there with `tracing`. */
  tracingEndpoint?: string;
  /** Log everything. @default false */
  verboseLogging?: boolean;
  /** Log errors alone. @default false */
  errorsOnlyLogging?: boolean;
  /**
   * Hand projected volumes to the remote host. With them go service account tokens that the kubelet makes
   * valid for a hundred years. @default false
   */
  projectedVolumes?: boolean;
  /**
   * Let the cluster sign the certificate of the kubelet's own port; someone must approve it. Without it
   * the kubelet signs for itself, which API servers accept unless told to verify kubelets. @default false
   */
  kubeletCsr?: boolean;
  /** Service account of the kubelet. @default `<node>-virtual-kubelet` */
  serviceAccount?: string;
}

/** The same with what only ends up as text, and may be an Output. */
export interface VirtualNodeSpec extends VirtualNodeSettings {
  /** Further keys of InterLinkConfig.yaml. */
  config?: Record<string, unknown>;
  /** PEM; anything that ends up as a string. */
  caCertificate?: unknown;
}

/** The settings with their defaults. */
export function withDefaults(spec: VirtualNodeSpec): VirtualNodeSpec & {
  form: VirtualNodeForm;
  namespace: string;
  serviceAccount: string;
} {
  const {
    form = VirtualNodeForm.Objects,
    namespace = "vk",
    // Not the node's name: that is the chart's, which would take ours along when a site leaves it.
    serviceAccount = `${spec.nodeName}-virtual-kubelet`,
  } = spec;
  return { ...spec, form, namespace, serviceAccount };
}

/** The grant types of interLink's token refresher. */
export const GRANT_TYPES = ["authorization_code", "client_credentials"] as const;

/** Whether a refresh token is needed. */
export function needsRefreshToken(login: VirtualNodeLogin): boolean {
  return login.grantType !== "client_credentials";
}

const IMAGES = {
  tokenInit: "docker.io/library/alpine:3.22",
  jaeger: "docker.io/jaegertracing/all-in-one:1.51",
  today: {
    virtualKubelet: "ghcr.io/interlink-hq/interlink/virtual-kubelet-inttw:0.6.1",
    refresher: "ghcr.io/interlink-hq/interlink/virtual-kubelet-inttw-refresh:0.6.1",
  },
  // Nothing else was ever published under these names.
  seed: {
    virtualKubelet: "docker.io/biancoj/vkgpu:latest",
    refresher: "docker.io/biancoj/refresh-token:latest",
  },
};

/** The images of a node, defaults filled in. */
export function imagesOf({ form, images }: VirtualNodeSettings): Required<VirtualNodeImages> {
  const { tokenInit, jaeger, today, seed } = IMAGES;
  return { tokenInit, jaeger, ...(form === VirtualNodeForm.Seed ? seed : today), ...images };
}
