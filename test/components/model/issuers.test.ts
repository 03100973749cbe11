import assert from "node:assert/strict";
import { checkIssuers, issuerObject, usesGateway } from "../../../components/model/issuers";
import type { IssuerSource } from "../../../components/model/issuers";
import { Problems } from "../../../components/model/problems";

const EMAIL = "it@lab.example.org";

function problemsOf(issuers: Record<string, IssuerSource>): readonly string[] {
  const problems = new Problems("");
  checkIssuers(issuers, "issuers", problems);
  return problems.list();
}

function acme(settings: Partial<NonNullable<IssuerSource["acme"]>>): IssuerSource {
  return { acme: { email: EMAIL, ...settings } };
}

describe("issuers", () => {
  it("are ClusterIssuers that anyone who looks knows as ours", () => {
    assert.deepEqual(issuerObject("own", { selfSigned: true }), {
      apiVersion: "cert-manager.io/v1",
      kind: "ClusterIssuer",
      metadata: { name: "own", labels: { "app.kubernetes.io/managed-by": "science-platform" } },
      spec: { selfSigned: {} },
    });
  });

  it("ask Let's Encrypt by the nginx class where nothing else is said", () => {
    assert.deepEqual(issuerObject("le", acme({})).spec, {
      acme: {
        email: EMAIL,
        server: "https://acme-v02.api.letsencrypt.org/directory",
        privateKeySecretRef: { name: "le-account" },
        solvers: [{ http01: { ingress: { ingressClassName: "nginx", serviceType: "ClusterIP" } } }],
      },
    });
  });

  it("ask the staging server, or another one, and answer through a Gateway", () => {
    const staging = issuerObject("le", acme({ staging: true })).spec as { acme: object };
    assert.equal(
      Reflect.get(staging.acme, "server"),
      "https://acme-staging-v02.api.letsencrypt.org/directory",
    );
    const gateway = { name: "edge", namespace: "gateways", sectionName: "http" };
    const server = "https://ca.lab.example.org/acme/directory";
    assert.deepEqual(issuerObject("step", acme({ server, gateway })).spec, {
      acme: {
        email: EMAIL,
        server,
        privateKeySecretRef: { name: "step-account" },
        solvers: [
          {
            http01: {
              gatewayHTTPRoute: {
                parentRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", ...gateway }],
                serviceType: "ClusterIP",
              },
            },
          },
        ],
      },
    });
    const named = issuerObject("le", acme({ gateway: { name: "edge" } }));
    assert.equal(JSON.stringify(named).includes("namespace"), false);
    assert.equal(usesGateway({ a: acme({}), b: acme({ gateway }) }), true);
    assert.equal(usesGateway({ a: acme({}), b: { selfSigned: true } }), false);
  });

  it("sign with an existing Secret, or with the one that the pair is kept in", () => {
    assert.deepEqual(issuerObject("lab", { ca: { existingSecret: "root" } }).spec, {
      ca: { secretName: "root" },
    });
    const pair = { certificate: "c", key: "k" };
    assert.deepEqual(issuerObject("lab", { ca: pair }).spec, { ca: { secretName: "lab-ca" } });
  });

  it("pass where nothing is wrong", () => {
    const sound = {
      "le.staging-1": acme({ staging: true }),
      own: { selfSigned: true },
      existing: { ca: { existingSecret: "root" }, selfSigned: false },
      pair: { ca: { certificate: {}, key: {} } },
    };
    assert.deepEqual(problemsOf(sound), []);
  });

  const refusals: [issuer: IssuerSource, line: string][] = [
    [{}, "issuers.x: is of no kind (allowed: exactly one of acme, selfSigned, ca)."],
    [
      { selfSigned: true, ca: { existingSecret: "s" } },
      'issuers.x: is of several kinds (found ["selfSigned","ca"]; allowed: exactly one of acme, selfSigned, ca).',
    ],
    [
      acme({ email: undefined }),
      "issuers.x.acme.email: required, but missing: the ACME server warns there of certificates that expire. Give an address that somebody reads.",
    ],
    [
      acme({ email: "it@lab" }),
      'issuers.x.acme.email: is not an e-mail address (found "it@lab"). Write it as name@example.org.',
    ],
    [
      acme({ server: "http://ca.example.org/directory" }),
      'issuers.x.acme.server: is not an https address: anyone on the way could hand out certificates (found "http://ca.example.org/directory"; allowed: the address of an ACME directory, such as https://acme-v02.api.letsencrypt.org/directory).',
    ],
    [
      acme({ server: "https://ca.example.org/directory", staging: true }),
      "issuers.x.acme.staging: contradicts server: it chooses between the two of Let's Encrypt (found true). Give one of the two.",
    ],
    [
      acme({ ingressClass: "public", gateway: { name: "edge" } }),
      'issuers.x.acme.ingressClass: contradicts gateway: challenges are answered by one of them (found "public"). Give one of the two.',
    ],
    [
      { ca: {} },
      "issuers.x.ca: names no certificate authority (allowed: existingSecret, or certificate and key).",
    ],
    [
      { ca: { certificate: "c" } },
      "issuers.x.ca: has a certificate without its key (allowed: existingSecret, or certificate and key).",
    ],
    [
      { ca: { key: "k" } },
      "issuers.x.ca: has a key without its certificate (allowed: existingSecret, or certificate and key).",
    ],
    [
      { ca: { existingSecret: "s", key: "k" } },
      "issuers.x.ca: has both an existing Secret and a pair (allowed: existingSecret, or certificate and key).",
    ],
  ];
  for (const [issuer, line] of refusals) {
    it(`refuse ${JSON.stringify(issuer)}`, () => {
      assert.deepEqual(problemsOf({ x: issuer }), [line]);
    });
  }

  it("refuse a pair that is no pair, where it is known already", () => {
    const lines = problemsOf({ x: { ca: { certificate: "c", key: "k" } } });
    assert.equal(lines.length, 2);
    assert.match(lines[0] ?? "", /^issuers\.x\.ca\.certificate: is not a certificate in PEM form/);
  });

  it("refuse names that Kubernetes refuses, all at once", () => {
    const own = { selfSigned: true };
    const lines = problemsOf({ Lab: own, a_b: own, "-a": own, ["a".repeat(241)]: own, ok: own });
    assert.equal(lines.length, 4);
    for (const line of lines) {
      assert.match(line, /is not a name that an issuer can have/);
    }
  });
});
