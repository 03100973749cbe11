import assert from "node:assert/strict";
import { exaflowGeneration } from "../../../components/model/exaflowGeneration";
import type { KubernetesObject } from "../../../components/model/kubernetesObject";
import { federationParts } from "../../../components/model/mipFederation";
import type { FederationSettings } from "../../../components/model/mipFederationTypes";
import { Problems } from "../../../components/model/problems";
import { MANAGED, PLATFORM, settingsOf, UNMANAGED } from "../../support/federations";

const unmanaged = settingsOf(UNMANAGED);
const managed = settingsOf(MANAGED);

function policies(settings: FederationSettings): KubernetesObject[] {
  return federationParts(settings, exaflowGeneration("1.0.0", new Problems(""))!).policies;
}

describe("network policies of a federation", () => {
  const policy = (settings: FederationSettings, name: string): Record<string, unknown> =>
    policies(settings).find(({ metadata }) => metadata.name === `federation-${name}`)!.spec!;

  it("keep other namespaces out, and let the ingress controller in", () => {
    assert.deepEqual(
      policies(unmanaged).map(({ metadata }) => metadata.name),
      ["federation-isolation"],
    );
    const spec = policy(unmanaged, "isolation");
    assert.deepEqual([spec["podSelector"], spec["policyTypes"]], [{}, ["Ingress", "Egress"]]);
    const from = (name: string): object => ({
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
    });
    assert.deepEqual(spec["ingress"], [
      { from: [from("ingress")] },
      { from: [{ podSelector: {} }] },
    ]);
    const [dns, internet, within, ...more] = spec["egress"] as { to: object[]; ports?: object[] }[];
    const ports = ["UDP", "TCP"].map((protocol) => ({ protocol, port: 53 }));
    assert.deepEqual(dns, { to: [from("kube-system")], ports });
    assert.match(
      JSON.stringify(internet),
      /"0.0.0.0\/0","except":\["169.254.0.0\/16","10.0.0.0\/8"/,
    );
    assert.deepEqual([within, ...more], [{ to: [{ podSelector: {} }] }]);
    assert.ok(policies(unmanaged).every(({ metadata }) => metadata.namespace === "lab"));
    const controller = (settings: FederationSettings): string =>
      JSON.stringify(policy(settings, "isolation")["ingress"]);
    assert.match(controller(unmanaged), /"kubernetes.io\/metadata.name":"ingress"/);
    assert.match(controller(managed), /"kubernetes.io\/metadata.name":"ingress-nginx"/);
    assert.deepEqual(policies({ ...unmanaged, network: { isolated: false } }), []);
  });

  it("let notebooks in where the platform has them, but not to the database and the engine", () => {
    const platform = { ...PLATFORM.platform, notebook: {} };
    const notebooks: FederationSettings = { ...unmanaged, ...PLATFORM, platform };
    assert.deepEqual(
      policies(notebooks).map(({ metadata }) => metadata.name),
      ["isolation", "allow-same-namespace", "allow-notebooks", "allow-from-notebooks"].map(
        (name) => `federation-${name}`,
      ),
    );
    const { ingress: toAll, egress: fromAll } = policy(notebooks, "isolation");
    assert.doesNotMatch(JSON.stringify([toAll, fromAll]), /podSelector/);
    const others = {
      matchExpressions: [{ key: "component", operator: "NotIn", values: ["singleuser-server"] }],
    };
    assert.deepEqual(policy(notebooks, "allow-same-namespace"), {
      podSelector: others,
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [{ podSelector: others }] }],
      egress: [{ to: [{ podSelector: {} }] }],
    });
    const ports = [8081, 8000, 8080].map((port) => ({ protocol: "TCP", port }));
    const { podSelector, egress } = policy(notebooks, "allow-notebooks");
    assert.deepEqual(podSelector, { matchLabels: { component: "singleuser-server" } });
    assert.deepEqual(egress, [{ to: [{ podSelector: others }], ports }]);
  });

  it("open the ports that the federation's other clusters need", () => {
    const ports = (settings: FederationSettings): unknown =>
      (policy(settings, "isolation")["ingress"] as { ports?: { port: number }[] }[])
        .flatMap((rule) => rule.ports ?? [])
        .map(({ port }) => port);
    const controller = { workersDns: ["exaflow-workers-service", "workers.b.example.org"] };
    assert.deepEqual(ports({ ...unmanaged, controller }), [50_051]);
    const aggregationServer = { enabled: false, dns: "aggregation.a.example.org" };
    assert.deepEqual(
      ports({ ...unmanaged, aggregationServer, network: { openPorts: [30_080, 5672] } }),
      [5672, 30_080],
    );
  });
});
