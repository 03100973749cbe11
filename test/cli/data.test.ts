import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { readExpectation } from "../../cli/data/federation";
import { readDataFolder } from "../../cli/data/readFolder";

const ROOT = path.resolve(__dirname, "../..");
const EXPECTED = {
  federation: "lab",
  pathologies: ["dementia", "mentalhealth"],
  workers: ["w1", "w2"],
};

function metadata(...datasets: string[]): string {
  const enumerations = datasets.map((code) => ({ code, label: code }));
  return JSON.stringify({
    code: "dementia",
    version: "0.1",
    variables: [
      { code: "dataset", label: "d", sql_type: "text", isCategorical: true, enumerations },
      { code: "age", label: "Age", sql_type: "int", isCategorical: false },
    ],
  });
}

describe("data", function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-data-"));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  function write(name: string, content: string | Buffer): void {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }

  /** A worker's folder that is as it should be. */
  function writeWorker(base: string, dataset: string): void {
    write(path.join(base, "dementia/CDEsMetadata.json"), metadata("adni", "edsd"));
    write(path.join(base, `dementia/${dataset}.csv`), `subjectcode,dataset,age\n1,${dataset},70\n`);
  }

  const read = (worker?: string) => readDataFolder(folder, EXPECTED, worker);

  it("reads a folder for each worker", async () => {
    writeWorker("w1", "adni");
    writeWorker("w2", "edsd");
    const { loaded, problems } = await read();
    assert.deepEqual(problems.list(), []);
    assert.deepEqual(
      loaded.map(({ worker, files }) => [worker, files.map(({ path: shown }) => shown)]),
      [
        ["w1", ["w1/dementia/adni.csv"]],
        ["w2", ["w2/dementia/edsd.csv"]],
      ],
    );
  });

  it("reads the pathologies of one worker", async () => {
    writeWorker("", "adni");
    const { loaded, problems } = await read("w2");
    assert.deepEqual(problems.list(), []);
    assert.deepEqual(
      loaded.map(({ worker }) => worker),
      ["w2"],
    );
    assert.equal((await read()).loaded[0]!.worker, undefined);
  });

  it("finds everything that is wrong with the layout at once", async () => {
    writeWorker("w1", "adni");
    writeWorker("w3", "edsd");
    write("w1/dementai/a.csv", "x");
    write("w1/stray.csv", "x");
    write("w1/README.txt", "x");
    write("w1/dementia/B.CSV", "x");
    write("w1/dementia/old/a.csv", "x");
    write("w1/mentalhealth/notes.txt", "x");
    const { problems, ignored } = await read();
    assert.deepEqual(
      problems.list().map((line) => line.split(/ \(found|\. /)[0]),
      [
        "w1/dementai: is no pathology of the federation",
        "w1/dementia/B.CSV: is not loaded: names are compared with their case",
        "w1/dementia/old: is a folder in a pathology's folder",
        "w1/mentalhealth: has no CDEsMetadata.json: the worker passes over it",
        "w1/mentalhealth: has no CSV: the worker passes over it",
        "w1/stray.csv: lies in no pathology's folder",
        "w3: is no worker of the federation",
      ].sort((a, b) => (a < b ? -1 : 1)),
    );
    assert.match(
      problems.list().find((line) => line.includes("dementai"))!,
      /Did you mean dementia\?/,
    );
    assert.deepEqual(ignored, ["w1/README.txt", "w1/mentalhealth/notes.txt"]);
  });

  it("tells the line of text in another encoding, wherever the pieces of the file end", async () => {
    write("dementia/CDEsMetadata.json", metadata("adni"));
    const row = Buffer.from("é".padEnd(1000, "ü") + ",adni,70\n");
    const many = Array.from({ length: 1500 }, () => row);
    const latin = Buffer.from("M\xfcller,adni,70\n", "latin1");
    write(
      "dementia/a.csv",
      Buffer.concat([Buffer.from("subjectcode,dataset,age\n"), ...many, latin]),
    );
    const { problems, loaded } = await read();
    assert.deepEqual(problems.list(), [
      "dementia/a.csv: line 1502: is not UTF-8. Save the file as UTF-8.",
    ]);
    assert.equal(loaded[0]!.files[0]!.file.rows, 1501);
  });

  it("keeps to a little memory with a large file", async () => {
    write("dementia/CDEsMetadata.json", metadata("adni"));
    const rows = Array.from({ length: 100_000 }, (_, i) => `${i},adni,70`).join("\n");
    const file = path.join(folder, "dementia/a.csv");
    fs.writeFileSync(file, "subjectcode,dataset,age\n");
    for (let i = 0; i < 10; i++) {
      fs.appendFileSync(file, `${rows}\n`);
    }
    const before = process.memoryUsage().rss;
    const { loaded } = await read();
    assert.equal(loaded[0]!.files[0]!.file.rows, 1_000_000);
    assert.ok(process.memoryUsage().rss - before < 200e6);
  });

  it("says so when a file cannot be read, and goes on", async () => {
    writeWorker("w1", "adni");
    fs.symlinkSync("nowhere", path.join(folder, "w1/dementia/b.csv"));
    const { problems, loaded } = await read();
    assert.deepEqual(problems.list(), [
      "w1/dementia/b.csv: cannot be read: ENOENT. Correct its permissions, or remove it.",
    ]);
    assert.equal(loaded.length, 1);
  });

  it("refuses what is no folder of data", async () => {
    await assert.rejects(read(), /holds no folders\. Expected: dementia, mentalhealth/);
    await assert.rejects(readDataFolder(path.join(folder, "x"), EXPECTED), /is no folder/);
  });

  it("knows the workers of the sample stack, and federations that it does not have", () => {
    assert.deepEqual(readExpectation(ROOT, "federation", "dementia-lab"), {
      federation: "dementia-lab",
      pathologies: ["dementia", "mentalhealth"],
      workers: ["mip-worker-1", "mip-worker-2", "mip-worker-3"],
    });
    assert.throws(
      () => readExpectation(ROOT, "federation", "dementia-lap"),
      /federations: has no federation of that name .*Did you mean dementia-lab\?/,
    );
  });

  describe("the command", () => {
    function run(...args: string[]): { code: number | null; stdout: string; stderr: string } {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ["--import", "tsx", path.join(ROOT, "cli/data.ts"), ...args],
        { encoding: "utf8", cwd: ROOT, env: { ...process.env, STACK: "" } },
      );
      return { code: status, stdout, stderr };
    }
    const wanted = ["--federation", "dementia-lab", "--stack", "federation"];

    it("prints what each worker loads", () => {
      writeWorker("mip-worker-1", "adni");
      writeWorker("mip-worker-2", "edsd");
      const { code, stdout, stderr } = run("--folder", folder, ...wanted);
      assert.equal(code, 0, stderr);
      assert.equal(
        stdout,
        [
          "WORKER        PATHOLOGY  DATA MODEL    FILE      DATASET  ROWS",
          "mip-worker-1  dementia   dementia:0.1  adni.csv  adni        1",
          "mip-worker-2  dementia   dementia:0.1  edsd.csv  edsd        1",
          "",
        ].join("\n"),
      );
      assert.match(stderr, /^mip-worker-3 has no data of dementia, mentalhealth\.$/m);
    });

    it("ends with 1 and every problem", () => {
      writeWorker("mip-worker-1", "adni");
      write("mip-worker-1/dementia/b.csv", "subjectcode,dataset,dataset\n1,adni\n");
      write("mip-worker-2/tbi/a.csv", "x");
      const { code, stdout, stderr } = run("--folder", folder, ...wanted);
      assert.equal(code, 1);
      assert.match(stdout, /adni\.csv/);
      assert.match(stderr, /b\.csv: line 1: has column dataset twice/);
      assert.match(stderr, /b\.csv: line 2: has 2 fields, and the header 3/);
      assert.match(stderr, /mip-worker-2\/tbi: is no pathology of the federation/);
    });

    it("refuses a worker that the federation has not", () => {
      writeWorker("", "adni");
      const { code, stderr } = run("--folder", folder, "--worker", "w9", ...wanted);
      assert.equal(code, 1);
      assert.match(stderr, /w9 is no worker of dementia-lab\. There are: mip-worker-1, /);
    });
  });
});
