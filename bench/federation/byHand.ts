/** A federation as the seed's guide installs it: labels and Secrets, then one chart after the other with helm. */
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import type { ApiClient } from "../../components/cluster/apiClient";
import { KUBECONFIG } from "../../test/support/platformStack";

const run = promisify(execFile);

/** A release as our stack's state has it. */
export interface ReleaseInputs {
  chart: string;
  name: string;
  namespace: string;
  values: Record<string, unknown>;
}

export interface SecretName {
  name: string;
  namespace: string;
}

export interface NodeLabels {
  name: string;
  labels: Record<string, string>;
}

/** What is made by hand. */
export interface ByHand {
  releases: ReleaseInputs[];
  secrets: SecretName[];
  labels: NodeLabels[];
}

/** The order that the guide installs in, by the charts' folders. */
const ORDER = ["exaflow", "jupyterhub", "mip"];

function place({ chart }: ReleaseInputs): number {
  return ORDER.findIndex((name) => path.basename(chart).startsWith(name));
}

async function send(client: ApiClient, method: string, at: string, body: object): Promise<void> {
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const { status, body: answer } = await client.request(method, at, { body, type });
  if (status >= 300) {
    throw new Error(`${method} ${at}: ${JSON.stringify(answer)}`);
  }
}

/** Namespace, labels and Secrets, in fewer requests than kubectl would take. */
async function prepare(client: ApiClient, { secrets, labels, releases }: ByHand): Promise<void> {
  for (const namespace of new Set(releases.map((one) => one.namespace))) {
    const metadata = { name: namespace };
    await send(client, "POST", "/api/v1/namespaces", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata,
    });
  }
  for (const { name, labels: wanted } of labels) {
    await send(client, "PATCH", `/api/v1/nodes/${name}`, { metadata: { labels: wanted } });
  }
  for (const metadata of secrets) {
    const at = `/api/v1/namespaces/${metadata.namespace}/secrets`;
    await send(client, "POST", at, { apiVersion: "v1", kind: "Secret", metadata });
  }
}

/** Installs everything, and waits as helm waits. */
export async function installByHand(client: ApiClient, helm: string, all: ByHand): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-federation-"));
  const env = {
    ...process.env,
    KUBECONFIG,
    HELM_CACHE_HOME: path.join(folder, "cache"),
    HELM_CONFIG_HOME: path.join(folder, "config"),
    HELM_DATA_HOME: path.join(folder, "data"),
  };
  try {
    await prepare(client, all);
    for (const release of [...all.releases].sort((a, b) => place(a) - place(b))) {
      const { chart, name, namespace, values } = release;
      const file = path.join(folder, `${name}.json`);
      fs.writeFileSync(file, JSON.stringify(values), { mode: 0o600 });
      const flags = ["--namespace", namespace, "--values", file, "--wait"];
      await run(helm, ["upgrade", "--install", name, chart, ...flags], { env });
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** What is cluster-wide or was kept: gone, so that the next one begins anew. */
export async function removeAll(
  client: ApiClient,
  namespaces: readonly string[],
  nodes: readonly NodeLabels[],
): Promise<void> {
  const items = async (at: string): Promise<Named[]> =>
    ((await client.request("GET", at)).body as { items: Named[] }).items;
  const remove = (at: string): Promise<unknown> => client.request("DELETE", at);
  for (const namespace of namespaces) {
    await remove(`/api/v1/namespaces/${namespace}`);
  }
  while ((await items("/api/v1/namespaces")).some((it) => namespaces.includes(it.metadata.name))) {
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  for (const { metadata, spec } of await items("/api/v1/persistentvolumes")) {
    if (namespaces.includes(spec?.claimRef?.namespace ?? "")) {
      await remove(`/api/v1/persistentvolumes/${metadata.name}`);
    }
  }
  for (const { name, labels } of nodes) {
    const none = Object.fromEntries(Object.keys(labels).map((key) => [key, null]));
    await send(client, "PATCH", `/api/v1/nodes/${name}`, { metadata: { labels: none } });
  }
  // A storage class of the platform's own chart, which ours leaves out.
  await remove("/apis/storage.k8s.io/v1/storageclasses/k8s-local-storage");
}

interface Named {
  metadata: { name: string };
  spec?: { claimRef?: { namespace?: string } };
}
