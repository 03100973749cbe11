import assert from "node:assert/strict";
import * as path from "node:path";
import { readSettings } from "../../cli/settings";
import { sectionsOf } from "../../cli/workspace/stackSettings";
import { Problems } from "../../components/model/problems";
import { checkFederations } from "../../stacks/federation";
import { federationEntries } from "../../stacks/federation/args";
import { machineSetups } from "../../stacks/federation/machines";
import { dataExpectation } from "../../stacks/federation/workers";
import { parseConfig, type PlatformConfig } from "../../stacks/platformConfig";

const ROOT = path.resolve(__dirname, "../..");

const BASE = {
  layers: ["federation"],
  clusters: { a: {}, b: { domain: "b.example.org" } },
  defaultCluster: "a",
  charts: { mirror: "./local/charts" },
  nodes: {
    m: { roles: ["master"] },
    w1: { roles: ["worker"] },
    w2: { roles: ["worker"] },
    bm: { cluster: "b", roles: ["master"] },
    bw: { cluster: "b", roles: ["worker"] },
  },
  expose: { domain: "lab.example.org", className: "nginx" },
};

const KEYCLOAK = { host: "iam.example.org", realm: "MIP", clientId: "lab" };

const PLATFORM = {
  publicHost: "mip.lab.example.org",
  keycloak: { ...KEYCLOAK, clientSecret: "canary-client" },
  database: { password: "canary-database", size: "2Gi" },
};

function parsed(section: unknown, problems: Problems): PlatformConfig | undefined {
  return parseConfig({ ...BASE, federations: section }, ROOT, problems);
}

/** The config with a section whose shape is right. */
function configOf(section: unknown, problems: Problems): PlatformConfig {
  const config = parsed(section, problems);
  problems.throwIfAny();
  return config!;
}

function problemsOf(section: unknown): readonly string[] {
  const problems = new Problems("P");
  const config = parsed(section, problems);
  if (config !== undefined) {
    checkFederations(config, problems);
  }
  return problems.list().map((line) => line.replace(/^P: /, ""));
}

const LAB = { pathologies: ["dementia"] };

describe("the section federations", () => {
  it("takes the sample", () => {
    const problems = new Problems("Pulumi.federation.yaml");
    const sections = sectionsOf(readSettings(ROOT, "federation"), problems);
    const config = parseConfig(sections, ROOT, problems)!;
    checkFederations(config, problems);
    assert.deepEqual(problems.list(), []);
  });

  it("becomes the component's args, with secrets beside the settings", () => {
    const problems = new Problems("P");
    const config = configOf({ lab: { ...LAB, platform: PLATFORM, localWorkers: 2 } }, problems);
    assert.deepEqual(problems.list(), []);
    const [entry, ...more] = federationEntries("lab", config.federations!["lab"]!, config);
    assert.deepEqual(more, []);
    assert.deepEqual(entry, {
      name: "lab",
      cluster: "a",
      path: "",
      args: {
        federation: "lab",
        pathologies: ["dementia"],
        localWorkers: 2,
        platform: {
          publicHost: "mip.lab.example.org",
          keycloak: KEYCLOAK,
          database: { size: "2Gi" },
          expose: { domain: "lab.example.org", className: "nginx" },
        },
        clientSecret: "canary-client",
        databasePassword: "canary-database",
        nodes: { m: BASE.nodes.m, w1: BASE.nodes.w1, w2: BASE.nodes.w2 },
        charts: { mirror: path.join(ROOT, "local/charts"), versions: {} },
        setupFolder: path.join(ROOT, ".local/federations/lab/a"),
      },
    });
  });

  it("makes an engine on every further cluster, which sends its parts to the first", () => {
    const problems = new Problems("P");
    const furtherClusters = { b: { workersDns: "workers.b.example.org", namespace: "lab-b" } };
    const section = {
      lab: { ...LAB, platform: PLATFORM, furtherClusters, aggregationDns: "agg.a.example.org" },
    };
    const config = configOf(section, problems);
    checkFederations(config, problems);
    assert.deepEqual(problems.list(), []);
    const [main, further] = federationEntries("lab", config.federations!["lab"]!, config);
    assert.deepEqual(main!.args.controller, {
      workersDns: ["exaflow-workers-service", "workers.b.example.org"],
    });
    assert.equal(main!.args.aggregationServer, undefined);
    assert.equal(further!.cluster, "b");
    const { namespace, aggregationServer, platform, clientSecret, nodes } = further!.args;
    assert.deepEqual(
      { namespace, aggregationServer, platform, clientSecret, nodes: Object.keys(nodes!) },
      {
        namespace: "lab-b",
        aggregationServer: { enabled: false, dns: "agg.a.example.org" },
        platform: undefined,
        clientSecret: undefined,
        nodes: ["bm", "bw"],
      },
    );
  });

  it("finds what is wrong in every federation at once, each at its place, and shows no secret", () => {
    const told = problemsOf({
      lab: {
        ...LAB,
        localWorkers: 3,
        platform: { ...PLATFORM, keycloak: { ...PLATFORM.keycloak, realm: "" } },
      },
      "Second Lab": { ...LAB, cluster: "c" },
    });
    assert.deepEqual(told.length > 0, true);
    assert.match(told[0]!, /^federations\.lab\.platform\.keycloak\.realm: /);
    const values = problemsOf({
      lab: {
        ...LAB,
        localWorkers: 3,
        platform: { ...PLATFORM, publicHost: "https://x.example.org" },
      },
      second: { ...LAB, cluster: "c", smpc: { enabled: true } },
    });
    for (const pattern of [
      /^federations\.lab\.nodes: too few nodes with the role worker: 2 of 3/,
      /^federations\.lab\.platform\.publicHost: has a scheme in it/,
      /^federations\.second\.cluster: names a cluster that `clusters` does not have/,
      /^federations\.second\.smpc\.enabled: /,
    ]) {
      assert.ok(
        values.some((line) => pattern.test(line)),
        `${pattern}\n${values.join("\n")}`,
      );
    }
    assert.equal([...told, ...values].join().includes("canary"), false);
  });

  it("wants the secret where the config has it", () => {
    const platform = { ...PLATFORM, keycloak: KEYCLOAK };
    const told = problemsOf({ lab: { ...LAB, platform } });
    assert.equal(told.length, 1, told.join("\n"));
    assert.match(told[0]!, /^federations\.lab\.platform\.keycloak\.clientSecret: /);
  });

  it("refuses what two federations cannot both have", () => {
    const managed = {
      ...LAB,
      managedCluster: true,
      aggregationServer: { enabled: false },
      data: { storageClass: "s" },
    };
    assert.deepEqual(problemsOf({ one: managed, two: managed }), []);
    assert.match(
      problemsOf({ one: managed, two: { ...managed, namespace: "one" } })[0]!,
      /^federations\.two\.namespace: is that of federation one on the same cluster/,
    );
    assert.match(
      problemsOf({ one: LAB, two: LAB })[0]!,
      /^federations\.two: is a second unmanaged engine on its cluster, beside one's.*port 30000/,
    );
    assert.match(
      problemsOf({
        one: { ...managed, platform: PLATFORM },
        two: { ...managed, platform: PLATFORM },
      })[0]!,
      /^federations\.two\.platform\.publicHost: is that of federation one/,
    );
  });

  it("refuses further clusters that do not fit", () => {
    const furtherClusters = {
      a: { workersDns: "x.example.org" },
      c: { workersDns: "y.example.org" },
    };
    const told = problemsOf({ lab: { ...LAB, furtherClusters } });
    assert.ok(
      told.some((line) =>
        /^federations\.lab\.furtherClusters\.a: is the federation's own/.test(line),
      ),
    );
    assert.ok(
      told.some((line) => /^federations\.lab\.furtherClusters\.c: names a cluster/.test(line)),
    );
    assert.ok(told.some((line) => /^federations\.lab\.aggregationDns: required/.test(line)));
  });
});

