/** Exposure by the Gateway API: the route is made, follows the record, and goes with the deployment. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { load } from "js-yaml";
import type { ApiClient } from "../../components/cluster/apiClient";
import { ENGINE_TIMEOUT_MS, standClient, standOrSkip } from "../support/engine";
import { EndpointScene } from "../support/endpointScene";
import { hasObject } from "../support/liveObjects";

const DEFINITION = path.resolve(
  __dirname,
  "../../local/charts/gateway-api/templates/httproutes.yaml",
);
const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const NAME = "httproutes.gateway.networking.k8s.io";
const GATEWAY = { name: "public", namespace: "gateways" };

interface Route {
  metadata: { name: string };
  spec: {
    parentRefs: { name: string; namespace?: string }[];
    hostnames: string[];
    rules: { backendRefs: { name: string; port: number }[] }[];
  };
}

describe("deployments that a Gateway exposes", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  let api: ApiClient;
  let scene: EndpointScene;
  let isOurs = false;

  before(async function () {
    const stand = standOrSkip(this);
    api = await standClient(stand);
    isOurs = !(await hasObject(api, `${DEFINITIONS}/${NAME}`));
    if (isOurs) {
      const body = load(fs.readFileSync(DEFINITION, "utf8"));
      assert.equal((await api.request("POST", DEFINITIONS, { body })).status, 201);
    }
    const exposure = { domain: "gateway.example.net", kind: "gateway", gateway: GATEWAY };
    scene = await EndpointScene.open(stand, { exposure });
    await scene.eventually(async () => assert.ok(await hasObject(api, routes())));
  });
  after(async () => {
    await scene?.close();
    if (isOurs) {
      await api.request("DELETE", `${DEFINITIONS}/${NAME}`);
      const start = Date.now();
      while ((await hasObject(api, `${DEFINITIONS}/${NAME}`)) && Date.now() - start < 20_000) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    api?.close();
  });

  const routes = (): string =>
    `/apis/gateway.networking.k8s.io/v1/namespaces/${scene.endpoint.namespace("alice")}/httproutes`;

  async function found(): Promise<Route[]> {
    return ((await api.request("GET", routes())).body as { items: Route[] }).items;
  }

  it("has a route to its Service, which follows the record and goes with it", async () => {
    const record = { ...scene.record(), exposed_hostname: "shown" };
    await scene.alice.put("shown", record);
    const [route, ...more] = await found();
    assert.deepEqual(more, []);
    assert.equal(route!.metadata.name, "sd-shown");
    assert.deepEqual(route!.spec.hostnames, ["shown.gateway.example.net"]);
    const [parent] = route!.spec.parentRefs;
    assert.deepEqual({ name: parent!.name, namespace: parent!.namespace }, GATEWAY);
    const [backend] = route!.spec.rules[0]!.backendRefs;
    assert.deepEqual(
      { name: backend!.name, port: backend!.port },
      { name: "sd-shown-web", port: 8080 },
    );
    await scene.refused(scene.bob.put("other", record), 409, /taken/);

    await scene.alice.put("shown", scene.record());
    assert.deepEqual(await found(), []);

    await scene.alice.put("shown", record);
    const { removed } = await scene.alice.remove("shown");
    assert.ok(removed.includes("HTTPRoute/sd-shown"), removed.join(", "));
    await scene.eventually(async () => assert.deepEqual(await found(), []));
  });
});
