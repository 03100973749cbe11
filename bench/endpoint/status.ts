/** GET status, start and memory, with a thousand deployments and five thousand pods in the cluster. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Pool } from "undici";
import type { HttpPool } from "../../endpoint/kubernetes/httpPool";
import { freePorts, Running, until } from "../../test/hub/processes";
import { EndpointProcess } from "../../test/support/endpointTrustProcess";
import { FaultProxy, kubeconfigFor } from "../../test/support/faultProxy";
import { median, row, type Row } from "../results";
import { namespaceFor } from "./contestants";
import { load, quantile } from "./load";
import { objectsOf } from "./objects";

const DEPLOYMENTS = 1000;
const PODS_EACH = 5;
const READERS = 16;
const READS = 5000;

const P99_REACH = 5;
const READY_REACH_S = 2;

const TENANT = "reader";

/** What is seeded is worth waiting for. */
const PATIENT = { timeoutMs: 30_000 };

function idOf(i: number): string {
  return `d${i}`;
}

interface Deployment {
  metadata: { name: string };
  spec: { template: { metadata: { labels: object }; spec: { containers: { name: string }[] } } };
}

/** Straight into the cluster; nothing is to run, so that the cluster has time for what is measured. */
async function seed(kubernetes: HttpPool, namespace: string): Promise<Map<string, string>> {
  const uids = new Map<string, string>();
  await load(32, DEPLOYMENTS, async (_, i) => {
    const object = objectsOf(namespace, idOf(i)).find(({ kind }) => kind === "Deployment")!;
    const at = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    const { body } = await kubernetes.request("POST", at, { body: object, ...PATIENT });
    uids.set(idOf(i), (body as { metadata: { uid: string } }).metadata.uid);
  });
  // Their controller has work for a while, which is not to be measured.
  const sets = `/apis/apps/v1/namespaces/${namespace}/replicasets?limit=1`;
  await until(
    "a ReplicaSet of each deployment",
    300_000,
    async () => {
      const { body } = await kubernetes.request("GET", sets, { timeoutMs: 30_000 });
      const { metadata } = body as { metadata: { remainingItemCount?: number } };
      return metadata.remainingItemCount === DEPLOYMENTS - 1 || undefined;
    },
    500,
  );
  return uids;
}

/** Pods as they are when they run, but that no node has them. */
async function addPods(
  kubernetes: HttpPool,
  namespace: string,
  uids: Map<string, string>,
): Promise<void> {
  await load(32, DEPLOYMENTS * PODS_EACH, async (_, turn) => {
    const id = idOf(Math.floor(turn / PODS_EACH));
    const found = objectsOf(namespace, id).find(({ kind }) => kind === "Deployment");
    const { metadata, spec } = found as unknown as Deployment;
    const { template } = spec;
    const name = `${metadata.name}-5d8c7b6f9d-${turn % PODS_EACH}`;
    const owner = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: metadata.name,
      uid: uids.get(id),
      // So no ReplicaSet takes them for its own.
      controller: true,
    };
    const at = `/api/v1/namespaces/${namespace}/pods`;
    await kubernetes.request("POST", at, {
      body: {
        metadata: { name, labels: template.metadata.labels, ownerReferences: [owner] },
        spec: { ...template.spec, schedulerName: "nobody" },
      },
      ...PATIENT,
    });
    const containerStatuses = template.spec.containers.map((container) => ({
      name: container.name,
      ready: true,
      started: true,
      restartCount: 0,
      image: "docker.io/library/nginx:1.29",
      imageID: "docker.io/library/nginx@sha256:0",
      state: { running: { startedAt: new Date().toISOString() } },
    }));
    const body = { status: { phase: "Running", containerStatuses } };
    const type = "application/merge-patch+json";
    await kubernetes.request("PATCH", `${at}/${name}/status`, { body, type, ...PATIENT });
  });
}

/** Seconds from its start until it is ready, and what it then holds. */
async function starts(endpoint: EndpointProcess, runs: number) {
  const seconds: number[] = [];
  for (let run = 0; run < runs; run++) {
    await endpoint.end("SIGKILL");
    seconds.push((await endpoint.start()) / 1000);
  }
  const { rss, heap } = await endpoint.figures();
  return { ready: median(seconds), rss: rss / 2 ** 20, heap: heap / 2 ** 20 };
}

/** A Fastify server in a process of its own, whose one route always says `body`. */
async function fixedRoute(folder: string, body: string) {
  const [port] = await freePorts(1);
  const program = [
    'const app = require("fastify")();',
    `const body = ${body};`,
    'app.get("/status", () => body);',
    `app.listen({ host: "127.0.0.1", port: ${port} });`,
  ].join("\n");
  const args = ["--eval", program];
  const running = new Running(path.join(folder, "fixed"), process.execPath, args, {
    cwd: __dirname,
    env: process.env,
  });
  const url = `http://127.0.0.1:${port}`;
  await until(
    () => running.tail(),
    20_000,
    async () => (await fetch(`${url}/status`).catch(() => undefined))?.ok || undefined,
    20,
  );
  return { url, stop: () => running.stop() };
}

