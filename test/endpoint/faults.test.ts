/** The endpoint behind an API server that fails now and then: 5% of requests, in seven ways. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { EndpointError } from "../../endpoint/client/client";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../support/engine";
import { EndpointScene } from "../support/endpointScene";
import { FAULTS, FaultProxy, kubeconfigFor, type FaultKind } from "../support/faultProxy";
import { FULL, seed } from "../support/seed";

const OPERATIONS = FULL ? 2000 : 150;
const AT_ONCE = 8;
const PROBABILITY = 0.05;
const LONGEST_P99_MS = 3_000;
/** One in a thousand; of the few in the short form, one, as a request may meet fault after fault. */
const MOST_FAILED = Math.max(1, OPERATIONS / 1000);

/** Numbers from 0 to 1 that the seed decides (mulberry32). */
function dice(): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe("the endpoint while the API server fails", function () {
  this.timeout(ENGINE_TIMEOUT_MS * (FULL ? 5 : 1));
  let folder: string;
  let proxy: FaultProxy;
  let scene: EndpointScene;
  /** Faults begin once the tenants are there. */
  let probability = 0;
  const random = dice();

  before(async function () {
    const stand = standOrSkip(this);
    const choose = (): FaultKind | undefined =>
      random() < probability ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined;
    proxy = await FaultProxy.open(stand.clusters["local"]!.kubeconfig, choose);
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "endpoint-faults-"));
    const kubeconfig = path.join(folder, "kubeconfig");
    fs.writeFileSync(kubeconfig, kubeconfigFor(proxy.url));
    const local = { ...stand.clusters["local"]!, kubeconfig };
    scene = await EndpointScene.open({ ...stand, clusters: { local } });
    probability = PROBABILITY;
  });
  after(async () => {
    probability = 0;
    await scene?.close();
    await proxy?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** What was last acknowledged, by id. */
  const acknowledged = new Map<string, string>();

  /** A PUT or a PATCH; those of one id come one after the other: i and i + 20 are never at once. */
  async function operate(i: number): Promise<void> {
    const id = `f${i % 20}`;
    if (i % 5 === 4 && acknowledged.has(id)) {
      await scene.alice.scale(id, i % 3);
    } else {
      await scene.alice.put(id, scene.record({ args: [`v${i}`] }));
      acknowledged.set(id, `v${i}`);
    }
  }

  /** Many operations: how long the slowest but one in a hundred took, in milliseconds, and which failed. */
  async function many(count: number): Promise<{ p99: number; failed: string[] }> {
    const times: number[] = [];
    const failed: string[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < count) {
        const start = performance.now();
        await operate(next++).catch((error: unknown) => failed.push(String(error)));
        times.push(performance.now() - start);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const p99 = times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)]!;
    return { p99, failed };
  }

  it("answers 999 of 1,000 requests well, 99 of 100 within 3 s, and leaves what it says", async () => {
    probability = 0;
    // What a busy machine takes anyway is not the faults'.
    const before = await many(OPERATIONS / 3);
    probability = PROBABILITY;
    const { p99, failed } = await many(OPERATIONS);
    probability = 0;
    const facts = `SEED=${seed}, ${proxy.requests} requests, faults ${JSON.stringify(proxy.met)}, p99 ${Math.round(p99)} ms, ${Math.round(before.p99)} ms without`;
    assert.deepEqual(before.failed, []);
    assert.ok(failed.length <= MOST_FAILED, `${failed.length} failed: ${failed[0]}; ${facts}`);
    assert.ok(p99 < LONGEST_P99_MS + before.p99, facts);
    for (const kind of FAULTS) {
      assert.ok((proxy.met[kind] ?? 0) > 0 || !FULL, `${kind} never happened; ${facts}`);
    }
    for (const [id, value] of acknowledged) {
      const namespace = scene.endpoint.namespace("alice");
      const at = `/apis/apps/v1/namespaces/${namespace}/deployments/sd-${id}`;
      const { body } = await scene.endpoint.kubernetes.request("GET", at);
      const { spec } = body as {
        spec: { template: { spec: { containers: { args: string[] }[] } } };
      };
      assert.deepEqual(spec.template.spec.containers[0]?.args, [value], `${id}; ${facts}`);
    }
  });

  /** As a client does that was told to come back: of one fault in five requests some get through to it. */
  async function persist(act: () => Promise<unknown>): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await act();
        return;
      } catch (error) {
        assert.ok(error instanceof EndpointError, String(error));
        // What was deleted by a try that could not say so is gone.
        if (tries > 1 && error.status === 404) {
          return;
        }
        assert.ok(
          error.status === 503 && tries < 5,
          `try ${tries}: ${error.status} ${error.message}`,
        );
      }
    }
  }

  it("deletes all of it, whatever happens", async () => {
    probability = 4 * PROBABILITY;
    for (let i = 0; i < 10; i++) {
      await persist(() => scene.alice.put(`d${i}`, scene.record()));
      await persist(() => scene.alice.remove(`d${i}`));
    }
    probability = 0;
    for (let i = 0; i < 10; i++) {
      await scene.eventually(async () => assert.deepEqual(await scene.objects(`d${i}`), []));
    }
  });
});
