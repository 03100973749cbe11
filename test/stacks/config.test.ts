import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { load } from "js-yaml";
import { Problems } from "../../components/model/problems";
import { parseConfig, type PlatformConfig } from "../../stacks/platformConfig";

const ROOT = path.resolve(__dirname, "../..");
const MINIMAL = { layers: ["workspaces"], clusters: { lab: { kubeconfig: "k" } } };

function parse(values: Record<string, unknown>): {
  config: PlatformConfig | undefined;
  lines: readonly string[];
} {
  const problems = new Problems("Pulumi.test.yaml");
  const config = parseConfig(values, "/project", problems);
  return { config, lines: problems.list() };
}

describe("stack config", () => {
  it("takes the only cluster as the default one", () => {
    const { config, lines } = parse(MINIMAL);
    assert.deepEqual(lines, []);
    assert.equal(config?.defaultCluster, "lab");
    assert.equal(config?.root, "/project");
  });

  it("is frozen through and through", () => {
    const { config } = parse(MINIMAL);
    assert.ok(Object.isFrozen(config));
    assert.ok(Object.isFrozen(config?.clusters["lab"]));
  });

  it("writes numbers as quantities", () => {
    const { config } = parse({ ...MINIMAL, nodes: { a: { cpu: 8, memory: "4Gi" } } });
    assert.deepEqual(config?.nodes, { a: { cpu: "8", memory: "4Gi" } });
  });

  it("reports every problem at once, a typo with what was meant", () => {
    const { config, lines } = parse({
      layers: ["workspace"],
      clusters: { lab: { kubeconfg: "k" } },
      workspace: {},
    });
    assert.equal(config, undefined);
    assert.equal(lines.length, 3, lines.join("\n"));
    assert.match(
      lines.join("\n"),
      /clusters\.lab\.kubeconfg: unknown key .*Did you mean kubeconfig\?/,
    );
    assert.match(
      lines.join("\n"),
      /test\.yaml: workspace: unknown key .*Did you mean workspaces\?/,
    );
    assert.match(
      lines.join("\n"),
      /layers\[0\]: .*"cluster"\|"platform"\|"federation"\|"workspaces"/,
    );
  });

  it("refuses a default cluster and a node's cluster that do not exist", () => {
    const { lines } = parse({
      ...MINIMAL,
      defaultCluster: "lap",
      nodes: { a: { cluster: "labb" } },
    });
    assert.equal(lines.length, 2, lines.join("\n"));
    assert.match(lines[0]!, /defaultCluster: names a cluster .*Did you mean lab\?/);
    assert.match(lines[1]!, /nodes\.a\.cluster: names a cluster .*Did you mean lab\?/);
  });

  it("asks for a default cluster when there are several", () => {
    const { lines } = parse({ ...MINIMAL, clusters: { a: {}, b: {} } });
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /defaultCluster: required .*allowed: a, b/);
  });

  it("refuses a cluster with both a file and a stack", () => {
    const { lines } = parse({
      ...MINIMAL,
      clusters: { lab: { kubeconfig: "k", stack: "cluster" } },
    });
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /clusters\.lab: has both/);
  });

  it("refuses a class that a node offers and nobody defined", () => {
    const { lines } = parse({ ...MINIMAL, nodes: { a: { gpus: [{ class: "a100" }] } } });
    assert.equal(lines.length, 1, lines.join("\n"));
    assert.match(lines[0]!, /nodes\.a\.gpus\[0\]\.class/);
  });

  it("names a rule for nodes by its key here", () => {
    const rule = { selector: {}, labels: { tier: "a" } };
    const { lines } = parse({
      ...MINIMAL,
      nodes: { "cpu.1": { cluster: "lap" } },
      nodeRules: [
        rule,
        { selector: { rack: "1" }, labels: {} },
        { ...rule, labels: { tier: "b" } },
      ],
    });
    assert.deepEqual(
      lines.map((line) => line.split(": ")[1]),
      ['nodes["cpu.1"].cluster', "nodeRules[1].selector", "nodeRules[2].labels.tier"],
    );
    assert.match(lines[2]!, /"a" \(nodeRules\[0\]\)/);
  });

  it("never prints a user's password", () => {
    const { lines } = parse({
      ...MINIMAL,
      workspaces: { userSecrets: { ns: { "user-1": { password: 4711 } } } },
    });
    assert.equal(lines.length, 1);
    assert.ok(!lines[0]!.includes("4711"), lines[0]);
  });

  for (const stack of ["dev", "minikube"]) {
    it(`accepts Pulumi.${stack}.yaml as it is committed`, () => {
      const file = fs.readFileSync(path.join(ROOT, `Pulumi.${stack}.yaml`), "utf8");
      const { config } = load(file) as { config: Record<string, unknown> };
      const values = Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key.replace("science-platform:", ""), value]),
      );
      assert.deepEqual(parse(values).lines, []);
    });
  }
});
