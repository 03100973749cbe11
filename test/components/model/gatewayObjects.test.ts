import assert from "node:assert/strict";
import {
  checkExistingGateway,
  checkGateway,
  gatewayObjects,
  type GatewaySettings,
} from "../../../components/model/gatewayObjects";
import { Problems } from "../../../components/model/problems";

const OWN: GatewaySettings = {
  gateway: { name: "lab", namespace: "gateway" },
  className: "envoy",
  hostNames: ["*.lab.example.org"],
  issuer: "lab-ca",
};

type Check = (settings: GatewaySettings, problems: Problems) => void;

function problemsOf(check: Check, settings: GatewaySettings): readonly string[] {
  const problems = new Problems("g");
  check(settings, problems);
  return problems.list();
}

const METADATA = {
  namespace: "gateway",
  labels: { "app.kubernetes.io/managed-by": "science-platform" },
};

describe("the Gateway", () => {
  it("has an HTTPS listener for each host name, and sends plain HTTP there", () => {
    assert.deepEqual(gatewayObjects(OWN), [
      {
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "Gateway",
        metadata: {
          name: "lab",
          ...METADATA,
          annotations: { "cert-manager.io/cluster-issuer": "lab-ca" },
        },
        spec: {
          gatewayClassName: "envoy",
          listeners: [
            {
              name: "http",
              port: 80,
              protocol: "HTTP",
              allowedRoutes: { namespaces: { from: "Same" } },
            },
            {
              name: "any.lab.example.org",
              hostname: "*.lab.example.org",
              port: 443,
              protocol: "HTTPS",
              allowedRoutes: { namespaces: { from: "All" } },
              tls: {
                mode: "Terminate",
                certificateRefs: [
                  { group: "", kind: "Secret", name: "lab-any.lab.example.org-tls" },
                ],
              },
            },
          ],
        },
      },
      {
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "HTTPRoute",
        metadata: { name: "lab-https", ...METADATA },
        spec: {
          parentRefs: [
            {
              group: "gateway.networking.k8s.io",
              kind: "Gateway",
              name: "lab",
              namespace: "gateway",
              sectionName: "http",
            },
          ],
          rules: [
            {
              matches: [{ path: { type: "PathPrefix", value: "/" } }],
              filters: [
                {
                  type: "RequestRedirect",
                  requestRedirect: { scheme: "https", statusCode: 301 },
                },
              ],
            },
          ],
        },
      },
    ]);
  });

  it("reads certificates of other namespaces by a grant for these alone", () => {
    const settings: GatewaySettings = {
      gateway: OWN.gateway,
      className: "envoy",
      hostNames: ["a.example.org", "b.example.org", "c.example.org"],
      certificates: {
        "a.example.org": { secret: "wildcard", namespace: "certificates" },
        "b.example.org": { secret: "wildcard", namespace: "certificates" },
        "c.example.org": { secret: "own" },
      },
      routeNamespaces: { team: "ml" },
    };
    assert.deepEqual(problemsOf(checkGateway, settings), []);
    const [grant, gateway, ...others] = gatewayObjects(settings);
    assert.deepEqual(grant, {
      apiVersion: "gateway.networking.k8s.io/v1beta1",
      kind: "ReferenceGrant",
      metadata: { name: "gateway-lab", ...METADATA, namespace: "certificates" },
      spec: {
        from: [{ group: "gateway.networking.k8s.io", kind: "Gateway", namespace: "gateway" }],
        to: [{ group: "", kind: "Secret", name: "wildcard" }],
      },
    });
    assert.ok(!("annotations" in gateway!.metadata));
    const { listeners } = gateway!.spec as {
      listeners: { tls?: { certificateRefs: object[] }; allowedRoutes: object }[];
    };
    assert.deepEqual(
      listeners.map(({ tls }) => tls?.certificateRefs[0]),
      [
        undefined,
        { group: "", kind: "Secret", name: "wildcard", namespace: "certificates" },
        { group: "", kind: "Secret", name: "wildcard", namespace: "certificates" },
        { group: "", kind: "Secret", name: "own" },
      ],
    );
    assert.deepEqual(listeners[1]!.allowedRoutes, {
      namespaces: { from: "Selector", selector: { matchLabels: { team: "ml" } } },
    });
    assert.deepEqual(
      others.map(({ kind }) => kind),
      ["HTTPRoute"],
    );
  });

  it("refuses what would leave a listener unserved", () => {
    assert.deepEqual(problemsOf(checkGateway, OWN), []);
    assert.deepEqual(problemsOf(checkGateway, { gateway: { name: "Lab", namespace: "g" } }), [
      'g: gateway.name: not a name (found "Lab"; allowed: lower-case letters, digits, - and ., beginning and ending with a letter or digit, 253 characters at most).',
      "g: className: required, but missing: a Gateway needs the GatewayClass of its controller. Give one of `kubectl get gatewayclass`, or name an existing Gateway.",
      "g: hostNames: required, but missing: the Gateway would have no HTTPS listener. Give the host names, such as *.lab.example.org.",
    ]);
    const wrong = {
      ...OWN,
      issuer: undefined,
      hostNames: [
        "https://a.example.org",
        "a.*.org",
        "b.example.org",
        "b.example.org",
        "c.example.org",
      ],
      certificates: { "c.example.org": { secret: "Own" }, "d.example.org": { secret: "d" } },
    };
    assert.deepEqual(
      problemsOf(checkGateway, wrong).map((line) => line.replace(/ \(.*/, "")),
      [
        "g: hostNames[0]: not a host name",
        "g: hostNames[1]: not a host name",
        "g: hostNames[2]: a host name without a certificate",
        "g: hostNames[3]: named twice",
        'g: certificates["c.example.org"].secret: not a name',
        'g: certificates["d.example.org"]: a certificate of a host name that is not listed',
      ],
    );
  });

  it("refuses settings for one that exists already", () => {
    assert.deepEqual(problemsOf(checkExistingGateway, { gateway: OWN.gateway }), []);
    assert.deepEqual(problemsOf(checkExistingGateway, { ...OWN, hostNames: undefined }), [
      'g: className: given for a Gateway that exists already, which is not changed (found "envoy"). Remove className, or existing.',
      'g: issuer: given for a Gateway that exists already, which is not changed (found "lab-ca"). Remove issuer, or existing.',
    ]);
  });
});
