/** The pod that takes lost nodes out of service, played on this machine: its program, its settings, its rights. */
import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { load } from "js-yaml";
import type { ApiClient } from "../../components/cluster/apiClient";
import { RECOVERY_NAME } from "../../components/model/mipFederationOutOfService";
import { live } from "./liveObjects";
import { skip } from "./reporter";

interface Kubeconfig {
  clusters: { cluster: { server: string; "certificate-authority-data": string } }[];
}

interface Deployment {
  spec: {
    template: {
      spec: {
        serviceAccountName: string;
        containers: { command: string[]; env: { name: string; value: string }[] }[];
      };
    };
  };
}

/** Skips the tests where there is no Python. Call it in `before`. */
export function pythonOrSkip(context: Mocha.Context): void {
  if (spawnSync("python3", ["--version"]).status !== 0) {
    skip(context, "no python3 on PATH");
  }
}

/** What the pod of a namespace's Deployment would find; made by `open`. */
export class RecoveryPod {
  private running: ChildProcess | undefined;
  /** What the program has printed. */
  output = "";

  private constructor(
    private readonly folder: string,
    private readonly env: Record<string, string>,
    readonly token: string,
  ) {}

  /** From the live Deployment, its ConfigMap and a token of its service account. */
  static async open(api: ApiClient, kubeconfig: string, namespace: string): Promise<RecoveryPod> {
    const core = `/api/v1/namespaces/${namespace}`;
    const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    const { spec } = (await live(api, `${deployments}/${RECOVERY_NAME}`)) as Deployment;
    const pod = spec.template.spec;
    const [container] = pod.containers;
    const asked = await api.request(
      "POST",
      `${core}/serviceaccounts/${pod.serviceAccountName}/token`,
      {
        body: {
          apiVersion: "authentication.k8s.io/v1",
          kind: "TokenRequest",
          spec: { expirationSeconds: 3600 },
        },
      },
    );
    assert.equal(asked.status, 201, JSON.stringify(asked.body));
    const { token } = (asked.body as { status: { token: string } }).status;
    const { data } = (await live(api, `${core}/configmaps/${RECOVERY_NAME}`)) as {
      data: Record<string, string>;
    };
    const { cluster } = (load(kubeconfig) as Kubeconfig).clusters[0]!;
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "recovery-pod-"));
    const ca = Buffer.from(cluster["certificate-authority-data"], "base64");
    fs.writeFileSync(path.join(folder, "ca.crt"), ca);
    fs.writeFileSync(path.join(folder, "token"), token, { mode: 0o600 });
    const script = path.basename(container!.command[1]!);
    fs.writeFileSync(path.join(folder, "program.py"), data[script]!);
    const { hostname, port } = new URL(cluster.server);
    return new RecoveryPod(
      folder,
      {
        PATH: process.env["PATH"]!,
        ...Object.fromEntries(container!.env.map(({ name, value }) => [name, value])),
        SERVICE_ACCOUNT_FOLDER: folder,
        KUBERNETES_SERVICE_HOST: hostname,
        KUBERNETES_SERVICE_PORT: port,
      },
      token,
    );
  }

  private get program(): string {
    return path.join(this.folder, "program.py");
  }

  /** Looks once; what it printed. */
  look(): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn("python3", [this.program, "--once"], { env: this.env });
      let output = "";
      child.stdout.on("data", (data) => (output += String(data)));
      child.stderr.on("data", (data) => (output += String(data)));
      child.on("error", reject);
      child.on("close", (code) => {
        if (code === 0) {
          resolve(output);
        } else {
          reject(new Error(output));
        }
      });
    });
  }

  /** Runs on, as in the cluster. */
  start(): void {
    this.running = spawn("python3", [this.program], { env: this.env });
    for (const stream of [this.running.stdout!, this.running.stderr!]) {
      stream.on("data", (data) => (this.output += String(data)));
    }
  }

  close(): void {
    this.running?.kill();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
