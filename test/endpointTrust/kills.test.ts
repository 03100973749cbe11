/** E1: the endpoint is killed again and again while fifty clients change their deployments. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../support/engine";
import { COLLECTIONS, EndpointProcess } from "../support/endpointTrustProcess";
import { FULL } from "../support/seed";
import { record } from "../support/tenantEndpoint";

const CLIENTS = 50;
const KILLS = FULL ? 100 : 5;
/** Clients of one tenant share its namespace, as people do. */
const TENANTS = 5;

interface Live {
  metadata: { resourceVersion: string; generation?: number; uid: string };
  spec?: { template: { spec: { containers: { args: string[] }[] } } };
}

describe("kill -9 under fifty clients (E1)", function () {
  this.timeout(ENGINE_TIMEOUT_MS * (FULL ? 10 : 1));
  let endpoint: EndpointProcess;
  before(async function () {
    endpoint = await EndpointProcess.open(standOrSkip(this).clusters["local"]!.kubeconfig);
  });
  after(() => endpoint?.close());

  const tenantOf = (i: number): string => `lab${i % TENANTS}`;

  /** Stopped, so that what changes is what PUT changes. */
  const document = (value: string): object => record({ args: [value] }, { replicas: 0 });

  const put = (i: number, value: string): Promise<{ created: boolean }> =>
    endpoint
      .client(tenantOf(i))
      .put(`kill${i}`, document(value) as { title: string; data: string });

  function live(
    i: number,
    kind: keyof typeof COLLECTIONS,
    suffix: string,
  ): Promise<Live | undefined> {
    return endpoint.live<Live>(tenantOf(i), COLLECTIONS[kind], `sd-kill${i}${suffix}`);
  }

  /** What a further PUT of the same must not change. */
  async function versions(i: number): Promise<object> {
    const [deployment, service] = await Promise.all([
      live(i, "Deployment", ""),
      live(i, "Service", "-web"),
    ]);
    const { uid, generation } = deployment!.metadata;
    return { uid, generation, service: service!.metadata.resourceVersion };
  }

  it("loses no acknowledged PUT, and one more of each makes all whole and changes nothing", async () => {
    const acknowledged = new Map<number, number>();
    const sent = new Map<number, number>();
    let isOver = false;
    await endpoint.start();
    // Namespaces are made once; all that follows is changes.
    await Promise.all(
      Array.from({ length: TENANTS }, (_, i) => endpoint.client(tenantOf(i)).list()),
    );
    const load = Array.from({ length: CLIENTS }, async (_, i) => {
      for (let n = 1; !isOver; n++) {
        sent.set(i, n);
        await put(i, `${n}`).then(
          () => acknowledged.set(i, n),
          () => sleep(20),
        );
      }
    });
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep(600 * (0.5 + Math.random()));
      await endpoint.end("SIGKILL");
      await endpoint.start();
    }
    // Every client gets one through, in the end.
    while (acknowledged.size < CLIENTS) {
      await sleep(50);
    }
    isOver = true;
    await Promise.all(load);
    await Promise.all(
      load.map(async (_, i) => {
        const found = Number(
          (await live(i, "Deployment", ""))?.spec?.template.spec.containers[0]?.args[0],
        );
        const facts = `kill${i}: ${found} is there, ${acknowledged.get(i)} was acknowledged, ${sent.get(i)} sent`;
        assert.ok(found >= acknowledged.get(i)! && found <= sent.get(i)!, facts);
        await put(i, "whole");
        for (const [kind, suffix] of [
          ["ConfigMap", "-record"],
          ["Deployment", ""],
          ["Service", "-web"],
        ] as const) {
          assert.ok(await live(i, kind, suffix), `${kind} of kill${i}`);
        }
        const before = await versions(i);
        assert.equal((await put(i, "whole")).created, false);
        assert.deepEqual(await versions(i), before);
      }),
    );
    assert.equal(endpoint.said(), "");
  });
});
