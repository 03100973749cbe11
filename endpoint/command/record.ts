/** From a file to the record that PUT takes. */
import * as fs from "node:fs";
import * as path from "node:path";
import type { ServiceRecord } from "../service";
import { PlainError } from "./output";

/** What the options of `put` say of the record. */
export interface RecordOptions {
  title?: string;
  /** `container:port`. */
  expose?: string;
  hostname?: string;
}

const RECORD_KEYS = new Set([
  "title",
  "data",
  "exposed_service",
  "exposed_port",
  "exposed_hostname",
]);

function read(file: string): string {
  try {
    return fs.readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new PlainError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/** A JSON file may hold the whole record, as the collection keeps it; JSON is also YAML, so its keys decide. */
function wholeRecord(text: string): Partial<ServiceRecord> | undefined {
  if (!text.trimStart().startsWith("{")) {
    return undefined;
  }
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    return typeof value["data"] === "string" ? recordPart(value) : undefined;
  } catch {
    return undefined;
  }
}

/** The record's own fields: what else a collection keeps, such as `id`, is not sent. */
function recordPart(value: Record<string, unknown>): Partial<ServiceRecord> {
  const entries = Object.entries(value).filter(
    ([key, field]) => RECORD_KEYS.has(key) && field !== null,
  );
  return Object.fromEntries(entries);
}

function exposed(option: string | undefined): Partial<ServiceRecord> {
  if (option === undefined) {
    return {};
  }
  const parts = /^([^:]+):(\d{1,5})$/.exec(option);
  if (parts === null) {
    throw new PlainError(`--expose ${option}: write container:port, such as nginx:80.`);
  }
  return { exposed_service: parts[1], exposed_port: Number(parts[2]) };
}

/**
 * The record: a JSON record, or a YAML document with what the options say. Options win over the file.
 *
 * @param file `-` is standard input
 * @throws PlainError
 */
export function readRecord(id: string, file: string, options: RecordOptions): ServiceRecord {
  const text = read(file);
  const base = wholeRecord(text) ?? { data: text };
  const name = file === "-" ? id : path.basename(file).replace(/\.(ya?ml|json)$/, "");
  return {
    title: name,
    data: text,
    ...base,
    ...(options.title === undefined ? {} : { title: options.title }),
    ...exposed(options.expose),
    ...(options.hostname === undefined ? {} : { exposed_hostname: options.hostname }),
  };
}
