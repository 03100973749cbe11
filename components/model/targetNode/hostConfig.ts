/** The config files of the interLink API server and of its plugin: upstream's key names, in both generations. */
import { dump } from "js-yaml";
import { compact } from "../compact";
import { HOST, type Target } from "./target";
import { InterLinkForm, TargetPluginKind } from "./targetTypes";

/** Where the plugin listens in the current form. */
export const PLUGIN_SOCKET = `${HOST.run}/plugin.sock`;

/** Config files on the host. */
export const API_CONFIG = `${HOST.config}/InterLinkConfig.yaml`;
export const PLUGIN_CONFIG = `${HOST.config}/plugin.yaml`;

type Config = Record<string, unknown>;

/** Text for YAML readers of both generations: every string is quoted, so `0123` and `no` stay what they are. */
function yaml(config: Config): string {
  return dump(compact(config), {
    lineWidth: -1,
    forceQuotes: true,
    quoteStyle: "double",
    noRefs: true,
  });
}

/** What both files of a generation say alike. */
function shared({ interlink }: Target): Config {
  return {
    VerboseLogging: interlink.verboseLogging,
    ErrorsOnlyLogging: interlink.errorsOnlyLogging,
    DataRootFolder: interlink.dataRootFolder,
  };
}

/** What plugins of both generations read of the jobs. */
function jobs({ interlink }: Target): Config {
  const { tsocks } = interlink;
  return {
    CommandPrefix: interlink.commandPrefix,
    ExportPodData: interlink.exportPodData,
    Namespace: interlink.namespace,
    Tsocks: tsocks !== undefined,
    TsocksPath: tsocks?.library,
    TsocksLoginNode: tsocks?.loginNode,
    BashPath: interlink.bashPath,
    SingularityPrefix: interlink.singularityPrefix === "" ? undefined : interlink.singularityPrefix,
  };
}

function slurmPaths({ plugin }: Target): Config {
  const { sbatchPath, scancelPath, squeuePath } = plugin.slurm;
  return { SbatchPath: sbatchPath, ScancelPath: scancelPath, SqueuePath: squeuePath };
}

/** The seed's one file, which its API server and its sidecar both read. */
function seedConfig(target: Target): Config {
  const { interlink, ports } = target;
  return {
    VKTokenFile: `${HOST.state}/token`,
    InterlinkURL: "http://127.0.0.1",
    SidecarURL: "http://127.0.0.1",
    InterlinkPort: String(ports.api),
    SidecarPort: String(ports.plugin),
    ...slurmPaths(target),
    ServiceAccount: interlink.serviceAccount,
    ...jobs(target),
    TsocksConfig: interlink.tsocks?.config,
    ...shared(target),
  };
}

/** `InterLinkConfig.yaml`: what the API server reads. */
export function apiConfig(target: Target): string {
  const { interlink, ports } = target;
  if (interlink.form === InterLinkForm.Seed) {
    return yaml(seedConfig(target));
  }
  return yaml({
    InterlinkAddress: "http://127.0.0.1",
    InterlinkPort: String(ports.api),
    SidecarURL: ports.plugin === undefined ? `unix://${PLUGIN_SOCKET}` : "http://127.0.0.1",
    SidecarPort: String(ports.plugin ?? 0),
    JobScriptTemplate: interlink.jobScriptTemplate,
    ...shared(target),
  });
}

function slurmConfig(target: Target): Config {
  const { slurm } = target.plugin;
  const flavors = Object.entries(slurm.flavors).map(([name, flavor]) => [
    name,
    compact({
      Name: name,
      Description: flavor.description,
      CPUDefault: flavor.cpu,
      MemoryDefault: flavor.memory,
      SlurmFlags: flavor.flags,
    }),
  ]);
  return {
    ...slurmPaths(target),
    SinfoPath: slurm.sinfoPath,
    ContainerRuntime: slurm.runtime,
    SingularityPath: slurm.singularityPath,
    SingularityDefaultOptions: slurm.singularityOptions,
    ImagePrefix: slurm.imagePrefix,
    EnrootPath: slurm.enrootPath,
    EnableProbes: slurm.enableProbes,
    ...(flavors.length === 0 ? {} : { Flavors: Object.fromEntries(flavors) }),
    DefaultFlavor: slurm.defaultFlavor,
  };
}

/** `plugin.yaml`: what the plugin reads. In the seed's form the same as the API server's. */
export function pluginConfig(target: Target): string {
  const { interlink, plugin, ports } = target;
  if (interlink.form === InterLinkForm.Seed) {
    return yaml(seedConfig(target));
  }
  const subnets = plugin.docker.networkSubnets;
  return yaml({
    ...(ports.plugin === undefined
      ? { Socket: `unix://${PLUGIN_SOCKET}` }
      : { SidecarPort: String(ports.plugin) }),
    ...(plugin.kind === TargetPluginKind.Slurm ? slurmConfig(target) : {}),
    ...(plugin.kind === TargetPluginKind.Docker && subnets.length > 0
      ? { DockerNetworkSubnet: subnets }
      : {}),
    ...jobs(target),
    ...shared(target),
  });
}
