/** Reads a folder of data as a federation's workers would, file after file, and adds every problem. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import {
  checkFolderName,
  checkLoaded,
  entryKind,
  hasWorkerFolders,
  type DataExpectation,
  type LoadedFile,
  type LoadedPathology,
} from "../../components/model/federationData";
import { CsvReader } from "../../components/model/federationDataCsv";
import { DataFileCheck, type DataFile } from "../../components/model/federationDataFile";
import {
  METADATA_FILE,
  readDataModel,
  type DataModel,
} from "../../components/model/federationDataModel";
import { Problems } from "../../components/model/problems";
import { PlainError } from "../output";

/** What was read of a folder. */
export interface ReadData {
  loaded: LoadedPathology[];
  /** Problems of every file, each with its path below the folder. */
  problems: Problems;
  /** Files that no worker reads, but that are no mistake of the naming either. */
  ignored: string[];
}

/** Entries by name; links are followed, and what is hidden is left out, but for CSVs: the loader takes those. */
function entriesOf(folder: string): { name: string; isFolder: boolean }[] {
  return fs
    .readdirSync(folder)
    .filter((name) => !name.startsWith(".") || name.endsWith(".csv"))
    .sort()
    .map((name) => ({
      name,
      isFolder:
        fs.statSync(path.join(folder, name), { throwIfNoEntry: false })?.isDirectory() ?? false,
    }));
}

async function readCsv(
  file: string,
  model: DataModel | undefined,
  problems: Problems,
): Promise<DataFile> {
  const check = new DataFileCheck({ model }, problems);
  const reader = new CsvReader((record) => check.take(record));
  // Lenient, so that the line of what is no UTF-8 is known: it becomes U+FFFD.
  const decoder = new TextDecoder("utf-8");
  for await (const piece of fs.createReadStream(file, { highWaterMark: 1 << 20 })) {
    reader.push(decoder.decode(piece as Buffer, { stream: true }));
  }
  reader.push(decoder.decode());
  reader.end();
  return check.end();
}

/** @throws anything but an error of the file system */
function addUnreadable(error: unknown, problems: Problems): void {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) {
    throw error;
  }
  problems.add({
    path: "",
    reason: `cannot be read: ${code}`,
    remedy: "Correct its permissions, or remove it.",
  });
}

/** One run over a folder. */
class FolderReading {
  readonly loaded: LoadedPathology[] = [];
  readonly ignored: string[] = [];
  readonly problems = new Problems("");

  constructor(
    private readonly root: string,
    private readonly expected: DataExpectation,
  ) {}

  /** Reads the pathologies in a folder, which is of one worker. */
  async worker(folder: string, worker?: string): Promise<void> {
    for (const { name, isFolder } of entriesOf(folder)) {
      const inner = path.join(folder, name);
      const shown = path.relative(this.root, inner);
      if (!isFolder) {
        this.stray(name, shown);
      } else if (
        checkFolderName(name, this.expected.pathologies, "pathology", this.problems, shown)
      ) {
        await this.pathology(inner, name, worker);
      }
    }
  }

  private stray(name: string, shown: string): void {
    if (/\.(csv|json)$/i.test(name)) {
      this.problems.add({
        path: shown,
        reason: "lies in no pathology's folder",
        remedy: "Put it into the folder of its pathology.",
      });
    } else {
      this.ignored.push(shown);
    }
  }

  private async pathology(folder: string, pathology: string, worker?: string): Promise<void> {
    const shown = path.relative(this.root, folder);
    const csvs: string[] = [];
    let metadata: { model?: DataModel; digest: string } | undefined;
    for (const { name, isFolder } of entriesOf(folder)) {
      const kind = entryKind(name, isFolder, this.problems, path.join(shown, name));
      if (kind === "csv") {
        csvs.push(name);
      } else if (kind === "metadata") {
        metadata = this.metadata(path.join(folder, name));
      } else if (kind === "other") {
        this.ignored.push(path.join(shown, name));
      }
    }
    if (metadata === undefined) {
      const reason = `has no ${METADATA_FILE}: the worker passes over it`;
      this.problems.add({ path: shown, reason, remedy: "Copy the pathology's metadata there." });
    }
    if (csvs.length === 0) {
      const reason = "has no CSV: the worker passes over it";
      this.problems.add({ path: shown, reason, remedy: "Add data, or remove the folder." });
    }
    const files: LoadedFile[] = [];
    for (const name of csvs) {
      const source = path.join(shown, name);
      const own = new Problems(source);
      try {
        const file = await readCsv(path.join(folder, name), metadata?.model, own);
        files.push({ path: source, name, file });
      } catch (error) {
        addUnreadable(error, own);
      }
      this.problems.addAll(own);
    }
    if (metadata?.model !== undefined) {
      const { model, digest } = metadata;
      this.loaded.push({ worker, pathology, model, digest, files });
    }
  }

  private metadata(file: string): { model?: DataModel; digest: string } {
    const own = new Problems(path.relative(this.root, file));
    let model: DataModel | undefined;
    let digest = "";
    try {
      const bytes = fs.readFileSync(file);
      digest = createHash("sha256").update(bytes).digest("hex");
      model = readDataModel(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), own);
    } catch (error) {
      addUnreadable(error, own);
    }
    this.problems.addAll(own);
    return { model, digest };
  }
}

/**
 * Reads a folder: a folder for each worker with its pathologies, or the pathologies of one worker.
 *
 * @param worker whose folder it is, where it holds pathologies
 * @throws PlainError when it is no folder, or has nothing in it
 */
export async function readDataFolder(
  root: string,
  expected: DataExpectation,
  worker?: string,
): Promise<ReadData> {
  if (!(fs.statSync(root, { throwIfNoEntry: false })?.isDirectory() ?? false)) {
    throw new PlainError(`${root} is no folder. Give the one that holds the pathologies' folders.`);
  }
  const names = entriesOf(root)
    .filter(({ isFolder }) => isFolder)
    .map(({ name }) => name);
  if (names.length === 0) {
    throw new PlainError(
      `${root} holds no folders. Expected: ${expected.pathologies.join(", ")}, each with ${METADATA_FILE} and CSVs.`,
    );
  }
  const reading = new FolderReading(root, expected);
  if (worker === undefined && hasWorkerFolders(names, expected)) {
    for (const name of names) {
      if (checkFolderName(name, expected.workers, "worker", reading.problems, name)) {
        await reading.worker(path.join(root, name), name);
      }
    }
  } else {
    const only = expected.workers.length === 1 ? expected.workers[0] : undefined;
    await reading.worker(root, worker ?? only);
  }
  checkLoaded(reading.loaded, reading.problems);
  const { loaded, problems, ignored } = reading;
  return { loaded, problems, ignored };
}
