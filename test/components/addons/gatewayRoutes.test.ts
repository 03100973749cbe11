import assert from "node:assert/strict";
import { GatewayRoutes, type GatewayRoutesArgs } from "../../../components/addons/gatewayRoutes";
import { answerReads } from "../../support/mockCluster";
import { created, find, recorded, reset, valueOf } from "../../support/mocks";

const GATEWAY = { name: "lab", namespace: "gateway" };

function make(args: GatewayRoutesArgs): Promise<GatewayRoutes> {
  return created((opts) => new GatewayRoutes("g", args, opts));
}

function names(): string[] {
  return recorded()
    .map(({ name }) => name)
    .sort();
}

describe("GatewayRoutes", () => {
  before(answerReads);
  beforeEach(reset);

  it("makes the Gateway, its redirection and its grants, and waits for none of them", async () => {
    const routes = await make({
      gateway: GATEWAY,
      className: "envoy",
      hostNames: ["*.lab.example.org"],
      certificates: { "*.lab.example.org": { secret: "wildcard", namespace: "certificates" } },
    });
    assert.deepEqual(names(), [
      "g",
      "g-gateway",
      "g-grant-certificates",
      "g-httproute",
      "g-namespace",
    ]);
    assert.equal(find("g-gateway").type, "kubernetes:gateway.networking.k8s.io/v1:Gateway");
    assert.deepEqual(find("g-gateway").dependsOn, [find("g-namespace").urn]);
    assert.deepEqual(find("g-grant-certificates").dependsOn, []);
    for (const child of ["g-gateway", "g-grant-certificates", "g-httproute"]) {
      const { annotations } = find(child).inputs["metadata"] as { annotations: object };
      assert.deepEqual(annotations, { "pulumi.com/skipAwait": "true" }, child);
      assert.equal(find(child).parent, find("g").urn);
    }
    assert.equal(await valueOf(routes.gatewayName), "lab");
    assert.equal(await valueOf(routes.gatewayNamespace), "gateway");
  });

  it("looks for an existing Gateway, and makes nothing", async () => {
    const routes = await make({ gateway: GATEWAY, existing: true });
    // The read itself is not recorded: test/engine/gateway.test.ts shows that it is one.
    assert.deepEqual(names(), ["g"]);
    assert.equal(await valueOf(routes.gatewayName), "lab");
  });

  it("refuses a Gateway without listeners, and settings for one that exists", async () => {
    await assert.rejects(make({ gateway: GATEWAY, className: "envoy" }), /hostNames: required/);
    await assert.rejects(
      make({ gateway: GATEWAY, existing: true, className: "envoy" }),
      /className: given for a Gateway that exists already/,
    );
    assert.deepEqual(recorded(), []);
  });
});
