/** Who asks, settled before anything of a request is read: no body of a stranger is ever looked at. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { HttpFault, type Authenticator, type Tenant } from "../seams";
import type { RateLimits } from "../tenancy";

declare module "fastify" {
  interface FastifyRequest {
    /** Of requests to the API alone. */
    tenant?: Tenant;
    /** Ends the count of this request among those under way. */
    leave?: () => void;
  }
}

/** The tenant of a request to the API. */
export function tenantOf(request: FastifyRequest): Tenant {
  if (request.tenant === undefined) {
    throw new Error("this route is not behind requireTenant");
  }
  return request.tenant;
}

/** Lets requests in that have a valid token, and no more of them than the limits say. */
export function requireTenant(
  app: FastifyInstance,
  authenticator: Authenticator,
  limits: RateLimits,
): void {
  app.addHook("onRequest", async (request) => {
    request.leave = limits.entered();
    try {
      request.tenant = await authenticator.tenantOf(request.headers.authorization);
    } catch (error) {
      if (error instanceof HttpFault && error.status === 401) {
        await limits.refused(request);
      }
      throw error;
    }
    await limits.taken(request, request.tenant);
  });
  app.addHook("onResponse", (request, _reply, done) => {
    request.leave?.();
    done();
  });
}
