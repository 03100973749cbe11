/** HTTPS on loopback, with a certificate of its own authority for each Service that the webhook stands behind. */
import { createServer } from "node:https";
import type { Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createSecureContext } from "node:tls";
import type { SecureContext } from "node:tls";
import { newAuthority } from "../cluster/certificates";
import { mutate, validate } from "./admission";
import type { AdmissionRequest, AdmissionResponse } from "./admission";

/** Answers by path, as cert-manager's webhook has them. */
const PATHS: Record<string, (request: AdmissionRequest) => AdmissionResponse> = {
  "/mutate": mutate,
  "/validate": validate,
};

/** What the listener must know. */
export interface ListenerOptions {
  port: number;
  /** Milliseconds that an answer takes for the Service with that host name; nothing for an unknown one. */
  late: (host: string) => number | undefined;
  say: (line: string) => void;
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  message.setEncoding("utf8");
  let text = "";
  for await (const part of message) {
    text += String(part);
  }
  return text;
}

async function answer(
  message: IncomingMessage,
  response: ServerResponse,
  { late, say }: ListenerOptions,
): Promise<void> {
  const path = new URL(message.url ?? "/", "https://webhook").pathname;
  const decide = PATHS[path];
  if (decide === undefined) {
    response.writeHead(404).end();
    return;
  }
  const { request } = JSON.parse(await bodyOf(message)) as { request: AdmissionRequest };
  const host = String(Reflect.get(message.socket, "servername"));
  await sleep(late(host) ?? 0);
  const decision = decide(request);
  if (!decision.allowed) {
    say(`${host}: refused: ${decision.status?.message}`);
  }
  const review = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: decision };
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(review));
}

/** What listens. */
export interface Listener {
  /** Certificate of its authority, made anew at each start. */
  authority: string;
  server: Server;
}

/** Begins to listen. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const authority = await newAuthority("science-platform stand webhook");
  const contexts = new Map<string, Promise<SecureContext>>();
  const contextFor = async (host: string): Promise<SecureContext> => {
    const { certificate, key } = await authority.issue({
      commonName: host,
      server: { names: [host], addresses: [] },
    });
    return createSecureContext({ cert: certificate, key });
  };
  const server = createServer({
    SNICallback: (host, done) => {
      if (options.late(host) === undefined) {
        done(new Error(`nothing stands behind ${host}`));
        return;
      }
      const context = contexts.get(host) ?? contextFor(host);
      contexts.set(host, context);
      context.then((found) => done(null, found), done);
    },
  });
  server.on("request", (message, response) => {
    answer(message, response, options).catch((error: unknown) => {
      options.say(`failed: ${error instanceof Error ? error.message : String(error)}`);
      response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: options.port, host: "127.0.0.1", exclusive: true }, resolve);
  });
  return { authority: authority.certificate, server };
}
