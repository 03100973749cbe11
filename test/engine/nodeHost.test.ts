/** `pulumi up` by the command line: the Node host loads the same program as our command lines do. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { dump } from "js-yaml";
import { engineEnvironment, readStand } from "../../cli/environment";
import { Report, splitUrn } from "../../cli/report";
import { readSettings, type StackSettings } from "../../cli/settings";
import { openStack } from "../../cli/stackHandle";
import { runStack } from "../../stacks/run";
import { serveNodeHost } from "../support/nodeHost";
import { skip } from "../support/reporter";

const ROOT = path.resolve(__dirname, "../..");
const run = promisify(execFile);

interface Planned {
  steps: { urn: string; op: string }[];
}

function typeAndName(urn: string): string {
  const { type, name } = splitUrn(urn);
  return `${type} ${name}`;
}

/** `pulumi preview` in a folder of its own, with the project loaded by the Node host. */
async function previewByHost(folder: string, stack: string): Promise<string[]> {
  const env = {
    ...process.env,
    ...engineEnvironment(ROOT),
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
  };
  const host = await serveNodeHost(ROOT);
  try {
    const pulumi = (...args: string[]): Promise<{ stdout: string }> =>
      run("pulumi", [...args, "--stack", stack, "--non-interactive"], {
        cwd: folder,
        env,
        maxBuffer: 64 * 1024 * 1024,
      });
    await pulumi("stack", "init");
    const { stdout } = await pulumi("preview", "--json", "--client", host.address);
    const { steps } = JSON.parse(stdout) as Planned;
    return steps.filter(({ op }) => op === "create").map(({ urn }) => typeAndName(urn));
  } finally {
    host.close();
  }
}

/** The dev stack's settings, with a workspace that no other stack holds. */
function settingsIn(folder: string, stack: string): StackSettings {
  const example = path.join(ROOT, "examples/workspaces/jupyterlab.json");
  const workspace = JSON.parse(fs.readFileSync(example, "utf8")) as Record<string, unknown>;
  fs.mkdirSync(path.join(folder, "workspaces"));
  fs.writeFileSync(
    path.join(folder, "workspaces", "lab.json"),
    JSON.stringify({ ...workspace, namespace: stack }),
  );
  const settings = readSettings(ROOT, "dev");
  const config = {
    ...settings.config,
    "science-platform:workspaces": { folder: path.join(folder, "workspaces") },
  };
  return { ...settings, config };
}

async function previewInline(stack: string, settings: StackSettings): Promise<string[]> {
  const open = await openStack({
    root: ROOT,
    name: stack,
    settings,
    program: () => runStack(ROOT),
  });
  const report = new Report(() => undefined, true);
  try {
    await open.stack.preview({ onEvent: report.onEvent });
  } finally {
    await open.stack.workspace.removeStack(stack);
  }
  return report.changes.map(({ urn }) => typeAndName(urn));
}

describe("the Node host", function () {
  this.timeout(120_000);
  before(function () {
    if (readStand(ROOT).clusters?.["local"] === undefined) {
      skip(this, "the embedded cluster is not running: make cluster");
    }
  });

  it("finds the same resources in the project as the inline program", async () => {
    const stack = `host-${Date.now().toString(36)}`;
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "node-host-"));
    try {
      fs.copyFileSync(path.join(ROOT, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
      const settings = settingsIn(folder, stack);
      fs.writeFileSync(path.join(folder, `Pulumi.${stack}.yaml`), dump(settings));
      const inline = await previewInline(stack, settings);
      const hosted = await previewByHost(folder, stack);
      // The stacks have different names, and only one of the reports lists providers made by default.
      const isOurs = (one: string): boolean =>
        !/^pulumi:(pulumi:Stack|providers:\w+ default)/.test(one);
      assert.ok(inline.length > 20, `only ${inline.length} resources`);
      assert.deepEqual(hosted.filter(isOurs).sort(), inline.filter(isOurs).sort());
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
