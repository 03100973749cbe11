/** Which volumes a claim needs, and which volumes have had their day: decisions without I/O. */
import type { ApiObject } from "./api";

/** The provisioner of the stand's storage classes. */
export const PROVISIONER = "science-platform.local/hostpath";

export interface Claim extends ApiObject {
  spec: {
    storageClassName?: string;
    volumeName?: string;
    volumeMode?: string;
    accessModes: string[];
    resources: { requests: { storage: string } };
    selector?: unknown;
  };
  status?: { phase?: string; capacity?: { storage?: string } };
}

export interface Volume extends ApiObject {
  spec: {
    persistentVolumeReclaimPolicy?: string;
    claimRef?: { namespace: string; name: string };
    capacity: { storage: string };
  };
  status?: { phase?: string };
}

export interface StorageClass extends ApiObject {
  provisioner: string;
  reclaimPolicy?: "Delete" | "Retain";
}

/** The class of a claim that waits for a volume which we are to make, or nothing. */
export function wantedClass(
  claim: Claim,
  classes: ReadonlyMap<string, StorageClass>,
): StorageClass | undefined {
  const { storageClassName, volumeName } = claim.spec;
  // A claim with a selector asks for a volume that somebody prepared.
  if (claim.status?.phase !== "Pending" || volumeName || claim.spec.selector !== undefined) {
    return undefined;
  }
  const found = classes.get(storageClassName ?? "");
  return found?.provisioner === PROVISIONER ? found : undefined;
}

/** The volume for a claim: a folder of a simulated node, bound to this claim and to no other. */
export function volumeFor(claim: Claim, storageClass: StorageClass): object {
  const { namespace, name, uid, resourceVersion } = claim.metadata;
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: {
      name: `pvc-${uid}`,
      annotations: { "pv.kubernetes.io/provisioned-by": PROVISIONER },
    },
    spec: {
      capacity: { storage: claim.spec.resources.requests.storage },
      accessModes: claim.spec.accessModes,
      volumeMode: claim.spec.volumeMode ?? "Filesystem",
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? "Delete",
      storageClassName: storageClass.metadata.name,
      hostPath: {
        path: `/var/lib/science-platform/volumes/${namespace}-${name}-${uid}`,
        type: "DirectoryOrCreate",
      },
      claimRef: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        namespace,
        name,
        uid,
        resourceVersion,
      },
    },
  };
}

function isOurs(volume: Volume): boolean {
  return volume.metadata.annotations?.["pv.kubernetes.io/provisioned-by"] === PROVISIONER;
}

/** Whether a volume that we made is to go: its claim is gone and its policy says so. */
export function isDone(volume: Volume): boolean {
  return (
    isOurs(volume) &&
    volume.status?.phase === "Released" &&
    volume.spec.persistentVolumeReclaimPolicy === "Delete"
  );
}

/** The size that a bound claim asks for and does not have yet, or nothing. */
export function wantedGrowth(claim: Claim): string | undefined {
  const wanted = claim.spec.resources.requests.storage;
  const bound = claim.status?.phase === "Bound" && claim.spec.volumeName !== undefined;
  return bound && claim.status?.capacity?.storage !== wanted ? wanted : undefined;
}
