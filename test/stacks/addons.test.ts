import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Provider } from "@pulumi/kubernetes";
import { parseWith, Problems } from "../../components/model/problems";
import { addonArgs, addonsLayer } from "../../stacks/platform/addons";
import { chartSettings } from "../../stacks/sections/charts";
import { addonsSchema, exposeSchema } from "../../stacks/sections/addons";
import { chartsSchema } from "../../stacks/sections/charts";
import { created, find, recorded, reset, valueOf } from "../support/mocks";

const ROOT = path.resolve(__dirname, "../..");

type Config = Parameters<typeof addonArgs>[0];

interface Sections {
  addons?: object;
  expose?: object;
  charts?: object;
  gpus?: object;
  nodes?: object;
}

/** The sections as a config would hold them, after their schemas. */
function parsed({ addons, expose, charts, ...others }: Sections, problems: Problems): Config {
  return {
    layers: ["cluster"],
    clusters: { lab: {}, other: {} },
    root: ROOT,
    defaultCluster: "lab",
    ...others,
    addons: addons && parseWith(addonsSchema, addons, problems, "addons"),
    expose: expose && parseWith(exposeSchema, expose, problems, "expose"),
    charts: charts && parseWith(chartsSchema, charts, problems, "charts"),
  } as Config;
}

function problemsOf(sections: Sections): readonly string[] {
  const problems = new Problems("Pulumi.test.yaml");
  const config = parsed(sections, problems);
  if (problems.count === 0) {
    addonArgs(config, problems);
  }
  return problems.list();
}

const STAND_CHARTS = { mirror: "./local/charts" };
const GATEWAY = {
  kind: "gateway",
  domain: "lab.example.org",
  issuer: "lab-ca",
  gateway: { name: "lab", namespace: "gateway" },
};

