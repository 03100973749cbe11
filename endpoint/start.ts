/** Puts the parts of the endpoint together, starts them, and ends them in order. */
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import type { EndpointSettings } from "../components/model/endpointSettings";
import { createService } from "./deployments";
import { newMetrics, serveMetrics } from "./http/metrics";
import { findAccess } from "./kubernetes/access";
import { copiesOf, openCaches } from "./kubernetes/caches";
import { HttpPool } from "./kubernetes/httpPool";
import { pagePlugin, readPageSettings } from "./page/plugin";
import type { Authenticator } from "./seams";
import { buildServer } from "./server";
import {
  createAuthenticator,
  createCapacity,
  createHostnames,
  createRecordSource,
  createTenantNamespaces,
} from "./tenancy";

/** A running endpoint. */
export interface Endpoint {
  app: FastifyInstance;
  /** Port that it listens on. */
  port: number;
  /** Port of its metrics, where they are served. */
  metricsPort?: number;
  /** Ends it: not ready any more, then no new requests, then those under way to their end. */
  stop(): Promise<void>;
}

/** What tests put in place of parts. */
export interface StartOptions {
  authenticator?: Authenticator;
}

/** How long requests still come after a replica has said that it is not ready: probes and proxies take a moment. */
const NOTICE_MS = 2_500;

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Starts the endpoint. It listens at once, and is ready when it knows the deployments that there are.
 *
 * @throws Error when a port is taken or a file of the settings cannot be read
 */
export async function start(
  settings: EndpointSettings,
  env: NodeJS.ProcessEnv = process.env,
  options: StartOptions = {},
): Promise<Endpoint> {
  const metrics = newMetrics();
  const kubernetes = new HttpPool(findAccess(env), metrics.observer);
  // What is read from the cluster may fail before there is a server.
  const server: { app?: FastifyInstance } = {};
  const log = (error: unknown, what: string): void => {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    server.app?.log.warn({ cause: cause instanceof Error ? cause.message : String(cause) }, what);
  };
  const caches = openCaches(kubernetes, (kind, reason) => log(reason, `no news of ${kind}`));
  const copies = copiesOf(caches);
  const capacity = createCapacity(settings, kubernetes, {
    onError: (error) => log(error, "the GPUs cannot be read"),
  });
  const authenticator = options.authenticator ?? createAuthenticator(settings);
  const source =
    settings.recordSource === undefined ? undefined : createRecordSource(settings.recordSource);
  const service = createService({
    settings,
    kubernetes,
    caches,
    capacity,
    namespaces: createTenantNamespaces(settings, kubernetes),
    hostnames: createHostnames(settings, kubernetes),
    source,
  });
  const page = readPageSettings(settings);
  // The cluster answers while the server is being made.
  copies.forEach(([, copy]) => void copy.start());
  void capacity.read();
  let isStopping = false;
  const notReady = (): string | undefined => {
    const missing = copies.filter(([, { isReady }]) => !isReady);
    return isStopping
      ? "stopping"
      : missing.length > 0
        ? `reading ${missing.map(([kind]) => kind).join(", ")}`
        : undefined;
  };
  const app = await buildServer({
    settings,
    service,
    authenticator,
    notReady,
    isStopping: () => isStopping,
    metrics,
    logLevel: env["LOG_LEVEL"] ?? "info",
    page: (limits) =>
      page === undefined
        ? undefined
        : pagePlugin({ settings, page, service, authenticator, kubernetes, limits }),
  });
  server.app = app;
  copies.forEach(([kind, copy]) => metrics.watch(kind, copy));
  const figures =
    settings.metricsPort === undefined
      ? undefined
      : await serveMetrics(metrics.registry, settings.listen.host, settings.metricsPort);
  await app.listen(settings.listen);

  async function stop(): Promise<void> {
    isStopping = true;
    const limit = settings.drainSeconds * 1000;
    const notice = Math.min(NOTICE_MS, limit / 2);
    await sleep(notice);
    const cut = setTimeout(() => app.server.closeAllConnections(), limit - notice);
    await app.close();
    clearTimeout(cut);
    copies.forEach(([, copy]) => copy.close());
    capacity.close();
    authenticator.close();
    await Promise.all([figures?.close(), source?.close(), kubernetes.close()]);
  }

  return {
    app,
    port: (app.server.address() as AddressInfo).port,
    metricsPort: figures?.port,
    stop,
  };
}
