/** Renders what bounds the tasks and holds their data: quotas, the claim, and what removes finished Jobs. */
import { compact } from "../compact";
import type { KubernetesObject } from "../kubernetesObject";
import { namespaceObjects, podSecurityLabels } from "../namespaceObjects";
import { CLEANER, COVALENT_LABELS } from "./access";
import {
  claimName,
  PLAIN_NAMESPACE,
  withCovalentDefaults,
  type CovalentDataStoreFacts,
  type CovalentSettings,
} from "./settings";

/** Name of quota and default requests. */
const BOUNDS = "covalent";

const CLEANER_FILE = "clean.py";
const CLEANER_FOLDER = "/scripts";
const EVERY_QUARTER_OF_AN_HOUR = "*/15 * * * *";
const CLEANER_SECONDS = 300;

/** Tasks need folders of the node where no bucket or claim is: Pod Security has no level between that and all. */
export function taskNamespaceLabels(dataStore: CovalentDataStoreFacts): Record<string, string> {
  const hostPath = dataStore.path !== undefined && dataStore.claim === undefined;
  return podSecurityLabels(hostPath ? "privileged" : "baseline");
}

function quotaObject(namespace: string, settings: CovalentSettings): KubernetesObject[] {
  return namespaceObjects(namespace, { quota: settings.quota }, settings.gpus)
    .filter(({ kind }) => kind === "ResourceQuota")
    .map((object) => ({
      ...object,
      metadata: { name: BOUNDS, namespace, labels: COVALENT_LABELS },
    }));
}

/**
 * What pods request where they do not say, since a quota refuses those. No limits: the plugin sets none, and would
 * be refused where a default limit is below what a task requests.
 */
function defaultRequests(namespace: string): KubernetesObject {
  const defaultRequest = { cpu: "100m", memory: "128Mi" };
  return {
    apiVersion: "v1",
    kind: "LimitRange",
    metadata: { name: BOUNDS, namespace, labels: COVALENT_LABELS },
    spec: { limits: [{ type: "Container", defaultRequest }] },
  };
}

/** The quota of the tasks' namespace, and for the plugin as it is that of `default`, which others share. */
export function boundsObjects(settings: CovalentSettings): KubernetesObject[] {
  const { namespace, plainPlugin, quota } = withCovalentDefaults(settings);
  const inDefault = plainPlugin === true && quota !== undefined;
  return [
    ...quotaObject(namespace, settings),
    ...(inDefault
      ? [...quotaObject(PLAIN_NAMESPACE, settings), defaultRequests(PLAIN_NAMESPACE)]
      : []),
  ];
}

/** The claim for functions and results, where one is to be made. */
export function claimObject(
  settings: CovalentSettings,
  dataStore: CovalentDataStoreFacts,
): KubernetesObject | undefined {
  const { claim } = dataStore;
  const name = claimName({ dataStore });
  if (claim?.size === undefined || name === undefined) {
    return undefined;
  }
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      name,
      namespace: withCovalentDefaults(settings).namespace,
      labels: COVALENT_LABELS,
    },
    spec: compact({
      accessModes: claim.accessModes ?? ["ReadWriteMany"],
      storageClassName: claim.storageClass,
      resources: { requests: { storage: claim.size } },
    }),
  };
}

function cleanerPod(image: string, ttlSeconds: number): object {
  const user = 65534;
  return {
    serviceAccountName: CLEANER,
    automountServiceAccountToken: true,
    restartPolicy: "Never",
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [
      {
        name: "cleaner",
        image,
        command: ["python3", `${CLEANER_FOLDER}/${CLEANER_FILE}`],
        env: [
          { name: "JOBS_NAMESPACE", value: PLAIN_NAMESPACE },
          { name: "KEEP_SECONDS", value: String(ttlSeconds) },
        ],
        resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          readOnlyRootFilesystem: true,
        },
        volumeMounts: [{ name: "scripts", mountPath: CLEANER_FOLDER, readOnly: true }],
      },
    ],
    volumes: [{ name: "scripts", configMap: { name: CLEANER } }],
  };
}

/**
 * What removes the Jobs that the plugin as it is leaves behind, since it gives them no time to live.
 *
 * @param script text of the program
 */
export function cleanerObjects(settings: CovalentSettings, script: string): KubernetesObject[] {
  const { namespace, cleanerImage, ttlSeconds } = withCovalentDefaults(settings);
  const metadata = { name: CLEANER, namespace, labels: COVALENT_LABELS };
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { [CLEANER_FILE]: script } },
    {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata,
      spec: {
        schedule: EVERY_QUARTER_OF_AN_HOUR,
        concurrencyPolicy: "Forbid",
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 1,
        jobTemplate: {
          metadata: { labels: COVALENT_LABELS },
          spec: {
            backoffLimit: 0,
            activeDeadlineSeconds: CLEANER_SECONDS,
            template: {
              metadata: { labels: COVALENT_LABELS },
              spec: cleanerPod(cleanerImage, ttlSeconds),
            },
          },
        },
      },
    },
  ];
}
