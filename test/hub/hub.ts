/** A real hub with its proxy on loopback, whose pods are made in the stand's API server. */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { HubNamespace, type ClusterObject } from "./hubNamespace";
import { Notebook } from "./notebook";
import { freePorts, Running, until } from "./processes";
import type { Stand } from "../support/engine";

const OURS = path.resolve(__dirname, "../../components/jupyterhub/hub");
const CONFIG = path.join(__dirname, "jupyterhub_config.py");
/** The release that the hub's common labels name. */
export const RELEASE = "team-hub";
const START_MS = 60_000;

export interface HubOptions {
  /** `python` of an environment with JupyterHub. */
  python: string;
  /** Whether the chart's settings have a claim for each user, and an init container. */
  storage: boolean;
  /** Our settings; without them the hub is KubeSpawner's alone. */
  settings?: (hub: { publicUrl: string }) => Promise<object> | object;
  /** More variables of the hub's process. */
  env?: Record<string, string>;
}

/** An answer of the hub's API. */
export interface HubAnswer {
  status: number;
  body: Record<string, unknown>;
}

export class Hub {
  private hub: Running | undefined;
  private readonly token = randomBytes(16).toString("hex");

  private constructor(
    readonly publicUrl: string,
    readonly namespace: HubNamespace,
    readonly notebook: Notebook,
    private readonly folder: string,
    private readonly proxy: Running,
    private readonly command: { python: string; env: NodeJS.ProcessEnv },
  ) {}

  /** Starts proxy and hub, and waits until the hub answers through the proxy. */
  static async start(stand: Stand, prefix: string, options: HubOptions): Promise<Hub> {
    const [publicPort, proxyPort, hubPort, notebookPort] = await freePorts(4);
    const publicUrl = `http://127.0.0.1:${publicPort!}`;
    const hubUrl = `http://127.0.0.1:${hubPort!}`;
    // Whatever may fail comes before the first thing that would have to be cleaned up.
    const proxyProgram = proxyPath();
    const settings = options.settings && (await options.settings({ publicUrl }));
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-hub-"));
    const namespace = await HubNamespace.make(stand, prefix);
    const notebook = new Notebook();
    await notebook.listen(notebookPort!);
    const kubeconfig = path.join(folder, "kubeconfig");
    fs.writeFileSync(kubeconfig, await namespace.kubeconfig(), { mode: 0o600 });
    const authToken = randomBytes(16).toString("hex");
    const env = {
      PATH: process.env["PATH"],
      HOME: folder,
      KUBECONFIG: kubeconfig,
      CONFIGPROXY_AUTH_TOKEN: authToken,
      JUPYTERHUB_CRYPT_KEY: randomBytes(32).toString("hex"),
      ...(settings === undefined ? {} : mountOurs(folder, settings)),
      ...options.env,
      HUB_TEST: JSON.stringify({
        public_url: publicUrl,
        hub_url: hubUrl,
        proxy_api_url: `http://127.0.0.1:${proxyPort!}`,
        namespace: namespace.name,
        release: RELEASE,
        notebook_port: notebookPort,
        storage: options.storage,
        config_folder: settings === undefined ? null : path.join(folder, "jupyterhub_config.d"),
      }),
    };
    const proxy = new Running(
      path.join(folder, "proxy.log"),
      process.execPath,
      [
        proxyProgram,
        ...["--ip", "127.0.0.1", "--port", String(publicPort)],
        ...["--api-ip", "127.0.0.1", "--api-port", String(proxyPort)],
        ...["--default-target", hubUrl, "--error-target", `${hubUrl}/hub/error`],
      ],
      { cwd: folder, env },
    );
    const made = new Hub(publicUrl, namespace, notebook, folder, proxy, {
      python: options.python,
      env,
    });
    try {
      await made.startHub();
    } catch (error) {
      await made.close();
      throw error;
    }
    return made;
  }

