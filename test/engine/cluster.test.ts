import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import * as random from "@pulumi/random";
import { dump, load } from "js-yaml";
import type { ApiClient } from "../../components/cluster/apiClient";
import { KubeconfigCluster } from "../../components/cluster/kubeconfigCluster";
import {
  changesIn,
  ENGINE_TIMEOUT_MS,
  setProgram,
  standClient,
  standOrSkip,
  useStand,
  withStack,
} from "../support/engine";

interface KubeconfigFile {
  clusters: [{ cluster: Record<string, string> }];
  users: [{ user: Record<string, string> }];
}

/** A copy of a kubeconfig in `folder` that names its certificates by relative paths, as minikube's does by absolute ones. */
function withFiles(kubeconfig: string, folder: string): string {
  const config = load(fs.readFileSync(kubeconfig, "utf8")) as KubeconfigFile;
  for (const fields of [config.clusters[0].cluster, config.users[0].user]) {
    for (const key of ["certificate-authority", "client-certificate", "client-key"]) {
      const data = fields[`${key}-data`];
      if (data !== undefined) {
        fs.writeFileSync(path.join(folder, `${key}.pem`), Buffer.from(data, "base64"));
        fields[key] = `${key}.pem`;
        delete fields[`${key}-data`];
      }
    }
  }
  const file = path.join(folder, "kubeconfig");
  fs.writeFileSync(file, dump(config), { mode: 0o600 });
  return file;
}

describe("KubeconfigCluster on the stand", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  const lab = useStand();
  let name: string;

  beforeEach(() => {
    name = `cluster-${randomBytes(4).toString("hex")}`;
  });

  function configMap(cluster: KubeconfigCluster, value: string): void {
    new kubernetes.core.v1.ConfigMap(
      "made",
      { metadata: { name, namespace: "default" }, data: { value } },
      { provider: cluster.provider },
    );
  }

  function program(file: string, value: string): PulumiFn {
    return () => {
      const cluster = new KubeconfigCluster("lab", { path: file });
      configMap(cluster, value);
      return Promise.resolve({ uid: cluster.uid, kubeconfig: cluster.kubeconfig });
    };
  }

  async function valueIn(api: ApiClient): Promise<string | undefined> {
    const { status, body } = await api.request(
      "GET",
      `/api/v1/namespaces/default/configmaps/${name}`,
    );
    return status === 404 ? undefined : (body as { data: { value: string } }).data.value;
  }

  it("gives a provider, keeps the cluster's uid, and changes nothing the second time", async () => {
    await withStack(program(lab.stand.clusters["local"]!.kubeconfig, "one"), async (stack) => {
      const { outputs } = await stack.up();
      const { body } = await lab.api.request("GET", "/api/v1/namespaces/kube-system");
      assert.equal(outputs["uid"]?.value, (body as { metadata: { uid: string } }).metadata.uid);
      assert.equal(outputs["kubeconfig"]?.secret, true);
      assert.equal(await valueIn(lab.api), "one");
      assert.deepEqual(changesIn((await stack.up()).summary), {});

      const { deployment } = await stack.exportStack();
      const text = JSON.stringify(deployment);
      const key = /client-key-data: (\S+)/.exec(outputs["kubeconfig"].value as string)?.[1];
      // Exported secrets are in clear in their envelope alone: never as a plain property.
      const inEnvelope = text.replace(/"plaintext":"(?:[^"\\]|\\.)*"/g, "");
      assert.ok(key !== undefined && text.includes(key));
      assert.ok(!inEnvelope.includes(key), "the client's key is in state without being secret");
    });
    assert.equal(await valueIn(lab.api), undefined);
  });

  it("refuses another cluster in preview and up, and writes nothing to it", async function () {
    const both = standOrSkip(this, ["local", "local-2"]);
    const second = await standClient(both, "local-2");
    try {
      const right = program(both.clusters["local"]!.kubeconfig, "one");
      await withStack(right, async (stack) => {
        const { outputs } = await stack.up();
        const live = await second.request("GET", "/api/v1/namespaces/kube-system");
        const liveUid = (live.body as { metadata: { uid: string } }).metadata.uid;
        const refused = new RegExp(
          `cluster lab: this is another cluster.*uid ${String(outputs["uid"]?.value)};.*context local-2.*has ${liveUid}`,
        );

        setProgram(stack, program(both.clusters["local-2"]!.kubeconfig, "two"));
        await assert.rejects(stack.preview(), refused);
        await assert.rejects(stack.up(), refused);
        assert.equal(await valueIn(second), undefined);
        assert.equal(await valueIn(lab.api), "one");

        // The first uid is not forgotten by having been refused, nor by a second try.
        await assert.rejects(stack.up(), refused);
        setProgram(stack, right);
        await stack.up();
        assert.equal(await valueIn(lab.api), "one");
      });
    } finally {
      second.close();
    }
  });

  it("previews a cluster whose kubeconfig is not known yet", async () => {
    const text = fs.readFileSync(lab.stand.clusters["local"]!.kubeconfig, "utf8");
    const later: PulumiFn = () => {
      const made = new random.RandomId("made-first", { byteLength: 4 });
      const kubeconfig = pulumi.secret(made.hex.apply(() => text));
      configMap(new KubeconfigCluster("lab", { kubeconfig }), "one");
      return Promise.resolve();
    };
    await withStack(later, async (stack) => {
      const { changeSummary } = await stack.preview();
      assert.equal(changeSummary.create, 7);
      await stack.up();
      assert.equal(await valueIn(lab.api), "one");
      assert.deepEqual(changesIn((await stack.up()).summary), {});
    });
  });

  it("uses certificates that the kubeconfig names by path, and copies them when asked", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-kubeconfig-"));
    try {
      const file = withFiles(lab.stand.clusters["local"]!.kubeconfig, folder);
      await withStack(program(file, "by path"), async (stack) => {
        const { outputs } = await stack.up();
        assert.equal(await valueIn(lab.api), "by path");
        const kubeconfig = String(outputs["kubeconfig"]?.value);
        assert.ok(kubeconfig.includes(`client-key: ${path.join(folder, "client-key.pem")}`));
        assert.ok(!kubeconfig.includes("client-key-data"));

        setProgram(stack, () => {
          const cluster = new KubeconfigCluster("lab", { path: file, embedCertificates: true });
          configMap(cluster, "embedded");
          return Promise.resolve({ kubeconfig: cluster.kubeconfig });
        });
        const embedded = String((await stack.up()).outputs["kubeconfig"]?.value);
        assert.equal(await valueIn(lab.api), "embedded");
        assert.ok(!embedded.includes(folder));
        assert.ok(embedded.includes("client-key-data"));
      });
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
});
