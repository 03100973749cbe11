/** The checks before a run against the stand's real API server, with real objects in a namespace of their own. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { messageOf, type ApiAnswer, type ApiClient } from "../../components/cluster/apiClient";
import type { KubernetesObject } from "../../components/model/kubernetesObject";
import { workspaceObjects } from "../../components/model/workspaceObjects";
import type { WorkspaceSpec, WorkspaceVolume } from "../../components/model/workspaceTypes";
import { openReader, readClusterUid } from "../../stacks/preflight/clusterReader";
import { CLEAN, check, type Found } from "../stacks/preflightRun";
import { standClient, standOrSkip, type Stand } from "../support/engine";

const RUN = randomBytes(4).toString("hex");
const NAMESPACE = `preflight-${RUN}`;
const FIXED = `fixed-${RUN}`;
const STACK = `test-${RUN}`;
const HOST = `ws-${RUN}.lab.example.org`;

const PATHS: Record<string, string> = {
  StorageClass: "/apis/storage.k8s.io/v1/storageclasses",
  PersistentVolume: "/api/v1/persistentvolumes",
  PersistentVolumeClaim: `/api/v1/namespaces/${NAMESPACE}/persistentvolumeclaims`,
  Service: `/api/v1/namespaces/${NAMESPACE}/services`,
  Secret: `/api/v1/namespaces/${NAMESPACE}/secrets`,
  ServiceAccount: `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`,
  Job: `/apis/batch/v1/namespaces/${NAMESPACE}/jobs`,
  Deployment: `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`,
  Ingress: `/apis/networking.k8s.io/v1/namespaces/${NAMESPACE}/ingresses`,
};

/** On no node, so that pods wait and nothing ends by itself. */
const NOWHERE = "no-such-node";

const BASE = { namespace: NAMESPACE, image: "python", nodeSelector: NOWHERE };

function workspace(name: string, spec: Partial<WorkspaceSpec> = {}): WorkspaceSpec {
  return { ...BASE, name, allocationSeconds: 3600, ...spec };
}

function volume(fields: Partial<WorkspaceVolume> = {}): WorkspaceVolume {
  const usual = { mountPath: "/data", size: "2Gi", accessMode: "ReadWriteOnce", storage: FIXED };
  return { ...usual, ...fields };
}

function claimObject(name: string, mode: string, size = "2Gi"): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name },
    spec: {
      storageClassName: FIXED,
      accessModes: [mode],
      resources: { requests: { storage: size } },
    },
  };
}

/** Everything that a workspace can have, so that what the API server adds is seen not to disturb. */
const WHOLE = workspace("whole", {
  ports: [{ name: "web", port: 80 }],
  serviceType: "NodePort",
  volumes: [volume(), volume({ mountPath: "/folder", storage: "folders" })],
  existingVolumes: [{ claim: "alone", mountPath: "/alone" }],
  ingress: { host: HOST, port: 80 },
  userSecrets: ["ann"],
  userSecretParams: ["user"],
});

const CONFIG = {
  workspaces: { storage: { folders: { hostPath: "/srv/preflight-test" } } },
  expose: { domain: "lab.example.org" },
};

