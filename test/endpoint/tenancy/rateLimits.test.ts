import assert from "node:assert/strict";
import Fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { HttpFault } from "../../../endpoint/seams";
import { createRateLimits, type RateLimits } from "../../../endpoint/tenancy";
import { settings } from "../../support/endpointSettings";
import { tenant } from "../../support/fakeKubernetes";

const LIMITS = { reads: 3, writes: 2, refused: 2, streams: 2, inFlight: 2 };

describe("RateLimits", () => {
  let app: FastifyInstance;
  let limits: RateLimits;
  let use: (request: FastifyRequest) => Promise<void>;

  beforeEach(async () => {
    app = Fastify();
    limits = await createRateLimits(app, settings({ rateLimit: LIMITS }).rateLimit);
    app.setErrorHandler((error, _request, reply) => {
      assert.ok(error instanceof HttpFault, String(error));
      return reply
        .status(error.status)
        .headers(error.headers ?? {})
        .send(error.errors);
    });
    app.all("/*", async (request) => {
      await use(request);
      return "";
    });
    await app.ready();
  });
  afterEach(() => app.close());

  async function statuses(
    method: "GET" | "PUT",
    times: number,
    ip = "127.0.0.1",
  ): Promise<number[]> {
    const found: number[] = [];
    for (let index = 0; index < times; index++) {
      found.push((await app.inject({ method, url: `/${index}`, remoteAddress: ip })).statusCode);
    }
    return found;
  }

  it("counts reads and writes of a subject apart, over all routes", async () => {
    use = (request) => limits.taken(request, tenant("alice"));
    assert.deepEqual(await statuses("GET", 5), [200, 200, 200, 429, 429]);
    assert.deepEqual(await statuses("PUT", 3), [200, 200, 429]);
  });

  it("counts each subject for itself, wherever it comes from", async () => {
    use = (request) => limits.taken(request, tenant("alice"));
    assert.deepEqual(await statuses("PUT", 2, "10.0.0.1"), [200, 200]);
    assert.deepEqual(await statuses("PUT", 1, "10.0.0.2"), [429]);
    use = (request) => limits.taken(request, tenant("bob"));
    assert.deepEqual(await statuses("PUT", 2, "10.0.0.1"), [200, 200]);
  });

  it("says when to come back", async () => {
    use = (request) => limits.taken(request, tenant("alice"));
    await statuses("PUT", 2);
    const answer = await app.inject({ method: "PUT", url: "/" });
    const seconds = Number(answer.headers["retry-after"]);
    assert.ok(seconds >= 1 && seconds <= 60, String(answer.headers["retry-after"]));
    assert.deepEqual(answer.json(), [{ message: `Too many changes. Try again in ${seconds} s.` }]);
  });

  it("counts refusals by address, and holds up nobody with a token for them", async () => {
    use = (request) => limits.refused(request);
    assert.deepEqual(await statuses("GET", 4), [200, 200, 429, 429]);
    assert.deepEqual(await statuses("GET", 1, "10.0.0.9"), [200]);
    use = (request) => limits.taken(request, tenant("alice"));
    assert.deepEqual(await statuses("GET", 1), [200]);
  });

  it("lets so many requests be under way at once", () => {
    const leave = limits.entered();
    limits.entered();
    assert.throws(() => limits.entered(), { status: 503 });
    leave();
    leave();
    limits.entered();
    assert.throws(() => limits.entered(), { status: 503 });
  });

  it("lets a subject follow so many logs at once", () => {
    const end = limits.followed(tenant("alice"));
    limits.followed(tenant("alice"));
    assert.throws(() => limits.followed(tenant("alice")), { status: 429 });
    limits.followed(tenant("bob"));
    end();
    end();
    limits.followed(tenant("alice"));
    assert.throws(() => limits.followed(tenant("alice")), { status: 429 });
  });
});
