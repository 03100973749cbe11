/** The checks before a run against the stand's real API server, with real objects. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { WorkspaceSpec, WorkspaceVolume } from "../../components/model/workspaceTypes";
import { openReader, readClusterUid } from "../../stacks/preflight/clusterReader";
import { CLEAN } from "../support/preflightRun";
import { standOrSkip, type Stand } from "../support/engine";
import { FIXED, HOST, NAMESPACE, PATHS, Scene, volume, WHOLE, workspace } from "./preflightScene";

describe("preflight on the stand", function () {
  this.timeout(120_000);
  let stand: Stand;
  let scene: Scene;
  let began: Date;

  before(async function () {
    stand = standOrSkip(this);
    began = new Date();
    scene = await Scene.make(stand);
  });

  after(async () => {
    await scene?.remove();
  });

  it("finds nothing wrong with what the stack itself made", async () => {
    assert.deepEqual(await scene.find([WHOLE], { nodes: { "cpu-1": {}, "gpu-a100": {} } }), CLEAN);
  });

  it("reads the uid of the cluster", async () => {
    const reader = openReader({ cluster: "lab", path: path.join(scene.root, "kubeconfig") });
    const { metadata } = await scene.read<{ metadata: { uid: string } }>(
      "/api/v1/namespaces/kube-system",
    );
    assert.equal(await readClusterUid(reader), metadata.uid);
    reader.close();
  });

  it("lists the nodes that there are", async () => {
    const found = await scene.find([], { nodes: { "cpu-1": {}, "gpu-a10": {} } });
    assert.equal(found.config.length, 1);
    assert.match(
      found.config[0]!,
      /^Pulumi\.dev\.yaml: nodes\.gpu-a10: cluster lab has no such node \(allowed: cpu-1, cpu-2, gpu-a100, .*\)\. Did you mean gpu-a100\?$/,
    );
  });

  it("counts the GPUs that a node offers", async () => {
    const a100 = { resource: "nvidia.com/gpu", product: "x", type: "A100", vram: "40G" };
    const nodes = { "gpu-a100": { gpus: [{ class: "a100", count: 5 }] } };
    assert.deepEqual(await scene.find([], { gpus: { a100 }, nodes }), {
      ...CLEAN,
      notes: ["cluster lab: node gpu-a100 is declared with 5 nvidia.com/gpu, but offers 4"],
    });
  });

  it("lists the storage classes that there are", async () => {
    const found = await scene.find([
      workspace("new", { volumes: [volume({ storage: "standrad" })] }),
    ]);
    const [line] = found.workspaces["new"] ?? [];
    assert.match(
      line ?? "",
      /^new\.json: persistent_volume\[0\]\.pvc_type: cluster lab has no such/,
    );
    assert.match(
      line ?? "",
      new RegExp(`allowed: .*${FIXED}.*standard.*Did you mean standard\\?$`),
    );
  });

  it("refuses the changes of a claim that the API server refuses", async () => {
    const claim = `${PATHS["PersistentVolumeClaim"]}/whole-mkg-claim-0?dryRun=All`;
    const tryClaim = (spec: object): Promise<number> => scene.patch(claim, { spec });
    const resources = (storage: string): object => ({ resources: { requests: { storage } } });
    const changes: [change: Partial<WorkspaceVolume>, live: object, at: string][] = [
      [{ size: "1Gi" }, resources("1Gi"), "size: .* cannot shrink"],
      [{ size: "3Gi" }, resources("3Gi"), "size: .* cannot grow: storage class"],
      [{ storage: "standard" }, { storageClassName: "standard" }, "pvc_type: .* data lost"],
      [
        { accessMode: "ReadWriteMany" },
        { accessModes: ["ReadWriteMany"] },
        "access_mode: .* data lost",
      ],
    ];
    for (const [change, live, at] of changes) {
      const changed = { ...WHOLE, volumes: [volume(change), WHOLE.volumes![1]!] };
      const lines = (await scene.find([changed])).workspaces["whole"] ?? [];
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.match(lines[0]!, new RegExp(`^whole\\.json: persistent_volume\\[0\\]\\.${at}`));
      const status = await tryClaim(live);
      assert.ok(status === 403 || status === 422, `the API server answers ${status} to ${at}`);
    }
    assert.equal(await tryClaim(resources("2Gi")), 200);
  });

  it("refuses another folder behind a claim", async () => {
    const storage = { folders: { hostPath: "/srv/elsewhere" } };
    const lines =
      (await scene.find([WHOLE], { workspaces: { storage } })).workspaces["whole"] ?? [];
    assert.equal(lines.length, 1);
    assert.match(
      lines[0]!,
      /persistent_volume\[1\]\.pvc_type: .* is stored in folder \/srv\/preflight-test/,
    );
  });

  it("tells absent, shared and unshared claims apart", async () => {
    const using = (name: string, claim: string): WorkspaceSpec =>
      workspace(name, { existingVolumes: [{ claim, mountPath: "/x" }] });
    const found = await scene.find([
      using("a", "absent"),
      using("b", "shared"),
      using("c", "shared"),
      using("d", "alone"),
      WHOLE,
    ]);
    assert.deepEqual(Object.keys(found.workspaces).sort(), ["a", "d", "whole"]);
    assert.match(found.workspaces["a"]![0]!, /has no such claim .*allowed: alone, shared, whole/);
    assert.match(found.workspaces["d"]![0]!, /also used by workspace whole, /);
  });

  it("sees the pod of another stack that has a claim to itself", async () => {
    const spec = workspace("late", { existingVolumes: [{ claim: "alone", mountPath: "/x" }] });
    const lines = (await scene.find([spec], {}, "another")).workspaces["late"] ?? [];
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /also used by pod whole-mkg-\w+, and its access mode ReadWriteOnce/);
  });

  it("refuses a NodePort and a host that are taken", async () => {
    const spec = workspace("late", {
      serviceType: "NodePort",
      ports: [{ name: "web", port: 80, nodePort: scene.nodePort }],
      ingress: { host: HOST, port: 80 },
    });
    const lines = (await scene.find([spec], {}, "another")).workspaces["late"] ?? [];
    assert.equal(lines.length, 2, lines.join("\n"));
    assert.match(lines[0]!, new RegExp(`ports\\.web\\[1\\]: Service ${NAMESPACE}/whole-mkg on`));
    assert.match(lines[1]!, new RegExp(`ingress\\.host: Ingress ${NAMESPACE}/whole-mkg on`));
  });

  it("names the stack that holds a workspace", async () => {
    const found = await scene.find([workspace("other")]);
    assert.deepEqual(found.workspaces, {
      other: [
        `other.json: chart_name: Job ${NAMESPACE}/other-mkg on cluster lab is held by stack another (found "other"). ` +
          "Change it there, or choose another name. Stack another must give it up before this one can have it.",
      ],
    });
  });

  it("refuses to extend what has expired, and notes it otherwise", async () => {
    const unchanged = await scene.find([workspace("expired", { allocationSeconds: 1 })]);
    assert.deepEqual([unchanged.config, unchanged.workspaces], [[], {}]);
    assert.equal(unchanged.notes.length, 1);
    assert.match(unchanged.notes[0]!, /\/expired on cluster lab: expired on 20\d\d-/);
    const extended = await scene.find([workspace("expired")]);
    assert.match(
      extended.workspaces["expired"]?.[0] ?? "",
      /allocationTime: the workspace expired on 20/,
    );
  });

  it("refuses to cut an allocation below what is used", async () => {
    const found = await scene.find([workspace("whole", { ...WHOLE, allocationSeconds: 1 })]);
    assert.match(
      found.workspaces["whole"]?.[0] ?? "",
      /allocationTime: less than the \d+m? ?\d*s that the workspace has already used/,
    );
  });

  it("asks for the Secrets of users", async () => {
    const found = await scene.find([workspace("new", { userSecrets: ["ann", "bob"] })]);
    assert.equal(found.workspaces["new"]?.length, 1);
    assert.match(found.workspaces["new"][0]!, /user_secret\[1\]: namespace .* has no such Secret/);
  });

  it("notes what a user without rights may not list", async () => {
    await scene.create({ metadata: { name: "guest" } }, "ServiceAccount");
    const { status } = (await scene
      .request("POST", `${PATHS["ServiceAccount"]}/guest/token`, {
        spec: { expirationSeconds: 600 },
      })
      .then(({ body }) => body)) as { status: { token: string } };
    const config = fs.readFileSync(path.join(scene.root, "kubeconfig"), "utf8");
    const guest = config
      .replace(/client-certificate-data: .*/, `token: ${status.token}`)
      .replace(/ *client-key-data: .*\n/, "");
    fs.writeFileSync(path.join(scene.root, "guest"), guest);
    const found = await scene.find([WHOLE], {
      clusters: { lab: { kubeconfig: "guest" } },
      nodes: { "cpu-1": {} },
    });
    assert.deepEqual([found.config, found.workspaces], [[], {}]);
    const kinds = found.notes.map((note) => /may not list (\w+);/.exec(note)?.[1]).sort();
    assert.deepEqual(kinds, [
      "deployments",
      "ingresses",
      "jobs",
      "namespaces",
      "nodes",
      "persistentvolumeclaims",
      "persistentvolumes",
      "secrets",
      "storageclasses",
    ]);
  });

  it("refuses a namespace that is being deleted", async () => {
    const name = `${NAMESPACE}-gone`;
    const finalizers = ["example.org/held"];
    await scene.request("POST", "/api/v1/namespaces", { metadata: { name } });
    const held = { metadata: { name: "held", finalizers } };
    await scene.request("POST", `/api/v1/namespaces/${name}/configmaps`, held);
    await scene.request("DELETE", `/api/v1/namespaces/${name}`);
    try {
      const found = await scene.find([workspace("new", { namespace: name })]);
      assert.match(
        found.workspaces["new"]?.[0] ?? "",
        /namespace: is being deleted on cluster lab/,
      );
    } finally {
      await scene.patch(`/api/v1/namespaces/${name}/configmaps/held`, {
        metadata: { finalizers: null },
      });
    }
  });

  it("has written nothing, by the API server's own record", () => {
    interface Audited {
      userAgent?: string;
      verb: string;
      requestReceivedTimestamp: string;
    }
    const verbs = fs
      .readFileSync(stand.clusters["local"]!.auditLog, "utf8")
      .split("\n")
      .filter((line) => line.includes('"userAgent":"science-platform-preflight"'))
      .map((line) => JSON.parse(line) as Audited)
      .filter(({ requestReceivedTimestamp: at }) => new Date(at) >= began)
      .map(({ verb }) => verb);
    assert.deepEqual([...new Set(verbs)].sort(), ["get", "list"]);
  });
});
