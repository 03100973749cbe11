/** E11: mixed work for a long while: memory, handles and times stay what they were. */
import assert from "node:assert/strict";
import { EndpointError, type EndpointClient } from "../../endpoint/client/client";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../support/engine";
import { EndpointProcess } from "../support/endpointTrustProcess";
import { FULL } from "../support/seed";
import { record } from "../support/tenantEndpoint";

const OPERATIONS = FULL ? 20_000 : 800;
const AT_ONCE = 16;
const DEPLOYMENTS = 40;
const TENANTS = 4;
/** The first part is to compile code, open connections and fill memory up to its next collection. */
const WARM_UP = 0.25;

const MOST_GROWTH = 20 * 2 ** 20;
const MOST_HANDLES = 10;
/** Of the last half of the calls against the first, and less than what the API server itself became slower. */
const SLOWER = 1.2;

describe("mixed work for a long while (E11)", function () {
  this.timeout(ENGINE_TIMEOUT_MS * (FULL ? 10 : 1));
  let endpoint: EndpointProcess;
  before(async function () {
    endpoint = await EndpointProcess.open(standOrSkip(this).clusters["local"]!.kubeconfig);
    await endpoint.start();
  });
  after(() => endpoint?.close());

  const document = (i: number) =>
    record({ args: [`v${i % 7}`] }, { replicas: 0 }) as { title: string; data: string };

  /** One call; another may have deleted the deployment meanwhile, or be changing it. */
  async function operate(client: EndpointClient, i: number): Promise<void> {
    const id = `soak${(i * 7) % DEPLOYMENTS}`;
    const dice = (i * 31) % 20;
    const call =
      dice < 10
        ? client.get(id)
        : dice < 15
          ? client.put(id, document(i))
          : dice < 17
            ? client.setValues(id, "config", { N: String(i) })
            : dice < 18
              ? client.restart(id)
              : dice < 19
                ? client.list()
                : client.remove(id);
    await (call as Promise<unknown>).catch((error: unknown) => {
      assert.ok(error instanceof EndpointError && [404, 409].includes(error.status), String(error));
    });
  }

  function p99(times: readonly number[]): number {
    return [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
  }

  /** Times of calls of ours, and of calls straight to the API server beside them. */
  async function work(from: number, to: number): Promise<{ ours: number; raw: number }> {
    const ours: number[] = [];
    const raw: number[] = [];
    let next = from;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (next < to) {
          const i = next++;
          const start = performance.now();
          await operate(endpoint.client(`soak${i % TENANTS}`), i);
          ours.push(performance.now() - start);
          if (i % 4 === 0) {
            const begun = performance.now();
            await endpoint.kubernetes.request("GET", "/api/v1/namespaces/default");
            raw.push(performance.now() - begun);
          }
        }
      }),
    );
    return { ours: p99(ours), raw: p99(raw) };
  }

  it("grows neither in memory nor in handles, and does not become slower", async () => {
    const warm = OPERATIONS * WARM_UP;
    const middle = warm + (OPERATIONS - warm) / 2;
    await work(0, warm);
    const before = await endpoint.figures();
    const first = await work(warm, middle);
    const between = await endpoint.figures();
    const second = await work(middle, OPERATIONS);
    const after = await endpoint.figures();
    const facts = JSON.stringify({ before, between, after, first, second });
    assert.ok(endpoint.runs, endpoint.said());
    assert.equal(endpoint.said(), "");
    assert.ok(after.heap - before.heap < MOST_GROWTH, facts);
    assert.ok(after.rss - between.rss < MOST_GROWTH, facts);
    assert.ok(after.handles - before.handles <= MOST_HANDLES, facts);
    if (FULL) {
      const machine = Math.max(1, second.raw / first.raw);
      assert.ok(second.ours / first.ours < SLOWER * machine, facts);
    }
  });
});
