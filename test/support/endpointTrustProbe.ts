/**
 * Loaded into the endpoint's process by tests and benches: how long its event loop was ever busy at a stretch, counted
 * in processor time of its own thread, so that a busy machine does not count; and what it holds.
 */
import * as fs from "node:fs";

/** What a process tells of itself. */
export interface Figures {
  /** Longest stretch of processor time between two turns of the event loop, since the last question. */
  longestMs: number;
  /** After a garbage collection, in bytes. */
  heap: number;
  rss: number;
  /** Sockets, timers and the like that are open. */
  handles: number;
}

const EVERY_MS = 10;

/** Nanoseconds that the main thread has had the processor; its id is the process's. */
const SCHEDULED = `/proc/self/task/${process.pid}/schedstat`;

function busyMs(): number {
  if (fs.existsSync(SCHEDULED)) {
    return Number(fs.readFileSync(SCHEDULED, "latin1").split(" ")[0]) / 1e6;
  }
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

let last = busyMs();
let longestMs = 0;

function look(): void {
  const now = busyMs();
  longestMs = Math.max(longestMs, now - last);
  last = now;
}

setInterval(look, EVERY_MS).unref();

process.on("message", () => {
  look();
  const stretch = longestMs;
  global.gc?.();
  const { heapUsed: heap, rss } = process.memoryUsage();
  const handles = process.getActiveResourcesInfo().length;
  const figures: Figures = { longestMs: stretch, heap, rss, handles };
  process.send?.(figures);
  // The collection was ours.
  last = busyMs();
  longestMs = 0;
});
