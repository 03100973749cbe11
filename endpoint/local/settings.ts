/** The settings for the local stand: its GPUs and nodes as `Pulumi.dev.yaml` declares them. */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { load } from "js-yaml";
import type { EndpointOptions } from "../../components/model/endpointSettings";

/** What the runner chooses. */
export interface LocalSettings {
  issuer: string;
  audience: string;
  clientId: string;
  /** Where the endpoint listens. */
  port: number;
}

/** Where the stand tells of itself. */
const STAND = path.join(".local", "env.json");

/** The kubeconfig of the stand's cluster. @throws Error when the stand is not running */
export function standKubeconfig(root: string): string {
  const file = path.join(root, STAND);
  const stand = fs.existsSync(file)
    ? (JSON.parse(fs.readFileSync(file, "utf8")) as {
        clusters?: Record<string, { kubeconfig: string } | undefined>;
      })
    : {};
  const kubeconfig = stand.clusters?.["local"]?.kubeconfig;
  if (kubeconfig === undefined || !fs.existsSync(kubeconfig)) {
    throw new Error("The stand is not running. Start it with: make cluster");
  }
  return kubeconfig;
}

function declared(root: string, section: string): unknown {
  const file = path.join(root, "Pulumi.dev.yaml");
  const { config } = load(fs.readFileSync(file, "utf8")) as { config: Record<string, unknown> };
  return config[`science-platform:${section}`];
}

/** Writes the settings file into `folder`, with the key for cookies beside it; returns its path. */
export function writeSettings(root: string, folder: string, local: LocalSettings): string {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const cookieKeyFile = path.join(folder, "cookie-key");
  if (!fs.existsSync(cookieKeyFile)) {
    fs.writeFileSync(cookieKeyFile, randomBytes(48).toString("base64url"), { mode: 0o600 });
  }
  const { issuer, audience, clientId, port } = local;
  const settings: EndpointOptions = {
    listen: { host: "127.0.0.1", port },
    // Host names are claimed there; it exists on every cluster.
    namespace: "default",
    issuer,
    audience,
    page: { url: `http://127.0.0.1:${port}`, clientId, cookieKeyFile },
    // Nobody is waited for after Ctrl-C.
    drainSeconds: 1,
    exposure: { domain: "apps.example.org", className: "nginx", issuer: "lab-issuer" },
    quota: {
      cpu: "64",
      memory: "256Gi",
      storage: "1Ti",
      claims: 20,
      pods: 40,
      gpus: { a100: 2, "a100-1g": 4 },
    },
    gpus: declared(root, "gpus") as EndpointOptions["gpus"],
    nodes: declared(root, "nodes") as EndpointOptions["nodes"],
  };
  const file = path.join(folder, "settings.json");
  fs.writeFileSync(file, JSON.stringify(settings, undefined, 2), { mode: 0o600 });
  return file;
}
