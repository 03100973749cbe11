/** The endpoint as operators run it: one bundled file in a process of its own, on the stand, with tenants of the test's. */
import assert from "node:assert/strict";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildSync } from "esbuild";
import type { EndpointOptions } from "../../components/model/endpointSettings";
import { EndpointClient } from "../../endpoint/client/client";
import { kubeconfigAccess } from "../../endpoint/kubernetes/access";
import { HttpPool } from "../../endpoint/kubernetes/httpPool";
import { freePorts } from "../hub/processes";
import { GPUS, NODES } from "./endpointSettings";
import type { Figures } from "./endpointTrustProbe";
import { TokenIssuer } from "./tokenIssuer";

const ROOT = path.resolve(__dirname, "../..");

/** How often it is asked whether it is ready. */
const LOOK_MS = 5;

function bundle(folder: string): void {
  const args = ["--import", "tsx", "endpoint/bundle.ts", folder];
  execFileSync(process.execPath, args, { cwd: ROOT });
  buildSync({
    entryPoints: [path.join(__dirname, "endpointTrustProbe.ts")],
    outfile: path.join(folder, "probe.js"),
    platform: "node",
    format: "cjs",
  });
}

/** What it is started with, beside the usual. */
export interface ProcessOptions {
  settings?: Partial<EndpointOptions>;
  /** Where it finds the API server, in place of the stand's. */
  kubeconfig?: string;
}

/** The process, which can be killed and started again; after `close` nothing of its tenants is left. */
export class EndpointProcess {
  readonly issuer = new TokenIssuer();
  readonly prefix = `t${randomBytes(3).toString("hex")}-`;
  readonly domain = `${this.prefix}apps.example.net`;
  /** Straight to the API server. */
  readonly kubernetes: HttpPool;
  url = "";
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "endpoint-trust-"));
  private readonly log = path.join(this.folder, "log");
  private readonly tokens = new Map<string, { token: string; until: number }>();
  private child: ChildProcess | undefined;

  private constructor(
    private readonly kubeconfig: string,
    standKubeconfig: string,
  ) {
    this.kubernetes = new HttpPool(kubeconfigAccess(standKubeconfig));
  }

  /** Prepares one, which is not started yet. */
  static async open(
    standKubeconfig: string,
    options: ProcessOptions = {},
  ): Promise<EndpointProcess> {
    const { settings = {}, kubeconfig = standKubeconfig } = options;
    const made = new EndpointProcess(kubeconfig, standKubeconfig);
    // Before anything listens: what fails here leaves nothing open.
    bundle(made.folder);
    await made.issuer.start();
    const [port, metricsPort] = await freePorts(2);
    made.url = `http://127.0.0.1:${port}`;
    const all: EndpointOptions = {
      listen: { host: "127.0.0.1", port },
      metricsPort,
      issuer: made.issuer.url,
      audience: made.issuer.audience,
      namespace: "default",
      namespacePrefix: made.prefix,
      exposure: { domain: made.domain },
      gpus: GPUS,
      nodes: NODES,
      rateLimit: { reads: 1e7, writes: 1e7, refused: 1e7, inFlight: 256 },
      ...settings,
    };
    fs.writeFileSync(path.join(made.folder, "settings.json"), JSON.stringify(all));
    return made;
  }

  /**
   * Starts it.
   *
   * @param kubeconfig where it finds the API server this time
   * @returns milliseconds until it was ready
   */
  async start(kubeconfig = this.kubeconfig): Promise<number> {
    const begun = performance.now();
    const output = fs.openSync(this.log, "a");
    const files = ["--expose-gc", "--require", path.join(this.folder, "probe.js")];
    const child = spawn(process.execPath, [...files, path.join(this.folder, "main.js")], {
      env: {
        ...process.env,
        ENDPOINT_SETTINGS: path.join(this.folder, "settings.json"),
        KUBECONFIG: kubeconfig,
        LOG_LEVEL: "error",
      },
      stdio: ["ignore", output, output, "ipc"],
    });
    fs.closeSync(output);
    this.child = child;
    while ((await this.readyz()) !== 200) {
      assert.equal(child.exitCode, null, `it ended before it was ready: ${this.said()}`);
      await sleep(LOOK_MS);
    }
    return performance.now() - begun;
  }

  /** Whether it runs: a crash ends it. */
  get runs(): boolean {
    return this.child?.exitCode === null && this.child.signalCode === null;
  }

  /** What it wrote: errors of its own alone. */
  said(): string {
    return fs.readFileSync(this.log, "utf8");
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.runs) {
      const exit = once(this.child!, "exit");
      this.child!.kill(signal);
      await exit;
    }
  }

  async figures(): Promise<Figures> {
    const answer = once(this.child!, "message");
    this.child!.send("figures");
    const [figures] = (await answer) as [Figures];
    return figures;
  }

  namespace(tenant: string): string {
    return `${this.prefix}${tenant}`;
  }

  /** A token of a tenant, good for some minutes. */
  async token(tenant: string): Promise<string> {
    const held = this.tokens.get(tenant);
    if (held !== undefined && held.until > Date.now()) {
      return held.token;
    }
    const token = await this.issuer.token({ claims: { sub: tenant }, expiresIn: 600 });
    this.tokens.set(tenant, { token, until: Date.now() + 300_000 });
    return token;
  }

  client(tenant: string): EndpointClient {
    return new EndpointClient({ url: this.url, token: () => this.token(tenant) });
  }

  /** An object of a tenant at the API server; nothing where there is none. */
  async live<T>(tenant: string, collection: string, name: string): Promise<T | undefined> {
    const at = `${collection.replace("NS", this.namespace(tenant))}/${name}`;
    const { status, body } = await this.kubernetes.request("GET", at);
    return status === 200 ? (body as T) : undefined;
  }

  async close(): Promise<void> {
    await this.end("SIGKILL");
    await this.removeFrom("/api/v1/namespaces", (name) => name.startsWith(this.prefix));
    const leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases";
    await this.removeFrom(leases, (name) => name.endsWith(this.domain));
    await this.kubernetes.close();
    await this.issuer.stop();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private async removeFrom(path: string, isOurs: (name: string) => boolean): Promise<void> {
    const { body } = await this.kubernetes.request("GET", path);
    const { items } = body as { items: { metadata: { name: string } }[] };
    const names = items.map(({ metadata }) => metadata.name).filter(isOurs);
    await Promise.all(names.map((name) => this.kubernetes.request("DELETE", `${path}/${name}`)));
  }

  private readyz(): Promise<number | undefined> {
    return fetch(`${this.url}/readyz`).then(
      ({ status }) => status,
      () => undefined,
    );
  }
}

/** Where the API server has the kinds that a deployment is made of. */
export const COLLECTIONS = {
  ConfigMap: "/api/v1/namespaces/NS/configmaps",
  Deployment: "/apis/apps/v1/namespaces/NS/deployments",
  Pod: "/api/v1/namespaces/NS/pods",
  Service: "/api/v1/namespaces/NS/services",
} as const;