  /** Starts the hub's process, with the database that is there. */
  async startHub(): Promise<void> {
    const hub = new Running(
      path.join(this.folder, "hub.log"),
      this.command.python,
      ["-m", "jupyterhub", "-f", CONFIG],
      { cwd: this.folder, env: { ...this.command.env, HUB_TEST_TOKEN: this.token } },
    );
    this.hub = hub;
    await until("the hub does not answer", START_MS, async () => {
      if (hub.ended) {
        throw new Error(`the hub has ended:\n${hub.tail()}`);
      }
      const answer = await fetch(`${this.publicUrl}/hub/api`).catch(() => undefined);
      return answer?.status === 200 ? true : undefined;
    });
  }

  /** Ends the hub's process alone; proxy and pods stay. */
  async stopHub(): Promise<void> {
    await this.hub?.stop();
  }

  get running(): boolean {
    return this.hub !== undefined && !this.hub.ended;
  }

  /** The last lines of the hub's log. */
  tail(): string {
    return this.hub?.tail(80) ?? "";
  }

  /** A request to the hub's API, as the test's own service unless a user's token is given. */
  async api(method: string, at: string, body?: unknown, token = this.token): Promise<HubAnswer> {
    const answer = await fetch(`${this.publicUrl}/hub/api${at}`, {
      method,
      headers: { Authorization: `token ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const parsed = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
    return { status: answer.status, body: parsed };
  }

  /** The pod of a user's server, if there is one. */
  async pod(user: string): Promise<ClusterObject | undefined> {
    const pods = await this.namespace.list("pods");
    return pods.find(({ metadata }) => metadata.labels?.["hub.jupyter.org/username"] === user);
  }

  /** What the hub says of a user's server, if it is not stopped. */
  private async server(user: string): Promise<{ ready: boolean } | undefined> {
    const { body } = await this.api("GET", `/users/${user}`);
    return (body["servers"] as Record<string, { ready: boolean }> | undefined)?.[""];
  }

  /** Waits until the hub calls a user's server ready, and gives its pod. */
  async ready(user: string): Promise<ClusterObject> {
    await until(
      () => `${user}'s server is not ready:\n${this.tail()}`,
      START_MS,
      async () => ((await this.server(user))?.ready === true ? true : undefined),
    );
    return (await this.pod(user))!;
  }

  /** Stops a user's server. */
  async stopServer(user: string): Promise<void> {
    await this.api("DELETE", `/users/${user}/server`);
    await this.gone(user);
  }

  /** Waits until a user has no server, neither for the hub nor in the cluster. */
  async gone(user: string): Promise<void> {
    await until(
      () => `${user}'s server is still there:\n${this.tail()}`,
      START_MS,
      async () =>
        (await this.server(user)) === undefined && (await this.pod(user)) === undefined
          ? true
          : undefined,
    );
  }

  /** Ends all processes and removes the namespace with all that is in it. */
  async close(): Promise<void> {
    await this.hub?.stop();
    await this.proxy.stop();
    await this.notebook.close();
    await this.namespace.remove();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Lays our python and its settings out as the chart mounts them. */
function mountOurs(folder: string, settings: object): Record<string, string> {
  const ours = path.join(folder, "science-platform");
  fs.cpSync(path.join(OURS, "platform_hub"), path.join(ours, "platform_hub"), { recursive: true });
  fs.mkdirSync(path.join(folder, "jupyterhub_config.d"));
  fs.copyFileSync(
    path.join(OURS, "science_platform.py"),
    path.join(folder, "jupyterhub_config.d", "science_platform.py"),
  );
  const file = path.join(ours, "hub.json");
  fs.writeFileSync(file, JSON.stringify(settings));
  return { SCIENCE_PLATFORM_HUB: file };
}

function proxyPath(): string {
  const file = require.resolve("configurable-http-proxy/package.json");
  return path.join(path.dirname(file), "bin", "configurable-http-proxy");
}
