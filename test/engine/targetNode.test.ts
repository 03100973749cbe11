import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { TargetNode, type TargetNodeArgs } from "../../components/interlink/targetNode";
import {
  changesIn,
  ENGINE_TIMEOUT_MS,
  setProgram,
  standOrSkip,
  withStack,
} from "../support/engine";
import { makePair, SETTINGS } from "../components/model/targetNode/settings";

/** Everything that the stack's backend keeps. */
function stateFiles(stack: Stack): string {
  const backend = fileURLToPath(stack.workspace.envVars["PULUMI_BACKEND_URL"]!);
  return fs
    .readdirSync(backend, { recursive: true, encoding: "utf8" })
    .map((name) => path.join(backend, name))
    .filter((file) => fs.statSync(file).isFile())
    .map((file) => fs.readFileSync(file, "utf8"))
    .join("\n");
}

describe("TargetNode in the engine", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  let parent: string;
  let folder: string;

  before(function () {
    standOrSkip(this, []);
  });

  beforeEach(() => {
    parent = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-target-"));
    folder = path.join(parent, "t");
  });

  afterEach(() => fs.rmSync(parent, { recursive: true }));

  function program(changes: Partial<TargetNodeArgs> = {}): PulumiFn {
    return () => {
      const target = new TargetNode("gpu", {
        ...SETTINGS,
        clientSecret: pulumi.secret("canary-client"),
        outputFolder: folder,
        ...changes,
      });
      return Promise.resolve({ command: target.command, files: target.files });
    };
  }

  const environment = (): string => fs.readFileSync(path.join(folder, "oauth2-proxy.env"), "utf8");

  it("writes in up alone, changes nothing the second time, and leaves its folder", async () => {
    await withStack(program(), async (stack) => {
      await stack.preview();
      assert.equal(fs.existsSync(folder), false);

      const first = await stack.up();
      assert.equal(first.outputs["files"]?.secret, true);
      assert.equal(first.outputs["command"]?.secret, false);
      const written = environment();
      assert.match(written, /^OAUTH2_PROXY_COOKIE_SECRET="[A-Za-z0-9]{32}"$/m);

      await stack.preview();
      assert.deepEqual(changesIn((await stack.up()).summary), {});
      assert.equal(environment(), written);

      // Neither output nor state holds a secret in plain.
      const state = stateFiles(stack);
      assert.ok(state.includes("gpu-cookie"));
      const cookie = /COOKIE_SECRET="(.*)"/.exec(written)![1]!;
      for (const secret of ["canary-client", cookie]) {
        assert.equal(`${state}${first.stdout}${first.stderr}`.includes(secret), false);
      }

      // Someone deleted it: the next up writes the same again.
      fs.rmSync(folder, { recursive: true });
      assert.deepEqual(changesIn((await stack.up()).summary), {});
      assert.equal(environment(), written);
    });
    assert.ok(fs.existsSync(path.join(folder, "install.sh")));
  });

  it("refuses a secret key that does not belong to the certificate, already in preview", async () => {
    const certificate = makePair().certificate;
    const bad = program({ certificate, certificateKey: pulumi.secret(makePair().key) });
    await withStack(program(), async (stack) => {
      await stack.up();
      setProgram(stack, bad);
      await assert.rejects(stack.preview(), /certificateKey: does not belong to the certificate/);
      await assert.rejects(stack.up(), /certificateKey: does not belong to the certificate/);
      assert.equal(fs.existsSync(path.join(folder, "tls.key")), false);
    });
  });
});
