import assert from "node:assert/strict";
import type { WorkspaceVolume } from "../../components/model/workspaceTypes";
import { CLAIMS, CLASSES, claim, storageClass, VOLUMES, volume } from "../support/preflightObjects";
import { run, workspace } from "../support/preflightRun";
import { useFakeApi } from "../support/fakeApi";

const KEEP =
  "Keep it as it is; for a new kind of storage add an entry at the end of persistent_volume and copy the data.";

describe("preflight of own claims", () => {
  const api = useFakeApi();
  beforeEach(() => {
    api.lists = { [CLASSES]: [storageClass("fast"), storageClass("elastic", true)] };
  });

  /** What is wrong with one claim of workspace `a`. */
  async function linesFor(wanted: WorkspaceVolume, storage = {}): Promise<readonly string[]> {
    const found = await run(api, [workspace("a", { volumes: [wanted] })], {
      workspaces: { storage },
    });
    assert.deepEqual(found.config, []);
    assert.deepEqual(found.notes, []);
    return found.workspaces["a"] ?? [];
  }

  it("may be new, of a class that the cluster has", async () => {
    assert.deepEqual(await linesFor(volume()), []);
  });

  it("need a class that the cluster has", async () => {
    assert.deepEqual(await linesFor(volume({ storage: "fats" }), { nas: { hostPath: "/n" } }), [
      "a.json: persistent_volume[0].pvc_type: cluster lab has no such storage class, and workspaces.storage no such entry " +
        '(found "fats"; allowed: elastic, fast, nas). Did you mean fast?',
    ]);
  });

  it("need the class that workspaces.storage means", async () => {
    assert.deepEqual(
      await linesFor(volume({ storage: "nas" }), { nas: { storageClass: "slow" } }),
      [
        "a.json: persistent_volume[0].pvc_type: means storage class slow by workspaces.storage, which cluster lab does not have " +
          '(found "nas"; allowed: elastic, fast, nas). Choose one of these.',
      ],
    );
  });

  it("need no class for a folder", async () => {
    assert.deepEqual(await linesFor(volume({ storage: "nas" }), { nas: { hostPath: "/n" } }), []);
    assert.ok(!api.paths.includes(CLASSES));
  });

  it("are left alone when they are what is asked for, whatever became of their class", async () => {
    api.lists = { [CLAIMS]: [claim("a-mkg-claim-0", { size: "10240Mi" })] };
    assert.deepEqual(await linesFor(volume()), []);
  });

  it("cannot have another class", async () => {
    api.lists[CLAIMS] = [claim("a-mkg-claim-0", { storageClassName: "elastic" })];
    assert.deepEqual(await linesFor(volume()), [
      "a.json: persistent_volume[0].pvc_type: claim a-mkg-claim-0 on cluster lab has storage class elastic; " +
        `with storage class fast it would be replaced and its data lost (found "fast"). ${KEEP}`,
    ]);
  });

  it("cannot move to a folder", async () => {
    api.lists[CLAIMS] = [claim("a-mkg-claim-0")];
    assert.deepEqual(await linesFor(volume({ storage: "nas" }), { nas: { hostPath: "/n" } }), [
      "a.json: persistent_volume[0].pvc_type: claim a-mkg-claim-0 on cluster lab has storage class fast; " +
        `with no storage class it would be replaced and its data lost (found "nas"). ${KEEP}`,
    ]);
  });

  it("cannot move to another folder or NFS export", async () => {
    api.lists[CLAIMS] = [
      claim("a-mkg-claim-0", { storageClassName: "", volumeName: "team-a-mkg-claim-0" }),
    ];
    api.lists[VOLUMES] = [
      {
        metadata: { name: "team-a-mkg-claim-0" },
        spec: { nfs: { server: "old", path: "/x/team/a-mkg-claim-0" } },
      } as never,
    ];
    const wanted = volume({ storage: "nas" });
    const nfs = (server: string): object => ({ nas: { nfs: { server, path: "/x" } } });
    assert.deepEqual(await linesFor(wanted, nfs("old")), []);
    assert.deepEqual(await linesFor(wanted, nfs("new")), [
      "a.json: persistent_volume[0].pvc_type: claim a-mkg-claim-0 on cluster lab is stored in NFS old:/x/team/a-mkg-claim-0; " +
        `in NFS new:/x/team/a-mkg-claim-0 it would be without its data (found "nas"). ${KEEP}`,
    ]);
    assert.deepEqual(await linesFor(wanted, { nas: { hostPath: "/h" } }), [
      "a.json: persistent_volume[0].pvc_type: claim a-mkg-claim-0 on cluster lab is stored in NFS old:/x/team/a-mkg-claim-0; " +
        `in folder /h/team/a-mkg-claim-0 it would be without its data (found "nas"). ${KEEP}`,
    ]);
  });

  it("cannot have another access mode", async () => {
    api.lists[CLAIMS] = [claim("a-mkg-claim-1", { modes: ["ReadWriteMany"] })];
    const found = await run(api, [workspace("a", { volumes: [volume(), volume()] })]);
    assert.deepEqual(found.workspaces["a"], [
      "a.json: persistent_volume[1].access_mode: claim a-mkg-claim-1 on cluster lab has ReadWriteMany; " +
        `with another access mode it would be replaced and its data lost (found "ReadWriteOnce"). ${KEEP}`,
    ]);
  });

  it("cannot shrink", async () => {
    api.lists[CLAIMS] = [claim("a-mkg-claim-0", { storageClassName: "elastic" })];
    assert.deepEqual(await linesFor(volume({ storage: "elastic", size: "9Gi" })), [
      "a.json: persistent_volume[0].size: claim a-mkg-claim-0 on cluster lab has 10Gi, and a claim cannot shrink " +
        `(found "9Gi"; allowed: 10Gi). ${KEEP}`,
    ]);
  });

  it("grow where their class allows it", async () => {
    api.lists[CLAIMS] = [claim("a-mkg-claim-0", { storageClassName: "elastic" })];
    assert.deepEqual(await linesFor(volume({ storage: "elastic", size: "11Gi" })), []);
  });

  it("cannot grow where their class does not allow it", async () => {
    api.lists[CLAIMS] = [claim("a-mkg-claim-0")];
    assert.deepEqual(await linesFor(volume({ size: "11Gi" })), [
      "a.json: persistent_volume[0].size: claim a-mkg-claim-0 on cluster lab cannot grow: storage class fast does not have allowVolumeExpansion " +
        '(found "11Gi"; allowed: 10Gi). Ask for the class to allow it, or keep the size.',
    ]);
  });

  it("cannot grow before they are bound", async () => {
    api.lists[CLAIMS] = [claim("a-mkg-claim-0", { storageClassName: "elastic", phase: "Pending" })];
    assert.deepEqual(await linesFor(volume({ storage: "elastic", size: "11Gi" })), [
      "a.json: persistent_volume[0].size: claim a-mkg-claim-0 on cluster lab is not bound to a volume yet, and cannot grow before " +
        '(found "11Gi"; allowed: 10Gi). Wait until it is bound, then run again.',
    ]);
  });

  it("cannot grow on a folder", async () => {
    api.lists[CLAIMS] = [claim("a-mkg-claim-0", { storageClassName: "" })];
    const lines = await linesFor(volume({ storage: "nas", size: "11Gi" }), {
      nas: { hostPath: "/n" },
    });
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /persistent_volume\[0\]\.size: .* is of fixed size/);
  });

  it("cannot be used while they are being deleted", async () => {
    api.lists[CLAIMS] = [claim("a-mkg-claim-0", { deletionTimestamp: "2026-03-01T10:00:00Z" })];
    assert.deepEqual(await linesFor(volume()), [
      "a.json: persistent_volume[0]: claim a-mkg-claim-0 on cluster lab is being deleted. Wait until it is gone, then run again.",
    ]);
  });

  it("of another namespace are not theirs", async () => {
    const other = claim("a-mkg-claim-0", { storageClassName: "elastic" }) as {
      metadata: { name: string; namespace: string };
    };
    other.metadata.namespace = "other";
    api.lists[CLAIMS] = [other];
    assert.deepEqual(await linesFor(volume()), []);
  });
});
