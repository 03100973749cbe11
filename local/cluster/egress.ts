/**
 * Program: serves the egress socket of one cluster until it is stopped.
 *
 * Arguments: the socket, the file with further routes, then fixed routes as `<address>=127.0.0.1:<port>`.
 */
import { rmSync } from "node:fs";
import { currentRoutes, decide } from "./egressRoutes";
import { serveEgress } from "./egressServer";

async function main(): Promise<void> {
  const [socket, routesFile, ...fixedRoutes] = process.argv.slice(2);
  if (socket === undefined || routesFile === undefined) {
    throw new Error("usage: egress.ts <socket> <routes file> [<address>=127.0.0.1:<port> …]");
  }
  const fixed = Object.fromEntries(
    fixedRoutes.map((route) => route.split("=", 2) as [string, string]),
  );
  const log = (line: string): void => console.log(`${new Date().toISOString()} ${line}`);
  await serveEgress(socket, {
    decide: (address) => decide(address, currentRoutes(fixed, routesFile)),
    log,
  });
  log(`serving ${socket}`);
  process.on("SIGTERM", () => {
    rmSync(socket, { force: true });
    process.exit(0);
  });
}

void main();
