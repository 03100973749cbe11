/** A target node's settings with every default filled in: what the renderers read. */
import { urlHost } from "./address";
import { compact } from "../compact";
import {
  InterLinkForm,
  TargetArchitecture,
  TargetPluginKind,
  TlsVersion,
  type TargetBinary,
  type TargetSettings,
} from "./targetTypes";
import { STRONG_CIPHERS } from "./ciphers";

/** Releases that the default addresses name: bump here. */
const TARGET_VERSIONS = {
  oauth2Proxy: "v7.15.3",
  interlink: "0.6.1",
  slurmPlugin: "0.6.1",
} as const;

/** Folders on the host. */
export const HOST = {
  programs: "/opt/interlink/bin",
  config: "/etc/interlink",
  state: "/var/lib/interlink",
  run: "/run/interlink",
  units: "/etc/systemd/system",
} as const;

/** User that oauth2-proxy runs as: the part that is reached from outside has nothing in common with the others. */
export const PROXY_USER = "interlink-proxy";

/** systemd units, in the order of their start. */
export const UNITS = {
  proxy: "interlink-oauth2-proxy.service",
  api: "interlink-api.service",
  plugin: "interlink-plugin.service",
} as const;

/** Names of the programs, on the host and in `binaries.folder`. */
export const PROGRAMS = {
  oauth2Proxy: "oauth2-proxy",
  interlink: "interlink",
  plugin: "interlink-plugin",
} as const;
type ProgramKey = keyof typeof PROGRAMS;

/** One program, as install.sh gets it. Empty where there is none. */
export interface Program {
  key: ProgramKey;
  name: string;
  url: string;
  member: string;
  sha256: string;
}

const SEED_PLUGIN_PORT = 4000;
const GITHUB = "https://github.com";

type Defaults = Record<ProgramKey, TargetBinary>;

/** Where the releases are. Docker's plugin has none with GPUs: its users build it. */
function releases(architecture: TargetArchitecture, kind: TargetPluginKind): Defaults {
  const folder = `oauth2-proxy-${TARGET_VERSIONS.oauth2Proxy}.linux-${architecture}`;
  const suffix = `Linux_${architecture === TargetArchitecture.Amd64 ? "x86_64" : architecture}`;
  return {
    oauth2Proxy: {
      url: `${GITHUB}/oauth2-proxy/oauth2-proxy/releases/download/${TARGET_VERSIONS.oauth2Proxy}/${folder}.tar.gz`,
      member: `${folder}/oauth2-proxy`,
    },
    interlink: {
      url: `${GITHUB}/interlink-hq/interLink/releases/download/${TARGET_VERSIONS.interlink}/interlink_${suffix}`,
    },
    plugin:
      kind === TargetPluginKind.Slurm
        ? {
            url: `${GITHUB}/interlink-hq/interlink-slurm-plugin/releases/download/${TARGET_VERSIONS.slurmPlugin}/interlink-sidecar-slurm_${suffix}`,
          }
        : {},
  };
}

function programs(settings: TargetSettings, architecture: TargetArchitecture): Program[] {
  const defaults = releases(architecture, settings.plugin.kind);
  return (Object.keys(PROGRAMS) as ProgramKey[]).map((key) => {
    const given = settings.binaries?.[key] ?? {};
    // A download of one's own has its own layout: the default's member says nothing of it.
    const from = given.url === undefined ? { ...defaults[key], ...compact(given) } : given;
    return {
      key,
      name: PROGRAMS[key],
      url: from.url ?? "",
      member: from.member ?? "",
      sha256: (from.sha256 ?? "").toLowerCase(),
    };
  });
}

/** The defaults of a target node, filled in. Types follow from it, so a default is written once. */
export function resolveTarget(settings: TargetSettings) {
  const form = settings.interlink?.form ?? InterLinkForm.Current;
  const architecture = settings.architecture ?? TargetArchitecture.Amd64;
  const https = settings.ports?.https ?? 443;
  const authority = `${urlHost(settings.address)}${https === 443 ? "" : `:${https}`}`;
  const dataRootFolder = settings.interlink?.dataRootFolder ?? `${HOST.state}/jobs`;
  return {
    address: settings.address,
    /** Address that the virtual kubelet is given. */
    url: `https://${authority}`,
    architecture,
    user: settings.user ?? "interlink",
    listenAddress: settings.listenAddress ?? "0.0.0.0",
    ports: {
      https,
      http: settings.ports?.http,
      api: settings.ports?.api ?? 3000,
      // Upstream's plugins listen on all addresses; a socket is reached by its owner alone.
      plugin:
        settings.ports?.plugin ?? (form === InterLinkForm.Seed ? SEED_PLUGIN_PORT : undefined),
    },
    proxy: {
      groups: [],
      audiences: [],
      groupsClaim: "groups",
      emailDomains: ["*"],
      redirectUrl: `https://${authority}/oauth2/callback`,
      skipAuthRoutes: [],
      tlsMinVersion: TlsVersion.Tls12,
      passAuthorizationHeader: true,
      skipJwtBearerTokens: true,
      ...compact(settings.proxy),
      cipherSuites: [...new Set(settings.proxy.cipherSuites ?? STRONG_CIPHERS)],
    },
    interlink: {
      verboseLogging: false,
      errorsOnlyLogging: false,
      exportPodData: true,
      commandPrefix: "",
      singularityPrefix: "",
      serviceAccount: "interlink",
      namespace: "vk",
      bashPath: "/bin/bash",
      ...compact(settings.interlink ?? {}),
      form,
      // Upstream puts the job's name right behind it.
      dataRootFolder: dataRootFolder.endsWith("/") ? dataRootFolder : `${dataRootFolder}/`,
    },
    plugin: {
      kind: settings.plugin.kind,
      docker: { gpu: true, pool: 10, networkSubnets: [], ...compact(settings.plugin.docker ?? {}) },
      slurm: {
        sbatchPath: "/usr/bin/sbatch",
        scancelPath: "/usr/bin/scancel",
        squeuePath: "/usr/bin/squeue",
        sinfoPath: "/usr/bin/sinfo",
        runtime: "singularity",
        singularityPath: "singularity",
        singularityOptions: [],
        imagePrefix: "docker://",
        enrootPath: "enroot",
        sharedFilesystem: false,
        enableProbes: false,
        flavors: {},
        ...compact(settings.plugin.slurm ?? {}),
      },
    },
    programs: programs(settings, architecture),
    binariesFolder: settings.binaries?.folder ?? "",
    certificate: settings.certificate,
  };
}

/** What `resolveTarget` returns. */
export type Target = ReturnType<typeof resolveTarget>;
