import assert from "node:assert/strict";
import {
  PROVISIONER,
  isDone,
  volumeFor,
  wantedClass,
  wantedGrowth,
} from "../../../local/cluster/provisioning";
import type { Claim, StorageClass, Volume } from "../../../local/cluster/provisioning";

const standard: StorageClass = {
  metadata: { name: "standard" },
  provisioner: PROVISIONER,
  reclaimPolicy: "Delete",
};
const foreign: StorageClass = { metadata: { name: "ebs" }, provisioner: "ebs.csi.aws.com" };
const classes = new Map([standard, foreign].map((item) => [item.metadata.name, item]));

function claim(spec: Partial<Claim["spec"]> = {}, status: Claim["status"] = {}): Claim {
  return {
    metadata: { namespace: "lab", name: "home", uid: "u-1", resourceVersion: "7" },
    spec: {
      storageClassName: "standard",
      accessModes: ["ReadWriteMany"],
      resources: { requests: { storage: "5Gi" } },
      ...spec,
    },
    status: { phase: "Pending", ...status },
  };
}

function volume(policy: string, phase: string, annotations?: Record<string, string>): Volume {
  return {
    metadata: {
      name: "pvc-u-1",
      annotations: annotations ?? { "pv.kubernetes.io/provisioned-by": PROVISIONER },
    },
    spec: { persistentVolumeReclaimPolicy: policy, capacity: { storage: "5Gi" } },
    status: { phase },
  };
}

describe("the provisioner of the stand", () => {
  it("serves pending claims of its own classes", () => {
    assert.equal(wantedClass(claim(), classes), standard);
  });

  it("leaves every other claim alone", () => {
    assert.equal(wantedClass(claim({}, { phase: "Bound" }), classes), undefined);
    assert.equal(wantedClass(claim({ volumeName: "prepared" }), classes), undefined);
    assert.equal(wantedClass(claim({ selector: {} }), classes), undefined);
    assert.equal(wantedClass(claim({ storageClassName: "ebs" }), classes), undefined);
    assert.equal(wantedClass(claim({ storageClassName: "unknown" }), classes), undefined);
    assert.equal(wantedClass(claim({ storageClassName: "" }), classes), undefined);
  });

  it("makes a volume that only that claim can bind", () => {
    assert.deepEqual(volumeFor(claim(), standard), {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: {
        name: "pvc-u-1",
        annotations: { "pv.kubernetes.io/provisioned-by": PROVISIONER },
      },
      spec: {
        capacity: { storage: "5Gi" },
        accessModes: ["ReadWriteMany"],
        volumeMode: "Filesystem",
        persistentVolumeReclaimPolicy: "Delete",
        storageClassName: "standard",
        hostPath: {
          path: "/var/lib/science-platform/volumes/lab-home-u-1",
          type: "DirectoryOrCreate",
        },
        claimRef: {
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          namespace: "lab",
          name: "home",
          uid: "u-1",
          resourceVersion: "7",
        },
      },
    });
  });

  it("removes its own released volumes, and only when their policy is Delete", () => {
    assert.equal(isDone(volume("Delete", "Released")), true);
    assert.equal(isDone(volume("Retain", "Released")), false);
    assert.equal(isDone(volume("Delete", "Bound")), false);
    assert.equal(isDone(volume("Delete", "Released", {})), false);
  });

  it("grows a bound claim that asks for more", () => {
    const bound = { phase: "Bound", capacity: { storage: "1Gi" } };
    assert.equal(wantedGrowth(claim({ volumeName: "pvc-u-1" }, bound)), "5Gi");
    const grown = { phase: "Bound", capacity: { storage: "5Gi" } };
    assert.equal(wantedGrowth(claim({ volumeName: "pvc-u-1" }, grown)), undefined);
    assert.equal(wantedGrowth(claim()), undefined);
  });
});
