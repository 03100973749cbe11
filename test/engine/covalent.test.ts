import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import type { PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { load } from "js-yaml";
import { connect } from "../../components/cluster/apiClient";
import { KubeconfigCluster } from "../../components/cluster/kubeconfigCluster";
import {
  CovalentExecutor,
  type CovalentExecutorArgs,
} from "../../components/covalent/covalentExecutor";
import { changesIn, ENGINE_TIMEOUT_MS, setProgram, useStand, withStack } from "../support/engine";
import { hasObject, live, removeNamespace } from "../support/liveObjects";

interface Live {
  metadata: { annotations?: Record<string, string>; deletionTimestamp?: string };
  spec: Record<string, unknown>;
  imagePullSecrets?: object[];
}

/** Everything that the stack's backend keeps. */
function stateFiles(stack: Stack): string {
  const backend = fileURLToPath(stack.workspace.envVars["PULUMI_BACKEND_URL"]!);
  return fs
    .readdirSync(backend, { recursive: true, encoding: "utf8" })
    .map((name) => path.join(backend, name))
    .filter((file) => fs.statSync(file).isFile())
    .map((file) => fs.readFileSync(file, "utf8"))
    .join("\n");
}

describe("CovalentExecutor in the engine", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  const lab = useStand();
  const namespace = `covalent-${randomBytes(4).toString("hex")}`;
  let folder: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-covalent-"));
  });

  afterEach(() => fs.rmSync(folder, { recursive: true }));

  after(async () => {
    const claim = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/covalent-data`;
    await lab.api?.request("DELETE", claim);
    await removeNamespace(lab.api, namespace);
  });

  function program(over: Partial<CovalentExecutorArgs> = {}): PulumiFn {
    return () => {
      const file = lab.stand.clusters["local"]!.kubeconfig;
      const cluster = new KubeconfigCluster("lab", { path: file });
      const executor = new CovalentExecutor(
        "c",
        {
          namespace,
          kubeconfig: cluster.kubeconfig,
          dataStore: { path: "/srv/covalent" },
          minikube: {},
          outputFolder: folder,
          quota: { cpu: "8", memory: "32Gi" },
          ...over,
        },
        { provider: cluster.provider },
      );
      const { kubeconfig, config, context, exportLine } = executor;
      return Promise.resolve({ kubeconfig, config, context, exportLine, folder: executor.folder });
    };
  }

  const read = (name: string): string => fs.readFileSync(path.join(folder, name), "utf8");

  /** The status that the API server gives the dispatcher for a request. */
  async function asDispatcher(method: string, below: string, body?: unknown): Promise<number> {
    const client = await connect("dispatcher", read("kubeconfig"));
    try {
      return (await client.request(method, below, body === undefined ? undefined : { body }))
        .status;
    } finally {
      client.close();
    }
  }

  it("writes a kubeconfig that works in up alone, and changes nothing the second time", async () => {
    await withStack(program(), async (stack) => {
      await stack.preview();
      assert.deepEqual(fs.readdirSync(folder), []);

      const first = await stack.up();
      assert.equal(first.outputs["kubeconfig"]?.secret, true);
      assert.equal(first.outputs["config"]?.secret, false);
      assert.equal(first.outputs["context"]?.value, "local");
      assert.equal(first.outputs["exportLine"]?.value, `export KUBECONFIG=${folder}/kubeconfig`);
      const [user] = (load(read("kubeconfig")) as { users: { user: { token: string } }[] }).users;
      const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
      const sample = load(read("covalent-k8s-test.yaml"));
      assert.equal(await asDispatcher("POST", jobs, sample), 201);
      assert.equal(await asDispatcher("GET", `${jobs}/covalent-k8s-test/status`), 200);
      assert.equal(await asDispatcher("DELETE", `${jobs}/covalent-k8s-test`), 200);
      assert.equal(await asDispatcher("GET", jobs), 403);
      assert.equal(await asDispatcher("GET", `/api/v1/namespaces/${namespace}/secrets`), 403);

      const text = `${stateFiles(stack)}${first.stdout}${first.stderr}`;
      assert.ok(text.includes("covalent-dispatcher"));
      assert.equal(text.includes(user!.user.token), false);
      await stack.preview();
      assert.deepEqual(changesIn((await stack.up()).summary), {});
    });
    // Given up, not destroyed: others may use it.
    assert.ok(await hasObject(lab.api, `/api/v1/namespaces/${namespace}`));
  });

  it("changes settings in place, and makes a new token where one is asked for", async () => {
    await withStack(program(), async (stack) => {
      await stack.up();
      setProgram(
        stack,
        program({ quota: { cpu: "16", memory: "32Gi" }, vcpu: "2", pollSeconds: 5 }),
      );
      assert.deepEqual(changesIn((await stack.up()).summary), { update: 1 });
      assert.match(read("executor.toml"), /^vcpu = "2"$/m);
      const quota = `/api/v1/namespaces/${namespace}/resourcequotas/covalent`;
      assert.deepEqual(((await live(lab.api, quota)) as Live).spec["hard"], {
        "requests.cpu": "16",
        "requests.memory": "32Gi",
      });

      const old = read("kubeconfig");
      setProgram(stack, program({ tokenName: "second" }));
      await stack.up();
      const job = `/apis/batch/v1/namespaces/${namespace}/jobs/none/status`;
      assert.equal(await asDispatcher("GET", job), 404);
      fs.writeFileSync(path.join(folder, "kubeconfig"), old);
      assert.equal(await asDispatcher("GET", job), 401);
    });
  });

  it("gives the plugin as it is an identity in default, and takes it away again", async () => {
    const account = "/api/v1/namespaces/default/serviceaccounts/default";
    const registry = { url: "registry.example.org/lab", username: "robot", password: "canary" };
    await withStack(
      program({
        plainPlugin: true,
        taskRoleArn: "arn:aws:iam::1:role/x",
        registry,
        quota: undefined,
      }),
      async (stack) => {
        await stack.up();
        const found = (await live(lab.api, account)) as Live;
        assert.equal(
          found.metadata.annotations?.["eks.amazonaws.com/role-arn"],
          "arn:aws:iam::1:role/x",
        );
        assert.deepEqual(found.imagePullSecrets, [{ name: "covalent-registry" }]);
        for (const where of ["default", namespace]) {
          assert.ok(
            await hasObject(lab.api, `/api/v1/namespaces/${where}/secrets/covalent-registry`),
          );
        }
        assert.equal(stateFiles(stack).includes("canary"), false);
      },
    );
    const found = (await live(lab.api, account)) as Live;
    assert.equal(found.metadata.annotations?.["eks.amazonaws.com/role-arn"], undefined);
    assert.equal(found.imagePullSecrets, undefined);
  });

  it("keeps its claim when it is destroyed", async () => {
    const claim = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/covalent-data`;
    const dataStore = { path: "/srv/covalent", claim: { size: "1Gi" } };
    await withStack(program({ dataStore, minikube: undefined }), async (stack) => {
      await stack.up();
      assert.ok(await hasObject(lab.api, claim));
      await assert.rejects(stack.destroy(), /protect/);
      const state = await stack.exportStack();
      const { resources } = state.deployment as { resources: { protect?: boolean }[] };
      for (const resource of resources) {
        delete resource.protect;
      }
      await stack.importStack(state);
      await stack.destroy();
      const kept = (await live(lab.api, claim)) as Live;
      assert.equal(kept.metadata.deletionTimestamp, undefined);
    });
  });
});
