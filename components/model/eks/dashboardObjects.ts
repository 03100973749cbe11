/** The Kubernetes dashboard of the 2.x line as objects: one container, reached through `kubectl proxy`. */
import type { KubernetesObject } from "../kubernetesObject";
import { MANAGED_BY } from "../workspaceLabels";

type RoleObject = KubernetesObject & {
  rules?: object[];
  roleRef?: object;
  subjects?: object[];
  type?: string;
};

/** Namespace of the dashboard: the address that everybody has written down has it. */
export const DASHBOARD_NAMESPACE = "kubernetes-dashboard";

const NAME = "kubernetes-dashboard";
/** The service account whose token people log in with; it may look, not change. */
const VIEWER = "dashboard-viewer";
const IMAGE = "docker.io/kubernetesui/dashboard:v2.7.0";
const PORT = 8443;
/** The image's own. */
const USER = 1001;
const GROUP = 2001;
const SELECTOR = { "k8s-app": NAME };
const LABELS = { ...SELECTOR, "app.kubernetes.io/managed-by": MANAGED_BY };
const SETTINGS = `${NAME}-settings`;
/** Names that are built into it. */
const SECRETS = ["certs", "csrf", "key-holder"].map((suffix) => `${NAME}-${suffix}`);
const RBAC = "rbac.authorization.k8s.io";

function named(name: string): KubernetesObject["metadata"] {
  return { name, namespace: DASHBOARD_NAMESPACE, labels: LABELS };
}

function access(): RoleObject[] {
  const account = (name: string): RoleObject => ({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: named(name),
  });
  const permission = (resource: string, resourceNames: string[], verbs: string[]): object => ({
    apiGroups: [""],
    resources: [resource],
    resourceNames,
    verbs,
  });
  return [
    account(NAME),
    account(VIEWER),
    {
      apiVersion: `${RBAC}/v1`,
      kind: "Role",
      metadata: named(NAME),
      rules: [
        permission("secrets", SECRETS, ["get", "update", "delete"]),
        permission("configmaps", [SETTINGS], ["get", "update"]),
      ],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: "RoleBinding",
      metadata: named(NAME),
      roleRef: { apiGroup: RBAC, kind: "Role", name: NAME },
      subjects: [{ kind: "ServiceAccount", name: NAME, namespace: DASHBOARD_NAMESPACE }],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: VIEWER, labels: LABELS },
      roleRef: { apiGroup: RBAC, kind: "ClusterRole", name: "view" },
      subjects: [{ kind: "ServiceAccount", name: VIEWER, namespace: DASHBOARD_NAMESPACE }],
    },
  ];
}

function deployment(): KubernetesObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: named(NAME),
    spec: {
      replicas: 1,
      selector: { matchLabels: SELECTOR },
      template: {
        metadata: { labels: LABELS },
        spec: {
          serviceAccountName: NAME,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: USER,
            runAsGroup: GROUP,
            fsGroup: GROUP,
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [
            {
              name: NAME,
              image: IMAGE,
              args: [
                "--auto-generate-certificates",
                `--namespace=${DASHBOARD_NAMESPACE}`,
                "--metrics-provider=none",
              ],
              ports: [{ name: "https", containerPort: PORT }],
              livenessProbe: {
                httpGet: { scheme: "HTTPS", path: "/", port: "https" },
                initialDelaySeconds: 30,
                timeoutSeconds: 30,
              },
              resources: {
                requests: { cpu: "50m", memory: "128Mi" },
                limits: { memory: "256Mi" },
              },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ["ALL"] },
                readOnlyRootFilesystem: true,
              },
              volumeMounts: [
                { name: "certs", mountPath: "/certs" },
                { name: "tmp", mountPath: "/tmp" },
              ],
            },
          ],
          volumes: [
            { name: "certs", secret: { secretName: `${NAME}-certs` } },
            { name: "tmp", emptyDir: {} },
          ],
        },
      },
    },
  };
}

/** The objects, the Deployment last; their namespace is not among them. */
export function dashboardObjects(): KubernetesObject[] {
  const secrets = SECRETS.map((name): RoleObject => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: named(name),
    type: "Opaque",
  }));
  const settings: KubernetesObject = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: named(SETTINGS),
  };
  const service: KubernetesObject = {
    apiVersion: "v1",
    kind: "Service",
    metadata: named(NAME),
    spec: {
      type: "ClusterIP",
      selector: SELECTOR,
      ports: [{ name: "https", port: 443, targetPort: "https" }],
    },
  };
  return [...access(), ...secrets, settings, service, deployment()];
}
