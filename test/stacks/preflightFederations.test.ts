import assert from "node:assert/strict";
import { Problems } from "../../components/model/problems";
import { checkPlatformPorts } from "../../stacks/platform/nodePorts";
import { parseConfig } from "../../stacks/platformConfig";
import { useFakeApi } from "../support/fakeApi";
import { SERVICES } from "../support/preflightObjects";
import { CLEAN, run } from "../support/preflightRun";

const NODES = "/api/v1/nodes";
const LAB = { pathologies: ["dementia"], roles: { master: ["m"], worker: ["w-1"] } };

function config(federation: object, more: object = {}): Record<string, unknown> {
  return {
    layers: ["federation"],
    charts: { mirror: "local/charts" },
    federations: { lab: federation },
    ...more,
  };
}

function node(name: string): never {
  return { metadata: { name }, spec: {}, status: {} } as never;
}

function service(namespace: string, name: string, nodePort: number): never {
  return { metadata: { namespace, name }, spec: { ports: [{ nodePort }] } } as never;
}

describe("preflight of federations", () => {
  const api = useFakeApi();

  it("finds nothing where nodes and port are there", async () => {
    const services = [
      service("lab", "exaflow-controller-service", 30000),
      service("x", "y", 30001),
    ];
    api.lists = { [NODES]: [node("m"), node("w-1")], [SERVICES]: services };
    assert.deepEqual(await run(api, [], config(LAB)), CLEAN);
  });

  it("refuses nodes that the cluster does not have, and names the nearest", async () => {
    api.lists = { [NODES]: [node("m"), node("w-2"), node("other")] };
    assert.deepEqual((await run(api, [], config(LAB))).config, [
      "Pulumi.dev.yaml: federations.lab.roles.worker[0]: cluster lab has no such node " +
        '(found "w-1"; allowed: m, other, w-2). Did you mean w-2?',
    ]);
  });

  it("refuses the engine's NodePort where another Service has it", async () => {
    api.lists = { [NODES]: [node("m"), node("w-1")], [SERVICES]: [service("x", "y", 30000)] };
    assert.deepEqual((await run(api, [], config(LAB))).config, [
      "Pulumi.dev.yaml: federations.lab: Service x/y on cluster lab has this NodePort (found 30000). " +
        "Free it, set managedCluster, or use another cluster: the chart has no key for it.",
    ]);
  });

  it("asks for no port on a provider's cluster, and looks at nothing without the layer", async () => {
    api.lists = { [NODES]: [node("m"), node("w-1")], [SERVICES]: [service("x", "y", 30000)] };
    const managed = { ...LAB, managedCluster: true, data: { storageClass: "shared" } };
    assert.deepEqual(await run(api, [], config(managed)), CLEAN);
    api.lists = { [NODES]: [], [SERVICES]: [service("x", "y", 30000)] };
    assert.deepEqual(await run(api, [], config(LAB, { layers: ["workspaces"] })), CLEAN);
  });

  it("refuses a port of the platform that a federation of the stack takes", () => {
    const problems = new Problems("P");
    const parsed = parseConfig(
      {
        ...config(LAB, { layers: ["platform", "federation"] }),
        clusters: { lab: {} },
        addons: {
          ingressNginx: { serviceType: "NodePort", nodePorts: { http: 30000, https: 30443 } },
        },
      },
      ".",
      problems,
    );
    problems.throwIfAny();
    checkPlatformPorts(parsed!, problems);
    assert.deepEqual(problems.list(), [
      "P: addons.ingressNginx.nodePorts.http: federations.lab has this NodePort already (found 30000). " +
        "Choose another from 30000 to 32767.",
    ]);
  });
});
