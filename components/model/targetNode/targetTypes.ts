/** What runs on an interLink target node, as one typed spec. All plain: what is secret is in `TargetSecrets`. */

/** Which generation of interLink the host runs: their config files differ. */
export const InterLinkForm = {
  /** interLink 0.5 and later. */
  Current: "current",
  /** The fork that the seed names: one `InterLinkConfig.yaml` for API server and sidecar. */
  Seed: "seed",
} as const;
export type InterLinkForm = (typeof InterLinkForm)[keyof typeof InterLinkForm];

/** What turns a pod into something that runs on the host. */
export const TargetPluginKind = {
  /** Containers on the host's Docker, with its NVIDIA GPUs. */
  Docker: "docker",
  /** Jobs of a SLURM cluster. */
  Slurm: "slurm",
} as const;
export type TargetPluginKind = (typeof TargetPluginKind)[keyof typeof TargetPluginKind];

/** Architecture of the host, in Go's words. */
export const TargetArchitecture = { Amd64: "amd64", Arm64: "arm64" } as const;
export type TargetArchitecture = (typeof TargetArchitecture)[keyof typeof TargetArchitecture];

/** Least version of TLS. */
export const TlsVersion = { Tls12: "TLS1.2", Tls13: "TLS1.3" } as const;
export type TlsVersion = (typeof TlsVersion)[keyof typeof TlsVersion];

/** What runs a job's containers on a SLURM cluster. */
export const SlurmRuntime = { Singularity: "singularity", Enroot: "enroot" } as const;
export type SlurmRuntime = (typeof SlurmRuntime)[keyof typeof SlurmRuntime];

/** oauth2-proxy, the only part that is reached from outside. Flags: https://oauth2-proxy.github.io/oauth2-proxy/ */
export interface TargetProxySettings {
  /** OIDC issuer, spelt exactly as it spells itself (a last `/` counts). https only. */
  issuer: string;
  /** Client that the issuer knows the proxy by; a token whose audience it is may pass. */
  clientId: string;
  /** Tokens of members of one of these groups may pass. Required unless `audiences` or `anyUser`. */
  groups?: string[];
  /** Tokens for one of these audiences may pass, as well as those for `clientId`. */
  audiences?: string[];
  /** Waives both: every token of the issuer for `clientId` passes. @default false */
  anyUser?: boolean;
  /** Claim that holds the groups. @default "groups" */
  groupsClaim?: string;
  /** Domains of e-mail addresses that may pass. @default ["*"] */
  emailDomains?: string[];
  /** Address that the proxy asks whether an opaque session is valid (the seed: the token endpoint). https only. */
  validateUrl?: string;
  /** Address that the issuer sends a browser back to. @default `https://<address>/oauth2/callback` */
  redirectUrl?: string;
  /** Scopes to ask for, separated by spaces. @default oauth2-proxy's own */
  scope?: string;
  /** Requests that pass without a token: `METHOD=regex`, the regex beginning with `^/`. @default [] */
  skipAuthRoutes?: string[];
  /**
   * Cipher suites for TLS 1.2, by Go's names (those for TLS 1.3 are always on). The weak ones, with CBC or without
   * forward secrecy, are offered only when they are listed. @default the AEAD ones with forward secrecy
   */
  cipherSuites?: string[];
  /** @default "TLS1.2" */
  tlsMinVersion?: TlsVersion;
  /** Hands the token on to the API server. @default true */
  passAuthorizationHeader?: boolean;
  /** Takes tokens in the `Authorization` header, as the virtual kubelet sends them. @default true */
  skipJwtBearerTokens?: boolean;
  /** Certificate (PEM) of the authority that signed the issuer's. @default the host's authorities */
  issuerCa?: string;
}

/** The way out of a login node without internet: tsocks. */
export interface TsocksSettings {
  /** Path of `libtsocks.so`. */
  library: string;
  /** Node that it goes through. */
  loginNode: string;
  /** Path of its config file. @default tsocks' own */
  config?: string;
}

/** The interLink API server, and what it shares with the plugin. */
export interface TargetInterLinkSettings {
  /** @default "current" */
  form?: InterLinkForm;
  /** Folder of the jobs' files, absolute. @default "/var/lib/interlink/jobs" */
  dataRootFolder?: string;
  /** Logs every request. @default false */
  verboseLogging?: boolean;
  /** Logs errors alone. @default false */
  errorsOnlyLogging?: boolean;
  /** Sends ConfigMaps and Secrets along with a pod. @default true */
  exportPodData?: boolean;
  /** Shell text in front of every job's command. @default "" */
  commandPrefix?: string;
  /** Shell text in front of every job's `singularity`. @default "" */
  singularityPrefix?: string;
  /** Service account of the virtual kubelet (seed form). @default "interlink" */
  serviceAccount?: string;
  /** Namespace of the virtual kubelet. @default "vk" */
  namespace?: string;
  /** @default "/bin/bash" */
  bashPath?: string;
  /** @default none */
  tsocks?: TsocksSettings;
  /** Template of job scripts on the host (current form). @default none */
  jobScriptTemplate?: string;
}

