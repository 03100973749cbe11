/** The log: who did what, with what result and how long it took. No headers, bodies, queries or messages. */
import { randomUUID } from "node:crypto";
import { LogController, type FastifyInstance, type FastifyServerOptions } from "fastify";

/** What Fastify is started with, for its log. */
export function logOptions(
  level: string,
  stream?: { write(line: string): void },
): Pick<FastifyServerOptions, "logger" | "genReqId" | "logController" | "requestIdHeader"> {
  return {
    logger: {
      level,
      ...(stream === undefined ? {} : { stream }),
      base: undefined,
      // Nothing of ours logs these; a plugin might.
      redact: {
        paths: ["req.headers", "headers", "body", "authorization", "*.authorization", "*.cookie"],
        censor: "(hidden)",
      },
      serializers: {
        req: ({ method, url }: { method?: string; url?: string }) => ({
          method,
          path: url?.split("?")[0],
        }),
        err: ({ name, code }: Error & { code?: string }) => ({
          type: name,
          message: "",
          stack: "",
          code,
        }),
      },
    },
    // A client's own id would go into the log as it is.
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    // Ours are in logRequests.
    logController: new LogController({ disableRequestLogging: true }),
  };
}

/** Logs each request when it is answered. */
export function logRequests(app: FastifyInstance): void {
  app.addHook("onResponse", (request, reply, done) => {
    const { url } = request.routeOptions;
    const isProbe = url === "/healthz" || url === "/readyz";
    request.log[isProbe ? "debug" : "info"](
      {
        method: request.method,
        route: url ?? "none",
        params: request.params,
        tenant: request.tenant?.name,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      "request",
    );
    done();
  });
}
