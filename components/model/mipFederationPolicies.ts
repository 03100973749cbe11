/** Network policies of a federation: other federations' pods are kept out, users' notebooks from the engine. */
import type { KubernetesObject } from "./kubernetesObject";
import type { FederationNetwork } from "./mipFederationTypes";
import { networkPolicies } from "./networkPolicies";

const LABELS = { "app.kubernetes.io/managed-by": "science-platform" };

/** Names of ingress controllers' namespaces: that of our own, and microk8s's. */
const INGRESS = { managed: "ingress-nginx", unmanaged: "ingress" };

/** Ports that a user's notebook needs in its namespace: the hub's API, its proxy, the platform's backend. */
const NOTEBOOK_PORTS = [8081, 8000, 8080];

/** Users' servers, as KubeSpawner labels them. */
const NOTEBOOKS = { matchLabels: { component: "singleuser-server" } };
const ALL_BUT_NOTEBOOKS = {
  matchExpressions: [{ key: "component", operator: "NotIn", values: ["singleuser-server"] }],
};

/** What lets notebooks, and the hub and backend that they ask, talk to each other. */
const NOTEBOOK_POLICIES: Record<string, Record<string, unknown>> = {
  "allow-notebooks": {
    podSelector: NOTEBOOKS,
    policyTypes: ["Ingress", "Egress"],
    ingress: [{ from: [{ podSelector: ALL_BUT_NOTEBOOKS }] }],
    egress: [
      {
        to: [{ podSelector: ALL_BUT_NOTEBOOKS }],
        ports: NOTEBOOK_PORTS.map((port) => ({ protocol: "TCP", port })),
      },
    ],
  },
  "allow-from-notebooks": {
    podSelector: ALL_BUT_NOTEBOOKS,
    policyTypes: ["Ingress"],
    ingress: [
      {
        from: [{ podSelector: NOTEBOOKS }],
        ports: NOTEBOOK_PORTS.map((port) => ({ protocol: "TCP", port })),
      },
    ],
  },
};

/** What a federation's policies depend on. */
export interface PolicyFacts {
  namespace: string;
  managedCluster: boolean;
  network: FederationNetwork;
  /** Whether users run notebooks in the namespace. */
  notebooks: boolean;
  /** Ports for the parts of the federation in other clusters, whose addresses are not known here. */
  clusterPorts: readonly number[];
}

/**
 * The policies, or none where the federation is not isolated. Users run what they like in notebooks, so these reach
 * the hub and the platform's backend alone, not the database or the engine beside them.
 */
export function federationPolicies(facts: PolicyFacts): KubernetesObject[] {
  const { isolated = true, ingressNamespace, allowPrivateNetworks, openPorts = [] } = facts.network;
  if (!isolated) {
    return [];
  }
  const specs = networkPolicies({
    ingressNamespace: ingressNamespace ?? INGRESS[facts.managedCluster ? "managed" : "unmanaged"],
    allowPrivateNetworks,
    openPorts: [...new Set([...openPorts, ...facts.clusterPorts])].sort((a, b) => a - b),
  });
  const all: Record<string, Record<string, unknown>> = {
    ...specs,
    "allow-same-namespace": {
      podSelector: ALL_BUT_NOTEBOOKS,
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [{ podSelector: ALL_BUT_NOTEBOOKS }] }],
      egress: [{ to: [{ podSelector: {} }] }],
    },
    ...(facts.notebooks ? NOTEBOOK_POLICIES : {}),
  };
  return Object.entries(all).map(([name, spec]) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: `federation-${name}`, namespace: facts.namespace, labels: LABELS },
    spec,
  }));
}