describe("machineSetups", () => {
  it("are of unmanaged clusters, each by the chart's generation", () => {
    const problems = new Problems("P");
    const further = { b: { workersDns: "x.example.org", data: { folder: "/mnt/b" } } };
    const cloud = { b: { workersDns: "x.example.org", managedCluster: true } };
    const config = configOf(
      {
        today: { ...LAB, furtherClusters: further },
        seed: { ...LAB, chartVersions: { exaflow: "0.24.0" }, furtherClusters: cloud },
      },
      problems,
    );
    assert.deepEqual(problems.list(), []);
    const linksOf = (name: string): unknown =>
      machineSetups(name, config).map(({ cluster, setup }) => [
        cluster,
        setup.dataFolder,
        setup.csvsLink,
      ]);
    assert.deepEqual(linksOf("today"), [
      ["a", "/data/today", "/opt/exaflow/today/localworker/csvs"],
      ["b", "/mnt/b", "/opt/exaflow/today/localworker/csvs"],
    ]);
    assert.deepEqual(linksOf("seed"), [["a", "/data/seed", ""]]);
  });
});

describe("dataExpectation", () => {
  function workersOf(section: unknown): string[] {
    const config = configOf({ lab: section }, new Problems("P"));
    return dataExpectation("lab", config.federations!["lab"]!, BASE.nodes, "a").workers;
  }

  it("names nodes of machines, and pods of a provider's cluster", () => {
    assert.deepEqual(workersOf(LAB), ["w1", "w2"]);
    assert.deepEqual(workersOf({ ...LAB, roles: { worker: ["x"] } }), ["x"]);
    assert.deepEqual(workersOf({ ...LAB, managedCluster: true, localWorkers: 2 }), [
      "exaflow-localworker-0",
      "exaflow-localworker-1",
    ]);
    const furtherClusters = { b: { workersDns: "x.example.org" } };
    assert.deepEqual(workersOf({ ...LAB, furtherClusters }), ["w1", "w2", "bw"]);
    const managed = { b: { workersDns: "x.example.org", managedCluster: true } };
    assert.deepEqual(workersOf({ ...LAB, furtherClusters: managed }), [
      "w1",
      "w2",
      "b.exaflow-localworker-0",
    ]);
  });
});
