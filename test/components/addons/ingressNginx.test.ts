import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { IngressNginx, type IngressNginxArgs } from "../../../components/addons/ingressNginx";
import { CHARTS } from "../../../components/charts/chart";
import { ingressNginxValues } from "../../../components/model/ingressNginxValues";
import { created, find, plain, recorded, reset, valueOf } from "../../support/mocks";

function make(args?: IngressNginxArgs): Promise<IngressNginx> {
  return created((opts) => new IngressNginx("i", args, opts));
}

describe("IngressNginx", () => {
  beforeEach(reset);

  it("is a namespace that may be shared, and a release in it", async () => {
    const ingress = await make({});
    assert.deepEqual(
      recorded()
        .map(({ type, name }) => `${type} ${name}`)
        .sort(),
      [
        "kubernetes:core/v1:NamespacePatch i-namespace",
        "kubernetes:helm.sh/v3:Release i-release",
        "science-platform:index:IngressNginx i",
      ],
    );
    assert.deepEqual(find("i-namespace").inputs, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "ingress-nginx" },
    });
    const release = find("i-release");
    const { values, ...inputs } = release.inputs;
    assert.deepEqual(values, ingressNginxValues({}));
    assert.equal(inputs["name"], "ingress-nginx");
    assert.equal(inputs["namespace"], "ingress-nginx");
    assert.equal(inputs["chart"], "ingress-nginx");
    assert.equal(inputs["version"], CHARTS["ingress-nginx"].version);
    assert.equal(inputs["timeout"], 600);
    assert.deepEqual(release.dependsOn, [find("i-namespace").urn]);
    for (const child of ["i-namespace", "i-release"]) {
      assert.equal(find(child).parent, find("i").urn);
    }
    assert.equal(await valueOf(ingress.className), "nginx");
    assert.equal(await valueOf(ingress.namespace), "ingress-nginx");
    assert.equal(await valueOf(ingress.ready), true);
  });

  it("takes name, place, time-out and further values, which win", async () => {
    const ingress = await make({
      className: "public",
      namespace: "edge",
      releaseName: "edge",
      timeoutSeconds: 60,
      values: {
        controller: { replicaCount: 3, service: { annotations: { a: pulumi.output("b") } } },
      },
    });
    const { inputs } = find("i-release");
    assert.equal(inputs["name"], "edge");
    assert.equal(inputs["namespace"], "edge");
    assert.equal(inputs["timeout"], 60);
    const { controller } = plain(inputs["values"]) as {
      controller: { replicaCount: number; service: object; ingressClass: string };
    };
    assert.equal(controller.replicaCount, 3);
    assert.equal(controller.ingressClass, "public");
    assert.deepEqual(controller.service, { type: "LoadBalancer", annotations: { a: "b" } });
    assert.equal(await valueOf(ingress.className), "public");
  });

  it("refuses bad settings, and a mirror without the chart, before anything is registered", async () => {
    await assert.rejects(make({ serviceType: "NodePort", nodePorts: { http: 1 } }), {
      message:
        "i: nodePorts.http: out of range (found 1; allowed: 30000 to 32767). Choose another.",
    });
    await assert.rejects(make({ charts: { mirror: __dirname } }), /has neither ingress-nginx-/);
    assert.deepEqual(recorded(), []);
  });
});
