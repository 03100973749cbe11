/** What a hub has besides the chart: its exposure, the tunnel's Service, the database's volume, a role. */
import { exposureObjects } from "./exposureObjects";
import { ingressController } from "./ingressObject";
import { hubAddress } from "./jupyterHubAddress";
import { DEFAULT_NAMESPACE, DEFAULT_RELEASE, type CheckedHub } from "./jupyterHubSettings";
import { tunnelService } from "./jupyterHubSsh";
import type { JupyterHubSettings } from "./jupyterHubTypes";
import { DATABASE_CLAIM } from "./jupyterHubValues";
import type { KubernetesObject } from "./kubernetesObject";
import { MANAGED_BY } from "./workspaceLabels";
import type { Workload } from "./workloads";

/** The Service in front of the hub and its users' servers. */
export const PROXY_SERVICE = "proxy-public";
const PROXY_PORT = 80;

/** What must run so that users can log in. */
export const HUB_WORKLOADS: readonly Workload[] = ["hub", "proxy"].map((name) => ({
  kind: "Deployment",
  name,
}));

/** The account that the chart makes for the hub. */
const SERVICE_ACCOUNT = "hub";

/** Notebooks are uploaded whole, and a kernel may say nothing for long. */
const NGINX_ANNOTATIONS = {
  "nginx.ingress.kubernetes.io/proxy-body-size": "0",
  "nginx.ingress.kubernetes.io/proxy-read-timeout": "3600",
  "nginx.ingress.kubernetes.io/proxy-send-timeout": "3600",
};

/** The labels of a hub's own objects. */
export function jupyterHubLabels(settings: JupyterHubSettings): Record<string, string> {
  return {
    "app.kubernetes.io/name": "jupyterhub",
    "app.kubernetes.io/instance": settings.releaseName ?? DEFAULT_RELEASE,
    "app.kubernetes.io/managed-by": MANAGED_BY,
  };
}

/** The volume of the database where it is a folder on a node; bound to the chart's claim alone. */
export function databaseVolume(settings: JupyterHubSettings): KubernetesObject | undefined {
  const { database = {}, namespace = DEFAULT_NAMESPACE } = settings;
  if (database.hostPath === undefined) {
    return undefined;
  }
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `${namespace}-${DATABASE_CLAIM}`, labels: jupyterHubLabels(settings) },
    spec: {
      accessModes: ["ReadWriteOnce"],
      capacity: { storage: database.size ?? "1Gi" },
      claimRef: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        namespace,
        name: DATABASE_CLAIM,
      },
      persistentVolumeReclaimPolicy: "Retain",
      storageClassName: "",
      hostPath: { path: database.hostPath, type: "DirectoryOrCreate" },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            {
              matchExpressions: [
                { key: "kubernetes.io/hostname", operator: "In", values: [database.node] },
              ],
            },
          ],
        },
      },
    },
  };
}

/** Lets the hub read nodes, as hub python of one's own may want. */
function nodeReader(settings: JupyterHubSettings): KubernetesObject[] {
  const { namespace = DEFAULT_NAMESPACE } = settings;
  const api = "rbac.authorization.k8s.io";
  const metadata = { name: `${namespace}-hub-node-reader`, labels: jupyterHubLabels(settings) };
  const role: KubernetesObject & { rules: object[] } = {
    apiVersion: `${api}/v1`,
    kind: "ClusterRole",
    metadata,
    rules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] }],
  };
  const binding: KubernetesObject & { roleRef: object; subjects: object[] } = {
    apiVersion: `${api}/v1`,
    kind: "ClusterRoleBinding",
    metadata,
    roleRef: { apiGroup: api, kind: "ClusterRole", name: metadata.name },
    subjects: [{ kind: "ServiceAccount", name: SERVICE_ACCOUNT, namespace }],
  };
  return [role, binding];
}

/** The objects beside the release, without the database's volume. None of them waits for the hub. */
export function jupyterHubObjects(
  settings: JupyterHubSettings,
  { tunnel }: CheckedHub,
): KubernetesObject[] {
  const { namespace = DEFAULT_NAMESPACE, releaseName = DEFAULT_RELEASE, expose = {} } = settings;
  const labels = jupyterHubLabels(settings);
  const exposure = exposureObjects(expose, {
    name: "jupyterhub",
    namespace,
    labels,
    host: settings.hostname,
    path: hubAddress(settings).basePath,
    service: PROXY_SERVICE,
    port: PROXY_PORT,
    ...(ingressController(expose) === "nginx" ? { annotations: NGINX_ANNOTATIONS } : {}),
  });
  return [
    ...((settings.exposed ?? true) ? exposure : []),
    ...(tunnel?.service ? [tunnelService(tunnel, { namespace, releaseName }, labels)] : []),
    ...(settings.readNodes ? nodeReader(settings) : []),
  ];
}
