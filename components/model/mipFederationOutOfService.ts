/** What takes lost nodes of a federation out of service: a small program in the cluster, with rights on those nodes alone. */
import { createHash } from "node:crypto";
import type { KubernetesObject } from "./kubernetesObject";
import type { FederationRecovery } from "./mipFederationTypes";

/** Name of everything that belongs to it; of what is cluster-wide, with the namespace behind it. */
export const RECOVERY_NAME = "federation-recovery";

/** Any image with Python will do. */
const DEFAULT_IMAGE = "python:3.13-alpine";

/** Two, so that one is left when its node is lost. */
const REPLICAS = 2;

/** How soon it leaves a node that is lost, which the other one sees to meanwhile. */
const EVICTION_SECONDS = 30;

const SCRIPT = "outOfService.py";
const FOLDER = "/opt/recovery";
const USER = 65532;

/** Ports of API servers behind their Service: usual ones, and microk8s's. Policies see these, not the Service's. */
const API_PORTS = [443, 6443, 16443];

const LABELS = { "app.kubernetes.io/managed-by": "science-platform" };
const POD_LABELS = { app: RECOVERY_NAME };
const LOST = ["not-ready", "unreachable"];

/** What the program is told. */
export interface OutOfServiceFacts {
  namespace: string;
  /** Nodes of the federation. */
  nodes: readonly string[];
  recovery: FederationRecovery;
  /** Whether the namespace is closed by network policies. */
  isolated: boolean;
  /** The program's text. */
  script: string;
}

/** A role has rules, its binding a reference and subjects, beside what every object has. */
interface AccessObject extends KubernetesObject {
  rules?: object[];
  roleRef?: object;
  subjects?: object[];
}

/** RBAC cannot tell a change of taints from another: what it limits is the nodes. */
function rights({ namespace, nodes }: OutOfServiceFacts): AccessObject[] {
  const group = "rbac.authorization.k8s.io";
  const metadata = { name: `${RECOVERY_NAME}:${namespace}`, labels: LABELS };
  const rules = [
    { apiGroups: [""], resources: ["nodes"], resourceNames: nodes, verbs: ["get", "patch"] },
  ];
  const subject = { kind: "ServiceAccount", name: RECOVERY_NAME, namespace };
  const roleRef = { apiGroup: group, kind: "ClusterRole", name: metadata.name };
  return [
    { apiVersion: `${group}/v1`, kind: "ClusterRole", metadata, rules },
    {
      apiVersion: `${group}/v1`,
      kind: "ClusterRoleBinding",
      metadata,
      roleRef,
      subjects: [subject],
    },
  ];
}

function container({ nodes, recovery }: OutOfServiceFacts): object {
  return {
    name: "recovery",
    image: recovery.image ?? DEFAULT_IMAGE,
    command: ["python3", `${FOLDER}/${SCRIPT}`],
    env: [
      { name: "NODES", value: nodes.join(",") },
      { name: "AFTER_SECONDS", value: String(recovery.outOfServiceAfterSeconds) },
    ],
    resources: {
      requests: { cpu: "10m", memory: "32Mi" },
      limits: { cpu: "100m", memory: "128Mi" },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    },
    volumeMounts: [{ name: "script", mountPath: FOLDER, readOnly: true }],
  };
}

function deploymentSpec(facts: OutOfServiceFacts): Record<string, unknown> {
  const digest = createHash("sha256").update(facts.script).digest("hex").slice(0, 16);
  return {
    replicas: REPLICAS,
    selector: { matchLabels: POD_LABELS },
    template: {
      // Pods read the program at their start.
      metadata: { labels: POD_LABELS, annotations: { "science-platform/script": digest } },
      spec: {
        serviceAccountName: RECOVERY_NAME,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: USER,
          runAsGroup: USER,
          seccompProfile: { type: "RuntimeDefault" },
        },
        affinity: {
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 100,
                podAffinityTerm: {
                  topologyKey: "kubernetes.io/hostname",
                  labelSelector: { matchLabels: POD_LABELS },
                },
              },
            ],
          },
        },
        tolerations: LOST.map((state) => ({
          key: `node.kubernetes.io/${state}`,
          operator: "Exists",
          effect: "NoExecute",
          tolerationSeconds: EVICTION_SECONDS,
        })),
        containers: [container(facts)],
        volumes: [{ name: "script", configMap: { name: RECOVERY_NAME } }],
      },
    },
  };
}

/** Lets it out to the API server; nothing comes in. */
const POLICY_SPEC = {
  podSelector: { matchLabels: POD_LABELS },
  policyTypes: ["Egress"],
  egress: [{ ports: API_PORTS.map((port) => ({ protocol: "TCP", port })) }],
};

/** Its objects, the Deployment last. */
export function outOfServiceObjects(facts: OutOfServiceFacts): KubernetesObject[] {
  const { namespace, script, isolated } = facts;
  const metadata = { name: RECOVERY_NAME, namespace, labels: LABELS };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    ...rights(facts),
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { [SCRIPT]: script } },
    ...(isolated
      ? [
          {
            apiVersion: "networking.k8s.io/v1",
            kind: "NetworkPolicy",
            metadata,
            spec: POLICY_SPEC,
          },
        ]
      : []),
    { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: deploymentSpec(facts) },
  ];
}
