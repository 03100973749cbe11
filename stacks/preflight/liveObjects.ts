/** Kubernetes objects as the API server gives them: only the fields that are looked at. */

export interface LiveMetadata {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  /** Set once the object is being deleted. */
  deletionTimestamp?: string;
}

/** Any object of which only the metadata is read. */
export interface LiveObject {
  metadata: LiveMetadata;
}

export interface LiveNode extends LiveObject {
  status?: { allocatable?: Record<string, string> };
}

export interface LiveStorageClass extends LiveObject {
  allowVolumeExpansion?: boolean;
}

export interface LiveClaim extends LiveObject {
  spec: {
    accessModes?: string[];
    storageClassName?: string;
    volumeName?: string;
    resources?: { requests?: { storage?: string } };
  };
  status?: { phase?: string };
}

export interface LiveVolume extends LiveObject {
  spec: { hostPath?: { path: string }; nfs?: { server: string; path: string } };
}

export interface LiveService extends LiveObject {
  spec?: {
    ports?: { nodePort?: number; protocol?: string }[];
    healthCheckNodePort?: number;
  };
}

export interface LiveIngress extends LiveObject {
  spec?: { rules?: { host?: string }[] };
}

/** A volume of a pod, where it is a claim. */
export interface LivePodVolume {
  name?: string;
  persistentVolumeClaim?: { claimName: string };
}

/** A Job or Deployment. */
export interface LiveWorkload extends LiveObject {
  spec?: { template?: { spec?: { volumes?: LivePodVolume[] } } };
}

export interface LiveJob extends LiveWorkload {
  spec?: LiveWorkload["spec"] & { activeDeadlineSeconds?: number };
  status?: {
    startTime?: string;
    conditions?: { type: string; status: string; reason?: string; lastTransitionTime?: string }[];
  };
}

export interface LivePod extends LiveObject {
  spec?: { volumes?: LivePodVolume[] };
  status?: { phase?: string };
}

/** `namespace/name`, for look-ups and messages. */
export function keyOf({ metadata }: LiveObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
