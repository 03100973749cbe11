import assert from "node:assert/strict";
import { addressObjects } from "../../../components/model/serviceExposure";
import { one, parse, SITE, TENANT, valid } from "../../support/services";
import type { ServiceRecord, ServiceSite } from "../../../components/model/serviceTypes";

const WEB = one({ ports: [{ name: "http", port: 8080 }] });
const TWO = one({
  ports: [
    { name: "http", port: 8080 },
    { name: "metrics", port: 9090 },
  ],
});
const asked = (rest: Partial<ServiceRecord>, document: object = WEB): string[] =>
  parse(document, SITE, rest).lines;

describe("the web address of a deployment", () => {
  it("needs a host name alone, where there is one port", () => {
    assert.deepEqual(valid(WEB, SITE, { exposed_hostname: "lab" }).spec.address, {
      container: "web",
      port: 8080,
      hostname: "lab",
      host: "lab.apps.lab.example.org",
    });
    assert.equal(valid(WEB).spec.address, undefined);
  });

  it("names a container and a port that there are", () => {
    const exposed_hostname = "lab";
    assert.deepEqual(asked({ exposed_hostname, exposed_service: "wob", exposed_port: 80 }), [
      'exposed_service: no container with ports has this name (found "wob"; allowed: web). Did you mean web?',
    ]);
    assert.deepEqual(asked({ exposed_hostname, exposed_port: 80 }), [
      "exposed_port: a port that container web does not have (found 80; allowed: 8080). Name one of these.",
    ]);
    assert.match(asked({ exposed_hostname }, TWO)[0]!, /^exposed_port: required, but missing/);
    assert.deepEqual(asked({ exposed_hostname, exposed_port: 9090 }, TWO), []);
    assert.match(
      asked({ exposed_hostname }, one({}))[0]!,
      /^exposed_service: required, but missing/,
    );
  });

  it("is not half an address", () => {
    assert.deepEqual(asked({ exposed_service: "web", exposed_port: 8080 }), [
      'exposed_service: of no use without exposed_hostname (found "web"). Add exposed_hostname, or remove exposed_service.',
      "exposed_port: of no use without exposed_hostname (found 8080). Add exposed_hostname, or remove exposed_port.",
    ]);
  });

  it("has a name that is nobody else's by its looks", () => {
    for (const name of ["hub", "www", "api", "auth", "grafana"]) {
      assert.match(asked({ exposed_hostname: name })[0]!, /a reserved name/, name);
    }
    const bad = ["", "*", "*.x", "a.b", "a.", "-a", "a-", "a_b", "ä", "a".repeat(64), "a/b", "a b"];
    for (const name of bad) {
      assert.match(asked({ exposed_hostname: name })[0]!, /not a host name/, name);
    }
    assert.match(asked({ exposed_hostname: "My-App" })[0]!, /Write it as my-app/);
    for (const name of ["xn--80ak6aa92e", "ab--cd"]) {
      assert.match(asked({ exposed_hostname: name })[0]!, /encoded name/, name);
    }
    const exposure = { ...SITE.exposure!, reservedHosts: ["shop"] };
    const site: ServiceSite = { ...SITE, exposure };
    assert.match(parse(WEB, site, { exposed_hostname: "shop" }).lines[0]!, /a reserved name/);
    assert.deepEqual(asked({ exposed_hostname: "shop" }), []);
  });

  it("is refused where the operator has no domain", () => {
    const site: ServiceSite = { ...SITE, exposure: undefined };
    assert.deepEqual(parse(WEB, site, { exposed_hostname: "lab" }).lines, [
      'exposed_hostname: deployments have no web addresses here (found "lab"). Remove it, or ask the operator for a domain.',
    ]);
  });

  it("is looked at while the document is wrong, as far as that goes", () => {
    const rest = { exposed_hostname: "HUB", exposed_service: "nobody" };
    const { lines } = parse(one({ cpu: 99 }), SITE, rest);
    assert.equal(lines.length, 2);
    assert.match(lines[1]!, /^exposed_hostname: not a host name/);
    assert.match(parse("a: [", SITE, rest).lines[1]!, /^exposed_hostname: not a host name/);
  });
});

describe("what exposes a deployment", () => {
  const { address } = valid(WEB, SITE, { exposed_hostname: "lab" }).spec;
  const labels = {
    "app.kubernetes.io/managed-by": "science-platform-endpoint",
    "science-platform/deployment": "my-app",
    "science-platform/tenant": "alice",
  };

  it("is an Ingress, whose certificate's Secret has our labels", () => {
    assert.deepEqual(addressObjects(TENANT, "my-app", address, SITE), [
      {
        apiVersion: "networking.k8s.io/v1",
        kind: "Ingress",
        metadata: {
          name: "sd-my-app",
          namespace: "user-alice",
          labels,
          annotations: {
            "cert-manager.io/cluster-issuer": "lab-issuer",
            "cert-manager.io/secret-template": JSON.stringify({ labels }),
          },
        },
        spec: {
          ingressClassName: "nginx",
          rules: [
            {
              host: "lab.apps.lab.example.org",
              http: {
                paths: [
                  {
                    path: "/",
                    pathType: "Prefix",
                    backend: { service: { name: "sd-my-app--web", port: { number: 8080 } } },
                  },
                ],
              },
            },
          ],
          tls: [{ hosts: ["lab.apps.lab.example.org"], secretName: "sd-my-app--tls" }],
        },
      },
    ]);
  });

  it("is an Ingress without annotations where the operator names no issuer", () => {
    const exposure = { domain: "apps.lab.example.org" };
    const [ingress] = addressObjects(TENANT, "x", address, { ...SITE, exposure });
    assert.equal(ingress?.metadata.annotations, undefined);
  });

  it("is an HTTPRoute of the operator's Gateway", () => {
    const gateway = { name: "public", namespace: "gateways" };
    const exposure = { domain: "apps.lab.example.org", kind: "gateway", gateway };
    const [route, ...more] = addressObjects(TENANT, "x", address, { ...SITE, exposure });
    assert.deepEqual(more, []);
    assert.equal(route?.kind, "HTTPRoute");
    assert.deepEqual(route.spec?.["hostnames"], ["lab.apps.lab.example.org"]);
    assert.equal(route.metadata.name, "sd-x");
  });

  it("is nothing for a deployment without an address", () => {
    assert.deepEqual(addressObjects(TENANT, "x", undefined, SITE), []);
  });
});
