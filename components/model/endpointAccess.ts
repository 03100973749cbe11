/** What the endpoint may do in the cluster: the least with which it works, as data. */
import { offersOf } from "./gpuOffers";
import type { EndpointSettings } from "./endpointSettings";
import type { KubernetesObject } from "./kubernetesObject";

/** One permission. */
interface Grant {
  apiGroup: string;
  resources: string[];
  verbs: string[];
  /** Only these objects. @default any */
  names?: string[];
  /** What the endpoint does with it. */
  why: string;
}

/** Where each permission holds. */
interface Grants {
  /** Everywhere. */
  cluster: Grant[];
  /** In the namespaces of tenants, by a RoleBinding in each. */
  tenants: Grant[];
  /** In the endpoint's own namespace. */
  home: Grant[];
}

const READ_WRITE = ["create", "delete", "get", "list", "patch"];

/** Every permission of the endpoint; nothing beyond is granted. */
function endpointGrants(settings: EndpointSettings, clusterRole: string): Grants {
  const { createNamespaces, exposure, gpus, nodes } = settings;
  const gpuNodes = [...new Set(offersOf(nodes, gpus).map(({ node }) => node))];
  const cluster: Grant[] = [
    {
      apiGroup: "apps",
      resources: ["deployments"],
      verbs: ["list", "watch"],
      why: "Status comes from a cache. RBAC knows no label selector, so the watch is for all.",
    },
    {
      apiGroup: "",
      resources: ["pods", "persistentvolumeclaims"],
      verbs: ["list", "watch"],
      why: "The same; and pods with GPUs are counted.",
    },
    {
      apiGroup: "",
      resources: ["namespaces"],
      verbs: ["get"],
      why: "It looks whether a tenant's namespace is the tenant's.",
    },
  ];
  if (gpuNodes.length > 0) {
    cluster.push({
      apiGroup: "",
      resources: ["nodes"],
      verbs: ["get"],
      names: gpuNodes.sort(),
      why: "It reads how many GPUs they have.",
    });
  }
  const tenants: Grant[] = [
    {
      apiGroup: "apps",
      resources: ["deployments"],
      verbs: READ_WRITE,
      why: "The deployments themselves.",
    },
    {
      apiGroup: "",
      resources: ["persistentvolumeclaims", "services"],
      verbs: READ_WRITE,
      why: "Volumes and Services of deployments.",
    },
    {
      apiGroup: "",
      resources: ["configmaps"],
      verbs: [...READ_WRITE, "update"],
      why: "Records, which are replaced only where nobody else has, and values.",
    },
    {
      apiGroup: "",
      resources: ["secrets"],
      verbs: ["create", "delete", "get", "patch"],
      why: "Values that are secret, and certificates' Secrets. They are never listed.",
    },
    {
      apiGroup: "",
      resources: ["pods"],
      verbs: ["delete", "get"],
      why: "A pod is looked at before its log or its end.",
    },
    { apiGroup: "", resources: ["pods/log"], verbs: ["get"], why: "Logs." },
    { apiGroup: "events.k8s.io", resources: ["events"], verbs: ["list"], why: "Events of pods." },
    {
      apiGroup: "",
      resources: ["resourcequotas"],
      verbs: ["create", "list", "patch"],
      why: "What tenants may have, GPUs that they have reserved, and what is left of it.",
    },
  ];
  if (exposure !== undefined) {
    const gateway = exposure.kind === "gateway";
    tenants.push({
      apiGroup: gateway ? "gateway.networking.k8s.io" : "networking.k8s.io",
      resources: [gateway ? "httproutes" : "ingresses"],
      verbs: READ_WRITE,
      why: "Services are exposed.",
    });
  }
  if (createNamespaces) {
    cluster.push(
      {
        apiGroup: "",
        resources: ["namespaces"],
        verbs: ["create"],
        why: "Tenants' namespaces; a policy of the API server holds it to their prefix.",
      },
      {
        apiGroup: "rbac.authorization.k8s.io",
        resources: ["rolebindings"],
        verbs: ["create", "patch"],
        why: "It lets itself into the namespaces that it makes, with one role; the same policy holds.",
      },
      {
        apiGroup: "rbac.authorization.k8s.io",
        resources: ["clusterroles"],
        verbs: ["bind"],
        names: [clusterRole],
        why: "That one role.",
      },
    );
    tenants.push(
      {
        apiGroup: "",
        resources: ["limitranges"],
        verbs: ["create", "patch"],
        why: "Defaults and bounds of containers.",
      },
      {
        apiGroup: "networking.k8s.io",
        resources: ["networkpolicies"],
        verbs: ["create", "patch"],
        why: "Default deny.",
      },
    );
  }
  return {
    cluster,
    tenants,
    home: [
      {
        apiGroup: "coordination.k8s.io",
        resources: ["leases"],
        verbs: READ_WRITE,
        why: "Claims of host names.",
      },
    ],
  };
}

function rulesOf(grants: readonly Grant[]): object[] {
  return grants.map(({ apiGroup, resources, verbs, names }) => ({
    apiGroups: [apiGroup],
    resources,
    verbs,
    ...(names === undefined ? {} : { resourceNames: names }),
  }));
}

/** An object of RBAC as plain data. */
export interface AccessObject extends KubernetesObject {
  rules?: object[];
  roleRef?: object;
  subjects?: object[];
}

const API_VERSION = "rbac.authorization.k8s.io/v1";

/**
 * The grants as roles: for the cluster and for the endpoint's namespace with their bindings, and for tenants'
 * namespaces the ClusterRole alone, which is bound in each of them.
 *
 * @param account the service account; the objects are named like it
 * @param clusterRole name of the tenants' one
 * @param labels of every object
 */
export function endpointAccessObjects(
  settings: EndpointSettings,
  account: string,
  clusterRole: string,
  labels: Record<string, string>,
): AccessObject[] {
  const { namespace } = settings;
  const grants = endpointGrants(settings, clusterRole);
  const subjects = [{ kind: "ServiceAccount", name: account, namespace }];
  // Names of ClusterRoles are the whole cluster's.
  const clusterName = `${namespace}-${account}`;
  const pair = (
    kind: string,
    metadata: AccessObject["metadata"],
    rules: object[],
  ): AccessObject[] => [
    { apiVersion: API_VERSION, kind, metadata, rules },
    {
      apiVersion: API_VERSION,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name: metadata.name },
      subjects,
    },
  ];
  return [
    {
      apiVersion: API_VERSION,
      kind: "ClusterRole",
      metadata: { name: clusterRole, labels },
      rules: rulesOf(grants.tenants),
    },
    ...pair("ClusterRole", { name: clusterName, labels }, rulesOf(grants.cluster)),
    ...pair("Role", { name: account, namespace, labels }, rulesOf(grants.home)),
  ];
}
