import assert from "node:assert/strict";
import {
  CLAIMS,
  CLASSES,
  claim,
  HELD_BY_US,
  JOBS,
  PODS,
  storageClass,
  volume,
} from "../support/preflightObjects";
import { CLEAN, run, unsound, workspace } from "../support/preflightRun";
import { useFakeApi } from "../support/fakeApi";

describe("preflight of existing claims", () => {
  const api = useFakeApi();
  beforeEach(() => {
    api.lists = { [CLASSES]: [storageClass("fast")] };
  });

  const using = (
    name: string,
    claimName: string,
    readOnly?: boolean,
  ): ReturnType<typeof workspace> =>
    workspace(name, {
      existingVolumes: [
        { claim: claimName, mountPath: "/data", ...(readOnly ? { readOnly } : {}) },
      ],
    });

  function pod(name: string, claimName: string, fields: object = {}): never {
    return {
      metadata: { namespace: "team", name },
      spec: { volumes: [{ persistentVolumeClaim: { claimName } }] },
      status: { phase: "Running" },
      ...fields,
    } as never;
  }

  it("must exist", async () => {
    api.lists = { [CLAIMS]: [claim("scans"), claim("models")] };
    assert.deepEqual((await run(api, [using("a", "scanz"), using("b", "nothing")])).workspaces, {
      a: [
        'a.json: existing_persistent_volume[0].name: namespace team on cluster lab has no such claim (found "scanz"; allowed: models, scans). ' +
          "Did you mean scans?",
      ],
      b: [
        'b.json: existing_persistent_volume[0].name: namespace team on cluster lab has no such claim (found "nothing"; allowed: models, scans). ' +
          "Create the claim first, or ask for a new one with persistent_volume.",
      ],
    });
  });

  it("may be one that another workspace of the run makes for sharing", async () => {
    const maker = workspace("b", { volumes: [volume({ accessMode: "ReadWriteMany" })] });
    assert.deepEqual(await run(api, [using("a", "b-mkg-claim-0"), maker]), CLEAN);
  });

  it("are not missed while it is open which claims the run makes", async () => {
    for (const wrong of ["persistent_volume", "namespace", "chart_name", "clusters", ""]) {
      assert.deepEqual(await run(api, [using("a", "b-mkg-claim-0"), unsound("b", [wrong])]), CLEAN);
    }
    const found = await run(api, [using("a", "b-mkg-claim-0"), unsound("b", ["tag"])]);
    assert.equal(found.workspaces["a"]?.length, 1);
  });

  it("may not be one that another workspace of the run makes for itself", async () => {
    const maker = workspace("b", { volumes: [volume()] });
    assert.deepEqual((await run(api, [using("a", "b-mkg-claim-0"), maker])).workspaces, {
      a: [
        "a.json: existing_persistent_volume[0].name: claim on cluster lab is also used by workspace b, and its access mode ReadWriteOnce does not allow sharing " +
          '(found "b-mkg-claim-0"). Only a claim with ReadWriteMany can be mounted by several.',
      ],
    });
  });

  it("may be mounted by several with ReadWriteMany; pods are then not looked at", async () => {
    api.lists = {
      [CLAIMS]: [claim("scans", { modes: ["ReadWriteMany"] })],
      [PODS]: [pod("x", "scans")],
    };
    assert.deepEqual(await run(api, [using("a", "scans"), using("b", "scans")]), CLEAN);
    assert.ok(!api.paths.some((asked) => asked.endsWith("/pods")));
  });

  it("may be read by several with ReadOnlyMany", async () => {
    api.lists = { [CLAIMS]: [claim("scans", { modes: ["ReadOnlyMany"] })] };
    assert.deepEqual(await run(api, [using("a", "scans", true), using("b", "scans", true)]), CLEAN);
    const found = await run(api, [using("a", "scans", true), using("b", "scans")]);
    assert.deepEqual(Object.keys(found.workspaces), ["b"]);
  });

  it("may be mounted by one alone without ReadWriteMany", async () => {
    api.lists = { [CLAIMS]: [claim("scans")] };
    assert.deepEqual(await run(api, [using("a", "scans")]), CLEAN);
    const found = await run(api, [using("a", "scans"), using("b", "scans")]);
    const line = (name: string, other: string): string =>
      `${name}.json: existing_persistent_volume[0].name: claim on cluster lab is also used by workspace ${other}, and its access mode ReadWriteOnce does not allow sharing ` +
      '(found "scans"). Only a claim with ReadWriteMany can be mounted by several.';
    assert.deepEqual(found.workspaces, { a: [line("a", "b")], b: [line("b", "a")] });
  });

  it("may not be in use by another's pod", async () => {
    api.lists = {
      [CLAIMS]: [claim("scans")],
      [PODS]: [
        pod("trainer", "scans"),
        pod("done", "scans", { status: { phase: "Succeeded" } }),
        pod("other", "models"),
      ],
    };
    assert.deepEqual((await run(api, [using("a", "scans")])).workspaces, {
      a: [
        "a.json: existing_persistent_volume[0].name: claim on cluster lab is also used by pod trainer, and its access mode ReadWriteOnce does not allow sharing " +
          '(found "scans"). Only a claim with ReadWriteMany can be mounted by several.',
      ],
    });
  });

  it("may be in use by the workspace's own pod, and by one about to go", async () => {
    const metadata = (name: string, of: string, more = {}): object => ({
      metadata: {
        namespace: "team",
        name,
        labels: { "science-platform/workspace": of },
        ...more,
      },
    });
    api.lists = {
      [CLAIMS]: [claim("scans")],
      [PODS]: [
        pod("a-mkg-1", "scans", metadata("a-mkg-1", "a")),
        pod("old-mkg-1", "scans", metadata("old-mkg-1", "old")),
        pod("ends", "scans", metadata("ends", "x", { deletionTimestamp: "2026-03-01T10:00:00Z" })),
      ],
      [JOBS]: [
        { metadata: { namespace: "team", name: "old-mkg", annotations: HELD_BY_US } } as never,
      ],
    };
    assert.deepEqual(await run(api, [using("a", "scans")]), CLEAN);
  });

  it("may not be on their way out", async () => {
    const deletionTimestamp = "2026-03-01T10:00:00Z";
    api.lists = { [CLAIMS]: [claim("scans", { deletionTimestamp })] };
    assert.deepEqual((await run(api, [using("a", "scans")])).workspaces, {
      a: [
        'a.json: existing_persistent_volume[0].name: claim on cluster lab is being deleted (found "scans"). ' +
          "Name another claim, or wait until it is gone and make it anew.",
      ],
    });
  });

  it("are not checked where the user may not list them", async () => {
    api.refusals = { "/api/v1/namespaces/team/persistentvolumeclaims": { status: 403 } };
    const found = await run(api, [using("a", "absent")]);
    assert.deepEqual(found, {
      ...CLEAN,
      notes: [
        "cluster lab: the kubeconfig's user may not list persistentvolumeclaims; not checked: whether a claim is absent or would change",
      ],
    });
  });
});
