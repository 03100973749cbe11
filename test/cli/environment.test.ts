import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { engineEnvironment } from "../../cli/environment";

const NO_PLUGINS = "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION";
const RUNNING_PLUGINS = "PULUMI_DEBUG_PROVIDERS";

describe("the engine's environment", () => {
  let root = "";
  before(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-root-"));
    fs.mkdirSync(path.join(root, ".local"));
    const stand = {
      path: ["/tools"],
      env: { [NO_PLUGINS]: "true", [RUNNING_PLUGINS]: "random:1", OTHER: "kept" },
    };
    fs.writeFileSync(path.join(root, ".local", "env.json"), JSON.stringify(stand));
  });
  after(() => fs.rmSync(root, { recursive: true }));

  it("keeps the engine from fetching plugins where the stand has them all", () => {
    const env = engineEnvironment(root);
    assert.equal(env[NO_PLUGINS], "true");
    assert.equal(env["OTHER"], "kept");
  });

  it("lets it fetch what the stand does not have, such as that of AWS", () => {
    const env = engineEnvironment(root, true);
    assert.equal(NO_PLUGINS in env, false);
    assert.equal(env["OTHER"], "kept");
  });

  it("takes the caller's running plugins beside the stand's", () => {
    const before = process.env[RUNNING_PLUGINS];
    try {
      process.env[RUNNING_PLUGINS] = "aws:2";
      assert.equal(engineEnvironment(root)[RUNNING_PLUGINS], "random:1,aws:2");
      delete process.env[RUNNING_PLUGINS];
      assert.equal(engineEnvironment(root)[RUNNING_PLUGINS], "random:1");
    } finally {
      if (before !== undefined) {
        process.env[RUNNING_PLUGINS] = before;
      }
    }
  });
});
