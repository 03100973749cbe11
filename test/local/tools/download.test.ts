import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import type { Tool } from "../../../local/tools/catalogue";
import { downloadPlugin } from "../../../local/tools/download";
import { Machine } from "./fixture";

const ENGINE = "pulumi";
const PLUGIN = "pulumi-resource-alpha";

describe("tools: Pulumi's own download", () => {
  let machine: Machine;
  let catalogue: readonly Tool<string>[];
  let log: string;
  const calls = (): string => (existsSync(log) ? readFileSync(log, "utf8") : "");

  /** An engine on PATH that notes each call of `plugin install`, then does `install`. */
  function engine(install: string): void {
    const body = `[ "$1" = --version ] && { echo v1.2.0; exit; }; echo "$*" >> "${log}"; ${install}`;
    machine.program(machine.bin, ENGINE, body);
  }

  beforeEach(() => {
    machine = new Machine();
    log = path.join(machine.root, "calls.log");
    catalogue = [machine.tool(ENGINE), machine.tool(PLUGIN, { probe: { kind: "plugin" } })];
    machine.fakeGo();
  });
  afterEach(() => machine.remove());

  it("is taken when the engine can fetch the plugin, and Go is not needed", async () => {
    const folder = '"$HOME/.pulumi/plugins/resource-alpha-v1.2.3"';
    engine(
      `mkdir -p ${folder}; printf '#!/bin/sh\\n' > ${folder}/${PLUGIN}; chmod +x ${folder}/${PLUGIN}`,
    );
    const [found] = await machine.resolve(catalogue, [PLUGIN]);
    assert.equal(found!.source, "Pulumi's download");
    assert.equal(found!.version, "1.2.3");
    assert.equal(calls(), "plugin install resource alpha 1.2.3\n");
    assert.deepEqual(machine.builds(), []);
  });

  it("gives way to a build when the engine is refused, and is not tried again after", async () => {
    engine("echo no such host >&2; exit 1");
    const [, plugin] = await machine.resolve(catalogue);
    assert.equal(plugin!.source, "built now");
    assert.equal(machine.shown.includes("no such host"), false);
    assert.equal((await machine.resolve(catalogue))[1]!.source, "cache");
    assert.equal(calls(), "plugin install resource alpha 1.2.3\n");
  });

  it("is not tried when the user has switched it off", async () => {
    engine("exit 1");
    machine.env["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true";
    assert.equal((await machine.resolve(catalogue))[1]!.source, "built now");
    assert.equal(calls(), "");
  });

  for (const [name, install, goesOn] of [
    ["is given up when no byte arrives", "exec sleep 30", false],
    [
      "goes on while bytes arrive",
      'i=0; while [ $i -lt 20 ]; do i=$((i+1)); echo x >> "$TMPDIR/archive"; sleep 0.1; done; echo end >> "$HOME.end"',
      true,
    ],
  ] as const) {
    it(name, async () => {
      engine(install);
      const started = Date.now();
      const file = path.join(machine.bin, ENGINE);
      const { signal } = new AbortController();
      await downloadPlugin(catalogue[1]!, file, machine.cache, machine.env, signal, 700);
      assert.equal(existsSync(`${machine.env["HOME"]}.end`), goesOn);
      assert.ok(Date.now() - started < 8_000);
      assert.deepEqual(readdirSync(path.join(machine.cache, "work")), []);
    });
  }
});
