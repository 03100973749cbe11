import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { load } from "js-yaml";
import { parseWith, Problems } from "../../components/model/problems";
import { readTargets, registerTargets, targetOutputs } from "../../stacks/platform/targetNodes";
import { targetNodeSchema, type TargetNodeConfig } from "../../stacks/sections/targetNode";
import { makePair } from "../components/model/targetNode/settings";
import { created, reset, valueOf } from "../support/mocks";

const CONFIG: TargetNodeConfig = {
  address: "gpu.example.org",
  proxy: { issuer: "https://iam.example.org/", clientId: "interlink", groups: ["gpu-users"] },
  plugin: { kind: "docker" },
  binaries: { folder: "/root/programs" },
  clientSecret: "canary-client",
};

describe("interlink.targets", () => {
  let root: string;

  beforeEach(() => {
    reset();
    root = fs.mkdtempSync(path.join(os.tmpdir(), "science-platform-targets-"));
  });

  afterEach(() => fs.rmSync(root, { recursive: true }));

  /** The lines of problems for a config. */
  function lines(targets: Record<string, unknown>): readonly string[] {
    const problems = new Problems("Pulumi.dev.yaml");
    const parsed = Object.entries(targets).map(([name, config]) => [
      name,
      parseWith(targetNodeSchema, config, problems, `interlink.targets.${name}`),
    ]);
    if (problems.count === 0) {
      readTargets(Object.fromEntries(parsed) as Record<string, TargetNodeConfig>, root, problems);
    }
    return problems.list();
  }

  it("takes a target with the least that is needed, and none at all", () => {
    assert.deepEqual(lines({ gpu: CONFIG }), []);
    assert.deepEqual(readTargets(undefined, root, new Problems("")), []);
  });

  it("takes what the documentation shows", () => {
    const page = fs.readFileSync(path.resolve(__dirname, "../../docs/interlink/target-node.md"));
    const [, block = ""] = /```yaml\n([^`]*)```/.exec(page.toString()) ?? [];
    const stack = load(block.replace("{ secure: … }", "canary")) as {
      config: { "science-platform:interlink": { targets: Record<string, unknown> } };
    };
    const { targets } = stack.config["science-platform:interlink"];
    assert.deepEqual(Object.keys(targets), ["gpu-host"]);
    assert.deepEqual(lines(targets), []);
  });

  it("names the target and the path of everything that is wrong", () => {
    const found = lines({
      gpu: { ...CONFIG, proxy: { ...CONFIG.proxy, groups: undefined }, cookieSecret: "canary" },
      "Not-A-Name": { ...CONFIG, address: "https://x" },
    });
    assert.deepEqual(
      found.map((line) => line.split(" (")[0]!.split(": ").slice(0, 3).join(": ")),
      [
        "Pulumi.dev.yaml: interlink.targets.gpu.proxy.groups: required, but missing",
        "Pulumi.dev.yaml: interlink.targets.gpu.cookieSecret: has 6 bytes",
        "Pulumi.dev.yaml: interlink.targets.Not-A-Name: not a name of a target",
        "Pulumi.dev.yaml: interlink.targets.Not-A-Name.address: neither a DNS name nor an IP address",
      ],
    );
    assert.equal(found.join().includes("canary"), false);
  });

  it("knows its keys", () => {
    assert.match(
      lines({ gpu: { ...CONFIG, proxy: { ...CONFIG.proxy, group: ["x"] } } })[0]!,
      /interlink\.targets\.gpu\.proxy\.group: unknown key .*Did you mean groups\?$/,
    );
    assert.match(lines({ gpu: { ...CONFIG, plugin: { kind: "podman" } } })[0]!, /plugin\.kind/);
  });

  it("reads the certificate's files, relative to the project", () => {
    const pair = makePair();
    fs.writeFileSync(path.join(root, "t.crt"), pair.certificate);
    fs.writeFileSync(path.join(root, "t.key"), pair.key);
    const given = { ...CONFIG, certificateFile: "t.crt", certificateKeyFile: "t.key" };
    assert.deepEqual(lines({ gpu: given }), []);
    assert.deepEqual(lines({ gpu: { ...given, certificateKeyFile: "no.key" } }), [
      'Pulumi.dev.yaml: interlink.targets.gpu.certificateKeyFile: cannot be read: ENOENT (found "no.key"). Give the path of a PEM file, relative to the project.',
    ]);
    fs.writeFileSync(path.join(root, "t.key"), makePair().key);
    assert.match(lines({ gpu: given })[0]!, /targets\.gpu\.certificateKey: does not belong/);
  });

  it("keeps two targets from one folder", () => {
    const found = lines({
      a: { ...CONFIG, outputFolder: "x" },
      b: { ...CONFIG, outputFolder: "./x" },
    });
    assert.equal(found.length, 1);
    assert.match(found[0]!, /interlink\.targets\.b\.outputFolder: is the folder of a too/);
  });

  it("writes below the project, and tells what to run", async () => {
    const problems = new Problems("");
    const targets = registerTargets(readTargets({ gpu: CONFIG }, root, problems));
    await created(() => targets["gpu"]!);
    const outputs = targetOutputs(targets)["gpu"]!;
    assert.deepEqual(Object.keys(outputs), ["url", "folder", "command"]);
    const folder = path.join(root, ".local/targets/gpu");
    assert.equal(await valueOf(outputs["folder"]!), folder);
    assert.ok(fs.existsSync(path.join(folder, "install.sh")));
    assert.match(await valueOf(outputs["command"]!), /^tar -C .*ssh -t gpu\.example\.org /);
  });
});
