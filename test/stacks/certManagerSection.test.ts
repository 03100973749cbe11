import assert from "node:assert/strict";
import type { CertManagerArgs } from "../../components/addons/certManager";
import { parseWith, Problems } from "../../components/model/problems";
import { certManagerSchema } from "../../stacks/sections/certManager";

const EVERYTHING = {
  namespace: "certs",
  issuers: {
    letsencrypt: {
      acme: {
        email: "it@lab.example.org",
        staging: true,
        gateway: { name: "edge", namespace: "gateways", sectionName: "http" },
      },
    },
    step: {
      acme: {
        email: "it@lab.example.org",
        server: "https://ca.example.org",
        ingressClass: "public",
      },
    },
    own: { selfSigned: true },
    lab: { ca: { certificate: "c", key: "k" } },
    existing: { ca: { existingSecret: "root" } },
  },
  gatewayApi: true,
  keepCrds: false,
  gateTimeoutSeconds: 60,
  issuerTimeoutSeconds: 30,
  timeoutSeconds: 900,
  values: { replicaCount: 2 },
};

describe("the config of cert-manager", () => {
  function parse(value: unknown): { args: CertManagerArgs | undefined; lines: readonly string[] } {
    const problems = new Problems("");
    // What is parsed fits the component as it is.
    const args: CertManagerArgs | undefined = parseWith(
      certManagerSchema,
      value,
      problems,
      "addons.certManager",
    );
    return { args, lines: problems.list() };
  }

  it("is the component's arguments, all of them or none", () => {
    assert.deepEqual(parse(EVERYTHING), { args: EVERYTHING, lines: [] });
    assert.deepEqual(parse({}), { args: {}, lines: [] });
  });

  it("refuses keys that it does not know, and times that are none", () => {
    const { lines } = parse({
      gateTimeoutSeconds: 0,
      issuers: { le: { acme: { mail: "it@lab.example.org" } } },
    });
    assert.equal(lines.length, 3);
    assert.match(lines.join("\n"), /addons\.certManager\.issuers\.le\.acme\.email: required/);
    assert.match(lines.join("\n"), /acme\.mail: unknown key.*Did you mean email\?/);
    assert.match(lines.join("\n"), /addons\.certManager\.gateTimeoutSeconds: is too small/);
  });
});
