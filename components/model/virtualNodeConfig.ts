/** The configuration files of a virtual kubelet, of both generations. */
import { dump } from "js-yaml";
import { mergeValues } from "./mergeValues";
import { taintsOf } from "./nodeLabels";
import { acceleratorsOf, declaredNode } from "./virtualNodeGpus";
import { VirtualNodeForm, withDefaults, type VirtualNodeSpec } from "./virtualNodeTypes";

/** Folder of the token, shared by the kubelet and what renews it. */
export const TOKEN_FOLDER = "/opt/interlink";
export const TOKEN_FILE = `${TOKEN_FOLDER}/token`;

/** Folder of the files below. */
export const CONFIG_FOLDER = "/etc/interlink";
export const CONFIG_FILE = "InterLinkConfig.yaml";
export const RESOURCES_FILE = "vk-cfg.json";

/** The port at which the remote host answers where none is said. */
export const INTERLINK_PORT = 443;

/** Pods at a time where none are said. */
export const PODS = 100;

/** What a kubelet of the seed's time needs to start, though it runs nothing itself. */
const SEED_DEFAULTS = {
  SidecarURL: "http://127.0.0.1",
  SidecarPort: "4000",
  ExportPodData: true,
  DataRootFolder: ".local/interlink/jobs/",
  BashPath: "/bin/bash",
  Tsocks: false,
};

/** The keys that both generations share. */
function commonKeys(spec: VirtualNodeSpec): Record<string, unknown> {
  const { interLink, namespace, serviceAccount, verboseLogging, errorsOnlyLogging, login } =
    withDefaults(spec);
  return {
    InterlinkURL: interLink.url,
    InterlinkPort: String(interLink.port ?? INTERLINK_PORT),
    Namespace: namespace,
    ServiceAccount: serviceAccount,
    VerboseLogging: verboseLogging ?? false,
    ErrorsOnlyLogging: errorsOnlyLogging ?? false,
    ...(login === undefined ? {} : { VKTokenFile: TOKEN_FILE }),
  };
}

function todaysKeys(
  spec: VirtualNodeSpec,
  nodeLabels: Record<string, string>,
): Record<string, unknown> {
  const { node, interLink, pods, gpus, projectedVolumes, kubeletCsr } = spec;
  return {
    DisableProjectedVolumes: projectedVolumes !== true,
    // Else the kubelet resolves environments from caches of all Secrets of the cluster, which it may not read.
    SkipDownwardAPIResolution: true,
    DisableCSR: kubeletCsr !== true,
    HTTP: { Insecure: interLink.insecureTls ?? false, CaCert: "" },
    Resources: {
      CPU: node.cpu,
      Memory: node.memory,
      Pods: String(pods ?? PODS),
      Accelerators: acceleratorsOf(spec).map(({ resource, model, units }) => ({
        ResourceType: resource,
        Model: model,
        Available: String(units),
      })),
    },
    NodeLabels: Object.entries(nodeLabels).map(([key, value]) => `${key}=${value}`),
    NodeTaints: taintsOf(declaredNode(spec), gpus ?? {}).map(({ key, value, effect }) => ({
      Key: key,
      Value: value ?? "",
      Effect: effect,
    })),
  };
}

/** The resources of a node for the seed's kubelet, which takes strings alone. */
function seedResources(spec: VirtualNodeSpec): string {
  const { nodeName, node, pods } = spec;
  const units = acceleratorsOf(spec).reduce((sum, one) => sum + one.units, 0);
  const resources = {
    cpu: node.cpu,
    memory: node.memory,
    pods: String(pods ?? PODS),
    "nvidia.com/gpu": String(units),
  };
  // It looks itself up by its own name, and does not start where it finds nothing.
  return `${JSON.stringify({ [nodeName]: resources }, undefined, 2)}\n`;
}

/** Keys of InterLinkConfig.yaml that the settings say; `config` may not have them. */
export function ownConfigKeys(spec: VirtualNodeSpec): string[] {
  const { form } = withDefaults(spec);
  return [
    ...Object.keys({ ...commonKeys(spec), VKTokenFile: "" }),
    ...(form === VirtualNodeForm.Seed ? [] : Object.keys(todaysKeys(spec, {}))),
  ];
}

/**
 * The files by name.
 *
 * @param nodeLabels labels that the kubelet itself puts on its node; today's alone does
 */
export function virtualNodeFiles(
  spec: VirtualNodeSpec,
  nodeLabels: Record<string, string>,
): Record<string, string> {
  const seed = spec.form === VirtualNodeForm.Seed;
  const keys = seed
    ? { ...SEED_DEFAULTS, ...commonKeys(spec) }
    : { ...commonKeys(spec), ...todaysKeys(spec, nodeLabels) };
  return {
    [CONFIG_FILE]: dump(mergeValues(keys, spec.config), { lineWidth: -1 }),
    ...(seed ? { [RESOURCES_FILE]: seedResources(spec) } : {}),
  };
}
