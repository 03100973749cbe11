/** The HTTP server: what is common to all routes, and which routes there are. */
import Fastify, { type FastifyInstance, type FastifyPluginAsync } from "fastify";
import type { EndpointSettings } from "../components/model/endpointSettings";
import { takeJson } from "./http/body";
import { closeUnused } from "./http/connections";
import { answerBroken, answerError, answerNotFound } from "./http/faults";
import { requireTenant } from "./http/identity";
import { logOptions, logRequests } from "./http/logging";
import { watchMethods } from "./http/methods";
import type { Metrics } from "./http/metrics";
import { describeRoutes } from "./http/openapi";
import { clusterRoutes } from "./routes/cluster";
import { deploymentRoutes } from "./routes/deployments";
import { healthRoutes } from "./routes/health";
import { itemRoutes } from "./routes/items";
import { podRoutes } from "./routes/pods";
import { addSchemas } from "./routes/schemas";
import { valuesRoutes } from "./routes/values";
import type { Authenticator } from "./seams";
import type { Service } from "./service";
import { createRateLimits, type RateLimits } from "./tenancy";

/** What a server works with. */
export interface ServerOptions {
  settings: Pick<EndpointSettings, "limits" | "rateLimit">;
  service: Service;
  authenticator: Authenticator;
  /** What is missing before requests can be answered; nothing when they can. */
  notReady: () => string | undefined;
  /** Whether it is about to close: then connections are not kept, so that clients go elsewhere. @default never */
  isStopping?: () => boolean;
  /** @default nothing is measured */
  metrics?: Metrics;
  /** Level of the log. @default "info" */
  logLevel?: string;
  /** Where the log goes. @default standard output */
  logStream?: { write(line: string): void };
  /** The page for people, which counts requests as the API does. @default none */
  page?: (limits: RateLimits) => FastifyPluginAsync | undefined;
}

/** JSON may escape every byte of a document, as \u and four digits. */
const BYTES_PER_BYTE = 6;
const OTHER_FIELDS = 16 * 1024;

/** Makes a server, with all its routes; it does not listen yet. */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const { settings, service, authenticator, notReady, isStopping, metrics, page } = options;
  const { limits, rateLimit } = settings;
  const app = Fastify({
    ...logOptions(options.logLevel ?? "info", options.logStream),
    bodyLimit: limits.maxDocumentBytes * BYTES_PER_BYTE + OTHER_FIELDS,
    // A request must be there after this time, however slowly it is sent; answers may take as long as they like.
    requestTimeout: 30_000,
    // Longer than proxies keep theirs, so that it is they who end a connection.
    keepAliveTimeout: 75_000,
    http: { headersTimeout: 10_000, maxHeaderSize: 32 * 1024 },
    forceCloseConnections: "idle",
    exposeHeadRoutes: false,
    frameworkErrors: answerError,
    clientErrorHandler: answerBroken,
    routerOptions: { maxParamLength: 300 },
    ajv: {
      customOptions: { removeAdditional: false, coerceTypes: true, allErrors: true, verbose: true },
    },
  });
  closeUnused(app);
  app.decorateRequest("tenant", undefined);
  app.decorateRequest("leave", undefined);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(answerNotFound);
  app.addHook("onSend", (_request, reply, _payload, next) => {
    if (isStopping?.() === true) {
      void reply.header("connection", "close");
    }
    next();
  });
  logRequests(app);
  metrics?.measure(app);
  const counted = await createRateLimits(app, rateLimit);
  await describeRoutes(app);
  healthRoutes(app, notReady);
  const refuseOthers = watchMethods(app);
  await app.register((api, _options, done) => {
    addSchemas(api);
    takeJson(api);
    requireTenant(api, authenticator, counted);
    api.addHook("onSend", (_request, reply, _payload, next) => {
      void reply.headers({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
      next();
    });
    deploymentRoutes(api, service, limits.maxReplicas);
    podRoutes(api, service, counted);
    valuesRoutes(api, service);
    itemRoutes(api, service);
    clusterRoutes(api, service);
    done();
  });
  await app.register((rest, _options, done) => {
    refuseOthers(rest);
    rest.get("/openapi.json", { schema: { hide: true } }, () => app.swagger());
    done();
  });
  const people = page?.(counted);
  if (people !== undefined) {
    await app.register(people);
  }
  return app;
}
