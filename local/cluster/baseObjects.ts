/** What every cluster of the stand holds before anybody uses it: rights of the stand's own users, storage classes. */
import type { ApiClient } from "./api";
import { PROVISIONER } from "./provisioning";

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

const READ = ["get", "list", "watch"];
const CHANGE = ["patch", "update"];

/** What KWOK does: reports the status of simulated objects, and lets deleted pods go. */
const KWOK_RULES: Rule[] = [
  { apiGroups: [""], resources: ["nodes", "pods", "services"], verbs: READ },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses"], verbs: READ },
  {
    apiGroups: [""],
    resources: ["nodes/status", "pods/status", "services/status"],
    verbs: CHANGE,
  },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses/status"], verbs: CHANGE },
  { apiGroups: [""], resources: ["pods"], verbs: ["delete", ...CHANGE] },
  { apiGroups: ["", "events.k8s.io"], resources: ["events"], verbs: ["create", ...CHANGE] },
  {
    apiGroups: ["coordination.k8s.io"],
    resources: ["leases"],
    verbs: [...READ, "create", ...CHANGE],
  },
];

const PROVISIONER_RULES: Rule[] = [
  { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: READ },
  { apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: READ },
  { apiGroups: [""], resources: ["persistentvolumeclaims/status"], verbs: CHANGE },
  {
    apiGroups: [""],
    resources: ["persistentvolumes"],
    verbs: [...READ, "create", "delete", ...CHANGE],
  },
];

/** What stands for cert-manager: see `local/webhook`. */
const WEBHOOK_RULES: Rule[] = [
  {
    apiGroups: ["admissionregistration.k8s.io"],
    resources: ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
    verbs: [...READ, "update"],
  },
  { apiGroups: [""], resources: ["services"], verbs: ["get"] },
  {
    apiGroups: ["cert-manager.io"],
    resources: ["certificates", "clusterissuers", "issuers"],
    verbs: READ,
  },
  {
    apiGroups: ["cert-manager.io"],
    resources: ["certificates/status", "clusterissuers/status", "issuers/status"],
    verbs: ["patch"],
  },
];

function path(group: string, plural: string, name: string): string {
  return `/apis/${group}/v1/${plural}/${name}`;
}

interface Applied {
  path: string;
  object: object;
}

function rights(user: string, rules: Rule[]): Applied[] {
  const group = "rbac.authorization.k8s.io";
  const name = `science-platform:${user}`;
  return [
    {
      path: path(group, "clusterroles", name),
      object: { apiVersion: `${group}/v1`, kind: "ClusterRole", metadata: { name }, rules },
    },
    {
      path: path(group, "clusterrolebindings", name),
      object: {
        apiVersion: `${group}/v1`,
        kind: "ClusterRoleBinding",
        metadata: { name },
        roleRef: { apiGroup: group, kind: "ClusterRole", name },
        subjects: [{ apiGroup: group, kind: "User", name }],
      },
    },
  ];
}

/** The simulation must not wait in the queues that it fills. */
function unhindered(user: string): Applied {
  const group = "flowcontrol.apiserver.k8s.io";
  const name = "science-platform-stand";
  const everything = { verbs: ["*"] };
  return {
    path: path(group, "flowschemas", name),
    object: {
      apiVersion: `${group}/v1`,
      kind: "FlowSchema",
      metadata: { name },
      spec: {
        priorityLevelConfiguration: { name: "exempt" },
        matchingPrecedence: 1000,
        rules: [
          {
            subjects: [{ kind: "User", user: { name: user } }],
            resourceRules: [
              {
                ...everything,
                apiGroups: ["*"],
                resources: ["*"],
                clusterScope: true,
                namespaces: ["*"],
              },
            ],
            nonResourceRules: [{ ...everything, nonResourceURLs: ["*"] }],
          },
        ],
      },
    },
  };
}

function storageClass(name: string, isDefault: boolean): Applied {
  const group = "storage.k8s.io";
  return {
    path: path(group, "storageclasses", name),
    object: {
      apiVersion: `${group}/v1`,
      kind: "StorageClass",
      metadata: {
        name,
        annotations: { "storageclass.kubernetes.io/is-default-class": String(isDefault) },
      },
      provisioner: PROVISIONER,
      reclaimPolicy: "Delete",
      volumeBindingMode: "Immediate",
      allowVolumeExpansion: true,
    },
  };
}

/** Applies all of them; nothing changes when they are as they should be. */
export async function applyBaseObjects(api: ApiClient): Promise<void> {
  const objects = [
    ...rights("kwok", KWOK_RULES),
    ...rights("provisioner", PROVISIONER_RULES),
    ...rights("webhook", WEBHOOK_RULES),
    unhindered("science-platform:kwok"),
    storageClass("standard", true),
    storageClass("local-hostpath", false),
  ];
  await Promise.all(objects.map((entry) => api.apply(entry.path, entry.object, true)));
}
