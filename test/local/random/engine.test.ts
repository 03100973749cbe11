import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Output } from "@pulumi/pulumi";
import { LocalWorkspace, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { RandomId, RandomPassword, RandomString, RandomUuid } from "@pulumi/random";
import { skip } from "../../support/reporter";
import { startServer, type ServerProcess } from "./serverProcess";

const ENVIRONMENT = join(__dirname, "../../../.local/env.json");

/** The folder of the stand's `pulumi`, else that of one on PATH. */
function pulumiFolder(): string | undefined {
  const stand = existsSync(ENVIRONMENT)
    ? (JSON.parse(readFileSync(ENVIRONMENT, "utf8")) as { path: string[] }).path
    : [];
  const folders = [...stand, ...(process.env["PATH"] ?? "").split(delimiter)];
  return folders.find((folder) => existsSync(join(folder, "pulumi")));
}

interface Settings {
  keeper: string;
  ignore?: boolean;
}

describe("the random provider under the engine", function () {
  this.timeout(60_000);
  const path = process.env["PATH"];
  let folder: string;
  let server: ServerProcess;
  let main: Stack;

  /** What `apply` saw: in a preview, the known values alone. */
  let seen: Record<string, unknown> = {};

  function program({ keeper, ignore = false }: Settings): PulumiFn {
    return () => {
      seen = {};
      const keepers = { keeper };
      const options = ignore ? { ignoreChanges: ["keepers"] } : {};
      const id = new RandomId("id", { byteLength: 4, prefix: "p-", keepers }, options);
      const password = new RandomPassword("password", { length: 24, minSpecial: 2, keepers });
      const text = new RandomString("text", { length: 8, special: false });
      const uuid = new RandomUuid("uuid");
      const values = {
        keepers: id.keepers,
        byteLength: id.byteLength,
        hex: id.hex,
        b64Url: id.b64Url,
        id: id.id,
        password: password.result,
        text: text.result,
        uuid: uuid.result,
      };
      for (const [name, output] of Object.entries<Output<unknown>>(values)) {
        output.apply((value) => (seen[name] = value));
      }
      return Promise.resolve(values);
    };
  }

  function stackOf(name: string, first: PulumiFn): Promise<Stack> {
    const envVars = {
      PULUMI_HOME: join(folder, "home"),
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Else the engine looks on the network for the plugin that it is attached to.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DEBUG_PROVIDERS: `random:${server.port}`,
    };
    const backend = { url: `file://${join(folder, "state")}` };
    return LocalWorkspace.createOrSelectStack(
      { stackName: name, projectName: "random-test", program: first },
      {
        workDir: join(folder, "work"),
        envVars,
        projectSettings: { name: "random-test", runtime: "nodejs", backend },
      },
    );
  }

  /** `up` with these settings: the counts of operations, and the values of the outputs. */
  async function up(stack: Stack, settings: Settings) {
    const { summary, outputs } = await stack.up({ program: program(settings) });
    const values = Object.entries(outputs).map(([name, { value }]) => [name, value as unknown]);
    return {
      changes: summary.resourceChanges,
      outputs,
      values: Object.fromEntries(values) as Record<string, unknown>,
    };
  }

  const stateFile = (stack: string) =>
    readFileSync(join(folder, "state/.pulumi/stacks/random-test", `${stack}.json`), "utf8");

  before(async function () {
    const tools = pulumiFolder();
    if (tools === undefined) skip(this, "no pulumi: neither in .local/env.json nor on PATH");
    process.env["PATH"] = [tools, path].join(delimiter);
    folder = mkdtempSync(join(tmpdir(), "random-provider-"));
    for (const name of ["work", "state", "home"]) mkdirSync(join(folder, name));
    server = await startServer(folder);
    main = await stackOf("main", program({ keeper: "one" }));
  });

  after(async () => {
    process.env["PATH"] = path;
    await server?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  it("previews creates: arguments are known, results are not invented", async () => {
    const { changeSummary } = await main.preview({ program: program({ keeper: "one" }) });
    assert.deepEqual(changeSummary, { create: 5 });
    assert.deepEqual(seen, { keepers: { keeper: "one" }, byteLength: 4 });
  });

  it("creates, and hands the password out as a secret alone", async () => {
    const { changes, outputs, values } = await up(main, { keeper: "one" });
    assert.deepEqual(changes, { create: 5 });
    assert.match(String(values["hex"]), /^p-[0-9a-f]{8}$/);
    assert.equal(values["b64Url"], `p-${String(values["id"])}`);
    assert.match(String(values["text"]), /^[a-zA-Z0-9]{8}$/);
    assert.match(String(values["uuid"]), /^[0-9a-f-]{36}$/);
    const password = String(values["password"]);
    assert.equal(password.length, 24);

    const secrets = Object.keys(outputs).filter((name) => outputs[name]!.secret);
    assert.deepEqual(secrets, ["password"]);
    const state = stateFile("main");
    // JSON may spell some special characters as escapes: compare what it says, not how.
    const said = JSON.stringify(JSON.parse(state), null, 1);
    assert.ok(said.includes(String(values["text"])), "the state file is not the one that was read");
    assert.equal(said.includes(JSON.stringify(password).slice(1, -1)), false);
  });

  it("changes nothing in a second up and in a refresh", async () => {
    const first = (await main.outputs())["hex"]!.value as unknown;
    const { changes, values } = await up(main, { keeper: "one" });
    assert.deepEqual(changes, { same: 5 });
    assert.equal(values["hex"], first);
    const refreshed = await main.refresh();
    assert.deepEqual(refreshed.summary.resourceChanges, { same: 5 });
  });

  it("replaces what has keepers when they change", async () => {
    const before = await up(main, { keeper: "one" });
    const preview = await main.preview({ program: program({ keeper: "two" }) });
    assert.deepEqual(preview.changeSummary, { replace: 2, same: 3 });
    assert.deepEqual(seen["keepers"], { keeper: "two" });
    assert.equal("hex" in seen, false);
    assert.equal("password" in seen, false);

    const after = await up(main, { keeper: "two" });
    assert.deepEqual(after.changes, { replace: 2, same: 3 });
    for (const name of ["hex", "id", "password"]) {
      assert.notEqual(after.values[name], before.values[name], name);
    }
    for (const name of ["text", "uuid"]) assert.equal(after.values[name], before.values[name]);
  });

  it("keeps the first keepers under ignoreChanges, in preview and in up", async () => {
    const stack = await stackOf("ignoring", program({ keeper: "one" }));
    const first = await up(stack, { keeper: "one", ignore: true });
    const next = program({ keeper: "two", ignore: true });
    const preview = await stack.preview({ program: next });
    // The password does not ignore its keepers.
    assert.deepEqual(preview.changeSummary, { replace: 1, same: 4 });
    assert.deepEqual(seen["keepers"], { keeper: "one" });
    assert.equal(seen["hex"], first.values["hex"]);

    const second = await up(stack, { keeper: "two", ignore: true });
    assert.deepEqual(second.changes, { replace: 1, same: 4 });
    assert.deepEqual(second.values["keepers"], { keeper: "one" });
    assert.equal(second.values["hex"], first.values["hex"]);
    assert.notEqual(second.values["password"], first.values["password"]);
    await stack.destroy();
  });

  it("imports an existing id without a diff", async () => {
    const stack = await stackOf("importing", () => Promise.resolve());
    const { outputs, summary } = await stack.up({
      program: () => {
        const args = { byteLength: 4, prefix: "my-" };
        const id = new RandomId("id", args, { import: "my-,p-9hUg" });
        return Promise.resolve({ hex: id.hex });
      },
    });
    assert.equal(outputs["hex"]!.value, "my-a7ef6152");
    assert.deepEqual(summary.resourceChanges, { create: 1, import: 1 });
    await stack.destroy();
  });

  it("refuses what the check refuses, in preview, and makes nothing", async () => {
    const stack = await stackOf("refused", () => Promise.resolve());
    const wrong: PulumiFn = () => {
      new RandomPassword("password", { length: 3, minLower: 2, minUpper: 2 });
      return Promise.resolve();
    };
    await assert.rejects(stack.preview({ program: wrong }), {
      message: /length.*must be at least 4, the sum of minLower, minUpper, minNumeric, minSpecial/s,
    });
    assert.equal((await stack.exportStack()).deployment.resources, undefined);
  });

  it("destroys everything, and has served every engine from one process that logged its port alone", async () => {
    const { summary } = await main.destroy();
    assert.deepEqual(summary.resourceChanges, { delete: 5 });
    const { deployment } = await main.exportStack();
    assert.equal(deployment.resources, undefined);
    assert.equal(server.running(), true);
    assert.equal(server.log(), `${server.port}\n`);
  });
});
