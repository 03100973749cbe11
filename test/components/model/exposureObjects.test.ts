import assert from "node:assert/strict";
import { exposureObjects, type ExposeSettings } from "../../../components/model/exposureObjects";
import { ingressObject } from "../../../components/model/ingressObject";

const EXPOSURE = {
  name: "hub",
  namespace: "jupyterhub",
  labels: { app: "hub" },
  host: "hub.example.org",
  service: "proxy-public",
  port: 80,
};

const GATEWAY: ExposeSettings = {
  kind: "gateway",
  gateway: { name: "lab", namespace: "gateway" },
  issuer: "lab-ca",
};

describe("exposureObjects", () => {
  it("is the Ingress that it always was, by default and by name", () => {
    const settings = { className: "nginx", issuer: "lab-ca" };
    const annotations = { "nginx.ingress.kubernetes.io/proxy-body-size": "0" };
    const expected = [
      ingressObject({ ...EXPOSURE, path: "/x", tlsSecret: "hub-tls", annotations }, settings),
    ];
    const given = { ...EXPOSURE, path: "/x", annotations };
    assert.deepEqual(exposureObjects(settings, given), expected);
    assert.deepEqual(exposureObjects({ ...settings, kind: "ingress" }, given), expected);
    const [object] = exposureObjects(settings, { ...EXPOSURE, tlsSecret: "own" });
    assert.deepEqual(object!.spec!["tls"], [{ hosts: ["hub.example.org"], secretName: "own" }]);
  });

  it("is a route of the Gateway, whose certificate and annotations are not its own", () => {
    const given = { ...EXPOSURE, path: "notebook", tlsSecret: "own", annotations: { a: "b" } };
    assert.deepEqual(exposureObjects(GATEWAY, given), [
      {
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "HTTPRoute",
        metadata: { name: "hub", namespace: "jupyterhub", labels: { app: "hub" } },
        spec: {
          parentRefs: [
            {
              group: "gateway.networking.k8s.io",
              kind: "Gateway",
              name: "lab",
              namespace: "gateway",
            },
          ],
          hostnames: ["hub.example.org"],
          rules: [
            {
              matches: [{ path: { type: "PathPrefix", value: "/notebook" } }],
              backendRefs: [
                { group: "", kind: "Service", name: "proxy-public", port: 80, weight: 1 },
              ],
            },
          ],
        },
      },
    ]);
  });

  it("names one listener, and sets headers for the backend, where asked", () => {
    const gateway = { name: "lab", namespace: "gateway", sectionName: "hub.example.org" };
    const [route] = exposureObjects(
      { ...GATEWAY, gateway },
      { ...EXPOSURE, requestHeaders: { "X-A": "1" } },
    );
    const { parentRefs, rules } = route!.spec as {
      parentRefs: { sectionName?: string }[];
      rules: { filters: unknown }[];
    };
    assert.equal(parentRefs[0]!.sectionName, "hub.example.org");
    assert.deepEqual(rules[0]!.filters, [
      {
        type: "RequestHeaderModifier",
        requestHeaderModifier: { set: [{ name: "X-A", value: "1" }] },
      },
    ]);
  });

  it("refuses a Gateway without a name, and another kind", () => {
    assert.throws(
      () => exposureObjects({ kind: "gateway" }, EXPOSURE),
      /expose\.gateway: required/,
    );
    assert.throws(() => exposureObjects({ kind: "route" }, EXPOSURE), /expose\.kind: .*"route"/);
  });
});
