/** Which addresses of the simulation lead somewhere: only to programs on this machine's loopback. */
import { readJsonObject } from "../processes/files";

/** A place on this machine. */
export interface LoopbackTarget {
  host: "127.0.0.1";
  port: number;
}

/** Whether an address may be reached, and where it leads. */
export type RouteDecision =
  { allowed: true; target: LoopbackTarget } | { allowed: false; reason: string };

function loopbackTarget(text: unknown): LoopbackTarget | undefined {
  const port = typeof text === "string" ? /^127\.0\.0\.1:(\d{1,5})$/.exec(text)?.[1] : undefined;
  const number = Number(port);
  return port !== undefined && number > 0 && number < 65_536
    ? { host: "127.0.0.1", port: number }
    : undefined;
}

/**
 * Decides about one address.
 *
 * @param address what the API server asks for: `<host>:<port>`
 * @param routes address to `127.0.0.1:<port>`; a route to anywhere else counts as none
 */
export function decide(address: string, routes: Record<string, unknown>): RouteDecision {
  if (!Object.hasOwn(routes, address)) {
    return { allowed: false, reason: "it is simulated, and nothing is registered for it" };
  }
  const target = loopbackTarget(routes[address]);
  return target === undefined
    ? { allowed: false, reason: "its route does not lead to 127.0.0.1" }
    : { allowed: true, target };
}

/** The fixed routes and those of the file, which is read every time: a test may add one while we run. */
export function currentRoutes(
  fixed: Readonly<Record<string, string>>,
  file: string,
): Record<string, unknown> {
  return { ...readJsonObject(file), ...fixed };
}
