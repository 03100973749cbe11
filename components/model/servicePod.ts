/** The pods of a deployment, under Pod Security `restricted`. */
import { compact } from "./compact";
import { GPU_VARIABLE } from "./serviceEnvironmentRules";
import { serviceLabels, serviceNames } from "./serviceNames";
import type {
  ServiceContainer,
  ServiceSpec,
  ServiceTenant,
  ServiceVariable,
  ServiceVolume,
} from "./serviceTypes";

const LOWEST_ORDINARY_PORT = 1024;
const MEBIBYTES = 1024;
const KIBIBYTES = 1024 ** 2;
const BYTES = 1024 ** 3;

/** Cores as Kubernetes writes them back: `4`, `500m`. */
export function cpuQuantity(cores: number): string {
  return Number.isInteger(cores) ? String(cores) : `${Math.round(cores * 1000)}m`;
}

/** GiB in the largest unit that divides it: `16Gi`, `512Mi`. */
export function memoryQuantity(gibibytes: number): string {
  const whole = ([1, MEBIBYTES, KIBIBYTES] as const).find((units) =>
    Number.isInteger(gibibytes * units),
  );
  switch (whole) {
    case 1:
      return `${gibibytes}Gi`;
    case MEBIBYTES:
      return `${gibibytes * MEBIBYTES}Mi`;
    case KIBIBYTES:
      return `${gibibytes * KIBIBYTES}Ki`;
    default:
      return String(Math.round(gibibytes * BYTES));
  }
}

function variable(
  { name, value, fromSecret, fromConfig }: ServiceVariable,
  names: { config: string; secret: string },
): Record<string, unknown> {
  if (fromSecret !== undefined) {
    return { name, valueFrom: { secretKeyRef: { name: names.secret, key: fromSecret } } };
  }
  return fromConfig === undefined
    ? { name, value }
    : { name, valueFrom: { configMapKeyRef: { name: names.config, key: fromConfig } } };
}

/** An empty list and none are not the same in Kubernetes: ours is absent. */
function some<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list;
}

function container(one: ServiceContainer, id: string): Record<string, unknown> {
  const names = serviceNames(id);
  const resources = {
    cpu: cpuQuantity(one.cpu),
    memory: memoryQuantity(one.memory),
    ...(one.gpu === undefined ? {} : { [one.gpu.resource]: String(one.gpu.count) }),
  };
  return compact({
    name: one.name,
    image: one.image,
    // Also where the node has the image already: another tenant's pull must not open a private image.
    imagePullPolicy: "Always",
    command: one.command,
    args: one.args,
    ports: some(
      one.ports.map(({ name, port }) => ({ name, containerPort: port, protocol: "TCP" })),
    ),
    env: some([
      ...one.environment.map((each) => variable(each, names)),
      // Without it an image made for GPUs would see every one of the node.
      ...(one.gpu === undefined ? [{ name: GPU_VARIABLE, value: "" }] : []),
    ]),
    resources: { requests: resources, limits: resources },
    volumeMounts: some(
      one.mounts.map(({ volume, mountPath, readOnly }) =>
        compact({ name: volume, mountPath, readOnly: readOnly || undefined }),
      ),
    ),
    securityContext: compact({
      runAsUser: one.user,
      runAsGroup: one.group,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
    }),
  });
}

/** The volumes that a container mounts: one that none mounts would still be attached to the pod's node. */
export function mountedVolumes(spec: ServiceSpec): ServiceVolume[] {
  const mounted = new Set(
    [...spec.containers, ...spec.initContainers].flatMap(({ mounts }) =>
      mounts.map((mount) => mount.volume),
    ),
  );
  return spec.volumes.filter(({ name }) => mounted.has(name));
}

function volume({ name, memorySize }: ServiceVolume, id: string): Record<string, unknown> {
  return memorySize === undefined
    ? { name, persistentVolumeClaim: { claimName: serviceNames(id).claim(name) } }
    : { name, emptyDir: { medium: "Memory", sizeLimit: `${memorySize}Mi` } };
}

/** Web servers listen on port 80, and no container is root: the pod's own network lets everyone do so. */
function sysctls(spec: ServiceSpec): { name: string; value: string }[] {
  const low = spec.containers.some(({ ports }) =>
    ports.some(({ port }) => port < LOWEST_ORDINARY_PORT),
  );
  return low ? [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }] : [];
}

/** The pod template: its pods are alike until the document changes. */
export function servicePod(
  tenant: ServiceTenant,
  id: string,
  spec: ServiceSpec,
): { metadata: { labels: Record<string, string> }; spec: Record<string, unknown> } {
  const { nodeSelector, tolerations } = spec.placement;
  return {
    metadata: { labels: serviceLabels(tenant, id) },
    spec: compact({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: compact({
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
        fsGroup: spec.fsGroup,
        fsGroupChangePolicy: spec.changeGroupOnMismatch ? "OnRootMismatch" : "Always",
        sysctls: some(sysctls(spec)),
      }),
      nodeSelector: Object.keys(nodeSelector).length > 0 ? nodeSelector : undefined,
      tolerations: some(tolerations),
      initContainers: some(spec.initContainers.map((one) => container(one, id))),
      containers: spec.containers.map((one) => container(one, id)),
      volumes: some(mountedVolumes(spec).map((one) => volume(one, id))),
    }),
  };
}
