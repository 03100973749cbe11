/** Plain requests to the stand's API server over one keep-alive pool: the limit, and the stopwatch's eye. */
import * as fs from "node:fs";
import * as https from "node:https";
import * as path from "node:path";
import { load } from "js-yaml";
import type { KubernetesObject } from "../../components/model/kubernetesObject";
import { ROOT } from "./inputs";

/** Requests under way at once, as many as the engine's contestants are given. */
const PARALLEL = 32;

interface Kubeconfig {
  clusters: { cluster: { server: string; "certificate-authority-data": string } }[];
  users: { user: { "client-certificate-data": string; "client-key-data": string } }[];
}

const COLLECTIONS: Record<string, string> = {
  Job: "apis/batch/v1/namespaces/NS/jobs",
  Service: "api/v1/namespaces/NS/services",
  Ingress: "apis/networking.k8s.io/v1/namespaces/NS/ingresses",
  ConfigMap: "api/v1/namespaces/NS/configmaps",
  Namespace: "api/v1/namespaces",
};

function objectPath(object: KubernetesObject): string {
  const collection = COLLECTIONS[object.kind]!.replace("NS", object.metadata.namespace ?? "");
  return `/${collection}/${object.metadata.name}`;
}

/** A client of the stand with one pool of connections. */
export class Cluster {
  private readonly server: string;
  private readonly agent: https.Agent;

  constructor() {
    const file = path.join(ROOT, ".local/clusters/local/kubeconfig");
    const { clusters, users } = load(fs.readFileSync(file, "utf8")) as Kubeconfig;
    const { cluster } = clusters[0]!;
    const { user } = users[0]!;
    const bytes = (data: string): Buffer => Buffer.from(data, "base64");
    this.server = cluster.server;
    this.agent = new https.Agent({
      keepAlive: true,
      maxSockets: PARALLEL,
      ca: bytes(cluster["certificate-authority-data"]),
      cert: bytes(user["client-certificate-data"]),
      key: bytes(user["client-key-data"]),
    });
  }

  request(method: string, url: string, body?: unknown): Promise<unknown> {
    const payload = body === undefined ? "" : JSON.stringify(body);
    const headers = {
      "content-type": method === "PATCH" ? "application/apply-patch+yaml" : "application/json",
      // Node leaves it out for DELETE, and the server would read the body as the next request.
      "content-length": Buffer.byteLength(payload),
      accept: "application/json",
    };
    return new Promise((resolve, reject) => {
      const request = https.request(
        `${this.server}${url}`,
        { method, agent: this.agent, headers },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () => {
            const text = Buffer.concat(chunks).toString();
            const status = response.statusCode ?? 0;
            if (status >= 400 && status !== 404) {
              reject(new Error(`${method} ${url}: ${status} ${text.slice(0, 300)}`));
            } else {
              resolve(JSON.parse(text));
            }
          });
        },
      );
      request.on("error", reject);
      request.end(payload);
    });
  }

  /** Runs `task` for every item, PARALLEL at a time. */
  async each<T>(items: readonly T[], task: (item: T) => Promise<unknown>): Promise<void> {
    const queue = [...items];
    const worker = async (): Promise<void> => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
        await task(item);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
  }

  apply(object: KubernetesObject): Promise<unknown> {
    return this.request("PATCH", `${objectPath(object)}?fieldManager=bench&force=true`, object);
  }

  async remove(object: KubernetesObject): Promise<void> {
    await this.request("DELETE", objectPath(object), { propagationPolicy: "Background" });
  }

  /** How many pods of a namespace run. */
  async running(namespace: string): Promise<number> {
    const list = (await this.request("GET", `/api/v1/namespaces/${namespace}/pods`)) as {
      items?: { status: { phase: string } }[];
    };
    return (list.items ?? []).filter((pod) => pod.status.phase === "Running").length;
  }

  /** Waits until `done`, looking ten times a second. @throws Error after two minutes */
  async until(what: string, done: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + 120_000;
    while (!(await done())) {
      if (Date.now() > end) {
        throw new Error(`${what}: not reached in two minutes`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  close(): void {
    this.agent.destroy();
  }
}