async function text(pool: Pool, at: string, headers: Record<string, string>): Promise<string> {
  const answer = await pool.request({ method: "GET", path: at, headers });
  const said = await answer.body.text();
  if (answer.statusCode !== 200) {
    throw new Error(`${answer.statusCode} ${said}`);
  }
  return said;
}

/** Reads through a proxy that counts what is asked of the API server. */
async function reads(
  endpoint: EndpointProcess,
  kubeconfig: string,
  folder: string,
  runs: number,
  say: (text: string) => void,
): Promise<{ p99: number; apiCalls: number }> {
  let apiCalls = 0;
  // The GPUs of the cluster are read every ten seconds, whether anybody asks or not.
  const isOfGpus = (at: string): boolean => /^\/api\/v1\/(nodes|pods)\b/.test(at);
  const proxy = await FaultProxy.open(kubeconfig, (_method, at) => {
    apiCalls += isOfGpus(at) ? 0 : 1;
    return undefined;
  });
  const file = path.join(folder, "kubeconfig");
  fs.writeFileSync(file, kubeconfigFor(proxy.url));
  await endpoint.end("SIGKILL");
  await endpoint.start(file);
  const token = await endpoint.issuer.token({ claims: { sub: TENANT }, expiresIn: 3600 });
  const headers = { authorization: `Bearer ${token}` };
  const pool = new Pool(endpoint.url, { connections: READERS });
  const at = (turn: number): string => `/kubernetes/deployments/${idOf(turn % DEPLOYMENTS)}`;
  const fixed = await fixedRoute(folder, await text(pool, at(0), headers));
  const other = new Pool(fixed.url, { connections: READERS });
  const ratios: number[] = [];
  const before = apiCalls;
  try {
    for (let run = -1; run < runs; run++) {
      const mine = await load(READERS, READS, async (_, turn) => {
        await text(pool, at(turn), headers);
      });
      const theirs = await load(READERS, READS, async () => {
        await text(other, "/status", {});
      });
      if (run >= 0) {
        ratios.push(quantile(mine, 0.99) / quantile(theirs, 0.99));
        const figures = [mine, theirs].map(
          (one) => `${one.rate.toFixed(0)}/s, p99 ${quantile(one, 0.99).toFixed(1)} ms`,
        );
        say(`GET status, run ${run + 1}: ours ${figures[0]}; fixed ${figures[1]}`);
      }
    }
  } finally {
    await Promise.all([pool.destroy(), other.destroy()]);
    await fixed.stop();
    await proxy.close();
  }
  return { p99: median(ratios), apiCalls: apiCalls - before };
}

export async function statusRows(
  kubeconfig: string,
  runs: number,
  say: (text: string) => void,
): Promise<Row[]> {
  const endpoint = await EndpointProcess.open(kubeconfig);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-status-"));
  const namespace = endpoint.namespace(TENANT);
  const { kubernetes } = endpoint;
  const space = await namespaceFor(kubernetes, namespace);
  try {
    const empty = await starts(endpoint, 1);
    const uids = await seed(kubernetes, namespace);
    const some = await starts(endpoint, runs);
    await addPods(kubernetes, namespace, uids);
    const full = await starts(endpoint, runs);
    const pods = DEPLOYMENTS * PODS_EACH;
    for (const [what, { ready, rss, heap }] of [
      ["nothing", empty],
      [`${DEPLOYMENTS} deployments`, some],
      [`${pods} pods`, full],
    ] as const) {
      say(
        `with ${what}: ready after ${ready.toFixed(2)} s, ${rss.toFixed(0)} MB resident, ${heap.toFixed(0)} MB heap`,
      );
    }
    const { p99, apiCalls } = await reads(endpoint, kubeconfig, folder, runs, say);
    const name = `GET status, ${DEPLOYMENTS} deployments`;
    return [
      row("endpoint", `${name}, p99`, "a fixed Fastify route", p99, P99_REACH),
      row("endpoint", `${name}, ${(runs + 1) * READS} times`, "API calls", apiCalls, 0),
      row("endpoint", `ready, ${DEPLOYMENTS} deployments`, "seconds", some.ready, READY_REACH_S),
      row("endpoint", `ready, ${pods} pods`, "seconds", full.ready),
      row("endpoint", `memory, ${pods} pods`, "MB resident", full.rss),
      row("endpoint", `memory, ${pods} pods`, "memory without any", full.rss / empty.rss),
    ];
  } finally {
    await space.remove();
    await endpoint.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
