import assert from "node:assert/strict";
import { Problems } from "../../../components/model/problems";
import {
  claimObjects,
  filesConfigMap,
  workspaceMounts,
} from "../../../components/model/workspaceStorage";
import type { WorkspaceSite, WorkspaceSpec } from "../../../components/model/workspaceTypes";

const SPEC: WorkspaceSpec = { namespace: "ml", name: "lab", image: "img" };
const SITE: WorkspaceSite = {
  cluster: "local",
  storage: {
    fast: { storageClass: "ceph-rbd" },
    folder: { hostPath: "/srv/data/" },
    shared: { nfs: { server: "nas.example.org", path: "/export" } },
    root: { hostPath: "/" },
  },
};

function claimsOf(storage: string): object[] {
  const volumes = [{ mountPath: "/data", size: "1Gi", accessMode: "ReadWriteMany", storage }];
  return claimObjects({ ...SPEC, volumes }, SITE).map(({ kind, metadata, spec }) => ({
    kind,
    name: metadata.name,
    namespace: metadata.namespace,
    spec,
  }));
}

const CLAIM = { accessModes: ["ReadWriteMany"], resources: { requests: { storage: "1Gi" } } };

describe("a workspace's claims", () => {
  it("use the storage class of the site's table, else the class of that name", () => {
    for (const [storage, storageClassName] of [
      ["fast", "ceph-rbd"],
      ["local-hostpath", "local-hostpath"],
      ["toString", "toString"],
    ] as const) {
      assert.deepEqual(claimsOf(storage), [
        {
          kind: "PersistentVolumeClaim",
          name: "lab-mkg-claim-0",
          namespace: "ml",
          spec: { ...CLAIM, storageClassName },
        },
      ]);
    }
  });

  for (const { storage, source } of [
    {
      storage: "folder",
      source: { hostPath: { path: "/srv/data/ml/lab-mkg-claim-0", type: "DirectoryOrCreate" } },
    },
    {
      storage: "root",
      source: { hostPath: { path: "/ml/lab-mkg-claim-0", type: "DirectoryOrCreate" } },
    },
    {
      storage: "shared",
      source: { nfs: { server: "nas.example.org", path: "/export/ml/lab-mkg-claim-0" } },
    },
  ]) {
    it(`have a volume bound to them alone, kept when they go: ${storage}`, () => {
      assert.deepEqual(claimsOf(storage), [
        {
          kind: "PersistentVolume",
          name: "ml-lab-mkg-claim-0",
          namespace: undefined,
          spec: {
            accessModes: ["ReadWriteMany"],
            capacity: { storage: "1Gi" },
            claimRef: {
              apiVersion: "v1",
              kind: "PersistentVolumeClaim",
              namespace: "ml",
              name: "lab-mkg-claim-0",
            },
            persistentVolumeReclaimPolicy: "Retain",
            storageClassName: "",
            ...source,
          },
        },
        {
          kind: "PersistentVolumeClaim",
          name: "lab-mkg-claim-0",
          namespace: "ml",
          spec: { ...CLAIM, storageClassName: "", volumeName: "ml-lab-mkg-claim-0" },
        },
      ]);
    });
  }

  it("are numbered in their order", () => {
    const volume = { mountPath: "/a", size: "1Gi", accessMode: "ReadWriteOnce", storage: "x" };
    const names = claimObjects({ ...SPEC, volumes: [volume, volume] }, SITE).map(
      ({ metadata }) => metadata.name,
    );
    assert.deepEqual(names, ["lab-mkg-claim-0", "lab-mkg-claim-1"]);
  });
});

describe("a workspace's mounts", () => {
  it("honour read-only for own and existing claims, in volume and mount", () => {
    const mounts = workspaceMounts(
      {
        ...SPEC,
        volumes: [
          {
            mountPath: "/own",
            size: "1Gi",
            accessMode: "ReadWriteMany",
            storage: "x",
            readOnly: true,
          },
          {
            mountPath: "/rw",
            size: "1Gi",
            accessMode: "ReadWriteMany",
            storage: "x",
            readOnly: false,
          },
        ],
        existingVolumes: [
          { claim: "shared", mountPath: "/shared", readOnly: true },
          { claim: "other", mountPath: "/other" },
        ],
      },
      undefined,
    );
    assert.deepEqual(mounts, {
      volumes: [
        {
          name: "claim-0",
          persistentVolumeClaim: { claimName: "lab-mkg-claim-0", readOnly: true },
        },
        { name: "claim-1", persistentVolumeClaim: { claimName: "lab-mkg-claim-1" } },
        { name: "existing-0", persistentVolumeClaim: { claimName: "shared", readOnly: true } },
        { name: "existing-1", persistentVolumeClaim: { claimName: "other" } },
        { name: "dshm", emptyDir: { medium: "Memory" } },
      ],
      volumeMounts: [
        { name: "claim-0", mountPath: "/own", readOnly: true },
        { name: "claim-1", mountPath: "/rw" },
        { name: "existing-0", mountPath: "/shared", readOnly: true },
        { name: "existing-1", mountPath: "/other" },
        { name: "dshm", mountPath: "/dev/shm" },
      ],
    });
  });

  it("mount every file, each at its own path", () => {
    const files = [
      { name: "conf", localPath: "a", mountPath: "/etc-app/conf.yaml" },
      { name: "logo.png", localPath: "b", mountPath: "/app/logo.png", readOnly: true },
    ];
    const mounts = workspaceMounts({ ...SPEC, files }, undefined);
    assert.deepEqual(mounts.volumes[0], {
      name: "files",
      configMap: {
        name: "lab-mkg-files",
        items: [
          { key: "conf", path: "conf" },
          { key: "logo.png", path: "logo.png" },
        ],
      },
    });
    assert.deepEqual(mounts.volumeMounts.slice(0, 2), [
      { name: "files", mountPath: "/etc-app/conf.yaml", subPath: "conf" },
      { name: "files", mountPath: "/app/logo.png", subPath: "logo.png", readOnly: true },
    ]);
  });
});

describe("a workspace's files", () => {
  const file = (name: string): { name: string; localPath: string; mountPath: string } => ({
    name,
    localPath: name,
    mountPath: `/${name}`,
  });

  it("become one ConfigMap, text as data and the rest as binary data", () => {
    const problems = new Problems("x");
    const [map, ...others] = filesConfigMap(
      { ...SPEC, files: [file("a"), file("b"), file("empty")] },
      { a: { text: "text" }, b: { base64: "/w==" }, empty: { text: "" }, unused: { text: "no" } },
      problems,
    );
    assert.equal(others.length, 0);
    assert.equal(map!.metadata.name, "lab-mkg-files");
    assert.equal(map!.metadata.namespace, "ml");
    assert.deepEqual(map!.data, { a: "text", empty: "" });
    assert.deepEqual(map!.binaryData, { b: "/w==" });
    assert.equal(problems.count, 0);
  });

  it("leave out the kind of data that there is none of", () => {
    const render = (content: object): object =>
      filesConfigMap({ ...SPEC, files: [file("a")] }, { a: content }, new Problems("x"))[0]!;
    assert.equal("binaryData" in render({ text: "x" }), false);
    assert.equal("data" in render({ base64: "eA==" }), false);
  });

  it("make no ConfigMap where there are none", () => {
    assert.deepEqual(filesConfigMap({ ...SPEC, files: [] }, {}, new Problems("x")), []);
  });
});
