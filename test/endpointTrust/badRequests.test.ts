/** E7: ten thousand requests that nobody should send, to the endpoint's own process on the stand. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Pool } from "undici";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../support/engine";
import { EndpointProcess } from "../support/endpointTrustProcess";
import { badRequest, type BadRequest } from "../support/endpointTrustRequests";
import { FULL, seed } from "../support/seed";

const REQUESTS = FULL ? 10_000 : 2_000;
const AT_ONCE = 16;
/** Before memory is looked at for the first time: code is compiled, connections are open. */
const WARM_UP = 400;
const MOST_BUSY_MS = 200;
const MOST_GROWTH = 50 * 2 ** 20;

describe("ten thousand bad requests (E7)", function () {
  this.timeout(ENGINE_TIMEOUT_MS * (FULL ? 5 : 1));
  let endpoint: EndpointProcess;
  let pool: Pool;
  const statuses = new Map<number, number>();

  before(async function () {
    endpoint = await EndpointProcess.open(standOrSkip(this).clusters["local"]!.kubeconfig);
    await endpoint.start();
    pool = new Pool(endpoint.url, { connections: AT_ONCE });
  });
  after(async () => {
    await pool?.destroy();
    await endpoint?.close();
  });

  async function send(request: BadRequest): Promise<void> {
    const authorization = `Bearer ${await endpoint.token("mallory")}`;
    const answer = await pool.request({
      ...request,
      headers: { authorization, ...request.headers },
      headersTimeout: 30_000,
    });
    const text = await answer.body.text();
    const { statusCode: status } = answer;
    const what = `SEED=${seed}: ${JSON.stringify(request)}: ${status} ${text.slice(0, 500)}`;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    assert.ok(status >= 200 && status < 500, what);
    if (status >= 400 && request.method !== "HEAD") {
      const { errors } = JSON.parse(text) as { errors: { message: string }[] };
      assert.ok(errors.length > 0 && errors.every(({ message }) => message !== ""), what);
      assert.doesNotMatch(text, /\bat [\w.<>]+ \(|node_modules|\.[jt]s:\d+|127\.0\.0\.1/, what);
    }
  }

  async function sendAll(requests: readonly BadRequest[]): Promise<void> {
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < requests.length) {
        await send(requests[next++]!);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  it("are answered below 500, soon, by a process that goes on and holds no more than before", async () => {
    const requests = fc.sample(badRequest, { seed, numRuns: REQUESTS });
    // Forgets how long it took to load.
    await endpoint.figures();
    await sendAll(requests.slice(0, WARM_UP));
    const before = await endpoint.figures();
    await sendAll(requests.slice(WARM_UP));
    const after = await endpoint.figures();
    const facts = JSON.stringify({ seed, statuses: [...statuses].sort(), before, after });
    assert.ok(endpoint.runs, endpoint.said());
    assert.ok(Math.max(before.longestMs, after.longestMs) < MOST_BUSY_MS, facts);
    assert.ok(after.heap - before.heap < MOST_GROWTH, facts);
    assert.ok(after.rss - before.rss < MOST_GROWTH, facts);
    assert.ok((statuses.get(400) ?? 0) > REQUESTS / 3, facts);
    assert.equal(endpoint.said(), "", "it has written no errors of its own");
  });
});
