/** What a federation's workers load: the layout of their folders, and what must agree between files and workers. */
import type { DataFile } from "./federationDataFile";
import { METADATA_FILE, type DataModel } from "./federationDataModel";
import { nearest, oneOf, type Problems } from "./problems";

/** What one federation expects of its data. */
export interface DataExpectation {
  /** Name of the federation. */
  federation: string;
  /** Names of the pathologies' folders. */
  pathologies: string[];
  /** Its local workers: names of nodes, or of pods where data is on claims. */
  workers: string[];
}

/** A CSV of a pathology, checked. */
export interface LoadedFile {
  /** Path as messages name it. */
  path: string;
  name: string;
  file: DataFile;
}

/** One pathology of one worker, as it would be loaded. */
export interface LoadedPathology {
  /** Worker; nothing where the folder is of whichever worker it is copied to. */
  worker?: string;
  pathology: string;
  model: DataModel;
  /** Tells metadata of one content from others. */
  digest: string;
  files: LoadedFile[];
}

/** How a folder is laid out: a folder per worker, or at once the pathologies of one. */
export function hasWorkerFolders(names: readonly string[], expected: DataExpectation): boolean {
  return names.some((name) => expected.workers.includes(name));
}

/** Adds a problem where a folder is none of the names known. */
export function checkFolderName(
  name: string,
  known: readonly string[],
  what: string,
  problems: Problems,
  path: string,
): boolean {
  if (known.includes(name)) {
    return true;
  }
  const near = nearest(name, known);
  problems.add({
    path,
    reason: `is no ${what} of the federation`,
    value: name,
    allowed: oneOf(known),
    remedy:
      near === undefined
        ? `Add it to the federation's section, or remove the folder.`
        : `Did you mean ${near}?`,
  });
  return false;
}

/** What a file in a pathology's folder is to the loader. */
export type EntryKind = "metadata" | "csv" | "wrong" | "other";

/**
 * Sorts an entry of a pathology's folder, and adds a problem where the loader would pass over something that was
 * meant to be loaded.
 */
export function entryKind(
  name: string,
  isFolder: boolean,
  problems: Problems,
  path: string,
): EntryKind {
  if (isFolder) {
    problems.add({
      path,
      reason: "is a folder in a pathology's folder",
      remedy: "Put its files beside the metadata: nothing below is loaded.",
    });
    return "wrong";
  }
  if (name === METADATA_FILE) {
    return "metadata";
  }
  if (name.endsWith(".csv")) {
    return "csv";
  }
  const lower = name.toLowerCase();
  const isCsv = lower.endsWith(".csv");
  if (!isCsv && lower !== METADATA_FILE.toLowerCase()) {
    return "other";
  }
  problems.add({
    path,
    reason: "is not loaded: names are compared with their case",
    remedy: `Name it ${isCsv ? `${name.slice(0, -4)}.csv` : METADATA_FILE}.`,
  });
  return "wrong";
}

function workerName(worker: string | undefined): string {
  return worker ?? "the worker";
}

/** A worker's tables are named by code and version: a second pathology with the same would replace the first. */
function checkModels(all: readonly LoadedPathology[], problems: Problems): void {
  const seen = new Map<string, LoadedPathology>();
  for (const one of all) {
    const id = `${one.model.code}:${one.model.version}`;
    for (const other of seen.values()) {
      if (`${other.model.code}:${other.model.version}` !== id) {
        continue;
      }
      if (other.worker === one.worker) {
        problems.add({
          path: one.pathology,
          reason: `has the data model ${id} of ${other.pathology} on ${workerName(one.worker)}: it would replace that`,
          remedy: "Give one of them another code or version.",
        });
      } else if (other.digest !== one.digest) {
        problems.add({
          path: `${one.worker}/${one.pathology}`,
          reason: `has other metadata for ${id} than ${other.worker}/${other.pathology}: the controller then offers it on neither`,
          remedy: `Copy one ${METADATA_FILE} to all workers, or change its version on all.`,
        });
        break;
      }
    }
    seen.set(`${one.worker} ${one.pathology}`, one);
  }
}

/** A dataset is in one file of one worker: twice in a worker, its load fails; on two, the controller drops it. */
function checkDatasets(all: readonly LoadedPathology[], problems: Problems): void {
  const seen = new Map<string, { worker?: string; path: string }>();
  for (const { worker, model, files } of all) {
    for (const { path, file } of files) {
      for (const dataset of file.datasets.keys()) {
        const id = `${model.code}:${model.version} ${dataset}`;
        const other = seen.get(id);
        if (other === undefined) {
          seen.set(id, { worker, path });
          continue;
        }
        const consequence =
          other.worker === worker
            ? `${workerName(worker)} would load nothing`
            : "the controller then offers it on neither worker";
        problems.add({
          path,
          reason: `has dataset ${dataset}, as ${other.path} has: ${consequence}`,
          remedy: "Keep a dataset in one file of one worker.",
        });
      }
    }
  }
}

/** Adds the problems between files, pathologies and workers. */
export function checkLoaded(all: readonly LoadedPathology[], problems: Problems): void {
  checkModels(all, problems);
  checkDatasets(all, problems);
}

/** The table's lines: what each worker loads, one line for a dataset of a file. */
export function loadTable(all: readonly LoadedPathology[]): string[][] {
  const lines = all.flatMap(({ worker, pathology, model, files }) =>
    files.flatMap(({ name, file }) =>
      [...file.datasets].map(([dataset, rows]) => [
        worker ?? "(one)",
        pathology,
        `${model.code}:${model.version}`,
        name,
        dataset,
        String(rows),
      ]),
    ),
  );
  return [["WORKER", "PATHOLOGY", "DATA MODEL", "FILE", "DATASET", "ROWS"], ...lines];
}

/** Pathologies that no worker has data of: no problem, but worth knowing. */
export function withoutData(
  all: readonly LoadedPathology[],
  { pathologies, workers }: DataExpectation,
): string[] {
  const has = (worker: string | undefined, pathology: string): boolean =>
    all.some((it) => it.worker === worker && it.pathology === pathology && it.files.length > 0);
  const named = all.some(({ worker }) => worker !== undefined) ? workers : [undefined];
  return named.flatMap((worker) => {
    const absent = pathologies.filter((pathology) => !has(worker, pathology));
    return absent.length === 0
      ? []
      : [`${worker ?? "The folder"} has no data of ${oneOf(absent)}.`];
  });
}
