/** A workspace's pod: its container, its environment and its place in the cluster. */
import { compact } from "./compact";
import type { GpuPlacement } from "./gpu";
import { joinPath, type Problems } from "./problems";
import { workspaceLabels } from "./workspaceLabels";
import { workspaceMounts } from "./workspaceStorage";
import type { WorkspaceSite, WorkspaceSpec } from "./workspaceTypes";

const DEFAULT_FS_GROUP = 100;
const GPU_VARIABLE = "NVIDIA_VISIBLE_DEVICES";

/** The key of a user Secret that may be absent. */
export const OPTIONAL_USER_PARAM = "ssh_publickey";

interface EnvironmentVariable {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef: { name: string; key: string; optional?: boolean } };
}

/** `repository:tag`, or `repository@sha256:…` where the tag is a digest. */
export function imageReference(image: string, tag = "latest"): string {
  const digest = tag.replace(/^@/, "");
  return digest.startsWith("sha256:") ? `${image}@${digest}` : `${image}:${tag}`;
}

/** One user's variables carry plain names; those of several end in `_0`, `_1`, …, as upstream names them. */
function userVariables(spec: WorkspaceSpec): EnvironmentVariable[] {
  const secrets = spec.userSecrets ?? [];
  if (secrets.length === 0) {
    return [];
  }
  const suffix = (i: number): string => (secrets.length === 1 ? "" : `_${i}`);
  return [
    { name: "n_users", value: String(secrets.length) },
    ...secrets.flatMap((secret, i) =>
      (spec.userSecretParams ?? []).map((key) => ({
        name: `${key}${suffix(i)}`,
        valueFrom: {
          secretKeyRef: {
            name: secret,
            key,
            ...(key === OPTIONAL_USER_PARAM ? { optional: true } : {}),
          },
        },
      })),
    ),
  ];
}

/**
 * The container's variables: the workspace's own in their order, the users', and the one that hides
 * every GPU of the node from a workspace which asked for none. A name set twice is a problem.
 */
function environment(spec: WorkspaceSpec, gpu: boolean, problems: Problems): EnvironmentVariable[] {
  const ours: EnvironmentVariable[] = [
    ...userVariables(spec),
    ...(gpu ? [] : [{ name: GPU_VARIABLE, value: "" }]),
  ];
  const taken = new Set([GPU_VARIABLE, ...ours.map(({ name }) => name)]);
  for (const [name, value] of Object.entries(spec.env ?? {})) {
    if (taken.has(name)) {
      problems.add({
        path: joinPath("env_variables", [name]),
        reason: "a variable that the platform sets itself",
        value,
        remedy: "Remove it, or give it another name.",
      });
    }
  }
  return [...Object.entries(spec.env ?? {}).map(([name, value]) => ({ name, value })), ...ours];
}

/** Requests and limits of the container; a limit that is not given is the request. */
function containerResources(
  spec: WorkspaceSpec,
  gpu: GpuPlacement | undefined,
): { requests?: Record<string, string>; limits?: Record<string, string> } {
  const gpus = gpu === undefined ? {} : { [gpu.resource]: String(gpu.count) };
  const requests = compact({ cpu: spec.cpuRequest, memory: spec.memoryRequest, ...gpus });
  const limits = compact({
    cpu: spec.cpuLimit ?? spec.cpuRequest,
    memory: spec.memoryLimit ?? spec.memoryRequest,
    ...gpus,
  });
  return compact({
    requests: Object.keys(requests).length > 0 ? (requests as Record<string, string>) : undefined,
    limits: Object.keys(limits).length > 0 ? (limits as Record<string, string>) : undefined,
  });
}

function securityContexts(site: WorkspaceSite): { pod: object; container?: object } {
  const seccompProfile = { type: "RuntimeDefault" };
  if (site.podSecurity === "baseline") {
    return { pod: { seccompProfile } };
  }
  return {
    pod: {
      runAsNonRoot: true,
      seccompProfile,
      fsGroup: site.fsGroup ?? DEFAULT_FS_GROUP,
      fsGroupChangePolicy: "OnRootMismatch",
    },
    container: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  };
}

function container(
  spec: WorkspaceSpec,
  gpu: GpuPlacement | undefined,
  volumeMounts: object[],
  securityContext: object | undefined,
  problems: Problems,
): Record<string, unknown> {
  const resources = containerResources(spec, gpu);
  const env = environment(spec, gpu !== undefined, problems);
  return compact({
    name: spec.name,
    image: imageReference(spec.image, spec.tag),
    command: spec.command?.length ? spec.command : undefined,
    ports: spec.ports?.length
      ? spec.ports.map(({ name, port }) => ({ name, containerPort: port }))
      : undefined,
    env: env.length > 0 ? env : undefined,
    resources: Object.keys(resources).length > 0 ? resources : undefined,
    volumeMounts,
    securityContext,
  });
}

/**
 * The pod template.
 *
 * @param restartPolicy `Never` for a Job; left to Kubernetes (`Always`) for a Deployment
 */
export function podTemplate(
  spec: WorkspaceSpec,
  site: WorkspaceSite,
  gpu: GpuPlacement | undefined,
  problems: Problems,
  restartPolicy?: string,
): { metadata: { labels: Record<string, string> }; spec: Record<string, unknown> } {
  const { volumes, volumeMounts } = workspaceMounts(spec, spec.memoryLimit ?? spec.memoryRequest);
  const security = securityContexts(site);
  const nodeSelector = {
    ...(spec.nodeSelector === undefined ? {} : { "kubernetes.io/hostname": spec.nodeSelector }),
    ...gpu?.nodeSelector,
  };
  return {
    metadata: { labels: workspaceLabels(spec.name) },
    spec: compact({
      restartPolicy,
      automountServiceAccountToken: false,
      securityContext: security.pod,
      imagePullSecrets:
        spec.imagePullSecret === undefined ? undefined : [{ name: spec.imagePullSecret }],
      nodeSelector: Object.keys(nodeSelector).length > 0 ? nodeSelector : undefined,
      affinity: gpu?.affinity,
      tolerations: gpu !== undefined && gpu.tolerations.length > 0 ? gpu.tolerations : undefined,
      containers: [container(spec, gpu, volumeMounts, security.container, problems)],
      volumes,
    }),
  };
}
