import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { formatElapsed, runTasks, type ProgressTask } from "../../../local/progress";

describe("progress", () => {
  let text = "";
  const output = { write: (line: string) => (text += line) };
  beforeEach(() => (text = ""));

  it("writes a line at the start, a heartbeat with status and time, and one at the end", async () => {
    const task: ProgressTask<string> = {
      title: "build alpha",
      note: "about 8 minutes",
      run: async (report) => {
        await sleep(150);
        report("linking");
        await sleep(100);
        return "result";
      },
    };
    assert.deepEqual(await runTasks([task], { output, heartbeatSeconds: 0.1 }), ["result"]);
    assert.deepEqual(text.split("\n"), [
      "build alpha (about 8 minutes)",
      "build alpha (0 s; about 8 minutes)",
      "build alpha: linking (0 s; about 8 minutes)",
      "build alpha: done (0 s)",
      "",
    ]);
  });

  it("runs as many at once as allowed, in order, and returns the results in order", async () => {
    let [running, most] = [0, 0];
    const started: number[] = [];
    const tasks = [5, 1, 3, 2].map((delay, index) => ({
      title: `task ${index}`,
      run: async () => {
        started.push(index);
        most = Math.max(most, ++running);
        await sleep(delay * 10);
        running--;
        return index * 10;
      },
    }));
    assert.deepEqual(await runTasks(tasks, { output, concurrency: 2 }), [0, 10, 20, 30]);
    assert.equal(most, 2);
    assert.deepEqual(started, [0, 1, 2, 3]);
  });

  it("throws the first error, stops what runs and starts nothing more", async () => {
    const ran: string[] = [];
    const tasks: ProgressTask[] = [
      { title: "fails", run: () => Promise.reject(new Error("no disk\nmore")) },
      {
        title: "is stopped",
        run: async (_report, signal) => {
          await sleep(10_000, undefined, { signal }).finally(() => ran.push("stopped"));
        },
      },
      { title: "never starts", run: () => Promise.resolve(void ran.push("started")) },
    ];
    await assert.rejects(runTasks(tasks, { output, concurrency: 2 }), { message: "no disk\nmore" });
    assert.deepEqual(ran, ["stopped"]);
    assert.match(text, /^fails\nis stopped\nfails: failed \(0 s\): no disk\nis stopped: failed /);
    assert.equal(text.includes("never starts"), false);
  });

  it("formats durations", () => {
    const shown = [0, 59_900, 60_000, 90_500, 3_600_000, 3_900_000].map(formatElapsed);
    assert.deepEqual(shown, ["0 s", "59 s", "1 min 0 s", "1 min 30 s", "1 h 0 min", "1 h 5 min"]);
  });
});
