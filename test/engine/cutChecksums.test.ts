/** State in a folder of one's own, with the engine's checksum files, after a kill between a state and its checksum. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { localFolder } from "../../cli/environment";
import { openStack, type OpenStack } from "../../cli/stackHandle";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../support/engine";
import { ROOT } from "../support/platformStack";

const STACK = "cut-checksums";
const BACKEND = "PULUMI_BACKEND_URL";

describe("a state whose checksum file a kill left empty", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  const backend = process.env[BACKEND];
  let folder = "";

  const open = (): Promise<OpenStack> =>
    openStack({
      root: ROOT,
      name: STACK,
      settings: {},
      program: () => Promise.resolve({ kept: "output" }),
    });

  before(function () {
    standOrSkip(this);
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-checksums-"));
    process.env[BACKEND] = `file://${folder}`;
  });

  after(() => {
    if (backend === undefined) {
      delete process.env[BACKEND];
    } else {
      process.env[BACKEND] = backend;
    }
    fs.rmSync(folder, { recursive: true, force: true });
    fs.rmSync(path.join(localFolder(ROOT), "work", STACK), { recursive: true, force: true });
  });

  it("is read by the next command, where the engine alone refuses it", async () => {
    const first = await open();
    await first.stack.up();
    const states = path.join(folder, ".pulumi", "stacks", "science-platform");
    const cut = fs.readdirSync(states).filter((file) => file.endsWith(".attrs"));
    assert.deepEqual(cut.sort(), [`${STACK}.json.attrs`, `${STACK}.json.bak.attrs`]);
    cut.forEach((file) => fs.truncateSync(path.join(states, file)));
    await assert.rejects(first.outputs(), /failed to load checkpoint: EOF/);

    const again = await open();
    assert.equal((await again.outputs())["kept"]?.value, "output");
    await again.stack.up();
  });
});
