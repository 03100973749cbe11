/** From MAIAKubeGate's JSON to a typed workspace, or to every problem of it at once. */
import { compact } from "./compact";
import { parseAllocationTime } from "./duration";
import { checkIngress, checkPorts } from "./exposureRules";
import { parseImageName } from "./imageName";
import { DEEPEST_JSON } from "./json";
import { plainPath } from "./mountPaths";
import { joinPath, nearest, parseWith, soundExcept } from "./problems";
import type { Problems, Soundness } from "./problems";
import { checkMounted } from "./volumeRules";
import { checkWorkspaceJson } from "./workspaceRules";
import { workspaceKeys, workspaceSchema } from "./workspaceSchema";
import type { TypedKeys, WorkspaceJson } from "./workspaceSchema";
import type { MountedFile, WorkspaceIngress, WorkspacePort } from "./workspaceTypes";
import type { WorkspaceParts, WorkspaceSpec } from "./workspaceTypes";

/** What a workspace's JSON says: all of it, or what can be looked at further while some of it is wrong. */
export interface ParsedWorkspace {
  /** The workspace, where nothing is wrong. */
  spec?: WorkspaceSpec;
  /** What has the right type; ask `isSound` before it is relied on, and before its absence is. */
  parts: WorkspaceParts;
  /** By the paths of the JSON. */
  isSound: Soundness;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The keys that have the right type: rules look at these where others are wrong. */
function typedKeys(value: Record<string, unknown>): TypedKeys {
  const entries = Object.entries(workspaceKeys).flatMap(([key, schema]) => {
    const parsed = Object.hasOwn(value, key) ? schema.safeParse(value[key]) : undefined;
    return parsed?.success ? [[key, parsed.data] as const] : [];
  });
  return Object.fromEntries(entries);
}

/**
 * Refuses what libraries drop or break on in silence: keys named `__proto__`, and endless nesting.
 *
 * @returns whether the value can be looked at further
 */
function checkTree(value: unknown, path: string, problems: Problems, depth = 0): boolean {
  if (typeof value !== "object" || value === null) {
    return true;
  }
  if (depth > DEEPEST_JSON) {
    const remedy = "A workspace needs 3 levels.";
    problems.add({ path: "", reason: `nested deeper than ${DEEPEST_JSON} levels`, remedy });
    return false;
  }
  if (Object.hasOwn(value, "__proto__")) {
    const at = joinPath(path, ["__proto__"]);
    problems.add({ path: at, reason: "a key that is not allowed", remedy: "Remove it." });
    return false;
  }
  return Object.entries(value).every(([key, child]) =>
    checkTree(
      child,
      joinPath(path, [Array.isArray(value) ? Number(key) : key]),
      problems,
      depth + 1,
    ),
  );
}

function toPorts(ports: NonNullable<WorkspaceJson["ports"]>): WorkspacePort[] {
  return Object.entries(ports).map(([name, [port, nodePort]]) =>
    compact({ name, port: port!, nodePort }),
  );
}

function toFiles(files: NonNullable<WorkspaceJson["mount_files"]>): MountedFile[] {
  return Object.entries(files).map(([name, [localPath, mountPath, readOnly]]) =>
    compact({ name, localPath, mountPath, readOnly }),
  );
}

function toIngress(ingress: NonNullable<WorkspaceJson["ingress"]>): WorkspaceIngress {
  return compact({
    host: ingress.host,
    port: ingress.port,
    path: ingress.path === undefined ? undefined : `/${ingress.path.replace(/^\//, "")}`,
    oauthUrl: ingress.oauth_url,
    nginxIssuer: ingress.nginx_issuer,
    traefikResolver: ingress.traefik_resolver,
    traefikMiddleware: ingress.traefik_middleware,
  });
}

/** The keys that an unknown key was most likely meant to be: they are not simply missing. */
function meantKeys(value: Record<string, unknown>): string[] {
  const known = Object.keys(workspaceKeys);
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .flatMap((key) => nearest(key, known) ?? []);
}

/** The keys of a JSON as a spec has them. */
function toParts(json: TypedKeys): WorkspaceParts {
  const { image, tag } = parseImageName(json.docker_image ?? "") ?? {};
  const time = json.allocationTime;
  const deployment = json.deployment !== undefined && json.deployment !== false;
  return compact<WorkspaceParts>({
    namespace: json.namespace,
    name: json.chart_name,
    image,
    tag: tag ?? json.tag?.replace(/^@/, ""),
    clusters: json.clusters,
    memoryRequest: json.memory_request,
    cpuRequest: json.cpu_request,
    memoryLimit: json.memory_limit,
    cpuLimit: json.cpu_limit,
    gpuRequest: json.gpu_request,
    gpuSelector: json.gpu_selector,
    allocationSeconds: time === undefined ? undefined : parseAllocationTime(time),
    deployment: deployment || undefined,
    command: json.command,
    imagePullSecret: json.image_pull_secret,
    ports: json.ports && toPorts(json.ports),
    serviceType: json.service_type,
    volumes: json.persistent_volume?.map((volume) =>
      compact({
        mountPath: plainPath(volume.mountPath),
        size: volume.size,
        accessMode: volume.access_mode,
        storage: volume.pvc_type,
        readOnly: volume.readOnly,
      }),
    ),
    existingVolumes: json.existing_persistent_volume?.map(({ name, mountPath, readOnly }) =>
      compact({ claim: name, mountPath: plainPath(mountPath), readOnly }),
    ),
    files: json.mount_files && toFiles(json.mount_files),
    nodeSelector: json.node_selector,
    ingress: json.ingress && toIngress(json.ingress),
    env: json.env_variables,
    userSecrets: json.user_secret,
    userSecretParams: json.user_secret_params,
  });
}

/**
 * Reads a workspace from MAIAKubeGate's JSON. Whatever is wrong with it is added to `problems`, everything
 * at once, with JSON paths; keys that upstream drops in silence are refused. Clusters, GPUs and nodes are
 * looked at by `checkWorkspaces`, contents of files by who reads them.
 *
 * @param value what `parseJson` gave, or the same from elsewhere; never throws, whatever it is
 * @returns the spec where no problem was added, and its parts in any case; keys that the JSON lacks are absent
 */
export function parseWorkspaceParts(value: unknown, problems: Problems): ParsedWorkspace {
  const before = problems.count;
  if (!checkTree(value, "", problems)) {
    return { parts: {}, isSound: soundExcept([""]) };
  }
  const json = parseWith(workspaceSchema, value, problems);
  if (!isObject(value)) {
    return { parts: {}, isSound: soundExcept([""]) };
  }
  const known = json ?? typedKeys(value);
  const meant = meantKeys(value);
  const given = new Set([...Object.keys(value), ...meant]);
  checkWorkspaceJson(known, given, problems);
  checkPorts(known, given, problems);
  checkIngress(known, given, problems);
  checkMounted(known, problems);
  const parts = toParts(known);
  const wrong = problems.paths.slice(before);
  return {
    // Without a problem every key that the schema requires is there.
    ...(wrong.length === 0 ? { spec: parts as WorkspaceSpec } : {}),
    parts,
    isSound: soundExcept([...wrong, ...meant]),
  };
}

/** The same for who needs the whole or nothing. @returns nothing when a problem was added */
export function parseWorkspace(value: unknown, problems: Problems): WorkspaceSpec | undefined {
  return parseWorkspaceParts(value, problems).spec;
}
