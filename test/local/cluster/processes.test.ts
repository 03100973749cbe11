import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StandError } from "../../../local/processes/errors";
import { privateFolder } from "../../../local/processes/files";
import { processIdentity } from "../../../local/processes/identity";
import { withLock } from "../../../local/processes/lock";
import { ensureRunning, stop, stopAll } from "../../../local/processes/processes";
import type { ProcessFolders, ProcessSpec } from "../../../local/processes/processes";
import { isRunning, readRecord, writeRecord } from "../../../local/processes/records";
import { firstLineLike } from "../../../local/processes/logs";

describe("the stand's processes", () => {
  let root: string;
  let folders: ProcessFolders;
  const strangers: ChildProcess[] = [];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "stand-processes-"));
    folders = { run: privateFolder(join(root, "run")), log: join(root, "log") };
  });

  afterEach(async () => {
    await stopAll(folders);
    strangers.splice(0).forEach((child) => child.kill("SIGKILL"));
    rmSync(root, { recursive: true, force: true });
  });

  /** A process of this test that the stand has not started. */
  function stranger(): number {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
      stdio: "ignore",
    });
    strangers.push(child);
    assert.ok(child.pid !== undefined);
    return child.pid;
  }

  /** A process that runs a script and is ready when it has written `ready`. */
  function spec(script: string, inputs: string[] = []): ProcessSpec {
    return {
      name: "sample",
      command: process.execPath,
      arguments: ["-e", script],
      inputs,
      order: 1,
      ready: (record) => firstLineLike(record.log, record.logOffset, /^ready$/) !== undefined,
    };
  }
  const LASTING = "console.log('ready'); setInterval(() => {}, 1000)";

  const record = (pid: number, identity: string) => ({
    name: "sample",
    pid,
    identity,
    fingerprint: "x",
    order: 1,
    log: join(root, "log", "sample.log"),
    logOffset: 0,
  });

  it("never signals a foreign process that got the number of one of ours", async () => {
    const pid = stranger();
    writeRecord(folders.run, record(pid, "another-boot:1"));
    assert.equal(await stop(folders, "sample"), false);
    assert.deepEqual(await stopAll(folders), []);
    assert.notEqual(processIdentity(pid), undefined, "the stranger still runs");
    assert.equal(existsSync(join(folders.run, "sample.json")), false, "the record is forgotten");
  });

  it("starts its own beside a foreign process that got the number of one of ours", async () => {
    const pid = stranger();
    writeRecord(folders.run, record(pid, "another-boot:1"));
    const { record: started } = await ensureRunning(folders, spec(LASTING));
    assert.notEqual(started.pid, pid);
    assert.equal(isRunning(started), true);
    assert.notEqual(processIdentity(pid), undefined);
  });

  it("forgets a damaged record without a signal", async () => {
    writeFileSync(
      join(folders.run, "sample.json"),
      `{"name": "sample", "pid": ${stranger()}, "ide`,
    );
    assert.deepEqual(await stopAll(folders), []);
    assert.equal(existsSync(join(folders.run, "sample.json")), false);
  });

  it("counts a process that has ended as gone, even while its parent has not noticed", () => {
    const pid = stranger();
    const identity = processIdentity(pid);
    assert.notEqual(identity, undefined);
    strangers[0]?.kill("SIGKILL");
    // Until this turn of the event loop ends the process is a zombie: it still has its number.
    const deadline = Date.now() + 5000;
    while (processIdentity(pid) !== undefined && Date.now() < deadline);
    assert.equal(processIdentity(pid), undefined);
    assert.equal(processIdentity(0), undefined);
    assert.equal(processIdentity(-1), undefined);
  });

  it("leaves a running process as it is and stops it on request", async () => {
    const first = await ensureRunning(folders, spec(LASTING));
    const second = await ensureRunning(folders, spec(LASTING));
    assert.equal(first.started, true);
    assert.equal(second.started, false);
    assert.deepEqual(second.record, first.record);
    assert.equal(statSync(join(folders.run, "sample.json")).mode & 0o777, 0o600);
    assert.equal(statSync(first.record.log).mode & 0o777, 0o600);
    assert.deepEqual(await stopAll(folders), ["sample"]);
    assert.equal(isRunning(first.record), false);
    assert.equal(readRecord(folders.run, "sample"), undefined);
  });

  it("starts a process anew when a file that it reads has changed", async () => {
    const input = join(root, "input");
    writeFileSync(input, "one");
    const first = await ensureRunning(folders, spec(LASTING, [input]));
    writeFileSync(input, "two");
    const second = await ensureRunning(folders, spec(LASTING, [input]));
    assert.equal(second.started, true);
    assert.equal(isRunning(first.record), false);
    assert.equal(isRunning(second.record), true);
  });

  it("shows the last log lines of this start, and what to do, when a process ends at once", async () => {
    await ensureRunning(folders, spec(`console.log('of an earlier start'); ${LASTING}`));
    await stop(folders, "sample");
    const script = "console.error('cannot bind 127.0.0.1:1'); process.exit(1)";
    await assert.rejects(ensureRunning(folders, spec(script)), (error: unknown) => {
      assert.ok(error instanceof StandError);
      assert.match(error.message, /^sample ended as soon as it was started\./);
      assert.match(error.message, /\n {2}cannot bind 127\.0\.0\.1:1$/);
      assert.doesNotMatch(error.message, /earlier start/);
      assert.equal(
        error.remedy,
        `Read ${join(root, "log", "sample.log")}; then try: make down cluster`,
      );
      return true;
    });
    assert.equal(readRecord(folders.run, "sample"), undefined);
  });

  it("says so when the program cannot be run at all", async () => {
    const missing = { ...spec(""), command: join(root, "no-such-program") };
    await assert.rejects(ensureRunning(folders, missing), /^StandError: sample ended as soon/);
  });

  it("ends a process that ignores the polite signal", async () => {
    const stubborn = `process.on('SIGTERM', () => {}); ${LASTING}`;
    const { record: started } = await ensureRunning(folders, spec(stubborn));
    assert.equal(await stop(folders, "sample", 200), true);
    assert.equal(isRunning(started), false);
  });

  describe("lock", () => {
    it("lets one run after the other work, and tells the second whom it waits for", async () => {
      const path = join(root, "run", "up.lock");
      const events: string[] = [];
      const work = (name: string) => async () => {
        events.push(`${name} begins`);
        await sleep(150);
        events.push(`${name} ends`);
      };
      await Promise.all([
        withLock(path, () => assert.fail("the first waits"), work("first")),
        withLock(path, (pid) => events.push(`waits for ${pid}`), work("second")),
      ]);
      const waits = `waits for ${process.pid}`;
      assert.deepEqual(
        events.filter((event) => event !== waits),
        ["first begins", "first ends", "second begins", "second ends"],
      );
      assert.equal(events.filter((event) => event === waits).length, 1);
      assert.equal(existsSync(path), false);
    });

    for (const [what, content] of [
      ["a process that has ended", JSON.stringify({ pid: 2 ** 22 + 1, identity: "gone:1" })],
      ["a foreign process", JSON.stringify({ pid: process.pid, identity: "another:1" })],
      ["nobody: it is damaged", '{"pid": 12'],
    ] as const) {
      it(`is taken over when it is held by ${what}`, async () => {
        const path = join(root, "run", "up.lock");
        writeFileSync(path, content);
        const holder = await withLock(
          path,
          () => assert.fail("nobody is there to wait for"),
          () => Promise.resolve((JSON.parse(readFileSync(path, "utf8")) as { pid: number }).pid),
        );
        assert.equal(holder, process.pid);
      });
    }
  });
});
