/** What is kept of every process that the stand started: one file each, `run/<name>.json`. */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isMissing, readJsonObject, writeWhole } from "./files";
import { processIdentity } from "./identity";

/** A process that the stand started. */
export interface ProcessRecord {
  /** Name of the process and of its files: `local-etcd`. */
  name: string;
  pid: number;
  /** `processIdentity` of the process when it had just started. */
  identity: string;
  /** Digest of its command line, environment and configuration: another one means that it is out of date. */
  fingerprint: string;
  /** Processes with a higher number are stopped first. */
  order: number;
  /** Its log file, and where in it the output of this start begins. */
  log: string;
  logOffset: number;
}

function recordFile(folder: string, name: string): string {
  return join(folder, `${name}.json`);
}

/** The record of a process; nothing when there is none or the file is damaged. */
export function readRecord(folder: string, name: string): ProcessRecord | undefined {
  const found = readJsonObject(recordFile(folder, name));
  const complete =
    found !== undefined &&
    found["name"] === name &&
    Number.isInteger(found["pid"]) &&
    typeof found["identity"] === "string" &&
    typeof found["fingerprint"] === "string" &&
    typeof found["order"] === "number" &&
    typeof found["log"] === "string" &&
    typeof found["logOffset"] === "number";
  return complete ? (found as unknown as ProcessRecord) : undefined;
}

/** Keeps a record; it replaces an older one of the same name. */
export function writeRecord(folder: string, record: ProcessRecord): void {
  writeWhole(recordFile(folder, record.name), `${JSON.stringify(record, undefined, 2)}\n`);
}

/** Forgets a process. The process itself is not touched. */
export function removeRecord(folder: string, name: string): void {
  rmSync(recordFile(folder, name), { force: true });
}

/** The names of all records, damaged ones included. */
export function recordNames(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith(".json"))
      .map((file) => file.slice(0, -".json".length))
      .sort();
  } catch (error) {
    if (isMissing(error)) {
      return [];
    }
    throw error;
  }
}

/** Whether the very process of the record still runs: not another one that got its number since. */
export function isRunning(record: ProcessRecord): boolean {
  return processIdentity(record.pid) === record.identity;
}
