/** How much one subject may ask for, of one replica. */
import fastifyRateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { EndpointSettings } from "../../components/model/endpointSettings";
import type { Tenant } from "../seams";
import { refusal, unavailable } from "./faults";

/** Counts requests. */
export interface RateLimits {
  /**
   * Counts a request of a tenant's subject; reads and writes apart.
   *
   * @throws HttpFault 429 with Retry-After
   */
  taken(request: FastifyRequest, tenant: Tenant): Promise<void>;
  /**
   * Counts a request without a valid token by its address. It is refused in any case: a valid token is never
   * held up by what others do from the same address, which may be the ingress controller's.
   *
   * @throws HttpFault 429 with Retry-After
   */
  refused(request: FastifyRequest): Promise<void>;
  /**
   * Counts a request that is under way; the function returned ends it.
   *
   * @throws HttpFault 503 when there are too many
   */
  entered(): () => void;
  /**
   * Counts a log that is followed; the function returned ends it.
   *
   * @throws HttpFault 429 when the subject follows too many
   */
  followed(tenant: Tenant): () => void;
}

const MINUTE = 60_000;
const READS = new Set(["GET", "HEAD", "OPTIONS"]);

/** A release that counts once, however often it is called. */
function once(release: () => void): () => void {
  let done = false;
  return () => {
    if (!done) {
      done = true;
      release();
    }
  };
}

/** Registers the limits; call it before the routes. */
export async function createRateLimits(
  app: FastifyInstance,
  settings: EndpointSettings["rateLimit"],
): Promise<RateLimits> {
  await app.register(fastifyRateLimit, { global: false });
  const subjects = new WeakMap<FastifyRequest, string>();
  const bySubject = (request: FastifyRequest): string => subjects.get(request) ?? "";
  const limiter = (max: number, keyGenerator: (request: FastifyRequest) => string) =>
    app.createRateLimit({ max, timeWindow: MINUTE, keyGenerator });
  const reads = limiter(settings.reads, bySubject);
  const writes = limiter(settings.writes, bySubject);
  const refusals = limiter(settings.refused, ({ ip }) => ip);

  async function count(
    limit: ReturnType<typeof limiter>,
    request: FastifyRequest,
    what: string,
  ): Promise<void> {
    const found = await limit(request);
    if (!found.isAllowed && found.isExceeded) {
      const seconds = Math.max(1, found.ttlInSeconds);
      throw refusal(429, `Too many ${what}. Try again in ${seconds} s.`, {
        "Retry-After": String(seconds),
      });
    }
  }

  let underWay = 0;
  const following = new Map<string, number>();

  return {
    async taken(request, { subject }) {
      subjects.set(request, subject);
      await (READS.has(request.method)
        ? count(reads, request, "requests")
        : count(writes, request, "changes"));
    },

    refused: (request) => count(refusals, request, "requests without a valid token"),

    entered() {
      if (underWay >= settings.inFlight) {
        throw unavailable("Too many requests are under way. Try again.", 1);
      }
      underWay += 1;
      return once(() => {
        underWay -= 1;
      });
    },

    followed({ subject }) {
      const now = following.get(subject) ?? 0;
      if (now >= settings.streams) {
        throw refusal(429, `You follow ${now} logs already. Close one first.`, {
          "Retry-After": "5",
        });
      }
      following.set(subject, now + 1);
      return once(() => {
        const left = (following.get(subject) ?? 1) - 1;
        if (left === 0) {
          following.delete(subject);
        } else {
          following.set(subject, left);
        }
      });
    },
  };
}
