/** The endpoint's Deployment and Service, its budget for disruptions and its network policy. */
import { compact } from "./compact";
import type { EndpointSettings } from "./endpointSettings";
import {
  AUTHORITY_FILE,
  ENDPOINT_METRICS_PORT,
  ENDPOINT_NAME,
  ENDPOINT_PORT,
  RESERVATIONS_FOLDER,
  SECRETS_FOLDER,
  SETTINGS_FILE,
  SETTINGS_FOLDER,
  type EndpointSpec,
} from "./endpointSpec";
import type { KubernetesObject } from "./kubernetesObject";

/** Names of the objects that the pod mounts. */
export interface EndpointMounts {
  settings: string;
  /** @default none */
  reservations?: string;
  /** @default none */
  secrets?: string;
}

const USER = 65532;

/** Beyond the requests that are drained: for the process to see the signal, and to end. */
const GRACE_SECONDS = 20;

/** Where the issuer, the API server and the collection may listen. */
const EGRESS_PORTS = [443, 6443, 8443];

interface Folder {
  name: string;
  mountPath: string;
  source: object;
}

function foldersOf({ settings, reservations, secrets }: EndpointMounts): Folder[] {
  return [
    { name: "settings", mountPath: SETTINGS_FOLDER, source: { configMap: { name: settings } } },
    ...(reservations === undefined
      ? []
      : [
          {
            name: "reservations",
            mountPath: RESERVATIONS_FOLDER,
            source: { configMap: { name: reservations } },
          },
        ]),
    ...(secrets === undefined
      ? []
      : [
          {
            name: "secrets",
            mountPath: SECRETS_FOLDER,
            source: { secret: { secretName: secrets, defaultMode: 0o440 } },
          },
        ]),
  ];
}

function containerOf(spec: EndpointSpec, folders: readonly Folder[]): object {
  const { cpuRequest = "250m", cpuLimit = "2", memory = "512Mi" } = spec.resources ?? {};
  const probe = (path: string, more: object): object => ({
    httpGet: { path, port: "http" },
    timeoutSeconds: 3,
    ...more,
  });
  return {
    name: ENDPOINT_NAME,
    image: spec.image,
    env: [
      { name: "ENDPOINT_SETTINGS", value: `${SETTINGS_FOLDER}/${SETTINGS_FILE}` },
      ...(spec.caCertificate === undefined
        ? []
        : [{ name: "NODE_EXTRA_CA_CERTS", value: `${SETTINGS_FOLDER}/${AUTHORITY_FILE}` }]),
    ],
    ports: [
      { name: "http", containerPort: ENDPOINT_PORT },
      { name: "metrics", containerPort: ENDPOINT_METRICS_PORT },
    ],
    startupProbe: probe("/healthz", { periodSeconds: 1, failureThreshold: 60 }),
    livenessProbe: probe("/healthz", { periodSeconds: 10, failureThreshold: 3 }),
    // Often: a replica that is told to stop says so here first.
    readinessProbe: probe("/readyz", { periodSeconds: 2, failureThreshold: 1 }),
    resources: {
      requests: { cpu: cpuRequest, memory },
      limits: { cpu: cpuLimit, memory },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    },
    volumeMounts: folders.map(({ name, mountPath }) => ({ name, mountPath, readOnly: true })),
  };
}

/**
 * The Deployment, under restricted pod security with a read-only root.
 *
 * @param digest changes with the settings and the secrets, so that the pods restart with them
 */
export function endpointDeployment(
  spec: EndpointSpec,
  settings: EndpointSettings,
  mounts: EndpointMounts,
  selector: Record<string, string>,
  labels: Record<string, string>,
  digest: unknown,
): KubernetesObject {
  const folders = foldersOf(mounts);
  const pullSecrets = spec.imagePullSecrets?.map((name) => ({ name }));
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: ENDPOINT_NAME, namespace: settings.namespace, labels },
    spec: {
      replicas: spec.replicas ?? 2,
      selector: { matchLabels: selector },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: {
          labels,
          annotations: {
            "science-platform/config-digest": digest,
            "prometheus.io/scrape": "true",
            "prometheus.io/port": String(ENDPOINT_METRICS_PORT),
          },
        },
        spec: compact({
          serviceAccountName: ENDPOINT_NAME,
          automountServiceAccountToken: true,
          enableServiceLinks: false,
          imagePullSecrets: pullSecrets,
          terminationGracePeriodSeconds: settings.drainSeconds + GRACE_SECONDS,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: USER,
            runAsGroup: USER,
            fsGroup: USER,
            seccompProfile: { type: "RuntimeDefault" },
          },
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "kubernetes.io/hostname",
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels: selector },
            },
          ],
          containers: [containerOf(spec, folders)],
          volumes: folders.map(({ name, source }) => ({ name, ...source })),
        }),
      },
    },
  };
}

/** The Service: port 80 for what exposes the endpoint. */
export function endpointService(
  namespace: string,
  selector: Record<string, string>,
  labels: Record<string, string>,
): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: ENDPOINT_NAME, namespace, labels },
    spec: { selector, ports: [{ name: "http", port: 80, targetPort: "http" }] },
  };
}

/** Nodes are drained one replica at a time. A single replica may go: its pod starts elsewhere. */
export function endpointBudget(
  namespace: string,
  selector: Record<string, string>,
  labels: Record<string, string>,
): KubernetesObject {
  return {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: ENDPOINT_NAME, namespace, labels },
    spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
  };
}

function inNamespace(name: string): object {
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } };
}

/** In: what exposes it, and the metrics' readers. Out: DNS, and TLS to wherever issuer and API server are. */
export function endpointNetworkPolicy(
  spec: EndpointSpec,
  namespace: string,
  selector: Record<string, string>,
  labels: Record<string, string>,
): KubernetesObject {
  const { expose = {}, networkPolicy = {}, monitoringNamespace = "monitoring" } = spec;
  const exposing = expose.gateway?.namespace ?? networkPolicy.ingressNamespace ?? "ingress-nginx";
  const tcp = (port: number): object => ({ protocol: "TCP", port });
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: ENDPOINT_NAME, namespace, labels },
    spec: {
      podSelector: { matchLabels: selector },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { from: [inNamespace(exposing)], ports: [tcp(ENDPOINT_PORT)] },
        { from: [inNamespace(monitoringNamespace)], ports: [tcp(ENDPOINT_METRICS_PORT)] },
      ],
      egress: [
        {
          to: [inNamespace("kube-system")],
          ports: [{ protocol: "UDP", port: 53 }, tcp(53)],
        },
        {
          to: [
            { ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] } },
            { ipBlock: { cidr: "::/0", except: ["fe80::/10", "fd00:ec2::254/128"] } },
          ],
          ports: EGRESS_PORTS.map(tcp),
        },
      ],
    },
  };
}
