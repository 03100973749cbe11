/** The loopback ports of a cluster: chosen once, kept in a file, chosen anew only when somebody took them. */
import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { readJsonObject, writeWhole } from "../processes/files";

/** What listens, one port each. */
export const PORT_NAMES = [
  "etcd",
  "etcdPeer",
  "apiserver",
  "controllerManager",
  "scheduler",
  "kwok",
  "webhook",
] as const;
export type PortName = (typeof PORT_NAMES)[number];
export type Ports = Record<PortName, number>;

/** Below what systems hand out for outgoing connections, so that none of those takes a remembered port. */
const FIRST = 20_000;
const LAST = 29_999;
const ATTEMPTS = 200;

/** Whether nothing listens on a loopback port. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () =>
      server.close(() => resolve(true)),
    );
  });
}

/** A free port that is not among `taken`. */
async function anyFree(taken: ReadonlySet<number>): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(FIRST, LAST + 1);
    if (!taken.has(port) && (await isFree(port))) {
      return port;
    }
  }
  throw new Error(`no free port found between ${FIRST} and ${LAST}`);
}

/**
 * The ports of a cluster: those in the file that are still free or ours, others chosen anew. The file is
 * rewritten when one changed.
 *
 * @param file JSON object of ports by name; may be absent or damaged
 * @param held whether the process that listens on that port runs and was started by us
 * @param reserved ports of the other clusters, never chosen
 */
export async function choosePorts(
  file: string,
  held: (name: PortName) => boolean,
  reserved: readonly number[] = [],
): Promise<Ports> {
  const remembered = readJsonObject(file) ?? {};
  const taken = new Set(reserved);
  const ports: Partial<Ports> = {};
  for (const name of PORT_NAMES) {
    const port = remembered[name];
    if (isPort(port) && !taken.has(port) && (held(name) || (await isFree(port)))) {
      ports[name] = port;
      taken.add(port);
    }
  }
  for (const name of PORT_NAMES) {
    if (ports[name] === undefined) {
      ports[name] = await anyFree(taken);
      taken.add(ports[name]);
    }
  }
  writeWhole(file, `${JSON.stringify(ports, undefined, 2)}\n`);
  return ports as Ports;
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 1023 && (value as number) < 65_536;
}
