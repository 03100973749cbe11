/**
 * The way from the API server into the simulated cluster: an HTTP CONNECT proxy on a Unix socket. Nodes,
 * pods and Services have addresses that exist nowhere, and on a real network their packets would go to
 * strangers, so everything is refused except what is routed to this machine's loopback.
 */
import { chmodSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import type { RouteDecision } from "./egressRoutes";

/** How the socket's server decides and tells. */
export interface EgressOptions {
  decide(address: string): RouteDecision;
  log(line: string): void;
}

function refuse(client: Duplex, status: string, reason: string): void {
  const text = `${reason}\n`;
  client.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
}

function handle(address: string, client: Duplex, head: Buffer, options: EgressOptions): void {
  client.on("error", () => client.destroy());
  const decision = options.decide(address);
  if (!decision.allowed) {
    options.log(`refused ${address}: ${decision.reason}`);
    // The API server shows the status line to whoever asked, not the body.
    refuse(client, "403 Refused by the local stand", `${address}: ${decision.reason}`);
    return;
  }
  const { host, port } = decision.target;
  const target = connect(port, host);
  let joined = false;
  target.once("connect", () => {
    joined = true;
    options.log(`routed ${address} to ${host}:${port}`);
    client.write("HTTP/1.1 200 Connection established\r\n\r\n");
    target.write(head);
    target.pipe(client).pipe(target);
  });
  target.on("error", (error) => {
    options.log(`failed ${address} at ${host}:${port}: ${error.message}`);
    if (joined) {
      client.destroy();
    } else {
      refuse(client, "502 Nothing answers there", error.message);
    }
  });
  client.on("close", () => target.destroy());
}

/** Serves the socket; one that a former process left behind is replaced. */
export async function serveEgress(socket: string, options: EgressOptions): Promise<Server> {
  const server = createServer((message, response) => {
    const known = message.method === "GET" && message.url === "/healthz";
    response.writeHead(known ? 200 : 405).end(known ? "ok\n" : "CONNECT only\n");
  });
  server.on("connect", (message, client, head) => handle(message.url ?? "", client, head, options));
  rmSync(socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, resolve);
  });
  chmodSync(socket, 0o600);
  return server;
}
