/** Who puts deployments: we, raw server-side apply, kubectl, and a small service in Python. */
import { execFile, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { Pool } from "undici";
import { kubeconfigAccess } from "../../endpoint/kubernetes/access";
import { HttpPool } from "../../endpoint/kubernetes/httpPool";
import { freePorts, Running, until } from "../../test/hub/processes";
import type { EndpointProcess } from "../../test/support/endpointTrustProcess";
import { venv } from "../../test/support/pythonVenv";
import { preparedObjects, recordOf, TITLE, type Prepared } from "./objects";

const run = promisify(execFile);

/** Names of the deployments, one of each client. */
function idOf(client: number): string {
  return `bench${client}`;
}

/** One who puts deployments. */
export interface Contestant {
  name: string;
  /** Brings a client's deployment up to a title. */
  put(client: number, title: string): Promise<void>;
  close(): Promise<void>;
}

async function checked(answer: Awaited<ReturnType<Pool["request"]>>): Promise<void> {
  const text = await answer.body.text();
  if (answer.statusCode >= 300) {
    throw new Error(`${answer.statusCode} ${text.slice(0, 500)}`);
  }
}

/** Ours, over HTTP as everyone reaches it. */
export function ours(endpoint: EndpointProcess, clients: number, token: string): Contestant {
  const pool = new Pool(endpoint.url, { connections: clients });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return {
    name: "ours",
    put: async (client, title) => {
      const body = JSON.stringify(recordOf(title));
      const at = `/kubernetes/deployments/${idOf(client)}`;
      await checked(await pool.request({ method: "PUT", path: at, headers, body }));
    },
    close: () => pool.destroy(),
  };
}

/** A namespace for the objects of one contestant, gone after `remove`. */
export async function namespaceFor(
  kubernetes: HttpPool,
  name: string,
): Promise<{ remove(): Promise<unknown> }> {
  const body = { apiVersion: "v1", kind: "Namespace", metadata: { name } };
  await kubernetes.request("POST", "/api/v1/namespaces", { body });
  return { remove: () => kubernetes.request("DELETE", `/api/v1/namespaces/${name}`) };
}

function prepareAll(namespace: string, clients: number): Prepared[][] {
  return Array.from({ length: clients }, (_, client) => preparedObjects(namespace, idOf(client)));
}

/** The limit: one connection for each client, kept open, and nothing but the API server's own calls. */
export function raw(kubeconfig: string, namespace: string, clients: number): Contestant {
  const access = kubeconfigAccess(kubeconfig);
  const pool = new Pool(access.server.origin, { connections: clients, connect: access.tls() });
  const objects = prepareAll(namespace, clients);
  const token = access.token();
  const headers = {
    "content-type": "application/apply-patch+yaml",
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const query = "fieldManager=bench&fieldValidation=Strict&force=true";
  return {
    name: "raw server-side apply",
    put: async (client, title) => {
      for (const { path: at, body } of objects[client]!) {
        const sent = body.replaceAll(TITLE, title);
        await checked(
          await pool.request({ method: "PATCH", path: `${at}?${query}`, headers, body: sent }),
        );
      }
    },
    close: () => pool.destroy(),
  };
}

/** What people type. Absent where there is no kubectl. */
export function kubectl(
  kubeconfig: string,
  namespace: string,
  clients: number,
): Contestant | undefined {
  if (spawnSync("kubectl", ["version", "--client"]).status !== 0) {
    return undefined;
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-kubectl-"));
  const objects = prepareAll(namespace, clients);
  const flags = ["--server-side", "--force-conflicts", "--kubeconfig", kubeconfig];
  return {
    name: "kubectl apply --server-side",
    put: async (client, title) => {
      const file = path.join(folder, `${client}.json`);
      const items = objects[client]!.map(({ body }) => body.replaceAll(TITLE, title));
      const list = `{"apiVersion":"v1","kind":"List","items":[${items.join(",")}]}`;
      fs.writeFileSync(file, list);
      await run("kubectl", ["apply", ...flags, "--filename", file]);
    },
    close: () => Promise.resolve(fs.rmSync(folder, { recursive: true, force: true })),
  };
}

/** FastAPI and the official client, as `service.py` has it. */
export async function python(
  kubeconfig: string,
  namespace: string,
  clients: number,
): Promise<Contestant> {
  const requirements = path.join(__dirname, "requirements.txt");
  const interpreter = venv({ name: "bench-endpoint", requirements });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-python-"));
  const templates = prepareAll(namespace, clients).map((objects, client) => [
    idOf(client),
    objects.map(({ body }) => body),
  ]);
  const file = path.join(folder, "objects.json");
  fs.writeFileSync(file, JSON.stringify(Object.fromEntries(templates)));
  const [port] = await freePorts(1);
  const args = ["-m", "uvicorn", "service:app", "--port", String(port), "--log-level", "warning"];
  const running = new Running(path.join(folder, "log"), interpreter, args, {
    cwd: __dirname,
    env: {
      ...process.env,
      KUBECONFIG: kubeconfig,
      OBJECTS: file,
      TITLE,
      PYTHONDONTWRITEBYTECODE: "1",
    },
  });
  const url = `http://127.0.0.1:${port}`;
  await until(
    () => running.tail(),
    30_000,
    async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.ok || undefined,
  );
  const pool = new Pool(url, { connections: clients });
  return {
    name: "FastAPI and kubernetes",
    put: async (client, title) => {
      const body = JSON.stringify(recordOf(title));
      const headers = { "content-type": "application/json" };
      const at = `/kubernetes/deployments/${idOf(client)}`;
      await checked(await pool.request({ method: "PUT", path: at, headers, body }));
    },
    close: async () => {
      await pool.destroy();
      await running.stop();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
