/** Canned objects of the fake API server. */
import type { WorkspaceVolume } from "../../components/model/workspaceTypes";

export const CLAIMS = "/api/v1/persistentvolumeclaims";
export const VOLUMES = "/api/v1/persistentvolumes";
export const CLASSES = "/apis/storage.k8s.io/v1/storageclasses";
export const PODS = "/api/v1/pods";
export const JOBS = "/apis/batch/v1/jobs";
export const DEPLOYMENTS = "/apis/apps/v1/deployments";
export const SERVICES = "/api/v1/services";
export const INGRESSES = "/apis/networking.k8s.io/v1/ingresses";

/** What the stack of the tests writes on the workloads that it holds. */
export const HELD_BY_US = { "science-platform/stack": "dev" };

export function volume(fields: Partial<WorkspaceVolume> = {}): WorkspaceVolume {
  const usual = { mountPath: "/data", size: "10Gi", accessMode: "ReadWriteOnce", storage: "fast" };
  return { ...usual, ...fields };
}

export interface ClaimFacts {
  storageClassName?: string;
  size?: string;
  modes?: string[];
  phase?: string;
  volumeName?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
}

export function claim(name: string, facts: ClaimFacts = {}): never {
  const { storageClassName = "fast", size = "10Gi", modes = ["ReadWriteOnce"] } = facts;
  const { deletionTimestamp, labels, volumeName, phase = "Bound" } = facts;
  return {
    metadata: { namespace: "team", name, deletionTimestamp, labels },
    spec: {
      storageClassName,
      accessModes: modes,
      volumeName,
      resources: { requests: { storage: size } },
    },
    status: { phase },
  } as never;
}

export function storageClass(name: string, allowVolumeExpansion?: boolean): never {
  return { metadata: { name }, allowVolumeExpansion } as never;
}

export interface JobFacts {
  deadline?: number;
  /** Seconds since it began. */
  used?: number;
  condition?: { type: string; reason?: string; status?: string };
  annotations?: Record<string, string>;
  /** Claims that its pod mounts, by the name of the pod's volume. */
  mounts?: Record<string, string>;
}

/** A Job of namespace `team`. */
export function job(name: string, facts: JobFacts = {}): { metadata: { name: string } } {
  const { deadline = 3600, used, condition, annotations = HELD_BY_US, mounts = {} } = facts;
  const volumes = Object.entries(mounts).map(([volumeName, claimName]) => ({
    name: volumeName,
    persistentVolumeClaim: { claimName },
  }));
  return {
    metadata: { namespace: "team", name, annotations },
    spec: { activeDeadlineSeconds: deadline, template: { spec: { volumes } } },
    status: {
      ...(used === undefined
        ? {}
        : { startTime: new Date(Date.now() - used * 1000).toISOString() }),
      conditions: condition && [
        { status: "True", lastTransitionTime: "2026-03-01T10:00:00Z", ...condition },
      ],
    },
  } as { metadata: { name: string } };
}
