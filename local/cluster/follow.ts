/** Keeps up with the objects of one kind: those that are there, then what changes, over lost connections. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient, ApiObject } from "./api";

/** Pause after a lost connection, in milliseconds. */
const PAUSE = 500;

interface List<T> {
  metadata: { resourceVersion: string };
  items: T[];
}

/** What is done with the objects. */
export interface Follower<T> {
  /** An object that is there, or has changed. Events that follow are not kept waiting by it. */
  changed(object: T): Promise<void>;
  /** All that are there, at the beginning and after each lost connection, before `changed` is told of them. */
  listed?(objects: readonly T[]): void;
  /** One that was deleted while it was watched. */
  gone?(object: T): void;
  say(line: string): void;
}

/** Whether nobody waits for what still comes. */
function over(signal: AbortSignal | undefined): boolean {
  return signal?.aborted ?? false;
}

async function followOnce<T extends ApiObject>(
  api: ApiClient,
  path: string,
  query: string,
  follower: Follower<T>,
  signal: AbortSignal,
): Promise<void> {
  const list = await api.get<List<T>>(`${path}?${query}`);
  follower.listed?.(list.items);
  await Promise.all(list.items.map((item) => follower.changed(item)));
  const since = `watch=1&resourceVersion=${list.metadata.resourceVersion}`;
  follower.say(`watching ${path}`);
  for await (const event of api.watch<T>(`${path}?${query}&${since}`, signal)) {
    if (event.type === "ERROR") {
      return;
    }
    if (event.type === "DELETED") {
      follower.gone?.(event.object);
    } else {
      void follower.changed(event.object);
    }
  }
}

/**
 * Follows the objects of a path for ever, or until the signal is aborted.
 *
 * @param query further parts of the list's query, such as `labelSelector=…`; may be empty
 */
export async function follow<T extends ApiObject>(
  api: ApiClient,
  path: string,
  query: string,
  follower: Follower<T>,
  signal?: AbortSignal,
): Promise<void> {
  let lost: string | undefined;
  while (!over(signal)) {
    try {
      await followOnce(api, path, query, follower, signal ?? new AbortController().signal);
      lost = undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!over(signal) && reason !== lost) {
        follower.say(`lost ${path}: ${reason}`);
      }
      lost = reason;
    }
    await sleep(PAUSE);
  }
}
