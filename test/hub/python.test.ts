import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { VENV_TIMEOUT_MS, venvPythonOrSkip } from "./venv";

describe("The hub's python", function () {
  this.timeout(VENV_TIMEOUT_MS);

  it("passes its own unit tests", function () {
    const python = venvPythonOrSkip(this);
    const ours = path.resolve(__dirname, "../../components/jupyterhub/hub");
    const { status, stderr } = spawnSync(python, ["-m", "unittest", "discover", "-v"], {
      cwd: __dirname,
      encoding: "utf8",
      env: { ...process.env, PYTHONPATH: ours, PYTHONDONTWRITEBYTECODE: "1" },
    });
    assert.equal(status, 0, stderr);
    assert.match(stderr, /^Ran [1-9][0-9]* tests/m);
  });
});