describe("preflight on the stand", function () {
  this.timeout(120_000);
  let stand: Stand;
  let client: ApiClient | undefined;
  let root: string;
  let nodePort: number;
  let began: Date;

  async function request(method: string, at: string, body?: object): Promise<ApiAnswer> {
    return client!.request(method, at, body && { body });
  }

  async function create(object: object, kind: string): Promise<ApiAnswer["body"]> {
    const answer = await request("POST", PATHS[kind]!, object);
    assert.equal(answer.status, 201, `${kind}: ${messageOf(answer)}`);
    return answer.body;
  }

  async function apply(spec: WorkspaceSpec, stack: string): Promise<void> {
    const site = { cluster: "lab", stack, storage: CONFIG.workspaces.storage };
    for (const object of workspaceObjects(spec, site, {})) {
      await create(object, object.kind);
    }
  }

  /** The answer of the API server to a change of a claim that is only tried. */
  async function tryClaim(name: string, spec: object): Promise<number> {
    const { status } = await client!.request(
      "PATCH",
      `${PATHS["PersistentVolumeClaim"]}/${name}?dryRun=All`,
      { body: { spec }, type: "application/merge-patch+json" },
    );
    return status;
  }

  function find(specs: WorkspaceSpec[], config: object = {}, stack = STACK): Promise<Found> {
    return check(specs, { ...CONFIG, ...config }, { root, stack });
  }

  async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; !(await isSo()); tries++) {
      assert.ok(tries < 300, `${what} did not come about within 30 s`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async function read<T>(at: string): Promise<T> {
    return (await request("GET", at)).body as T;
  }

  before(async function () {
    stand = standOrSkip(this);
    began = new Date();
    client = await standClient(stand);
    root = fs.mkdtempSync(path.join(os.tmpdir(), "preflight-"));
    fs.copyFileSync(stand.clusters["local"]!.kubeconfig, path.join(root, "kubeconfig"));
    const made = await request("POST", "/api/v1/namespaces", { metadata: { name: NAMESPACE } });
    assert.equal(made.status, 201, messageOf(made));
    const standard = await read<object>(`${PATHS["StorageClass"]}/standard`);
    await create(
      {
        ...standard,
        metadata: { name: FIXED },
        allowVolumeExpansion: false,
      },
      "StorageClass",
    );
    await create(claimObject("alone", "ReadWriteOnce"), "PersistentVolumeClaim");
    await create(claimObject("shared", "ReadWriteMany"), "PersistentVolumeClaim");
    await create({ metadata: { name: "ann" }, stringData: { user: "ann" } }, "Secret");
    await apply(WHOLE, STACK);
    await apply(workspace("expired", { allocationSeconds: 1 }), STACK);
    await apply(workspace("other"), "another");
    const { spec } = await read<{ spec: { ports: { nodePort: number }[] } }>(
      `${PATHS["Service"]}/whole-mkg`,
    );
    nodePort = spec.ports[0]!.nodePort;
    await until("the end of the expired Job", async () => {
      type Job = { status: { conditions?: { type: string }[] } };
      const { status } = await read<Job>(`${PATHS["Job"]}/expired-mkg`);
      return (status.conditions ?? []).some(({ type }) => type === "Failed");
    });
    await until("the pod of the whole workspace", async () => {
      type Pods = { items: { metadata: { name: string } }[] };
      const { items } = await read<Pods>(`/api/v1/namespaces/${NAMESPACE}/pods`);
      return items.some(({ metadata }) => metadata.name.startsWith("whole-mkg"));
    });
  });

  after(async () => {
    if (client === undefined) {
      return;
    }
    await request("DELETE", `/api/v1/namespaces/${NAMESPACE}`);
    await request("DELETE", `${PATHS["StorageClass"]}/${FIXED}`);
    await request("DELETE", `${PATHS["PersistentVolume"]}/${NAMESPACE}-whole-mkg-claim-1`);
    client.close();
    fs.rmSync(root, { recursive: true });
  });

  it("finds nothing wrong with what the stack itself made", async () => {
    assert.deepEqual(await find([WHOLE], { nodes: { "cpu-1": {}, "gpu-a100": {} } }), CLEAN);
  });

  it("reads the uid of the cluster", async () => {
    const reader = openReader({ cluster: "lab", path: path.join(root, "kubeconfig") });
    const { metadata } = await read<{ metadata: { uid: string } }>(
      "/api/v1/namespaces/kube-system",
    );
    assert.equal(await readClusterUid(reader), metadata.uid);
    reader.close();
  });

  it("lists the nodes that there are", async () => {
    const found = await find([], { nodes: { "cpu-1": {}, "gpu-a10": {} } });
    assert.equal(found.config.length, 1);
    assert.match(
      found.config[0]!,
      /^Pulumi\.dev\.yaml: nodes\.gpu-a10: cluster lab has no such node \(allowed: cpu-1, cpu-2, gpu-a100, .*\)\. Did you mean gpu-a100\?$/,
    );
  });

  it("counts the GPUs that a node offers", async () => {
    const a100 = { resource: "nvidia.com/gpu", product: "x", type: "A100", vram: "40G" };
    const nodes = { "gpu-a100": { gpus: [{ class: "a100", count: 5 }] } };
    assert.deepEqual(await find([], { gpus: { a100 }, nodes }), {
      ...CLEAN,
      notes: ["cluster lab: node gpu-a100 is declared with 5 nvidia.com/gpu, but offers 4"],
    });
  });

  it("lists the storage classes that there are", async () => {
    const found = await find([workspace("new", { volumes: [volume({ storage: "standrad" })] })]);
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
    const name = "whole-mkg-claim-0";
    await until("the volume of the claim", async () => {
      type Claim = { status: { phase: string } };
      return (
        (await read<Claim>(`${PATHS["PersistentVolumeClaim"]}/${name}`)).status.phase === "Bound"
      );
    });
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
      const lines = (await find([changed])).workspaces["whole"] ?? [];
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.match(lines[0]!, new RegExp(`^whole\\.json: persistent_volume\\[0\\]\\.${at}`));
      const status = await tryClaim(name, live);
      assert.ok(status === 403 || status === 422, `the API server answers ${status} to ${at}`);
    }
    assert.equal(await tryClaim(name, resources("2Gi")), 200);
  });

  it("refuses another folder behind a claim", async () => {
    const storage = { folders: { hostPath: "/srv/elsewhere" } };
    const lines = (await find([WHOLE], { workspaces: { storage } })).workspaces["whole"] ?? [];
    assert.equal(lines.length, 1);
    assert.match(
      lines[0]!,
      /persistent_volume\[1\]\.pvc_type: .* is stored in folder \/srv\/preflight-test/,
    );
  });

  it("tells absent, shared and unshared claims apart", async () => {
    const using = (name: string, claim: string): WorkspaceSpec =>
      workspace(name, { existingVolumes: [{ claim, mountPath: "/x" }] });
    const found = await find([
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
    const lines = (await find([spec], {}, "another")).workspaces["late"] ?? [];
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /also used by pod whole-mkg-\w+, and its access mode ReadWriteOnce/);
  });

  it("refuses a NodePort and a host that are taken", async () => {
    const spec = workspace("late", {
      serviceType: "NodePort",
      ports: [{ name: "web", port: 80, nodePort }],
      ingress: { host: HOST, port: 80 },
    });
    const lines = (await find([spec], {}, "another")).workspaces["late"] ?? [];
    assert.equal(lines.length, 2, lines.join("\n"));
    assert.match(lines[0]!, new RegExp(`ports\\.web\\[1\\]: Service ${NAMESPACE}/whole-mkg on`));
    assert.match(lines[1]!, new RegExp(`ingress\\.host: Ingress ${NAMESPACE}/whole-mkg on`));
  });

  it("names the stack that holds a workspace", async () => {
    const found = await find([workspace("other")]);
    assert.deepEqual(found.workspaces, {
      other: [
        `other.json: chart_name: Job ${NAMESPACE}/other-mkg on cluster lab is held by stack another (found "other"). ` +
          "Change it there, or choose another name. Stack another must give it up before this one can have it.",
      ],
    });
  });

  it("refuses to extend what has expired, and notes it otherwise", async () => {
    const unchanged = await find([workspace("expired", { allocationSeconds: 1 })]);
    assert.deepEqual([unchanged.config, unchanged.workspaces], [[], {}]);
    assert.equal(unchanged.notes.length, 1);
    assert.match(unchanged.notes[0]!, /\/expired on cluster lab: expired on 20\d\d-/);
    const extended = await find([workspace("expired")]);
    assert.match(
      extended.workspaces["expired"]?.[0] ?? "",
      /allocationTime: the workspace expired on 20/,
    );
  });

  it("refuses to cut an allocation below what is used", async () => {
    const found = await find([workspace("whole", { ...WHOLE, allocationSeconds: 1 })]);
    assert.match(
      found.workspaces["whole"]?.[0] ?? "",
      /allocationTime: less than the \d+m? ?\d*s that the workspace has already used/,
    );
  });

  it("asks for the Secrets of users", async () => {
    const found = await find([workspace("new", { userSecrets: ["ann", "bob"] })]);
    assert.equal(found.workspaces["new"]?.length, 1);
    assert.match(found.workspaces["new"][0]!, /user_secret\[1\]: namespace .* has no such Secret/);
  });

  it("notes what a user without rights may not list", async () => {
    await create({ metadata: { name: "guest" } }, "ServiceAccount");
    const { status } = (await request("POST", `${PATHS["ServiceAccount"]}/guest/token`, {
      spec: { expirationSeconds: 600 },
    }).then(({ body }) => body)) as { status: { token: string } };
    const config = fs.readFileSync(path.join(root, "kubeconfig"), "utf8");
    const guest = config
      .replace(/client-certificate-data: .*/, `token: ${status.token}`)
      .replace(/ *client-key-data: .*\n/, "");
    fs.writeFileSync(path.join(root, "guest"), guest);
    const found = await find([WHOLE], {
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
    await request("POST", "/api/v1/namespaces", { metadata: { name } });
    const held = { metadata: { name: "held", finalizers } };
    await request("POST", `/api/v1/namespaces/${name}/configmaps`, held);
    await request("DELETE", `/api/v1/namespaces/${name}`);
    try {
      const found = await find([workspace("new", { namespace: name })]);
      assert.match(
        found.workspaces["new"]?.[0] ?? "",
        /namespace: is being deleted on cluster lab/,
      );
    } finally {
      await client!.request("PATCH", `/api/v1/namespaces/${name}/configmaps/held`, {
        body: { metadata: { finalizers: null } },
        type: "application/merge-patch+json",
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
