import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { cachedFile, lockFile } from "../../../local/tools/cache";
import { Machine } from "./fixture";

const DONE = 'mkdir -p "$(dirname "$out")"; printf "#!/bin/sh\\necho built\\n" > "$out"';

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    assert.ok(tries < 100, "waited 10 s in vain");
    await sleep(100);
  }
}

describe("tools: builds", function () {
  let machine: Machine;
  beforeEach(() => (machine = new Machine()));
  afterEach(() => machine.remove());

  const workFolders = (): string[] => readdirSync(path.join(machine.cache, "work"));

  it("builds what is missing, shows the progress, and leaves only the program", async () => {
    machine.fakeGo(DONE);
    const [alpha, beta] = [
      machine.tool("alpha-x", { define: ["main.version=1.2.3", "main.other=x"], minutes: 8 }),
      machine.tool("beta-x"),
    ];
    machine.program(machine.bin, "beta-x", "echo 1.2.0");
    const found = await machine.resolve([alpha, beta]);
    assert.deepEqual(
      found.map(({ name, source }) => [name, source]),
      [
        ["alpha-x", "built now"],
        ["beta-x", "PATH"],
      ],
    );
    assert.equal(found[0]!.path, await cachedFile(alpha, machine.modules, machine.cache));
    assert.equal(execFileSync(found[0]!.path, { encoding: "utf8" }), "built\n");
    assert.deepEqual(workFolders(), []);
    assert.match(
      machine.shown,
      /^building alpha-x 1\.2\.3 \(the first build takes about 8 min\)\nbuilding alpha-x 1\.2\.3: done \(\d s\)\n$/,
    );
    const [build] = machine.builds();
    assert.match(
      build!,
      /^build -mod=readonly -buildvcs=false -ldflags -s -w -X main\.version=1\.2\.3 -X main\.other=x -o \S+ \.$/,
    );
  });

  it("copies the file of the module that our main embeds", async () => {
    machine.env["FAKE_MODULE"] = path.join(machine.root, "module");
    mkdirSync(path.join(machine.root, "module", "cmd"), { recursive: true });
    writeFileSync(path.join(machine.root, "module", "cmd", "schema.json"), "the schema");
    machine.fakeGo(`mkdir -p built; cp schema.json "$out"`);
    const tool = machine.tool("alpha-x", { embed: "cmd/schema.json" });
    const found = await machine.resolveOne(tool);
    assert.equal(readFileSync(found.path, "utf8"), "the schema");
    assert.deepEqual(readdirSync(path.join(machine.modules, "alpha-x")), ["go.mod"]);
  });

  it("builds anew when the pinned versions or the flags change", async () => {
    machine.fakeGo(DONE);
    const paths = [(await machine.resolveOne(machine.tool("alpha-x"))).path];
    paths.push((await machine.resolveOne(machine.tool("alpha-x", { define: ["main.v=1"] }))).path);
    writeFileSync(path.join(machine.modules, "alpha-x", "go.sum"), "changed\n");
    const changed = machine.tool("alpha-x");
    paths.push((await machine.resolveOne(changed)).path);
    assert.equal(new Set(paths).size, 3);
    assert.equal(machine.builds().length, 3);
  });

  it("reports the last lines of a build that fails, and installs nothing", async () => {
    machine.fakeGo('i=0; while [ $i -lt 40 ]; do i=$((i+1)); echo "line $i" >&2; done; exit 1');
    const tool = machine.tool("alpha-x");
    const lines = Array.from({ length: 15 }, (_, index) => `  line ${26 + index}`).join("\n");
    await assert.rejects(machine.resolveOne(tool), {
      message: `building alpha-x 1.2.3 from example.test/alpha-x@v1.2.3 failed; Go said last:\n${lines}`,
    });
    assert.equal(existsSync(await cachedFile(tool, machine.modules, machine.cache)), false);
    assert.deepEqual(workFolders(), []);
  });

  it("stops the other builds when one fails, and starts no further one", async () => {
    machine.fakeGo('[ "$(basename "$out")" = beta-x ] && { sleep 0.3; exit 1; }; exec sleep 30');
    const names = ["alpha-x", "beta-x", "gamma-x"];
    const started = Date.now();
    await assert.rejects(
      machine.resolve(names.map((name) => machine.tool(name))),
      /building beta-x/,
    );
    assert.ok(Date.now() - started < 10_000);
    assert.equal(machine.builds().length, 2);
  });

  it("says in one sentence what to install when Go is missing or too old, before anything is built", async () => {
    const tools = [machine.tool("alpha-x"), machine.tool("beta-x")];
    machine.env["PATH"] = machine.bin;
    const wanted = "Go 1.26 or later is needed to build alpha-x, beta-x, and ";
    const remedy = ": install it, or use minikube instead (make up STACK=minikube).";
    await assert.rejects(machine.resolve(tools), {
      message: `${wanted}there is none on PATH${remedy}`,
    });
    machine.fakeGo(DONE, "go1.25.4");
    await assert.rejects(machine.resolve(tools), {
      message: `${wanted}the one on PATH is 1.25.4${remedy}`,
    });
    assert.deepEqual(machine.builds(), []);
    assert.equal(machine.shown, "");
  });

  it("builds a program once when two processes want it at the same time", async () => {
    machine.fakeGo(`sleep 1; ${DONE}`);
    const tool = machine.tool("alpha-x");
    const [other, own] = await Promise.all([resolveElsewhere(machine), machine.resolveOne(tool)]);
    assert.equal(other, own.path);
    assert.equal(machine.builds().length, 1);
    assert.deepEqual(workFolders(), []);
  });

  it("takes over the lock and the leavings of a process that has ended", async () => {
    machine.fakeGo(DONE);
    const tool = machine.tool("alpha-x");
    const file = await cachedFile(tool, machine.modules, machine.cache);
    const ended = `${spawnSync("true").pid}@${hostname()}`;
    const [left, alive] = [`${ended}-AbC123`, `${process.ppid}@${hostname()}-AbC123`];
    for (const name of [left, alive])
      mkdirSync(path.join(machine.cache, "work", name), { recursive: true });
    writeFileSync(lockFile(machine.cache, file), `${ended} token`);
    assert.equal((await machine.resolveOne(tool)).source, "built now");
    assert.deepEqual(workFolders(), [alive]);
  });

  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    it(`resumes a build that ${signal} interrupted, which left nothing half-installed`, async () => {
      const pidFile = path.join(machine.root, "build.pid");
      machine.fakeGo(`mkdir -p built; echo half > "$out"; echo $$ > "${pidFile}"; exec sleep 30`);
      const tool = machine.tool("alpha-x");
      const child = startElsewhere(machine);
      const ended = new Promise((resolve) => child.once("exit", (_, by) => resolve(by)));
      await until(() => existsSync(pidFile) && readFileSync(pidFile, "utf8") !== "");
      child.kill(signal);
      assert.equal(await ended, signal);
      const file = await cachedFile(tool, machine.modules, machine.cache);
      assert.equal(existsSync(file), false);
      const build = Number(readFileSync(pidFile, "utf8"));
      if (signal === "SIGTERM") await until(() => !runs(build));
      else process.kill(build);

      machine.fakeGo(DONE);
      assert.equal((await machine.resolveOne(tool)).path, file);
      assert.deepEqual(workFolders(), []);
    });
  }

  it("builds a real module with the real Go", async function () {
    const go = spawnSync("go", ["env", "GOCACHE", "GOVERSION"], { encoding: "utf8" });
    if (go.status !== 0) this.skip();
    this.timeout(120_000);
    const tool = machine.tool("alpha-x", { define: ["main.version=1.2.3"] });
    const source =
      'package main\n\nvar version string\n\nfunc main() { print("alpha ", version) }\n';
    writeFileSync(path.join(machine.modules, "alpha-x", "main.go"), source);
    machine.env["PATH"] = process.env["PATH"];
    machine.env["GOCACHE"] = go.stdout.split("\n")[0];
    const found = await machine.resolveOne(tool);
    assert.equal(spawnSync(found.path, { encoding: "utf8" }).stderr, "alpha 1.2.3");
    assert.deepEqual(readdirSync(path.join(machine.modules, "alpha-x")), ["go.mod", "main.go"]);
  });
});

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Another process that resolves `alpha-x` on the machine and prints its path. */
function startElsewhere(machine: Machine) {
  const script = `
    const { resolveAll } = require(${JSON.stringify(path.resolve("local/tools/resolve.ts"))});
    const catalogue = [{ name: "alpha-x", folder: "alpha-x", package: ".", module: "m", moduleVersion: "v1.2.3",
      version: "1.2.3", define: [], minutes: 1, probe: { kind: "output", arguments: [] }, accepts: () => false }];
    const output = { write() {} };
    const options = { catalogue, modules: ${JSON.stringify(machine.modules)}, output };
    resolveAll(["alpha-x"], options).then(([tool]) => process.stdout.write(tool.path));`;
  return spawn(process.execPath, ["--require", require.resolve("tsx/cjs"), "-e", script], {
    env: machine.env,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function resolveElsewhere(machine: Machine): Promise<string> {
  const child = startElsewhere(machine);
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  await new Promise((resolve) => child.once("close", resolve));
  return printed;
}
