/** Objects of a deployment as the API server gives them: the fields that are looked at here. */

export interface LiveMetadata {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** A pod's spec, in a pod or in a Deployment's template. */
export interface LivePodSpec {
  containers?: LiveContainer[];
  initContainers?: LiveContainer[];
  volumes?: { name: string; persistentVolumeClaim?: { claimName: string } }[];
}

export interface LiveContainer {
  name: string;
  resources?: { limits?: Record<string, string | number> };
  volumeMounts?: { name: string }[];
}

export interface LiveDeployment {
  metadata: LiveMetadata;
  spec?: { replicas?: number; template?: { spec?: LivePodSpec } };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
  };
}

export interface LiveContainerStatus {
  name: string;
  ready?: boolean;
  started?: boolean;
  state?: {
    waiting?: { reason?: string; message?: string };
    terminated?: { reason?: string; message?: string; exitCode?: number };
    running?: object;
  };
}

export interface LivePod {
  metadata: LiveMetadata;
  spec?: LivePodSpec;
  status?: {
    phase?: string;
    reason?: string;
    message?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
    containerStatuses?: LiveContainerStatus[];
    initContainerStatuses?: LiveContainerStatus[];
  };
}

export interface LiveClaim {
  metadata: LiveMetadata;
  spec?: {
    accessModes?: string[];
    storageClassName?: string;
    resources?: { requests?: { storage?: string } };
  };
  status?: { phase?: string; capacity?: { storage?: string } };
}

/** An event of `events.k8s.io/v1`, or of the core API. */
export interface LiveEvent {
  metadata: LiveMetadata;
  /** Of `events.k8s.io/v1`. */
  note?: string;
  /** Of the core API. */
  message?: string;
  reason?: string;
  type?: string;
}
