/** When a request to the API server is sent again. */
import assert from "node:assert/strict";
import { retrying, type Clock, type Outcome } from "../../../endpoint/kubernetes/retry";

/** Time that passes only while something sleeps, and dice that always show the most. */
function clock(): Clock & { slept: number[] } {
  let now = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    random: () => 1,
    sleep: (ms) => {
      slept.push(ms);
      now += ms;
      return Promise.resolve();
    },
  };
}

/** Tries that come to these outcomes, and how many there were. */
async function run(
  outcomes: Outcome<string>[],
  repeatable = true,
): Promise<{ last: Outcome<string>; tries: number; slept: number[]; retried: number }> {
  let tries = 0;
  let retried = 0;
  const time = clock();
  const last = await retrying(
    () => Promise.resolve(outcomes[Math.min(tries++, outcomes.length - 1)]!),
    repeatable,
    () => retried++,
    time,
  );
  return { last, tries, slept: time.slept, retried };
}

const GOOD: Outcome<string> = { status: 200, result: "good" };

describe("requests to the API server that are sent again", () => {
  for (const status of [429, 500, 502, 503, 504]) {
    it(`is sent again after ${status}`, async () => {
      const { last, tries, retried } = await run([{ status }, GOOD]);
      assert.deepEqual([last, tries, retried], [GOOD, 2, 1]);
    });
  }

  for (const status of [200, 201, 400, 401, 403, 404, 409, 410, 422]) {
    it(`is not sent again after ${status}`, async () => {
      const { tries } = await run([{ status }, GOOD]);
      assert.equal(tries, 1);
    });
  }

  it("is sent again after a connection that broke", async () => {
    const { last, tries } = await run([{ code: "ECONNRESET" }, { code: "UND_ERR_SOCKET" }, GOOD]);
    assert.deepEqual([last, tries], [GOOD, 3]);
  });

  it("is not sent again when it may have been carried out and must not be twice", async () => {
    assert.equal((await run([{ code: "ECONNRESET" }, GOOD], false)).tries, 1);
    assert.equal((await run([{ status: 500 }, GOOD], false)).tries, 1);
  });

  it("is sent again even so when it was never carried out", async () => {
    assert.equal((await run([{ code: "ECONNREFUSED" }, GOOD], false)).tries, 2);
    assert.equal((await run([{ status: 429 }, GOOD], false)).tries, 2);
  });

  it("gives up after five tries, with the last outcome", async () => {
    const { last, tries } = await run([{ status: 503 }]);
    assert.deepEqual([last, tries], [{ status: 503 }, 5]);
  });

  it("waits longer each time, and as long as Retry-After says", async () => {
    const { slept } = await run([
      { status: 503 },
      { status: 503 },
      { status: 429, retryAfter: 1 },
      GOOD,
    ]);
    assert.deepEqual(slept, [100, 200, 1400]);
  });

  it("does not wait beyond ten seconds", async () => {
    const { last, tries } = await run([{ status: 429, retryAfter: 4 }]);
    assert.deepEqual([last.status, tries], [429, 3]);
  });
});
