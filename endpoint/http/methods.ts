/** Says which methods a path has, where it is asked for with another one. */
import type { FastifyInstance } from "fastify";
import { HttpFault } from "../seams";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"];

/**
 * Follows which routes are added from now on.
 *
 * @returns what makes their paths answer 405 to all other methods, once they are added
 */
export function watchMethods(app: FastifyInstance): (app: FastifyInstance) => void {
  const byPath = new Map<string, string[]>();
  app.addHook("onRoute", ({ url, method }) => {
    byPath.set(url, [...(byPath.get(url) ?? []), ...[method].flat()]);
  });
  return (rest) => {
    for (const [url, allowed] of [...byPath]) {
      const message = `This path has no such method. It has ${allowed.join(", ")}.`;
      rest.route({
        url,
        method: METHODS.filter((method) => !allowed.includes(method)),
        schema: { hide: true },
        // Before anything is read.
        onRequest: () =>
          Promise.reject(new HttpFault(405, [{ message }], { allow: allowed.join(", ") })),
        handler: () => undefined,
      });
    }
  };
}
