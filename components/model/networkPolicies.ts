/** Network policies of a namespace: nothing in or out, but what workspaces need. */

/** The exceptions to default deny; DNS and the namespace's own pods are always reachable. */
export interface NetworkAccess {
  /** Namespace of the ingress controller, which may reach every pod. @default "ingress-nginx" */
  ingressNamespace?: string;
  /** Whether pods may reach private address ranges outside the namespace. @default false */
  allowPrivateNetworks?: boolean;
  /** Ports that anyone may reach, such as those behind a NodePort, whose clients come from outside. */
  openPorts?: number[];
}

/** The spec of a NetworkPolicy, as far as it is said here. */
export interface NetworkPolicySpec extends Record<string, unknown> {
  podSelector: object;
  policyTypes: ("Ingress" | "Egress")[];
  ingress?: object[];
  egress?: object[];
}

/** Addresses of the node itself and of clouds' metadata services: never reachable. */
const LINK_LOCAL = { ipv4: "169.254.0.0/16", ipv6: "fe80::/10" };

/** Metadata service of AWS, which lies within the private IPv6 range. */
const METADATA_IPV6 = "fd00:ec2::254/128";

const PRIVATE_IPV4 = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"];
const PRIVATE_IPV6 = ["fc00::/7"];

function inNamespace(name: string): Record<string, unknown> {
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } };
}

function internet(allowPrivate: boolean): NetworkPolicySpec {
  const ipv4 = [LINK_LOCAL.ipv4, ...(allowPrivate ? [] : PRIVATE_IPV4)];
  const ipv6 = [LINK_LOCAL.ipv6, ...(allowPrivate ? [METADATA_IPV6] : PRIVATE_IPV6)];
  return {
    podSelector: {},
    policyTypes: ["Egress"],
    egress: [
      {
        to: [
          { ipBlock: { cidr: "0.0.0.0/0", except: ipv4 } },
          { ipBlock: { cidr: "::/0", except: ipv6 } },
        ],
      },
    ],
  };
}

/** The policies' specs by name. Kubernetes adds them up: each allows something that the first denies. */
export function networkPolicies(access: NetworkAccess): Record<string, NetworkPolicySpec> {
  const policies: Record<string, NetworkPolicySpec> = {
    "default-deny": { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    "allow-dns": {
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [
        {
          to: [inNamespace("kube-system")],
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
          ],
        },
      ],
    },
    "allow-same-namespace": {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [{ podSelector: {} }] }],
      egress: [{ to: [{ podSelector: {} }] }],
    },
    "allow-ingress-controller": {
      podSelector: {},
      policyTypes: ["Ingress"],
      ingress: [{ from: [inNamespace(access.ingressNamespace ?? "ingress-nginx")] }],
    },
    "allow-internet": internet(access.allowPrivateNetworks ?? false),
  };
  if (access.openPorts?.length) {
    policies["allow-open-ports"] = {
      podSelector: {},
      policyTypes: ["Ingress"],
      ingress: [{ ports: access.openPorts.map((port) => ({ protocol: "TCP", port })) }],
    };
  }
  return policies;
}
