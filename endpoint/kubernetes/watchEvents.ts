/** The events of a watch, line by line as the API server sends them. */
import { StringDecoder } from "node:string_decoder";
import type { Readable } from "node:stream";
import { messageOf } from "./answers";

/** What every object of the API server has. */
export interface Kept {
  metadata: { name: string; namespace?: string; resourceVersion?: string };
}

/** One change of one object. */
export interface WatchEvent<T> {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  object: T;
}

/** The versions that a watch goes on from are forgotten after some minutes; then all is listed again. */
export class VersionGone extends Error {}

function parseEvent<T>(line: string): WatchEvent<T> {
  const event = JSON.parse(line) as WatchEvent<T> | { type: "ERROR"; object: { code?: number } };
  if (event.type === "ERROR") {
    const { object } = event;
    throw object.code === 410 ? new VersionGone("watch") : new Error(messageOf(object));
  }
  return event;
}

/** The events of a stream, all those of a chunk at once. */
export async function* eventsOf<T extends Kept>(stream: Readable): AsyncGenerator<WatchEvent<T>[]> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.write(chunk as Buffer)).split("\n");
    rest = lines.pop()!;
    yield lines.filter((line) => line !== "").map((line) => parseEvent<T>(line));
  }
}
