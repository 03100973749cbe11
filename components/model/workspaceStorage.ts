/** A workspace's files and claims: the ConfigMap, the volumes and the claims, and how the pod mounts them. */
import { compact } from "./compact";
import type { KubernetesObject } from "./kubernetesObject";
import { workspaceNames } from "./names";
import { joinPath, type Problems } from "./problems";
import { workspaceLabels } from "./workspaceLabels";
import type { WorkspaceSite, WorkspaceSpec, WorkspaceStorage } from "./workspaceTypes";

/** What a mounted file holds: exactly one of the two. */
export interface FileContent {
  /** The content, where it is UTF-8 text. */
  text?: string;
  /** The content in base64, where it is not. */
  base64?: string;
}

/** The pod's volumes with the container's mounts. */
export interface Mounts {
  volumes: Record<string, unknown>[];
  volumeMounts: Record<string, unknown>[];
}

/** The ConfigMap of the mounted files, where there are any; a file without content is a problem. */
export function filesConfigMap(
  spec: WorkspaceSpec,
  contents: Record<string, FileContent>,
  problems: Problems,
): KubernetesObject[] {
  if (!spec.files?.length) {
    return [];
  }
  const data: Record<string, string> = {};
  const binaryData: Record<string, string> = {};
  for (const { name } of spec.files) {
    const content = contents[name];
    if (content?.text !== undefined) {
      data[name] = content.text;
    } else if (content?.base64 !== undefined) {
      binaryData[name] = content.base64;
    } else {
      problems.add({
        path: joinPath("mount_files", [name]),
        reason: "a mounted file without content",
        remedy: "Give its text or base64.",
      });
    }
  }
  return [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: workspaceNames(spec).files,
        namespace: spec.namespace,
        labels: workspaceLabels(spec.name),
      },
      ...(Object.keys(data).length > 0 ? { data } : {}),
      ...(Object.keys(binaryData).length > 0 ? { binaryData } : {}),
    },
  ];
}

/** Where the site puts a claim of this `pvc_type`: an entry of its table, else a storage class of that name. */
function storageOf(storage: string, site: Pick<WorkspaceSite, "storage">): WorkspaceStorage {
  const table = site.storage ?? {};
  return Object.hasOwn(table, storage) ? table[storage]! : { storageClass: storage };
}

/** `/exports/` and `ns`, `claim` as `/exports/ns/claim`: a folder of the claim's own. */
function below(root: string, ...parts: string[]): string {
  return [root.replace(/\/+$/, ""), ...parts].join("/");
}

function volumeSource(
  storage: WorkspaceStorage,
  namespace: string,
  claim: string,
): Record<string, unknown> | undefined {
  if (storage.hostPath !== undefined) {
    const path = below(storage.hostPath, namespace, claim);
    return { hostPath: { path, type: "DirectoryOrCreate" } };
  }
  if (storage.nfs !== undefined) {
    const { server, path } = storage.nfs;
    return { nfs: { server, path: below(path, namespace, claim) } };
  }
  return undefined;
}

/**
 * The workspace's own claims, each after its PersistentVolume where the site's storage is a folder on the
 * node or an NFS export. Such a volume is bound to this one claim by `claimRef`, and kept when the claim goes.
 */
export function claimObjects(
  spec: Pick<WorkspaceSpec, "namespace" | "name" | "volumes">,
  site: Pick<WorkspaceSite, "storage">,
): KubernetesObject[] {
  const names = workspaceNames(spec);
  const labels = workspaceLabels(spec.name);
  return (spec.volumes ?? []).flatMap((volume, i) => {
    const storage = storageOf(volume.storage, site);
    const claim = names.claim(i);
    const source = volumeSource(storage, spec.namespace, claim);
    const claimObject = (fields: Record<string, unknown>): KubernetesObject => ({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: claim, namespace: spec.namespace, labels },
      spec: {
        accessModes: [volume.accessMode],
        resources: { requests: { storage: volume.size } },
        ...fields,
      },
    });
    if (source === undefined) {
      return [claimObject(compact({ storageClassName: storage.storageClass }))];
    }
    const volumeObject: KubernetesObject = {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: names.volume(i), labels },
      spec: {
        accessModes: [volume.accessMode],
        capacity: { storage: volume.size },
        claimRef: {
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          namespace: spec.namespace,
          name: claim,
        },
        persistentVolumeReclaimPolicy: "Retain",
        storageClassName: "",
        ...source,
      },
    };
    return [volumeObject, claimObject({ storageClassName: "", volumeName: names.volume(i) })];
  });
}

function claimMount(name: string, claimName: string, mountPath: string, readOnly = false): Mounts {
  const only = readOnly ? { readOnly } : {};
  return {
    volumes: [{ name, persistentVolumeClaim: { claimName, ...only } }],
    volumeMounts: [{ name, mountPath, ...only }],
  };
}

function fileMounts(spec: WorkspaceSpec): Mounts {
  const files = spec.files ?? [];
  if (files.length === 0) {
    return { volumes: [], volumeMounts: [] };
  }
  const items = files.map(({ name }) => ({ key: name, path: name }));
  return {
    volumes: [{ name: "files", configMap: { name: workspaceNames(spec).files, items } }],
    volumeMounts: files.map(({ name, mountPath, readOnly }) => ({
      name: "files",
      mountPath,
      subPath: name,
      ...(readOnly ? { readOnly } : {}),
    })),
  };
}

/** `/dev/shm` in memory, within the container's memory limit where it has one. */
function sharedMemory(memoryLimit: string | undefined): Mounts {
  return {
    volumes: [{ name: "dshm", emptyDir: compact({ medium: "Memory", sizeLimit: memoryLimit }) }],
    volumeMounts: [{ name: "dshm", mountPath: "/dev/shm" }],
  };
}

/** Everything that the pod mounts: own claims, existing claims, files, shared memory. */
export function workspaceMounts(spec: WorkspaceSpec, memoryLimit: string | undefined): Mounts {
  const names = workspaceNames(spec);
  const all = [
    ...(spec.volumes ?? []).map((volume, i) =>
      claimMount(`claim-${i}`, names.claim(i), volume.mountPath, volume.readOnly),
    ),
    ...(spec.existingVolumes ?? []).map((volume, i) =>
      claimMount(`existing-${i}`, volume.claim, volume.mountPath, volume.readOnly),
    ),
    fileMounts(spec),
    sharedMemory(memoryLimit),
  ];
  return {
    volumes: all.flatMap(({ volumes }) => volumes),
    volumeMounts: all.flatMap(({ volumeMounts }) => volumeMounts),
  };
}
