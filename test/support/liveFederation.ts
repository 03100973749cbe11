/** Nodes of the stand that are lost and return, and what a federation has on them. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient } from "../../components/cluster/apiClient";

const OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";
const PAUSE_MS = 2000;

interface Condition {
  type: string;
  status: string;
  message?: string;
}

interface Live {
  metadata: { name: string; uid: string; deletionTimestamp?: string };
  spec: {
    nodeName?: string;
    replicas?: number;
    volumeName?: string;
    taints?: { key: string }[];
  };
  status?: { phase?: string; readyReplicas?: number; conditions?: Condition[] };
}

class Cluster {
  constructor(protected readonly api: ApiClient) {}

  protected async list(path: string): Promise<Live[]> {
    const { status, body } = await this.api.request("GET", path);
    assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`);
    return (body as { items: Live[] }).items;
  }

  /** @throws AssertionError when it does not hold in time */
  async until(what: string, ms: number, holds: () => Promise<boolean>): Promise<void> {
    await this.untilNone(ms, async () => ((await holds()) ? [] : [what]));
  }

  /** Waits until nothing is left of what is looked for, or says what is. */
  protected async untilNone(ms: number, left: () => Promise<string[]>): Promise<void> {
    for (const end = Date.now() + ms; ;) {
      const found = await left();
      if (found.length === 0) {
        return;
      }
      assert.ok(Date.now() < end, `${found.join(", ")}: not within ${Math.round(ms / 1000)} s`);
      await sleep(PAUSE_MS);
    }
  }
}

/** Nodes that the test does something to. */
export class Nodes extends Cluster {
  private lost: readonly string[] = [];
  private cordoned: readonly string[] = [];
  private since = 0;

  private async patch(name: string, body: object): Promise<void> {
    const type = "application/merge-patch+json";
    const answer = await this.api.request("PATCH", `/api/v1/nodes/${name}`, { body, type });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  }

  async cordon(names: readonly string[]): Promise<void> {
    this.cordoned = names;
    await Promise.all(names.map((name) => this.patch(name, { spec: { unschedulable: true } })));
  }

  async uncordon(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.patch(name, { spec: { unschedulable: null } })));
    this.cordoned = [];
  }

  /** As if the machines had lost their power. */
  async lose(names: readonly string[]): Promise<void> {
    this.lost = names;
    this.since = Date.now();
    const labels = { "science-platform/simulate": "lost" };
    await Promise.all(names.map((name) => this.patch(name, { metadata: { labels } })));
  }

  /** Milliseconds since nodes were lost. */
  lostFor(): number {
    return Date.now() - this.since;
  }

  /** Everything as it was. */
  async restore(): Promise<void> {
    await this.uncordon(this.cordoned);
    const labels = { "science-platform/simulate": null };
    await Promise.all(this.lost.map((name) => this.patch(name, { metadata: { labels } })));
    this.lost = [];
  }

  /** Names of the nodes that are out of service, in the order of the alphabet. */
  async outOfService(): Promise<string[]> {
    return (await this.list("/api/v1/nodes"))
      .filter(({ spec }) => spec.taints?.some(({ key }) => key === OUT_OF_SERVICE))
      .map(({ metadata }) => metadata.name)
      .sort();
  }

  async areReady(names: readonly string[]): Promise<boolean> {
    return (await this.list("/api/v1/nodes"))
      .filter(({ metadata }) => names.includes(metadata.name))
      .every(({ status }) =>
        status?.conditions?.some((it) => it.type === "Ready" && it.status === "True"),
      );
  }
}

/** What a federation's namespace holds. */
export class LiveFederation extends Cluster {
  constructor(
    api: ApiClient,
    private readonly namespace: string,
  ) {
    super(api);
  }

  private within(kind: string, api = "/api/v1"): Promise<Live[]> {
    return this.list(`${api}/namespaces/${this.namespace}/${kind}`);
  }

  async names(kind: string): Promise<string[]> {
    return (await this.within(kind)).map(({ metadata }) => metadata.name);
  }

  async policies(): Promise<string[]> {
    const found = await this.within("networkpolicies", "/apis/networking.k8s.io/v1");
    return found.map(({ metadata }) => metadata.name);
  }

  /** The pods of a name, or that begin with it, but for those that are ending. */
  private async pods(name: string): Promise<Live[]> {
    return (await this.within("pods")).filter(
      ({ metadata }) =>
        metadata.deletionTimestamp === undefined &&
        (metadata.name === name || metadata.name.startsWith(`${name}-`)),
    );
  }

  /** The pod that runs, if one does. */
  async running(name: string): Promise<Live | undefined> {
    return (await this.pods(name)).find(({ status }) => status?.phase === "Running");
  }

  /** Which of several names have a pod that runs. */
  async runs(): Promise<(name: string) => boolean> {
    const pods = await this.within("pods").catch(() => []);
    return (name) =>
      pods.some(
        ({ metadata, status }) =>
          metadata.name.startsWith(`${name}-`) && status?.phase === "Running",
      );
  }

  async nodeOf(name: string): Promise<string> {
    const pod = await this.running(name);
    assert.ok(pod, `no pod ${name} runs`);
    return pod.spec.nodeName!;
  }

  /** What the pod that waits says is missing; empty where none waits. */
  async missing(name: string): Promise<string> {
    const waiting = (await this.pods(name)).find(({ status }) => status?.phase === "Pending");
    const scheduled = waiting?.status?.conditions?.find(({ type }) => type === "PodScheduled");
    return scheduled?.message ?? "";
  }

  private async notReady(): Promise<string[]> {
    const all = await Promise.all(
      ["deployments", "statefulsets"].map((kind) => this.within(kind, "/apis/apps/v1")),
    );
    assert.ok(all.flat().length > 0);
    return all
      .flat()
      .filter(({ spec, status }) => (status?.readyReplicas ?? 0) !== spec.replicas)
      .map(({ metadata }) => metadata.name);
  }

  /** @throws AssertionError with the workloads that are not ready in time */
  untilReady(ms: number): Promise<void> {
    return this.untilNone(ms, () => this.notReady());
  }

  async assertReady(): Promise<void> {
    assert.deepEqual(await this.notReady(), []);
  }

  /** The uids of all claims, each with that of its volume. */
  async volumes(): Promise<Record<string, string[]>> {
    const volumes = await this.list("/api/v1/persistentvolumes");
    const uids = new Map(volumes.map(({ metadata }) => [metadata.name, metadata.uid]));
    const claims = await this.within("persistentvolumeclaims");
    return Object.fromEntries(
      claims.map(({ metadata, spec }) => [
        `${this.namespace}/${metadata.name}`,
        [metadata.uid, uids.get(spec.volumeName ?? "") ?? "none"],
      ]),
    );
  }
}
