import assert from "node:assert/strict";
import {
  readEndpointSettings,
  type EndpointSettings,
} from "../../../components/model/endpointSettings";
import { DEFAULT_LIMITS } from "../../../components/model/serviceLimits";
import { Problems } from "../../../components/model/problems";
import { GPUS, LEAST, NODES } from "../../support/endpointSettings";

function read(value: unknown): { settings?: EndpointSettings; lines: readonly string[] } {
  const problems = new Problems("settings.json");
  const settings = readEndpointSettings(value, problems);
  return { settings, lines: problems.list() };
}

/** The only problem of the least settings with these. */
function problemOf(over: object): string {
  const { settings, lines } = read({ ...LEAST, ...over });
  assert.equal(settings, undefined);
  assert.equal(lines.length, 1, lines.join("\n"));
  return lines[0]!;
}

describe("the endpoint's settings", () => {
  it("have a default for all but issuer and audience", () => {
    assert.deepEqual(read(LEAST).settings, {
      listen: { host: "0.0.0.0", port: 8080 },
      namespace: "endpoint",
      issuer: "https://iam.example.org/",
      audience: "services",
      algorithms: ["RS256", "PS256", "ES256", "EdDSA"],
      clockTolerance: 5,
      tenantClaim: "sub",
      tenantPrefix: "",
      groupsClaim: "groups",
      namespacePrefix: "user-",
      createNamespaces: true,
      tenantQuotas: {},
      networkPolicy: {},
      limits: DEFAULT_LIMITS,
      gpus: {},
      nodes: {},
      defaultUser: 1000,
      requireUser: false,
      keepVolumes: false,
      rateLimit: { reads: 600, writes: 120, refused: 60, streams: 8, inFlight: 64 },
      drainSeconds: 10,
    });
    assert.deepEqual(read({}).lines, [
      "settings.json: issuer: required, but missing. Add it.",
      "settings.json: audience: required, but missing. Add it.",
    ]);
  });

  it("keep the issuer to the letter, and cut the slash off addresses that something is put behind", () => {
    const { settings } = read({
      ...LEAST,
      recordSource: { url: "https://llp.example.org/items/deployments/" },
      page: { url: "https://services.example.org/", clientId: "page", cookieKeyFile: "/k" },
    });
    assert.equal(settings?.issuer, "https://iam.example.org/");
    assert.deepEqual(settings?.recordSource, {
      url: "https://llp.example.org/items/deployments",
      ownerField: "user_created",
      allowPrivateNetworks: false,
    });
    assert.deepEqual(settings?.page, {
      url: "https://services.example.org",
      clientId: "page",
      cookieKeyFile: "/k",
      scope: "openid profile email",
    });
  });

  it("take plain http on loopback alone, and no credentials in addresses", () => {
    for (const issuer of ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:1"]) {
      assert.deepEqual(read({ ...LEAST, issuer }).lines, [], issuer);
    }
    for (const issuer of [
      "http://iam.example.org",
      "iam.example.org",
      "file:///etc/passwd",
      "https://user:secret@iam.example.org",
      "http://127.0.0.1.example.org",
    ]) {
      assert.match(problemOf({ issuer }), /issuer: must be an https address/, issuer);
    }
  });

  it("take asymmetric signatures alone", () => {
    for (const algorithms of [["none"], ["HS256"], ["RS256", "HS512"], []]) {
      assert.match(problemOf({ algorithms }), /^settings.json: algorithms/);
    }
  });

  it("refuse what would not work, with path and value", () => {
    const table: [over: object, words: RegExp][] = [
      [{ isuer: "x" }, /isuer: unknown key .*Did you mean issuer\?/],
      [{ clockTolerance: 31 }, /clockTolerance: /],
      [{ defaultUser: 0 }, /defaultUser: /],
      [{ namespacePrefix: "user" }, /namespacePrefix: must be lower-case/],
      [{ namespacePrefix: "-" }, /namespacePrefix: /],
      [{ namespacePrefix: "" }, /namespacePrefix: /],
      [{ namespacePrefix: "a-very-long-prefix-of-names-" }, /namespacePrefix: /],
      [{ metricsPort: 8080 }, /metricsPort: must differ from listen.port/],
      [{ exposure: { domain: "apps" } }, /exposure.domain: must be a host name/],
      [{ exposure: { domain: "*.example.org" } }, /exposure.domain: /],
      [
        { exposure: { domain: "a.example.org", kind: "gateway" } },
        /exposure.gateway: must be given/,
      ],
      [{ exposure: { domain: "a.example.org", annotations: {} } }, /annotations: unknown key/],
      [{ limits: { maxCpu: 1 } }, /limits.defaultCpu: must be from minCpu to maxCpu/],
      [{ quota: { cpu: "much" } }, /quota.cpu: must be a quantity/],
      [{ quota: { cpu: "-1" } }, /quota.cpu: must be a quantity/],
      [{ quota: { gpus: { h100: 1 } } }, /quota.gpus.h100: no such GPU class/],
      [{ gpus: GPUS, tenantQuotas: { a: { gpus: { a10: 1 } } } }, /Did you mean a100\?/],
      [{ nodes: NODES, gpus: { a100: GPUS.a100 } }, /nodes\["?gpu-mig|nodes.gpu-mig/],
      [{ rateLimit: { writes: 0 } }, /rateLimit.writes: /],
      [{ recordSource: { url: "http://llp.example.org" } }, /recordSource.url: must be an https/],
      [{ storageClass: "Fast" }, /storageClass: must be the name of a storage class/],
    ];
    for (const [over, words] of table) {
      assert.match(problemOf(over), words, JSON.stringify(over));
    }
  });

  it("say everything that is wrong at once", () => {
    const { lines } = read({ ...LEAST, defaultUser: 0, algorithms: ["none"], drainSeconds: -1 });
    assert.equal(lines.length, 3, lines.join("\n"));
  });
});
