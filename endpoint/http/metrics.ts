/** Figures for Prometheus: requests here, requests to the API server, copies of its objects, and the process itself. */
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { ApiObserver } from "../kubernetes/httpPool";

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** A copy of objects of the API server, as far as its figures go. */
interface Copy {
  readonly size: number;
  readonly silentMs: number;
}

/** All figures of one process. */
export interface Metrics {
  registry: Registry;
  /** For the connections to the API server. */
  observer: ApiObserver;
  /** Measures the requests of a server. */
  measure(app: FastifyInstance): void;
  /** Shows how many objects a copy holds, and how old it is. */
  watch(kind: string, copy: Copy): void;
}

/** New figures, all zero. */
export function newMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: "science_platform_endpoint_request_seconds",
    help: "Time to answer a request, by method, route and status",
    labelNames: ["method", "route", "status"],
    buckets: SECONDS,
    registers,
  });
  const calls = new Histogram({
    name: "science_platform_endpoint_api_call_seconds",
    help: "Time of one try of a request to the API server, by method and status; 0 is no answer",
    labelNames: ["method", "status"],
    buckets: SECONDS,
    registers,
  });
  const retries = new Counter({
    name: "science_platform_endpoint_api_retries_total",
    help: "Requests to the API server that were sent again, by method and reason",
    labelNames: ["method", "reason"],
    registers,
  });
  const copies = new Map<string, Copy>();
  const perKind = (name: string, help: string, value: (copy: Copy) => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ["kind"],
      registers,
      collect() {
        copies.forEach((copy, kind) => this.set({ kind }, value(copy)));
      },
    });
  };
  perKind("science_platform_endpoint_objects", "Objects in the copy", ({ size }) => size);
  perKind(
    "science_platform_endpoint_watch_silent_seconds",
    "Since when the copy gets no news; 0 while it does",
    ({ silentMs }) => silentMs / 1000,
  );
  return {
    registry,
    observer: {
      answered: (method, status, seconds) =>
        calls.observe({ method, status: String(status) }, seconds),
      retried: (method, reason) => retries.inc({ method, reason }),
    },
    measure: (app) => {
      app.addHook("onResponse", (request, reply, done) => {
        const route = request.routeOptions.url ?? "none";
        const { method } = request;
        const status = String(reply.statusCode);
        requests.observe({ method, route, status }, reply.elapsedTime / 1000);
        done();
      });
    },
    watch: (kind, copy) => copies.set(kind, copy),
  };
}

/** Serves the figures at `/metrics`, on a port apart from the API. */
export async function serveMetrics(
  registry: Registry,
  host: string,
  port: number,
): Promise<{ port: number; close(): Promise<void> }> {
  const server = http.createServer((request, response) => {
    if (request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { "content-type": registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
