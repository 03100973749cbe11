/** For the kubelet: whether the process works, and whether requests should come here. */
import type { FastifyInstance } from "fastify";
import { exactly } from "./schemas";

const answer = exactly({ status: { type: "string" } });

/** @param notReady what is missing before requests can be answered; nothing when they can */
export function healthRoutes(app: FastifyInstance, notReady: () => string | undefined): void {
  const schema = { hide: true, response: { 200: answer, 503: answer } };
  app.get("/healthz", { schema }, () => ({ status: "ok" }));
  app.get("/readyz", { schema }, (_request, reply) => {
    const missing = notReady();
    return reply.code(missing === undefined ? 200 : 503).send({ status: missing ?? "ok" });
  });
}
