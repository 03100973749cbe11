/** What Covalent's dispatcher may do in the cluster: what the plugin calls, and nothing else. */
import type { KubernetesObject } from "../kubernetesObject";
import { MANAGED_BY } from "../workspaceLabels";
import {
  DISPATCHER_ACCOUNT,
  PLAIN_NAMESPACE,
  TASK_ACCOUNT,
  withCovalentDefaults,
  type CovalentSettings,
} from "./settings";

/** An object of RBAC or a service account as plain data. */
interface AccessObject extends KubernetesObject {
  automountServiceAccountToken?: boolean;
  imagePullSecrets?: { name: string }[];
  rules?: object[];
  roleRef?: object;
  subjects?: object[];
}

/** One permission. */
interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/** Labels of all that is made for Covalent. */
export const COVALENT_LABELS = {
  "app.kubernetes.io/name": "covalent",
  "app.kubernetes.io/managed-by": MANAGED_BY,
};

/** Name of the CronJob that removes finished Jobs, and of its service account. */
export const CLEANER = "covalent-job-cleaner";

/** Secret with the credentials by which task images are pulled. */
export const PULL_SECRET = "covalent-registry";

/** Annotation by which pods of a service account get an IAM role of AWS. */
const ROLE_ANNOTATION = "eks.amazonaws.com/role-arn";

/** What our executor and the check of the setup call. */
const DISPATCHER_RULES: Rule[] = [
  { apiGroups: ["batch"], resources: ["jobs"], verbs: ["create", "delete", "get"] },
  { apiGroups: ["batch"], resources: ["jobs/status"], verbs: ["get"] },
  // Why a task failed.
  { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
];

/** What the plugin as it is calls. */
const PLAIN_RULES: Rule[] = [
  { apiGroups: ["batch"], resources: ["jobs"], verbs: ["create"] },
  { apiGroups: ["batch"], resources: ["jobs/status"], verbs: ["get"] },
];

const CLEANER_RULES: Rule[] = [
  { apiGroups: ["batch"], resources: ["jobs"], verbs: ["delete", "list"] },
];

function account(name: string, namespace: string): AccessObject {
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name, namespace, labels: COVALENT_LABELS },
    automountServiceAccountToken: false,
  };
}

function grant(
  name: string,
  namespace: string,
  rules: Rule[],
  subject: { name: string; namespace: string },
): AccessObject[] {
  const metadata = { name, namespace, labels: COVALENT_LABELS };
  const apiVersion = "rbac.authorization.k8s.io/v1";
  return [
    { apiVersion, kind: "Role", metadata, rules },
    {
      apiVersion,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", ...subject }],
    },
  ];
}

/** What task pods have beside the rights of nobody. */
export interface TaskIdentity {
  /** ARN of an IAM role, anything that ends up as a string. @default none by annotation */
  roleArn?: unknown;
  /** Whether images are pulled with the credentials in `PULL_SECRET`. @default false */
  pullSecret?: boolean;
}

/** What is added to a service account of tasks, whoever made it. */
export function taskIdentityFields({ roleArn, pullSecret = false }: TaskIdentity): {
  annotations?: Record<string, string>;
  imagePullSecrets?: { name: string }[];
} {
  return {
    ...(roleArn === undefined ? {} : { annotations: { [ROLE_ANNOTATION]: roleArn as string } }),
    ...(pullSecret ? { imagePullSecrets: [{ name: PULL_SECRET }] } : {}),
  };
}

/** The service accounts of dispatcher, tasks and CronJob, and their roles. Tasks have no rights in the cluster. */
export function covalentAccessObjects(
  settings: Pick<CovalentSettings, "namespace" | "plainPlugin">,
  identity: TaskIdentity = {},
): KubernetesObject[] {
  const { namespace, plainPlugin } = withCovalentDefaults(settings);
  const dispatcher = { name: DISPATCHER_ACCOUNT, namespace };
  const cleaner = { name: CLEANER, namespace };
  const task = account(TASK_ACCOUNT, namespace);
  const { annotations, ...fields } = taskIdentityFields(identity);
  return [
    account(DISPATCHER_ACCOUNT, namespace),
    {
      ...task,
      ...fields,
      metadata: { ...task.metadata, ...(annotations === undefined ? {} : { annotations }) },
    },
    ...grant(DISPATCHER_ACCOUNT, namespace, DISPATCHER_RULES, dispatcher),
    ...(plainPlugin === true
      ? [
          ...grant(DISPATCHER_ACCOUNT, PLAIN_NAMESPACE, PLAIN_RULES, dispatcher),
          account(CLEANER, namespace),
          ...grant(CLEANER, PLAIN_NAMESPACE, CLEANER_RULES, cleaner),
        ]
      : []),
  ];
}
