/** The default storage class of a cluster on EKS, which has none of its own since Kubernetes 1.30. */
import type { KubernetesObject } from "../kubernetesObject";
import { MANAGED_BY } from "../workspaceLabels";

const STORAGE_CLASS = "gp3";

/** Encrypted gp3 volumes by the EBS CSI driver, in the zone of the pod. */
export function storageClassObject(): KubernetesObject & Record<string, unknown> {
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: {
      name: STORAGE_CLASS,
      labels: { "app.kubernetes.io/managed-by": MANAGED_BY },
      annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
    },
    provisioner: "ebs.csi.aws.com",
    parameters: { type: "gp3", encrypted: "true" },
    volumeBindingMode: "WaitForFirstConsumer",
    allowVolumeExpansion: true,
  };
}
