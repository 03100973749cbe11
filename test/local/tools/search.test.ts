import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

import { cachedFile } from "../../../local/tools/cache";
import { Machine } from "./fixture";

describe("tools: ready-made programs", () => {
  let machine: Machine;
  beforeEach(() => (machine = new Machine()));
  afterEach(() => machine.remove());

  it("takes a suitable program from PATH and needs no Go", async () => {
    const file = machine.program(machine.bin, "alpha-x", "echo alpha Version: 1.2.9");
    assert.deepEqual(await machine.resolveOne(machine.tool("alpha-x")), {
      name: "alpha-x",
      path: file,
      version: "1.2.9",
      source: "PATH",
      passedOver: [],
    });
    assert.equal(machine.shown, "");
  });

  it("passes over unsuitable ones, says why, and takes a later folder's", async () => {
    const [first, second, third] = ["1", "2", "3"].map((name) => path.join(machine.root, name));
    const old = machine.program(first!, "alpha-x", "echo v1.1.0");
    const mute = machine.program(second!, "alpha-x", "exit 1");
    const good = machine.program(third!, "alpha-x", "echo v1.2.0");
    machine.env["PATH"] = [first, second, third].join(path.delimiter);
    const found = await machine.resolveOne(machine.tool("alpha-x"));
    assert.equal(found.path, good);
    assert.deepEqual(found.passedOver, [
      `${old} is 1.1.0; 1.2.x is needed`,
      `${mute} does not tell its version; 1.2.x is needed`,
    ]);
  });

  it("ignores folders, empty files, files that may not be run, and relative folders of PATH", async () => {
    machine.env["PATH"] = ["a", "b", "c"].map((name) => path.join(machine.root, name)).join(":");
    machine.env["PATH"] += ":relative";
    mkdirSync(path.join(machine.root, "a", "alpha-x"), { recursive: true });
    for (const [folder, text, mode] of [
      ["b", "", 0o755],
      ["c", "#!/bin/sh\necho 1.2.0", 0o644],
    ] as const) {
      mkdirSync(path.join(machine.root, folder));
      writeFileSync(path.join(machine.root, folder, "alpha-x"), text, { mode });
    }
    await assert.rejects(machine.resolveOne(machine.tool("alpha-x")), { name: "GoMissingError" });
  });

  it("trusts the cache without running the program", async () => {
    const tool = machine.tool("alpha-x");
    machine.fakeGo(
      'mkdir -p "$(dirname "$out")"; printf "#!/bin/sh\\ntouch $HOME.ran\\n" > "$out"',
    );
    const built = await machine.resolveOne(tool);
    assert.equal(built.source, "built now");
    // An environment that was made from an earlier result has the cache on its PATH.
    machine.env["PATH"] = `${path.dirname(built.path)}:${machine.env["PATH"]}`;
    const again = await machine.resolveOne(tool);
    assert.equal(existsSync(`${machine.env["HOME"]}.ran`), false);
    assert.deepEqual(again, { ...built, source: "cache" });
    assert.equal(machine.builds().length, 1);
  });

  it("prefers PATH to the cache, and the cache to Pulumi's folder", async () => {
    const tool = machine.tool("pulumi", { accepts: ({ major }) => major === 1 });
    // The system's folders may hold a real engine.
    machine.env["PATH"] = machine.bin;
    const home = machine.program(
      path.join(machine.env["HOME"]!, ".pulumi", "bin"),
      "pulumi",
      "echo v1.7.0",
    );
    const downloaded = await machine.resolveOne(tool);
    assert.deepEqual(
      [downloaded.path, downloaded.version, downloaded.source],
      [home, "1.7.0", "Pulumi's download"],
    );

    const cached = await cachedFile(tool, machine.modules, machine.cache);
    machine.program(path.dirname(cached), "pulumi", "exit 1");
    assert.equal((await machine.resolveOne(tool)).source, "cache");

    machine.program(machine.bin, "pulumi", "echo v1.9.0");
    const onPath = await machine.resolveOne(tool);
    assert.deepEqual([onPath.version, onPath.source], ["1.9.0", "PATH"]);
  });

  it("finds a plugin in Pulumi's folder, but no half-installed or unsuitable one", async () => {
    const tool = machine.tool("pulumi-resource-alpha", { probe: { kind: "plugin" } });
    const plugins = path.join(machine.root, "pulumi-home", "plugins");
    machine.env["PULUMI_HOME"] = path.dirname(plugins);
    const place = (version: string): string =>
      machine.program(path.join(plugins, `resource-alpha-v${version}`), tool.name, "exit 1");
    const old = place("1.1.4");
    place("1.2.1");
    writeFileSync(path.join(plugins, "resource-alpha-v1.2.1.partial"), "");
    await assert.rejects(machine.resolveOne(tool), { name: "GoMissingError" });

    const whole = place("1.2.5");
    assert.deepEqual(await machine.resolveOne(tool), {
      name: tool.name,
      path: whole,
      version: "1.2.5",
      source: "Pulumi's download",
      passedOver: [`${old} is 1.1.4; 1.2.x is needed`],
    });
  });

  it("asks a plugin on PATH for its version by the plugin protocol", async () => {
    const tool = machine.tool("pulumi-resource-alpha", { probe: { kind: "plugin" } });
    const server = `const server = require("node:http2").createServer();
      server.on("stream", (stream, headers) => {
        const asked = headers[":path"] === "/pulumirpc.ResourceProvider/GetPluginInfo";
        stream.respond({ ":status": 200, "content-type": "application/grpc" });
        const text = Buffer.from(asked ? "1.2.8" : "9.9.9");
        stream.end(Buffer.concat([Buffer.from([0, 0, 0, 0, 7, 10, text.length]), text]));
      });
      server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;
    const script = path.join(machine.root, "plugin.cjs");
    writeFileSync(script, server);
    const file = machine.program(machine.bin, tool.name, `exec "${process.execPath}" "${script}"`);
    const found = await machine.resolveOne(tool);
    assert.deepEqual([found.path, found.version, found.source], [file, "1.2.8", "PATH"]);
  });
});