describe("the add-ons of a stack", () => {
  beforeEach(reset);

  it("are none where none is named", () => {
    const problems = new Problems("p");
    assert.deepEqual(addonArgs(parsed({}, problems), problems), { gateway: undefined });
    assert.deepEqual(problems.list(), []);
  });

  it("get charts, the GPU vocabulary of their cluster, and the domain", () => {
    const problems = new Problems("p");
    const nodes = { a: { cluster: "other" }, b: {} };
    const sections = {
      addons: { ingressNginx: {}, gpuOperator: { driver: false }, gateway: { className: "envoy" } },
    };
    const config = parsed(
      {
        ...sections,
        expose: GATEWAY,
        charts: { mirror: path.join(ROOT, "local/charts") },
        gpus: {},
        nodes,
      },
      problems,
    );
    const args = addonArgs(config, problems);
    assert.deepEqual(problems.list(), []);
    const charts = { mirror: path.join(ROOT, "local/charts") };
    assert.deepEqual(args.ingressNginx, { charts });
    assert.deepEqual(args.gpuOperator, { driver: false, charts, gpus: {}, nodes: { b: {} } });
    assert.deepEqual(args.gateway, {
      gateway: { name: "lab", namespace: "gateway" },
      className: "envoy",
      hostNames: ["*.lab.example.org"],
      issuer: "lab-ca",
    });
  });

  it("stand side by side: none waits for another", async () => {
    const problems = new Problems("p");
    const sections = {
      addons: { ingressNginx: {}, gpuOperator: {}, gateway: { className: "envoy" } },
    };
    const config = parsed({ ...sections, expose: GATEWAY, charts: STAND_CHARTS }, problems);
    const provider = await created((opts) => new Provider("p", {}, opts));
    const { outputs, exposure } = addonsLayer(config, { provider });
    assert.equal(await valueOf(outputs.ingressClass!), "nginx");
    assert.equal(await valueOf(outputs.gateway!), "lab");
    assert.deepEqual(await valueOf(outputs.gpuNodeLabels!), {});
    assert.equal(exposure.length, 2);
    const names = recorded().map(({ name }) => name);
    for (const name of ["lab-ingress-nginx", "lab-gateway", "lab-gpu-operator"]) {
      assert.ok(names.includes(name), name);
      assert.deepEqual(find(name).dependsOn, [], name);
    }
  });

  it("refuse what is wrong before anything is registered, each by its path", () => {
    assert.deepEqual(
      problemsOf({
        addons: {
          cluster: "lap",
          ingressNginx: { nodePorts: { http: 30080 } },
          gpuOperator: { migConfigs: { a: "all-balanced" } },
          gateway: { className: "envoy" },
        },
        charts: STAND_CHARTS,
      }),
      [
        'Pulumi.test.yaml: addons.cluster: names a cluster that `clusters` does not have (found "lap"; allowed: lab, other).',
        "Pulumi.test.yaml: addons.gateway: a Gateway that nothing is exposed by. Set expose.kind to gateway and name the Gateway in expose.gateway, or remove it.",
        'Pulumi.test.yaml: addons.ingressNginx.nodePorts: node ports, but the Service has type LoadBalancer (found {"http":30080}). Set serviceType to NodePort, or remove the node ports.',
        'Pulumi.test.yaml: addons.gpuOperator.migConfigs.a: a layout for a node that offers no class with a MIG profile (found "all-balanced"; allowed: for nothing is defined). Remove it, or declare in nodes what the node offers.',
      ],
    );
    assert.deepEqual(problemsOf({ addons: { gateway: {} }, expose: GATEWAY }), [
      "Pulumi.test.yaml: addons.gateway.className: required, but missing: a Gateway needs the GatewayClass of its controller. Give one of `kubectl get gatewayclass`, or name an existing Gateway.",
    ]);
    assert.deepEqual(
      problemsOf({ addons: { gateway: { existing: true, issuer: "x" } }, expose: GATEWAY }),
      [
        'Pulumi.test.yaml: addons.gateway.issuer: given for a Gateway that exists already, which is not changed (found "x"). Remove issuer, or existing.',
      ],
    );
  });

  it("refuse a mirror without their charts, and ask for no others", () => {
    const mirror = fs.mkdtempSync(path.join(os.tmpdir(), "mirror-"));
    try {
      fs.mkdirSync(path.join(mirror, "gpu-operator"));
      const lines = problemsOf({
        addons: { ingressNginx: {}, gpuOperator: {} },
        charts: { mirror },
      });
      assert.equal(lines.length, 1);
      assert.match(lines[0]!, /^Pulumi\.test\.yaml: charts\.mirror: has neither ingress-nginx-/);
    } finally {
      fs.rmSync(mirror, { recursive: true });
    }
  });

  it("are refused by their shape: unknown keys, kinds and charts", () => {
    assert.match(problemsOf({ addons: { ingresNginx: {} } })[0]!, /Did you mean ingressNginx\?/);
    assert.match(
      problemsOf({ charts: { versions: { jupyterhup: "1" } } })[0]!,
      /charts\.versions\.jupyterhup: is no chart that we deploy; there are cert-manager/,
    );
    assert.match(problemsOf({ expose: { kind: "route" } })[0]!, /expose\.kind: /);
    for (const expose of [{ kind: "gateway" }, { gateway: GATEWAY.gateway }]) {
      assert.match(
        problemsOf({ expose })[0]!,
        /expose\.gateway: must be given with kind gateway, and with no other kind/,
      );
    }
    assert.deepEqual(problemsOf({ expose: {} }), []);
  });
});

describe("where a stack's charts come from", () => {
  it("is a folder of the project, or a repository as it is written", () => {
    assert.deepEqual(chartSettings({}, "/p"), {});
    assert.equal(chartSettings({ mirror: "./local/charts" }, "/p").mirror, "/p/local/charts");
    assert.equal(chartSettings({ mirror: "/charts" }, "/p").mirror, "/charts");
    for (const mirror of ["https://charts.example.org/a", "oci://registry.example.org/a"]) {
      assert.equal(chartSettings({ mirror }, "/p").mirror, mirror);
    }
  });
});
