/** Network policies of a federation: other federations' pods are kept out, users' notebooks from the engine. */
import type { KubernetesObject } from "./kubernetesObject";
import type { FederationNetwork } from "./mipFederationTypes";
import { networkPolicies, type NetworkPolicySpec } from "./networkPolicies";

const LABELS = { "app.kubernetes.io/managed-by": "science-platform" };

/** Names of ingress controllers' namespaces: that of our own, and microk8s's. */
const INGRESS = { managed: "ingress-nginx", unmanaged: "ingress" };

/** Ports that a user's notebook needs in its namespace: the hub's API, its proxy, the platform's backend. */
const NOTEBOOK_PORTS = [8081, 8000, 8080];

/** Lets the pods of the namespace talk to each other. */
const WITHIN_NAMESPACE = "allow-same-namespace";

/** Users' servers, as KubeSpawner labels them. */
const NOTEBOOKS = { matchLabels: { component: "singleuser-server" } };
const ALL_BUT_NOTEBOOKS = {
  matchExpressions: [{ key: "component", operator: "NotIn", values: ["singleuser-server"] }],
};

/** Users run what they like in notebooks, so these reach hub and backend alone, not the database or the engine. */
const NOTEBOOK_POLICIES: Record<string, NetworkPolicySpec> = {
  [WITHIN_NAMESPACE]: {
    podSelector: ALL_BUT_NOTEBOOKS,
    policyTypes: ["Ingress", "Egress"],
    ingress: [{ from: [{ podSelector: ALL_BUT_NOTEBOOKS }] }],
    egress: [{ to: [{ podSelector: {} }] }],
  },
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

/** Several policies for all pods as one: what each of them allows is allowed. */
function merged(specs: readonly NetworkPolicySpec[]): NetworkPolicySpec {
  return {
    podSelector: {},
    policyTypes: ["Ingress", "Egress"],
    ingress: specs.flatMap(({ ingress = [] }) => ingress),
    egress: specs.flatMap(({ egress = [] }) => egress),
  };
}

/**
 * The policies, or none where the federation is not isolated: one for all pods, and where there are notebooks
 * further ones that tell these from the others.
 */
export function federationPolicies(facts: PolicyFacts): KubernetesObject[] {
  const { isolated = true, ingressNamespace, allowPrivateNetworks, openPorts = [] } = facts.network;
  if (!isolated) {
    return [];
  }
  const { [WITHIN_NAMESPACE]: within, ...others } = networkPolicies({
    ingressNamespace: ingressNamespace ?? INGRESS[facts.managedCluster ? "managed" : "unmanaged"],
    allowPrivateNetworks,
    openPorts: [...new Set([...openPorts, ...facts.clusterPorts])].sort((a, b) => a - b),
  });
  const all = Object.values(others);
  const policies: Record<string, NetworkPolicySpec> = facts.notebooks
    ? { isolation: merged(all), ...NOTEBOOK_POLICIES }
    : { isolation: merged([...all, within!]) };
  return Object.entries(policies).map(([name, spec]) => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: `federation-${name}`, namespace: facts.namespace, labels: LABELS },
    spec,
  }));
}
