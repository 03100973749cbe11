/** Reads the seed's InterLinkConfig.yaml and vk-cfg.json as input, so that what a site has can be kept. */
import { load, YAMLException } from "js-yaml";
import { compact } from "./compact";
import { SEED_CONFIG_KEYS, type ConfigKind } from "./interLinkConfigKeys";
import { joinPath, nearest, oneOf, type Problems } from "./problems";
import type { InterLinkEndpoint } from "./virtualNodeTypes";

/** What an InterLinkConfig.yaml says. */
export interface InterLinkConfigFile {
  interLink: InterLinkEndpoint;
  namespace?: string;
  serviceAccount?: string;
  verboseLogging?: boolean;
  errorsOnlyLogging?: boolean;
  /** The other keys, for the kubelet as they are. */
  config: Record<string, string | boolean>;
}

/** What a vk-cfg.json says of one node. */
export interface VirtualNodeResources {
  cpu?: string;
  memory?: string;
  pods?: number;
  /** Units of `nvidia.com/gpu`. */
  gpus?: number;
}

/** Read by nobody: they are ours to choose. */
const PLACES_IN_THE_POD = ["VKTokenFile", "VKConfigPath", "PodIP"];

const GPU = "nvidia.com/gpu";
const RESOURCE_KEYS = ["cpu", "memory", "pods", GPU];

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unknownKey(path: string, key: string, known: string[], problems: Problems): void {
  const near = nearest(key, known);
  problems.add({
    path,
    reason: "unknown key",
    allowed: oneOf(known),
    remedy: near === undefined ? "Remove it." : `Did you mean ${near}?`,
  });
}

function parsed(text: string, format: "YAML" | "JSON", problems: Problems): Fields | undefined {
  try {
    const value: unknown = format === "YAML" ? load(text) : JSON.parse(text);
    if (isFields(value)) {
      return value;
    }
    problems.add({ path: "", reason: `not an object of keys in ${format}` });
  } catch (error) {
    const reason = error instanceof YAMLException ? error.reason : (error as Error).message;
    problems.add({ path: "", reason: `not ${format}: ${reason}` });
  }
  return undefined;
}

/** A value as its key takes it: text may be written as a number, as ports often are. */
function valueOf(key: string, value: unknown, kind: ConfigKind, problems: Problems): unknown {
  if (kind === "switch" ? typeof value === "boolean" : typeof value === "string") {
    return value;
  }
  if (kind === "text" && typeof value === "number") {
    return String(value);
  }
  problems.add({
    path: key,
    reason: kind === "switch" ? "must be true or false" : "must be text",
    value,
    remedy: kind === "switch" ? "Write true or false without quotes." : "Put it in quotes.",
  });
  return undefined;
}

/**
 * Reads an InterLinkConfig.yaml of the seed's time. Its `VKTokenFile`, `VKConfigPath` and `PodIP` are
 * left out: they are places within the kubelet's pod, which are ours to choose.
 *
 * @param problems receives everything that is wrong with it
 */
export function parseInterLinkConfig(
  text: string,
  problems: Problems,
): InterLinkConfigFile | undefined {
  const fields = parsed(text, "YAML", problems);
  if (fields === undefined) {
    return undefined;
  }
  const before = problems.count;
  const values: Record<string, string | boolean> = {};
  for (const [key, value] of Object.entries(fields)) {
    const kind = Object.hasOwn(SEED_CONFIG_KEYS, key) ? SEED_CONFIG_KEYS[key] : undefined;
    if (kind === undefined) {
      unknownKey(key, key, Object.keys(SEED_CONFIG_KEYS), problems);
      continue;
    }
    const read = valueOf(key, value, kind, problems);
    if (read !== undefined) {
      values[key] = read as string | boolean;
    }
  }
  const {
    InterlinkURL: url,
    InterlinkPort: port,
    Namespace: namespace,
    ServiceAccount: serviceAccount,
    VerboseLogging: verboseLogging,
    ErrorsOnlyLogging: errorsOnlyLogging,
    ...rest
  } = values;
  const config = Object.fromEntries(
    Object.entries(rest).filter(([key]) => !PLACES_IN_THE_POD.includes(key)),
  );
  if (typeof url !== "string" && !Object.hasOwn(fields, "InterlinkURL")) {
    problems.add({ path: "InterlinkURL", reason: "required, but missing", remedy: "Add it." });
  }
  if (port !== undefined && !/^\d+$/.test(String(port))) {
    problems.add({ path: "InterlinkPort", reason: "not a port", value: port });
  }
  if (problems.count > before) {
    return undefined;
  }
  return {
    interLink: { url: String(url), ...(port === undefined ? {} : { port: Number(port) }) },
    ...(namespace === undefined ? {} : { namespace: String(namespace) }),
    ...(serviceAccount === undefined ? {} : { serviceAccount: String(serviceAccount) }),
    ...(verboseLogging === undefined ? {} : { verboseLogging: verboseLogging === true }),
    ...(errorsOnlyLogging === undefined ? {} : { errorsOnlyLogging: errorsOnlyLogging === true }),
    config,
  };
}

/**
 * Reads a vk-cfg.json: the resources of the node, which is a key of it. Amounts may be text, as the
 * kubelet wants them, or bare numbers, as the seed's own example has its GPU.
 *
 * @param problems receives everything that is wrong with it
 */
export function parseVkConfig(
  text: string,
  nodeName: string,
  problems: Problems,
): VirtualNodeResources | undefined {
  const fields = parsed(text, "JSON", problems);
  if (fields === undefined) {
    return undefined;
  }
  const entry = Object.hasOwn(fields, nodeName) ? fields[nodeName] : undefined;
  if (!isFields(entry)) {
    const near = nearest(nodeName, Object.keys(fields));
    problems.add({
      path: "",
      reason: `no entry for node ${nodeName}: the kubelet looks itself up by its name and would not start`,
      allowed: oneOf(Object.keys(fields)),
      remedy: near === undefined ? "Name the node as its entry." : `Did you mean ${near}?`,
    });
    return undefined;
  }
  const before = problems.count;
  const amounts: Record<string, string> = {};
  for (const [key, value] of Object.entries(entry)) {
    const path = joinPath("", [nodeName, key]);
    if (!RESOURCE_KEYS.includes(key)) {
      unknownKey(path, key, RESOURCE_KEYS, problems);
    } else if (typeof value !== "string" && typeof value !== "number") {
      problems.add({ path, reason: "must be text or a number", value });
    } else if (["pods", GPU].includes(key) && !/^\d+$/.test(String(value))) {
      problems.add({ path, reason: "not a whole number", value });
    } else {
      amounts[key] = String(value);
    }
  }
  const { cpu, memory, pods, [GPU]: gpus } = amounts;
  const whole = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : Number(text);
  return problems.count > before
    ? undefined
    : compact({ cpu, memory, pods: whole(pods), gpus: whole(gpus) });
}
