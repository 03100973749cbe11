/** The endpoint as a process of its own: how it ends when it is told to. Killing it is in test/endpointTrust. */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EndpointClient } from "../../endpoint/client/client";
import { ENGINE_TIMEOUT_MS, standOrSkip, type Stand } from "../support/engine";
import { EndpointScene } from "../support/endpointScene";
import { freePorts } from "../hub/processes";
import { FULL } from "../support/seed";

const CLIENTS = FULL ? 50 : 12;
const ROOT = path.resolve(__dirname, "../..");

describe("the endpoint's process", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  let stand: Stand;
  let scene: EndpointScene;
  let folder: string;
  let file: string;
  let url: string;
  let child: ChildProcess | undefined;

  before(async function () {
    stand = standOrSkip(this);
    scene = await EndpointScene.open(stand);
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "endpoint-process-"));
    file = path.join(folder, "settings.json");
    const [port, metricsPort] = await freePorts(2);
    url = `http://127.0.0.1:${port}`;
    const { issuer, domain } = scene.endpoint;
    const settings = {
      listen: { host: "127.0.0.1", port },
      metricsPort,
      issuer: issuer.url,
      audience: issuer.audience,
      namespace: "default",
      namespacePrefix: scene.endpoint.namespace(""),
      exposure: { domain },
      rateLimit: { reads: 1_000_000, writes: 1_000_000, refused: 1_000_000 },
    };
    fs.writeFileSync(file, JSON.stringify(settings));
  });
  afterEach(() => end("SIGKILL"));
  after(async () => {
    await scene?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** Starts the process, and waits until it is ready. */
  async function begin(): Promise<void> {
    const { kubeconfig } = stand.clusters["local"]!;
    child = spawn(process.execPath, ["--import", "tsx", "endpoint/main.ts"], {
      cwd: ROOT,
      env: { ...process.env, ENDPOINT_SETTINGS: file, KUBECONFIG: kubeconfig, LOG_LEVEL: "silent" },
      stdio: ["ignore", "inherit", "inherit"],
    });
    while ((await readyz()) !== 200) {
      assert.equal(child.exitCode, null, "it ended before it was ready");
      await sleep(20);
    }
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    const running = child;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) {
      return running?.exitCode ?? null;
    }
    const exit = new Promise<number | null>((resolve) => running.once("exit", resolve));
    running.kill(signal);
    return exit;
  }

  async function readyz(): Promise<number | undefined> {
    return fetch(`${url}/readyz`).then(
      ({ status }) => status,
      () => undefined,
    );
  }

  function client(): EndpointClient {
    const { issuer } = scene.endpoint;
    return new EndpointClient({ url, token: () => issuer.token({ claims: { sub: "alice" } }) });
  }

  async function argsOf(id: string): Promise<string[] | undefined> {
    const namespace = scene.endpoint.namespace("alice");
    const at = `/apis/apps/v1/namespaces/${namespace}/deployments/sd-${id}`;
    const { body } = await scene.endpoint.kubernetes.request("GET", at);
    const { spec } = body as {
      spec?: { template: { spec: { containers: { args: string[] }[] } } };
    };
    return spec?.template.spec.containers[0]?.args;
  }

  it("E10: says that it is not ready first, finishes what is under way, and ends within 10 s", async () => {
    await begin();
    const acknowledged = new Map<string, string>();
    const dropped: string[] = [];
    let isOver = false;
    const load = Array.from({ length: CLIENTS }, async (_, i) => {
      for (let n = 0; !isOver; n++) {
        const put = client().put(`drain${i}`, scene.record({ args: [`v${n}`] }));
        await put.then(
          () => acknowledged.set(`drain${i}`, `v${n}`),
          (error: unknown) => dropped.push(String(error)),
        );
      }
    });
    await sleep(1000);
    const start = Date.now();
    const code = end("SIGTERM");
    // As whoever spreads the requests over replicas does: none are sent here once it says that it is not ready.
    while ((await readyz()) === 200) {
      await sleep(20);
    }
    assert.equal(await readyz(), 503);
    isOver = true;
    assert.equal(await code, 0);
    assert.ok(Date.now() - start < 10_000, `${Date.now() - start} ms`);
    await Promise.all(load);
    assert.deepEqual(dropped, []);
    assert.ok(acknowledged.size > 0);
    for (const [id, value] of acknowledged) {
      assert.deepEqual(await argsOf(id), [value], id);
    }
  });
});
