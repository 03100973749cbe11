import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { standOrSkip, type Stand } from "../support/engine";
import { checkedOf, EVERYTHING, MINIMAL } from "../support/jupyterHub";
import { Hub } from "./hub";
import { VENV_TIMEOUT_MS, venvPythonOrSkip } from "./venv";

const OURS = path.resolve(__dirname, "../../components/jupyterhub/hub");

/** Reads JSON as the hub does, and gives back the slugs of its profiles. */
const READ = `
import json, sys
from platform_hub.settings import parse_settings
print(json.dumps([profile.slug for profile in parse_settings(json.load(sys.stdin)).profiles]))
`;

describe("The hub's settings", function () {
  this.timeout(VENV_TIMEOUT_MS);
  let python: string;

  before(function () {
    python = venvPythonOrSkip(this);
  });

  for (const [name, settings] of Object.entries({ EVERYTHING, MINIMAL })) {
    it(`are read by its python as the platform renders them: ${name.toLowerCase()}`, () => {
      const { hub } = checkedOf(settings);
      const { status, stdout, stderr } = spawnSync(python, ["-c", READ], {
        input: JSON.stringify(hub),
        encoding: "utf8",
        env: { ...process.env, PYTHONPATH: OURS, PYTHONDONTWRITEBYTECODE: "1" },
      });
      assert.equal(status, 0, stderr);
      assert.deepEqual(
        JSON.parse(stdout),
        hub.profiles.map(({ slug }) => slug),
      );
    });
  }

  it("keep the hub from starting when they are wrong, all problems at once", async function () {
    const stand: Stand = standOrSkip(this);
    const settings = { profiles: [{ slug: 7 }], rmote: null, oidc: { issuer: "x" } };
    const error: unknown = await Hub.start(stand, "hub-wrong", {
      python,
      storage: false,
      settings: () => settings,
    }).catch((reason: unknown) => reason);
    assert.ok(error instanceof Error, "the hub has started");
    assert.match(error.message, /the hub has ended/);
    for (const problem of [
      "profiles[0].slug: is 7, not str",
      "profiles[0].display_name: is missing",
      "oidc.client_id: is missing",
      "oidc.callback_url: is missing",
    ]) {
      assert.ok(error.message.includes(problem), `${problem} in ${error.message}`);
    }
  });
});