/** The Docker plugin. */
export interface DockerPluginSettings {
  /** Whether pods get the host's NVIDIA GPUs; then driver and container toolkit must be there. @default true */
  gpu?: boolean;
  /** Pods that may start at one time: containers made ahead, 1 to 127. @default 10 */
  pool?: number;
  /** Address ranges for the pods' networks, each a /8, /16 or /24 (current form). @default Docker's choice */
  networkSubnets?: string[];
}

/** A named set of options for `sbatch`, which a pod chooses with an annotation. */
export interface SlurmFlavor {
  description?: string;
  /** CPUs of a pod that asks for none. */
  cpu: number;
  /** Memory of a pod that asks for none, as SLURM writes it: `8G`. */
  memory: string;
  /** Further options, such as `--partition=gpu`. @default [] */
  flags?: string[];
}

/** The SLURM plugin. */
export interface SlurmPluginSettings {
  /** @default "/usr/bin/sbatch" */
  sbatchPath?: string;
  /** @default "/usr/bin/scancel" */
  scancelPath?: string;
  /** @default "/usr/bin/squeue" */
  squeuePath?: string;
  /** @default "/usr/bin/sinfo" */
  sinfoPath?: string;
  /** @default "singularity" */
  runtime?: SlurmRuntime;
  /** @default "singularity" */
  singularityPath?: string;
  /** Options of every `singularity exec`. @default [] */
  singularityOptions?: string[];
  /** In front of image names without a scheme. @default "docker://" */
  imagePrefix?: string;
  /** @default "enroot" */
  enrootPath?: string;
  /** Whether `dataRootFolder` is on a file system that the jobs' nodes share. @default false */
  sharedFilesystem?: boolean;
  /** Runs readiness and liveness probes on the node of the job. @default false */
  enableProbes?: boolean;
  /** By name. @default none */
  flavors?: Record<string, SlurmFlavor>;
  /** Flavor of pods that name none. @default none */
  defaultFlavor?: string;
}

/** Which plugin, with its settings. */
export interface TargetPluginSettings {
  kind: TargetPluginKind;
  docker?: DockerPluginSettings;
  slurm?: SlurmPluginSettings;
}

/** Where the three parts listen. */
export interface TargetPorts {
  /** oauth2-proxy, from outside. @default 443 */
  https?: number;
  /** Where oauth2-proxy sends plain HTTP requests on to https (the seed: 80). @default none */
  http?: number;
  /** API server, on loopback. @default 3000 */
  api?: number;
  /** Plugin. @default a Unix socket in the current form, 4000 in the seed's */
  plugin?: number;
}

/** Where one program comes from. */
export interface TargetBinary {
  /** Address of the program, or of a `.tar.gz` that holds it. https only. @default the release of our pin */
  url?: string;
  /** Path of the program within the archive. @default the download is the program */
  member?: string;
  /** SHA-256 of the program itself, unpacked, 64 hexadecimal digits. Required unless `folder`. */
  sha256?: string;
}

/** The three programs. */
export interface TargetBinaries {
  /** Folder on the host that holds `oauth2-proxy`, `interlink` and `interlink-plugin`, in place of downloads. */
  folder?: string;
  oauth2Proxy?: TargetBinary;
  interlink?: TargetBinary;
  plugin?: TargetBinary;
}

/** What runs on one target node; all plain. */
export interface TargetSettings {
  /** DNS name or IP address that the virtual kubelet calls the host by; the certificate is for it. */
  address: string;
  proxy: TargetProxySettings;
  plugin: TargetPluginSettings;
  interlink?: TargetInterLinkSettings;
  ports?: TargetPorts;
  /** Address that oauth2-proxy listens at. @default "0.0.0.0" */
  listenAddress?: string;
  binaries?: TargetBinaries;
  /** @default "amd64" */
  architecture?: TargetArchitecture;
  /** User that API server and plugin run as; on a SLURM cluster one that may submit jobs. @default "interlink" */
  user?: string;
  /** The host's certificate (PEM), with `certificateKey`. @default a self-signed one, made on the host */
  certificate?: string;
}

/** What is secret of a target node. */
export interface TargetSecrets {
  clientSecret: string;
  /** 16, 24 or 32 bytes, plain or in base64url. */
  cookieSecret: string;
  /** Key of `certificate` (PEM). */
  certificateKey?: string;
}
