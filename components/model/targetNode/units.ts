/** The three systemd units. Each starts after the one before it, and is started again when it ends. */
import { API_CONFIG, PLUGIN_CONFIG } from "./hostConfig";
import { oauth2ProxyFlags, PROXY_FILES } from "./oauth2Proxy";
import { systemdWord } from "./quoting";
import { HOST, PROGRAMS, PROXY_USER, UNITS, type Target } from "./target";
import { TargetPluginKind } from "./targetTypes";

/** What every service is kept from. */
const HARDENING = [
  "NoNewPrivileges=true",
  "ProtectSystem=strict",
  "PrivateTmp=true",
  "ProtectControlGroups=true",
  "ProtectKernelLogs=true",
  "ProtectKernelModules=true",
  "ProtectKernelTunables=true",
  "RestrictSUIDSGID=true",
  "LockPersonality=true",
];

/** What the two that only pass requests on are kept from, too. */
const NETWORK_ONLY = [
  "ProtectHome=true",
  "PrivateDevices=true",
  "ProtectClock=true",
  "ProtectHostname=true",
  "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
  "RestrictNamespaces=true",
  "RestrictRealtime=true",
  "MemoryDenyWriteExecute=true",
  "SystemCallArchitectures=native",
];

/** Tries for ever, at first soon: the issuer, Docker or SLURM may come up later than we do. */
const RESTART = ["Restart=always", "RestartSec=5"];

interface Unit {
  description: string;
  after: string[];
  wants: string[];
  service: string[];
}

function render({ description, after, wants, service }: Unit): string {
  return [
    "[Unit]",
    `Description=${description}`,
    `After=${after.join(" ")}`,
    `Wants=${wants.join(" ")}`,
    "StartLimitIntervalSec=0",
    "",
    "[Service]",
    "Type=simple",
    ...service,
    ...RESTART,
    ...HARDENING,
    "",
    "[Install]",
    "WantedBy=multi-user.target",
    "",
  ].join("\n");
}

function program(name: string): string {
  return `${HOST.programs}/${name}`;
}

/** One flag a line. */
function commandLine(words: readonly string[]): string {
  return `ExecStart=${words.map(systemdWord).join(" \\\n  ")}`;
}

function user(name: string): string[] {
  return [`User=${name}`, `Group=${name}`];
}

/** A port below 1024 needs a capability; any other service gets none. */
function capabilities({ ports }: Target): string[] {
  const low = [ports.https, ports.http ?? ports.https].some((port) => port < 1024);
  const set = low ? "CAP_NET_BIND_SERVICE" : "";
  return [...(low ? [`AmbientCapabilities=${set}`] : []), `CapabilityBoundingSet=${set}`];
}

function proxyUnit(target: Target): string {
  return render({
    description: "oauth2-proxy in front of the interLink API server",
    after: ["network-online.target"],
    wants: ["network-online.target"],
    service: [
      ...user(PROXY_USER),
      `EnvironmentFile=${PROXY_FILES.environment}`,
      commandLine([program(PROGRAMS.oauth2Proxy), ...oauth2ProxyFlags(target)]),
      ...capabilities(target),
      ...NETWORK_ONLY,
    ],
  });
}

function apiUnit(target: Target): string {
  return render({
    description: "interLink API server",
    after: ["network-online.target", UNITS.proxy],
    wants: ["network-online.target", UNITS.proxy],
    service: [
      ...user(target.user),
      `Environment=INTERLINKCONFIGPATH=${API_CONFIG}`,
      commandLine([program(PROGRAMS.interlink)]),
      `WorkingDirectory=${HOST.state}`,
      `ReadWritePaths=${systemdWord(HOST.state)}`,
      "CapabilityBoundingSet=",
      ...NETWORK_ONLY,
    ],
  });
}

/** The folders that the plugin writes jobs into; one below a home is let through the protection of homes. */
function jobFolders({ interlink }: Target): string[] {
  const folder = interlink.dataRootFolder;
  const inHome = /^\/(home|root|run\/user)\//.test(folder);
  return [
    `ReadWritePaths=${[HOST.state, folder].map(systemdWord).join(" ")}`,
    `ProtectHome=${inHome ? "read-only" : "true"}`,
  ];
}

function pluginUnit(target: Target): string {
  const { plugin, ports } = target;
  const docker = plugin.kind === TargetPluginKind.Docker;
  const before = ["network-online.target", UNITS.api, ...(docker ? ["docker.service"] : [])];
  return render({
    description: `interLink plugin for ${docker ? "Docker" : "SLURM"}`,
    after: before,
    wants: before,
    service: [
      ...user(target.user),
      // For the process alone: the user is not in the group, which is as good as root.
      ...(docker ? ["SupplementaryGroups=docker"] : []),
      `Environment=INTERLINKCONFIGPATH=${PLUGIN_CONFIG} SLURMCONFIGPATH=${PLUGIN_CONFIG}`,
      ...(docker
        ? [
            `Environment=GPUENABLED=${plugin.docker.gpu ? 1 : 0} AVAILABLEDINDS=${plugin.docker.pool}`,
          ]
        : [`Environment=SHARED_FS=${plugin.slurm.sharedFilesystem}`]),
      commandLine([program(PROGRAMS.plugin)]),
      `WorkingDirectory=${HOST.state}`,
      "RuntimeDirectory=interlink",
      "RuntimeDirectoryMode=0750",
      ...jobFolders(target),
      "CapabilityBoundingSet=",
      // Upstream listens on every address; Docker does the pulling, so loopback is all that the plugin needs.
      ...(docker && ports.plugin !== undefined
        ? ["IPAddressDeny=any", "IPAddressAllow=localhost"]
        : []),
    ],
  });
}

/** Name of each unit, and its text. */
export function targetUnits(target: Target): Record<string, string> {
  return {
    [UNITS.proxy]: proxyUnit(target),
    [UNITS.api]: apiUnit(target),
    [UNITS.plugin]: pluginUnit(target),
  };
}
