import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";

import { CATALOGUE, STAND_TOOLS } from "../../../local/tools/catalogue";
import { formatVersion, parseVersion } from "../../../local/tools/version";

const ROOT = path.resolve(__dirname, "../../..");
const packages = (
  JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  }
).dependencies;

describe("tools: catalogue", () => {
  for (const tool of CATALOGUE) {
    it(`${tool.name} is built from the version that its go.mod requires`, () => {
      const file = path.join(ROOT, "local", "tools", tool.folder, "go.mod");
      const lines = readFileSync(file, "utf8").split("\n");
      const required = lines.map((line) =>
        line
          .replace(/^require /, "")
          .trim()
          .split(" "),
      );
      const found = required.filter(([module]) => module === tool.module);
      assert.deepEqual(
        found.map(([, version]) => version),
        [tool.moduleVersion],
      );
      assert.ok(tool.accepts(parseVersion(tool.version)!));
    });
  }

  it("pairs the engine and the provider with the packages of npm", () => {
    const [engine, provider] = ["pulumi", "pulumi-resource-kubernetes"].map((name) =>
      CATALOGUE.find((tool) => tool.name === name)!,
    );
    assert.ok(engine!.accepts(parseVersion(packages["@pulumi/pulumi"]!)!));
    assert.equal(provider!.version, packages["@pulumi/kubernetes"]);
  });

  it("accepts exactly the versions that suit", () => {
    const cases: Record<string, [accepted: string[], refused: string[]]> = {
      pulumi: [
        ["3.248.0", "3.300.1"],
        ["3.247.9", "4.0.0", "2.250.0"],
      ],
      "kube-apiserver": [
        ["1.36.0", "1.36.9"],
        ["1.35.9", "1.37.0"],
      ],
      etcd: [
        ["3.6.0", "3.6.11"],
        ["3.4.30", "3.5.21", "3.7.0"],
      ],
      kwok: [["0.8.2"], ["0.7.0", "0.9.0", "1.8.0"]],
      "pulumi-resource-kubernetes": [["4.25.0"], ["4.24.9", "4.34.0"]],
      helm: [["3.22.1"], ["3.21.0", "4.0.0"]],
    };
    for (const [name, [accepted, refused]] of Object.entries(cases)) {
      const tool = CATALOGUE.find((each) => each.name === name)!;
      const taken = [...accepted, ...refused].filter((text) => tool.accepts(parseVersion(text)!));
      assert.deepEqual(taken, accepted, name);
    }
  });

  it("needs everything but helm", () => {
    assert.equal(STAND_TOOLS.length, CATALOGUE.length - 1);
    assert.equal(
      STAND_TOOLS.some((name: string) => name === "helm"),
      false,
    );
  });

  it("builds the provider after the engine that may download it", () => {
    const names = CATALOGUE.map((tool) => tool.name);
    assert.ok(names.indexOf("pulumi") < names.indexOf("pulumi-resource-kubernetes"));
  });

  it("reads the version out of what programs print", () => {
    for (const [text, version] of [
      ["v3.250.0\n", "3.250.0"],
      ["etcd Version: 3.6.6\nGit SHA: x\nGo Version: go1.26.8\n", "3.6.6"],
      ["Kubernetes v1.36.1\n", "1.36.1"],
      ["kwok version v0.8.0 go1.26.8 (linux/amd64)\n", "0.8.0"],
      ["v3.22.0+g123abc\n", "3.22.0"],
      ["v3.22\n", "3.22.0"],
      ["v3.248.0-alpha.1\n", "3.248.0"],
    ] as const) {
      assert.equal(formatVersion(parseVersion(text)!), version);
    }
    assert.equal(parseVersion("no version, only 12"), undefined);
  });
});
