/** A copy of objects of one kind, kept up to date by a watch: reading it asks the API server nothing. */
import { HttpFault, type Kubernetes } from "../seams";
import { messageOf } from "./answers";
import { eventsOf, VersionGone, type Kept, type WatchEvent } from "./watchEvents";

export type { Kept } from "./watchEvents";

/** What is copied, and how. */
export interface WatchOptions<T extends Kept> {
  /** Of the list, over all namespaces: `/api/v1/pods`. */
  path: string;
  /** @default all objects */
  labelSelector?: string;
  /** The part of an object that is worth its memory. */
  keep: (object: T) => T;
  /** What objects are found by together. @default their namespace */
  group?: (object: T) => string;
  /** Told when the copy falls behind, and why. */
  onLost?: (reason: string) => void;
}

/** Objects of one page of a list. */
const PAGE = 500;

/** The API server ends a watch after this time; spread, so that not all of them begin anew together. */
const WATCH_SECONDS = 280;

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

/** Whether one resource version is another or comes after it: they are numbers of any length. */
export function isAtLeast(version: string, wanted: string): boolean {
  return BigInt(version) >= BigInt(wanted);
}

function keyOf({ metadata }: Kept): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

/** A copy that follows the cluster from `start` to `close`. */
export class WatchCache<T extends Kept> {
  private readonly objects = new Map<string, T>();
  private readonly groups = new Map<string, Map<string, T>>();
  private readonly waiting = new Set<() => void>();
  private readonly ended = new AbortController();
  private readonly groupOf: (object: T) => string;
  private version = "0";
  private isListed = false;
  private lostAt: number | undefined = Date.now();

  constructor(
    private readonly kubernetes: Kubernetes,
    private readonly options: WatchOptions<T>,
  ) {
    this.groupOf = options.group ?? (({ metadata }) => metadata.namespace ?? "");
  }

  /** Begins to follow; resolves once all objects are there. It does not give up before `close`. */
  async start(): Promise<void> {
    void this.follow();
    await this.until(() => this.isListed, Number.POSITIVE_INFINITY);
  }

  /** Whether all objects were there once. */
  get isReady(): boolean {
    return this.isListed;
  }

  /** Since how many milliseconds there is no news; 0 while the watch stands. */
  get silentMs(): number {
    return this.lostAt === undefined ? 0 : Date.now() - this.lostAt;
  }

  get size(): number {
    return this.objects.size;
  }

  get(namespace: string, name: string): T | undefined {
    return this.objects.get(`${namespace}/${name}`);
  }

  /** Objects of a group, in the order in which they came. */
  inGroup(group: string): T[] {
    return [...(this.groups.get(group)?.values() ?? [])];
  }

  all(): Iterable<T> {
    return this.objects.values();
  }

  /** Whether what happened up to `version` is known here, which is waited for. */
  reached(version: string, timeoutMs: number): Promise<boolean> {
    return this.until(() => isAtLeast(this.version, version), timeoutMs);
  }

  /** Waits until something is so, looking after each change. */
  async until(isSo: () => boolean, timeoutMs: number): Promise<boolean> {
    if (isSo() || this.ended.signal.aborted) {
      return isSo();
    }
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve(isSo());
      };
      const look = (): void => {
        if (isSo() || this.ended.signal.aborted) {
          finish();
        }
      };
      const timer = Number.isFinite(timeoutMs) ? setTimeout(finish, timeoutMs) : undefined;
      this.waiting.add(look);
    });
  }

  close(): void {
    this.ended.abort();
    this.look();
  }

  private look(): void {
    this.waiting.forEach((look) => look());
  }

  private async follow(): Promise<void> {
    let failures = 0;
    let mustList = true;
    while (!this.ended.signal.aborted) {
      try {
        if (mustList) {
          await this.list();
          mustList = false;
        }
        await this.watch();
        failures = 0;
      } catch (error) {
        if (this.ended.signal.aborted) {
          return;
        }
        failures++;
        this.lostAt ??= Date.now();
        mustList ||= error instanceof VersionGone;
        this.options.onLost?.(error instanceof Error ? error.message : String(error));
      }
      const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** failures);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * longest).unref());
    }
  }

  private query(parameters: Record<string, string>): string {
    const { path, labelSelector } = this.options;
    const query = new URLSearchParams(parameters);
    if (labelSelector !== undefined) {
      query.set("labelSelector", labelSelector);
    }
    return `${path}?${query.toString()}`;
  }

  private async list(): Promise<void> {
    const found: T[] = [];
    let next = "";
    let version = "";
    do {
      const page: Record<string, string> = { limit: String(PAGE) };
      const path = this.query(next === "" ? page : { ...page, continue: next });
      const { status, body } = await this.kubernetes.request("GET", path, {
        signal: this.ended.signal,
        timeoutMs: 10_000,
      });
      if (status !== 200) {
        throw status === 410 ? new VersionGone("list") : new Error(messageOf(body));
      }
      const { items, metadata } = body as {
        items: T[];
        metadata: { resourceVersion: string; continue?: string };
      };
      found.push(...items.map(this.options.keep));
      next = metadata.continue ?? "";
      version = metadata.resourceVersion;
    } while (next !== "");
    this.objects.clear();
    this.groups.clear();
    found.forEach((object) => this.set(object));
    this.version = version;
    this.isListed = true;
    this.look();
  }

  /** Follows from the version that the copy has, until the API server ends the watch. */
  private async watch(): Promise<void> {
    const seconds = WATCH_SECONDS + Math.floor(Math.random() * 40);
    const path = this.query({
      watch: "1",
      allowWatchBookmarks: "true",
      resourceVersion: this.version,
      timeoutSeconds: String(seconds),
    });
    const stream = await this.kubernetes
      .stream(path, this.ended.signal)
      .catch((error: unknown): never => {
        throw error instanceof HttpFault && error.status === 410 ? new VersionGone("watch") : error;
      });
    this.lostAt = undefined;
    for await (const events of eventsOf<T>(stream)) {
      events.forEach((event) => this.take(event));
      this.look();
    }
  }

  private take({ type, object }: WatchEvent<T>): void {
    if (type === "DELETED") {
      this.remove(keyOf(object));
    } else if (type !== "BOOKMARK") {
      this.set(this.options.keep(object));
    }
    this.version = object.metadata.resourceVersion ?? this.version;
  }

  private set(object: T): void {
    const key = keyOf(object);
    const group = this.groupOf(object);
    const before = this.objects.get(key);
    if (before !== undefined && this.groupOf(before) !== group) {
      this.remove(key);
    }
    this.objects.set(key, object);
    const members = this.groups.get(group) ?? new Map<string, T>();
    this.groups.set(group, members.set(key, object));
  }

  private remove(key: string): void {
    const object = this.objects.get(key);
    if (object === undefined) {
      return;
    }
    this.objects.delete(key);
    const group = this.groupOf(object);
    const members = this.groups.get(group);
    members?.delete(key);
    if (members?.size === 0) {
      this.groups.delete(group);
    }
  }
}
