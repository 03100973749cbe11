/** What a virtual kubelet may do in the cluster: the least with which it works, as data. */
import type { KubernetesObject } from "./kubernetesObject";
import { withDefaults, type VirtualNodeSettings } from "./virtualNodeTypes";

/** Where the kubelet's lease is, as every node's. */
const LEASES = "kube-node-lease";

/** One permission. */
export interface Grant {
  apiGroup: string;
  resources: string[];
  verbs: string[];
  /** Only these objects. @default any */
  names?: string[];
  /** Only in these namespaces. @default the whole cluster */
  namespaces?: string[];
  /** What the kubelet does with it. */
  why: string;
}

/** Every permission of a node's kubelet; nothing beyond is granted. */
function virtualNodeGrants(settings: VirtualNodeSettings): Grant[] {
  const { nodeName, offloadNamespaces: namespaces, projectedVolumes, kubeletCsr } = settings;
  const names = [nodeName];
  const grants: Grant[] = [
    {
      apiGroup: "",
      resources: ["nodes"],
      verbs: ["create"],
      why: "It registers its node. A create cannot be limited by name: RBAC does not see the name of what is not there yet.",
    },
    { apiGroup: "", resources: ["nodes"], verbs: ["get"], names, why: "It reads its own node." },
    {
      apiGroup: "",
      resources: ["nodes/status"],
      verbs: ["patch", "update"],
      names,
      why: "Its heartbeat, and what the remote side reports.",
    },
    {
      apiGroup: "",
      resources: ["pods"],
      verbs: ["list", "watch"],
      why: "It watches the pods of its node. RBAC knows no field selector, so the watch is for all pods.",
    },
    {
      apiGroup: "",
      resources: ["namespaces"],
      verbs: ["list"],
      why: "When it starts it looks in each for pods that it ran before.",
    },
    {
      apiGroup: "coordination.k8s.io",
      resources: ["leases"],
      verbs: ["create"],
      namespaces: [LEASES],
      why: "Its lease; a create cannot be limited by name.",
    },
    {
      apiGroup: "coordination.k8s.io",
      resources: ["leases"],
      verbs: ["get", "update"],
      names,
      namespaces: [LEASES],
      why: "It renews its lease.",
    },
    {
      apiGroup: "",
      resources: ["pods"],
      verbs: ["delete", "get"],
      namespaces,
      why: "It takes a pod away once the remote side has ended it.",
    },
    {
      apiGroup: "",
      resources: ["pods/status"],
      verbs: ["patch", "update"],
      namespaces,
      why: "It reports how pods are.",
    },
    {
      apiGroup: "",
      resources: ["configmaps", "secrets"],
      verbs: ["get"],
      namespaces,
      why: "It hands to the remote side what a pod mounts or has in its environment.",
    },
  ];
  if (projectedVolumes === true) {
    grants.push({
      apiGroup: "",
      resources: ["serviceaccounts/token"],
      verbs: ["create"],
      namespaces,
      why: "Tokens of service accounts for projected volumes.",
    });
  }
  if (kubeletCsr === true) {
    grants.push({
      apiGroup: "certificates.k8s.io",
      resources: ["certificatesigningrequests"],
      verbs: ["create", "delete", "get", "list", "watch"],
      why: "It asks for a certificate for its port and clears old requests. They are cluster-wide and named by the API server.",
    });
  }
  return grants;
}

/** An object of RBAC as plain data. */
interface AccessObject extends KubernetesObject {
  rules?: object[];
  roleRef?: object;
  subjects?: object[];
}

function ruleOf({ apiGroup, resources, verbs, names }: Grant): object {
  const base = { apiGroups: [apiGroup], resources, verbs };
  return names === undefined ? base : { ...base, resourceNames: names };
}

/**
 * The grants as roles with their bindings: one for the cluster, and one in each namespace.
 *
 * @param labels of every object
 */
export function virtualNodeAccessObjects(
  settings: VirtualNodeSettings,
  labels: Record<string, string>,
): KubernetesObject[] {
  const { nodeName, namespace: home, serviceAccount } = withDefaults(settings);
  const grants = virtualNodeGrants(settings);
  const name = `${nodeName}-virtual-kubelet`;
  const subjects = [{ kind: "ServiceAccount", name: serviceAccount, namespace: home }];
  const pair = (prefix: "" | "Cluster", namespace: string | undefined): AccessObject[] => {
    const metadata = { name, labels, ...(namespace === undefined ? {} : { namespace }) };
    const apiVersion = "rbac.authorization.k8s.io/v1";
    const kind = `${prefix}Role`;
    const rules = grants
      .filter((grant) =>
        namespace === undefined
          ? grant.namespaces === undefined
          : grant.namespaces?.includes(namespace),
      )
      .map(ruleOf);
    return [
      { apiVersion, kind, metadata, rules },
      {
        apiVersion,
        kind: `${kind}Binding`,
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name },
        subjects,
      },
    ];
  };
  const namespaces = [...new Set(grants.flatMap((grant) => grant.namespaces ?? []))].sort();
  return [pair("Cluster", undefined), ...namespaces.map((one) => pair("", one))].flat();
}
