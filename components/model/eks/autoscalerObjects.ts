/** The cluster autoscaler as objects: with the least that it must be allowed, and no chart. */
import { compact } from "../compact";
import type { KubernetesObject } from "../kubernetesObject";
import { MANAGED_BY } from "../workspaceLabels";
import type { EksServiceAccount } from "./settings";

/** What the autoscaler is told. */
export interface AutoscalerFacts {
  clusterName: string;
  region: string;
  image: string;
  /** Role for its service account where pods get theirs by IRSA; may be an Output, as it is only put in place. @default none */
  roleArn?: unknown;
}

type RoleObject = KubernetesObject & { rules?: object[]; roleRef?: object; subjects?: object[] };

const NAME = "cluster-autoscaler";
const NAMESPACE = "kube-system";
const PORT = 8085;
const USER = 65534;
const SELECTOR = { "app.kubernetes.io/name": NAME };
const LABELS = { ...SELECTOR, "app.kubernetes.io/managed-by": MANAGED_BY };
const RBAC = "rbac.authorization.k8s.io";

/** The service account that it runs as. */
export const AUTOSCALER_ACCOUNT: EksServiceAccount = { namespace: NAMESPACE, name: NAME };

/** Newest patch release for each minor of Kubernetes: the two must be alike. */
const RELEASES: Record<string, string> = {
  "1.31": "1.31.5",
  "1.32": "1.32.5",
  "1.33": "1.33.3",
  "1.34": "1.34.2",
  "1.35": "1.35.0",
  "1.36": "1.36.1",
};

/** The image for a cluster's version; for a version later than the table its first release. */
export function autoscalerImage(version: string): string {
  return `registry.k8s.io/autoscaling/cluster-autoscaler:v${RELEASES[version] ?? `${version}.0`}`;
}

const READ = ["get", "list", "watch"];

function rule(
  apiGroup: string,
  resources: string[],
  verbs: string[],
  resourceNames?: string[],
): object {
  return compact({ apiGroups: [apiGroup], resources, verbs, resourceNames });
}

/** Beyond reading what the scheduler reads, it evicts pods, marks nodes and says so in events. */
const CLUSTER_RULES = [
  rule("", ["events"], ["create", "patch"]),
  rule("", ["pods/eviction"], ["create"]),
  rule("", ["pods/status"], ["update"]),
  rule("", ["nodes"], [...READ, "update"]),
  rule(
    "",
    [
      "namespaces",
      "persistentvolumeclaims",
      "persistentvolumes",
      "pods",
      "replicationcontrollers",
      "services",
    ],
    READ,
  ),
  rule("apps", ["daemonsets", "replicasets", "statefulsets"], READ),
  rule("batch", ["cronjobs", "jobs"], READ),
  rule("policy", ["poddisruptionbudgets"], READ),
  rule("resource.k8s.io", ["deviceclasses", "resourceclaims", "resourceslices"], READ),
  rule(
    "storage.k8s.io",
    ["csidrivers", "csinodes", "csistoragecapacities", "storageclasses", "volumeattachments"],
    READ,
  ),
];

/** Its lease and its report, in its own namespace. A create cannot be limited by name. */
const NAMESPACE_RULES = [
  rule("coordination.k8s.io", ["leases"], ["create"]),
  rule("coordination.k8s.io", ["leases"], ["get", "update"], [NAME]),
  rule("", ["configmaps"], ["create", "list", "watch"]),
  rule("", ["configmaps"], ["delete", "get", "update"], [`${NAME}-status`]),
];

function roleAndBinding(prefix: "" | "Cluster", rules: object[]): RoleObject[] {
  const kind = `${prefix}Role`;
  const metadata = compact({
    name: NAME,
    namespace: prefix === "" ? NAMESPACE : undefined,
    labels: LABELS,
  });
  return [
    { apiVersion: `${RBAC}/v1`, kind, metadata, rules },
    {
      apiVersion: `${RBAC}/v1`,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: RBAC, kind, name: NAME },
      subjects: [{ kind: "ServiceAccount", ...AUTOSCALER_ACCOUNT }],
    },
  ];
}

function deployment({ clusterName, region, image }: AutoscalerFacts): KubernetesObject {
  const discovery = ["enabled", clusterName].map((tag) => `k8s.io/cluster-autoscaler/${tag}`);
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: NAME, namespace: NAMESPACE, labels: LABELS },
    spec: {
      replicas: 1,
      selector: { matchLabels: SELECTOR },
      template: {
        metadata: {
          labels: LABELS,
          // It would take the node away that it runs on itself.
          annotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "false" },
        },
        spec: {
          serviceAccountName: NAME,
          priorityClassName: "system-cluster-critical",
          securityContext: {
            runAsNonRoot: true,
            runAsUser: USER,
            runAsGroup: USER,
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [
            {
              name: NAME,
              image,
              command: ["./cluster-autoscaler"],
              args: [
                "--cloud-provider=aws",
                "--expander=least-waste",
                "--balance-similar-node-groups=true",
                "--skip-nodes-with-local-storage=false",
                `--node-group-auto-discovery=asg:tag=${discovery.join(",")}`,
              ],
              env: [{ name: "AWS_REGION", value: region }],
              ports: [{ name: "http", containerPort: PORT }],
              livenessProbe: { httpGet: { path: "/health-check", port: "http" } },
              resources: {
                requests: { cpu: "100m", memory: "600Mi" },
                limits: { memory: "600Mi" },
              },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ["ALL"] },
                readOnlyRootFilesystem: true,
              },
            },
          ],
        },
      },
    },
  };
}

/** The objects, the Deployment last. */
export function autoscalerObjects(facts: AutoscalerFacts): KubernetesObject[] {
  const account: KubernetesObject = {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: compact({
      ...AUTOSCALER_ACCOUNT,
      labels: LABELS,
      annotations:
        facts.roleArn === undefined
          ? undefined
          : { "eks.amazonaws.com/role-arn": facts.roleArn as string },
    }),
  };
  return [
    account,
    ...roleAndBinding("Cluster", CLUSTER_RULES),
    ...roleAndBinding("", NAMESPACE_RULES),
    deployment(facts),
  ];
}
