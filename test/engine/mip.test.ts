/** Platforms through the real engine and Helm, with the stand-in charts of all generations. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as kubernetes from "@pulumi/kubernetes";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { JupyterHub } from "../../components/jupyterhub/jupyterHub";
import { Mip, type MipArgs } from "../../components/mip/mip";
import { notebookHub } from "../../components/model/mipNotebook";
import { changesIn, setProgram, stand, useStand, withStack } from "../support/engine";
import { generationOf, MINIMAL, STAND_INS } from "../support/mip";

/** A release and a few runs, on a busy machine. */
const TIMEOUT_MS = 300_000;

interface Live {
  metadata: {
    name: string;
    uid: string;
    generation?: number;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  status?: { readyReplicas?: number; phase?: string };
  data?: Record<string, string>;
  spec?: Record<string, unknown>;
}

const CANARY = "canary-of-the-client";

describe("Mip on the stand", function () {
  this.timeout(TIMEOUT_MS);
  const used = useStand();
  const namespaces: string[] = [];
  const master = `mip-test-${randomBytes(4).toString("hex")}`;

  after(async () => {
    await used.api?.request("DELETE", `/api/v1/nodes/${master}`);
    for (const namespace of namespaces) {
      await used.api?.request("DELETE", `/api/v1/namespaces/${namespace}`);
      for (const part of ["db-vol0", "storage-vol0", "logs-vol0"]) {
        const volume = `${namespace}-portalbackend-${part}`;
        await used.api?.request("DELETE", `/api/v1/persistentvolumes/${volume}`);
      }
    }
  });

  /** A simulated node that an unmanaged platform may run on. */
  const addMaster = async (): Promise<void> => {
    const capacity = { cpu: "8", memory: "32Gi", pods: "110" };
    const made = await used.api.request("POST", "/api/v1/nodes", {
      body: {
        apiVersion: "v1",
        kind: "Node",
        metadata: {
          name: master,
          labels: { master: "true", "kubernetes.io/hostname": master },
          annotations: { "kwok.x-k8s.io/node": "fake" },
        },
        status: { capacity, allocatable: capacity },
      },
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
  };
  const newNamespace = (): string => {
    namespaces.push(`mip-${randomBytes(4).toString("hex")}`);
    return namespaces.at(-1)!;
  };
  const argsOf = (version: string, more: Partial<MipArgs> = {}): MipArgs => ({
    ...MINIMAL,
    namespace: newNamespace(),
    managedCluster: true,
    clientSecret: CANARY,
    charts: { mirror: STAND_INS, versions: { mip: version } },
    ...more,
  });
  const kubeconfig = (): string => fs.readFileSync(stand()!.clusters["local"]!.kubeconfig, "utf8");
  const program =
    (args: MipArgs): PulumiFn =>
    () => {
      const provider = new kubernetes.Provider("stand", { kubeconfig: kubeconfig() });
      const mip = new Mip("m", { ...args, kubeconfig: kubeconfig() }, { provider });
      return Promise.resolve({ url: mip.url });
    };
  const read = async (path: string): Promise<Live | undefined> => {
    const { status, body } = await used.api.request("GET", path);
    return status === 404 ? undefined : (body as Live);
  };
  const get = async (path: string): Promise<Live> => {
    const found = await read(path);
    assert.ok(found, path);
    return found;
  };
  const core = (args: MipArgs, path: string): string =>
    `/api/v1/namespaces/${args.namespace!}/${path}`;
  const deployment = (args: MipArgs, name: string): Promise<Live> =>
    get(`/apis/apps/v1/namespaces/${args.namespace!}/deployments/${name}`);
  const secret = async (args: MipArgs, name: string): Promise<Record<string, string>> => {
    const { data } = await get(core(args, `secrets/${name}`));
    return Object.fromEntries(
      Object.entries(data!).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
    );
  };

  it("is up in one go, changes its password with the data kept, and comes back to it", async () => {
    const args = argsOf("9.0.2", { storage: { storageClass: "standard" } });
    const claimPath = core(args, "persistentvolumeclaims/platform-backend-db-claim0");
    await withStack(program(args), async (stack) => {
      const { outputs } = await stack.up();
      assert.equal(outputs["url"]!.value, "https://mip.lab.example.org/");
      const backend = await deployment(args, "platform-backend");
      assert.equal(backend.status?.readyReplicas, 1);
      assert.equal((await deployment(args, "platform-ui")).status?.readyReplicas, 1);
      const before = await secret(args, "mip-secret");
      const password = before["platform-backend-db.PLATFORM_DB_PASSWORD"]!;
      assert.match(password, /^[A-Za-z0-9]{32}$/);
      const claim = await get(claimPath);
      assert.equal(claim.metadata.annotations?.["helm.sh/resource-policy"], "keep");

      assert.deepEqual(changesIn((await stack.up()).summary), {});
      const untouched = await deployment(args, "platform-backend");
      assert.equal(untouched.metadata.generation, backend.metadata.generation, "it was restarted");

      const rotated = { ...args, database: { passwordRevision: 2 } };
      setProgram(stack, program(rotated));
      await stack.up();
      const after = await secret(args, "mip-secret");
      assert.notEqual(after["platform-backend-db.PLATFORM_DB_PASSWORD"], password);
      assert.equal(
        after["platform-backend-db.DB_ADMIN_PASSWORD"],
        after["platform-backend-db.PLATFORM_DB_PASSWORD"],
      );
      const restarted = await deployment(args, "platform-backend");
      const { template } = restarted.spec as { template: { metadata: Live["metadata"] } };
      assert.match(
        template.metadata.annotations!["science-platform/settings-digest"]!,
        /^[0-9a-f]{64}$/,
      );
      assert.equal(restarted.status?.readyReplicas, 1);
      assert.equal((await get(claimPath)).metadata.uid, claim.metadata.uid);
      assert.deepEqual(changesIn((await stack.up()).summary), {});

      const state = JSON.stringify(await stack.exportStack());
      assert.equal(state.includes(CANARY), false);
      for (const kind of ["configmaps", "events"]) {
        const { body } = await used.api.request("GET", core(args, kind));
        assert.equal(JSON.stringify(body).includes(CANARY), false, kind);
      }

      await stack.destroy({ runProgram: true });
      assert.equal(await read(core(args, "secrets/mip-secret")), undefined);
      assert.equal((await get(claimPath)).metadata.uid, claim.metadata.uid);
      assert.equal((await get(`/api/v1/namespaces/${args.namespace!}`)).status?.phase, "Active");
      await stack.up();
      assert.equal((await get(claimPath)).metadata.uid, claim.metadata.uid);
    });
  });

  it("of the seed's generation keeps its volumes apart from another's on an unmanaged cluster", async () => {
    await addMaster();
    const all = [0, 1].map(() => argsOf("9c325ef", { managedCluster: false }));
    const both: PulumiFn = () => {
      const provider = new kubernetes.Provider("stand", { kubeconfig: kubeconfig() });
      all.forEach((args) => new Mip(args.namespace!, args, { provider }));
      return Promise.resolve({});
    };
    await withStack(both, async (stack) => {
      await stack.up();
      for (const args of all) {
        assert.equal((await deployment(args, "portalbackend")).status?.readyReplicas, 1);
        const claim = await get(core(args, "persistentvolumeclaims/portalbackend-db-claim0"));
        const name = `${args.namespace!}-portalbackend-db-vol0`;
        assert.equal(claim.spec!["volumeName"], name);
        const { spec } = await get(`/api/v1/persistentvolumes/${name}`);
        assert.equal(spec!["persistentVolumeReclaimPolicy"], "Retain");
        assert.deepEqual(spec!["hostPath"], {
          path: `/opt/mip-deployment/${args.namespace!}/database`,
          type: "DirectoryOrCreate",
        });
        const { data } = await get(core(args, "secrets/mip-secret"));
        assert.deepEqual(Object.keys(data!).sort(), [
          "portalbackend-db.DB_ADMIN_PASSWORD",
          "portalbackend-db.DB_ADMIN_USER",
          "portalbackend-db.PORTAL_DB_PASSWORD",
          "portalbackend-db.PORTAL_DB_USER",
        ]);
      }
    });
  });

  it("brings its hub with 9.2.0, with a key that is in a Secret alone", async () => {
    const args = argsOf("9.2.0", { notebook: {}, storage: { storageClass: "standard" } });
    await withStack(program(args), async (stack) => {
      await stack.up();
      assert.equal((await deployment(args, "jupyterhub")).status?.readyReplicas, 1);
      assert.match((await secret(args, "jupyterhub-crypt"))["crypt-key"]!, /^[0-9a-f]{64}$/);
    });
  });

  it("finds a hub of ours in its namespace", async () => {
    const args = argsOf("6f8b2c7", { notebook: {} });
    const both: PulumiFn = () => {
      const provider = new kubernetes.Provider("stand", { kubeconfig: kubeconfig() });
      const settings = notebookHub(args, generationOf("6f8b2c7"))!;
      const { charts, clientSecret } = args;
      const hub = new JupyterHub("h", { ...settings, charts, clientSecret }, { provider });
      new Mip("m", args, { provider, dependsOn: [hub] });
      return Promise.resolve({});
    };
    await withStack(both, async (stack) => {
      await stack.up();
      const ui = await deployment(args, "platform-ui");
      const { template } = ui.spec as {
        template: { spec: { containers: { env: { name: string; value: string }[] }[] } };
      };
      const env = Object.fromEntries(
        template.spec.containers[0]!.env.map(({ name, value }) => [name, value]),
      );
      assert.equal(env["JUPYTER_SERVER"], "proxy-public:80");
      assert.equal(env["JUPYTER_CONTEXT"], "notebook");
      await get(core(args, "services/proxy-public"));
    });
  });
});
