/** Connections at the end of a server: it waits for all of them, so those without a request must be closed. */
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";

/** How often connections are looked at while the server closes. */
const SWEEP_MS = 50;

/**
 * While the server closes, closes every connection that has no request under way. Node does so for those that have
 * answered one, once, and neither for those that become idle later nor for those that never had one.
 */
export function closeUnused(app: FastifyInstance): void {
  /** Requests under way. */
  const underWay = new Map<Socket, number>();
  app.server.on("connection", (socket) => {
    underWay.set(socket, 0);
    socket.once("close", () => underWay.delete(socket));
  });
  app.server.on("request", ({ socket }, response) => {
    const count = (more: number): void => {
      if (underWay.has(socket)) {
        underWay.set(socket, (underWay.get(socket) ?? 0) + more);
      }
    };
    count(1);
    response.once("close", () => count(-1));
  });
  let timer: NodeJS.Timeout | undefined;
  app.addHook("preClose", (done) => {
    timer = setInterval(() => {
      underWay.forEach((count, socket) => {
        if (count === 0) {
          socket.destroy();
        }
      });
    }, SWEEP_MS);
    done();
  });
  app.addHook("onClose", (_app, done) => {
    clearInterval(timer);
    done();
  });
}
