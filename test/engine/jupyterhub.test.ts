/** The hub through the real engine and Helm, with the stand-in chart: up, no change, an edit, destroy. */
import assert from "node:assert/strict";
import { randomBytes, randomInt } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { stripVTControlCharacters } from "node:util";
import * as kubernetes from "@pulumi/kubernetes";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { ApiClient } from "../../components/cluster/apiClient";
import { JupyterHub, type JupyterHubArgs } from "../../components/jupyterhub/jupyterHub";
import type { HubSettings } from "../../components/model/jupyterHubSettings";
import {
  changesIn,
  setProgram,
  stand,
  standClient,
  standOrSkip,
  withStack,
} from "../support/engine";
import { GPUS, MINIMAL } from "../support/jupyterHub";

/** Helm's hooks and two Deployments, twice over, on a busy machine. */
const TIMEOUT_MS = 300_000;

interface Live {
  metadata: { name: string; uid: string; labels?: Record<string, string> };
  status?: { readyReplicas?: number; phase?: string };
  data?: Record<string, string>;
  spec?: Record<string, unknown>;
}

describe("JupyterHub on the stand", function () {
  this.timeout(TIMEOUT_MS);
  const namespace = `hub-${randomBytes(4).toString("hex")}`;
  const args: JupyterHubArgs = {
    ...MINIMAL,
    namespace,
    clientSecret: "canary-engine",
    charts: { mirror: path.resolve(__dirname, "../../local/charts") },
    profiles: [
      { name: "CPU", cpuLimit: "2", memoryLimit: "4Gi" },
      { name: "Remote", gpu: { class: "t4" } },
    ],
    gpus: GPUS,
    nodes: { "interlink-vk": { virtual: true, gpus: [{ class: "t4", count: 2 }] } },
    // A port of this run's own: other suites use the default.
    ssh: { nodePort: randomInt(31_500, 32_700) },
  };
  let client: ApiClient | undefined;

  const program =
    (wanted: JupyterHubArgs): PulumiFn =>
    () => {
      const kubeconfig = fs.readFileSync(stand()!.clusters["local"]!.kubeconfig, "utf8");
      const provider = new kubernetes.Provider("stand", { kubeconfig });
      const hub = new JupyterHub("h", wanted, { provider });
      return Promise.resolve({ url: hub.url, sshPort: hub.sshPort });
    };
  const read = async (api: string, kind: string, name: string): Promise<Live | undefined> => {
    const { status, body } = await client!.request(
      "GET",
      `${api}/namespaces/${namespace}/${kind}/${name}`,
    );
    return status === 404 ? undefined : (body as Live);
  };
  const get = async (api: string, kind: string, name: string): Promise<Live> => {
    const found = await read(api, kind, name);
    assert.ok(found, `${kind}/${name}`);
    return found;
  };
  const deployment = (name: string): Promise<Live> => get("/apis/apps/v1", "deployments", name);
  const secretText = async (name: string, key: string): Promise<string> =>
    Buffer.from((await get("/api/v1", "secrets", name)).data![key]!, "base64").toString();

  before(async function () {
    client = await standClient(standOrSkip(this));
  });

  after(async () => {
    await client?.request("DELETE", `/api/v1/namespaces/${namespace}`);
    client?.close();
  });

  it("is up in one go, changes what was edited, and leaves the database's claim", async () => {
    await withStack(program(args), async (stack) => {
      const { outputs } = await stack.up();
      assert.equal(outputs["url"]!.value, "https://hub.lab.example.org/");
      assert.equal((await deployment("hub")).status?.readyReplicas, 1);
      const proxy = await deployment("proxy");
      assert.equal(proxy.status?.readyReplicas, 1);
      const service = await get("/api/v1", "services", "ssh-fwd");
      const [port] = service.spec!["ports"] as { nodePort: number }[];
      assert.equal(port!.nodePort, args.ssh!.nodePort);
      assert.equal(outputs["sshPort"]!.value, args.ssh!.nodePort);
      const cookie = await secretText(
        "jupyterhub-credentials",
        "hub.config.JupyterHub.cookie_secret",
      );
      assert.match(cookie, /^[0-9a-f]{64}$/);
      assert.doesNotMatch(await secretText("hub", "values.yaml"), /canary-engine/);
      const token = await secretText("hub", "hub.config.ConfigurableHTTPProxy.auth_token");
      const claim = await get("/api/v1", "persistentvolumeclaims", "hub-db-dir");

      const again = await stack.up();
      assert.deepEqual(changesIn(again.summary), {});

      const [cpu, remote] = args.profiles!;
      setProgram(stack, program({ ...args, profiles: [{ ...cpu!, cpuLimit: "3" }, remote!] }));
      const edited = await stack.up();
      // The release, and the waits for hub and proxy.
      assert.deepEqual(changesIn(edited.summary), { update: 3 });
      const hub = JSON.parse(await secretText("hub", "hub.json")) as HubSettings;
      assert.equal(hub.profiles[0]!.cpu_limit, 3);
      const after = await deployment("proxy");
      assert.deepEqual(after.spec!["template"], proxy.spec!["template"], "the proxy was restarted");
      assert.equal(await secretText("hub", "hub.config.ConfigurableHTTPProxy.auth_token"), token);
      assert.equal(
        await secretText("jupyterhub-credentials", "hub.config.JupyterHub.cookie_secret"),
        cookie,
      );

      await stack.destroy();
      for (const [api, kind, name] of [
        ["/apis/apps/v1", "deployments", "hub"],
        ["/apis/apps/v1", "deployments", "proxy"],
        ["/api/v1", "services", "ssh-fwd"],
        ["/api/v1", "services", "proxy-public"],
        ["/api/v1", "secrets", "jupyterhub-credentials"],
        ["/apis/networking.k8s.io/v1", "ingresses", "jupyterhub"],
      ] as const) {
        assert.equal(await read(api, kind, name), undefined, `${kind}/${name}`);
      }
      const kept = await get("/api/v1", "persistentvolumeclaims", "hub-db-dir");
      assert.equal(kept.metadata.uid, claim.metadata.uid);
      const { body } = await client!.request("GET", `/api/v1/namespaces/${namespace}`);
      assert.equal((body as Live).status?.phase, "Active");

      // The same hub again takes its database back.
      setProgram(stack, program(args));
      await stack.up();
      const back = await get("/api/v1", "persistentvolumeclaims", "hub-db-dir");
      assert.equal(back.metadata.uid, claim.metadata.uid);

      // What does not get ready is named, and the next run goes on from there.
      const stuck = { hub: { annotations: { "science-platform/simulate": "pending" } } };
      setProgram(stack, program({ ...args, values: stuck, timeoutSeconds: 10 }));
      await assert.rejects(stack.up(), (error: Error) => {
        const text = stripVTControlCharacters(error.message);
        assert.match(text, /Deployment.*hub.*\n?.*(timed out|not ready|unavailable)/i);
        return true;
      });
      setProgram(stack, program(args));
      await stack.up();
      assert.equal((await deployment("hub")).status?.readyReplicas, 1);
    });
  });
});
