/** Looks whether a minikube shows Covalent's tasks their data store, and only looks. */
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { once } from "node:events";
import { minikubeProblem, type MinikubeFacts } from "../../components/model/covalent/minikube";
import { MINIKUBE_PROFILE, TASK_FOLDER } from "../../components/model/covalent/settings";
import { formatProblem } from "../../components/model/problems";

/** What there is to look at. */
export interface MountedMinikube {
  /** Profile of minikube. @default "minikube" */
  profile?: string;
  /** The data store on this machine. */
  path: string;
}

const TIMEOUT_MS = 15_000;
const NODE_SECONDS = 3;
const HOST = "host.minikube.internal";

interface Finished {
  ok: boolean;
  stdout: string;
  /** Whether there is no such command. */
  absent: boolean;
}

function minikube(profile: string, args: string[]): Promise<Finished> {
  return new Promise((resolve) => {
    execFile(
      "minikube",
      ["-p", profile, ...args],
      { timeout: TIMEOUT_MS, encoding: "utf8" },
      (error, stdout) => {
        resolve({ ok: error === null, stdout, absent: error?.code === "ENOENT" });
      },
    );
  });
}

/** One command on the node, ended there when it hangs: a dead mount lets every access hang. */
function onNode(profile: string, command: string): Promise<Finished> {
  const bounded = `timeout ${NODE_SECONDS} bash -c '${command}'`;
  return minikube(profile, ["ssh", "--", bounded]);
}

function isRunning(status: string): boolean {
  try {
    return (JSON.parse(status) as { Host?: string }).Host === "Running";
  } catch {
    return false;
  }
}

/** Host and port that the node's 9p mount of the tasks' folder comes from. */
function mountSource(mounts: string): { host: string; port: number } | undefined {
  for (const line of mounts.split("\n")) {
    const [host = "", folder, type, options = ""] = line.trim().split(/\s+/);
    const port = /(?:^|,)port=(\d+)/.exec(options)?.[1];
    if (folder === TASK_FOLDER && type === "9p" && port !== undefined) {
      return { host, port: Number(port) };
    }
  }
  return undefined;
}

/** Whether somebody on this machine listens there. */
async function listens(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: NODE_SECONDS * 1000 });
  try {
    await Promise.race([
      once(socket, "connect"),
      once(socket, "timeout").then(() => Promise.reject(new Error("timeout"))),
    ]);
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Listens for a moment where mount servers do; nothing when the node's name for this machine is not its address. */
async function listener(host: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  try {
    await once(server.listen(0, host), "listening");
    return server;
  } catch {
    return undefined;
  }
}

/** Whether the node reaches this machine; nothing where that cannot be told. */
async function isReachable(profile: string): Promise<boolean | undefined> {
  const { ok, stdout } = await onNode(profile, `getent hosts ${HOST}`);
  const host = stdout.trim().split(/\s+/)[0] ?? "";
  const server = ok && host !== "" ? await listener(host) : undefined;
  if (server === undefined) {
    return undefined;
  }
  try {
    const { port } = server.address() as AddressInfo;
    return (await onNode(profile, `exec 3<>/dev/tcp/${host}/${port}`)).ok;
  } finally {
    server.close();
  }
}

/** What the data store holds, sorted; nothing where it is not there. */
function namesIn(folder: string): string[] {
  return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
}

async function factsOf(profile: string, path: string): Promise<MinikubeFacts> {
  const status = await minikube(profile, ["status", "-o", "json"]);
  if (status.absent) {
    return { command: false };
  }
  if (!isRunning(status.stdout)) {
    return { command: true, running: false };
  }
  const [mounts, listing, ip] = await Promise.all([
    onNode(profile, "cat /proc/mounts"),
    onNode(profile, `ls -A ${TASK_FOLDER}`),
    minikube(profile, ["ip"]),
  ]);
  const names = namesIn(path);
  const found = listing.stdout.split(/\r?\n/).filter((line) => line !== "");
  const same = listing.ok && names.length > 0 && found.sort().join("\n") === names.join("\n");
  if (same) {
    return { command: true, running: true, same };
  }
  const source = mountSource(mounts.stdout);
  return {
    command: true,
    running: true,
    mounted: mounts.ok ? source !== undefined : undefined,
    readable: listing.ok,
    server: source && (await listens(source.host, source.port)),
    reachable: await isReachable(profile),
    address: ip.ok ? ip.stdout.trim() : undefined,
  };
}

/**
 * What keeps tasks on a minikube from their data store, as lines to print. It is no error: the cluster's own
 * objects do not need the mount.
 */
export async function minikubeNotes(
  { profile = MINIKUBE_PROFILE, path }: MountedMinikube,
  source: string,
): Promise<string[]> {
  const problem = minikubeProblem(await factsOf(profile, path), { profile }, path);
  return problem === undefined
    ? []
    : [formatProblem(source, { ...problem, path: `covalent.${problem.path}` })];
}
