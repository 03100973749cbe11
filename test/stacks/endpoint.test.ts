import assert from "node:assert/strict";
import { Problems } from "../../components/model/problems";
import { endpointArgs, endpointCluster } from "../../stacks/platform/endpoint";
import { parseConfig } from "../../stacks/platformConfig";
import { GPUS, NODES } from "../support/endpointSettings";

const BASE = {
  layers: ["cluster"],
  clusters: { a: {}, b: { domain: "b.example.org" } },
  defaultCluster: "a",
  gpus: GPUS,
  nodes: { ...NODES, "gpu-b": { cluster: "b", gpus: [{ class: "a100" }] } },
  expose: { domain: "lab.example.org", issuer: "i", className: "nginx" },
};

const LEAST = {
  hostname: "services.lab.example.org",
  image: "registry.example.org/endpoint:1.0.0",
  issuer: "https://iam.example.org/",
  audience: "services",
};

function argsOf(endpoint: unknown): { args: unknown; lines: readonly string[] } {
  const problems = new Problems("Pulumi.x.yaml");
  const config = parseConfig({ ...BASE, endpoint }, "/", problems);
  const args = config && endpointArgs(config, problems);
  return { args, lines: problems.list() };
}

describe("the section endpoint", () => {
  it("becomes the component's args, with what the stack says of its cluster", () => {
    const { args, lines } = argsOf({
      ...LEAST,
      login: { clientId: "page", clientSecret: "canary" },
      collection: { url: "https://llp.example.org/items/deployments", token: "canary" },
      exposure: { domain: "apps.example.org" },
      quota: { cpu: 32, gpus: { a100: 1 } },
      limits: { maxCpu: 16 },
    });
    assert.deepEqual(lines, []);
    assert.deepEqual(JSON.parse(JSON.stringify(args)), {
      ...LEAST,
      login: { clientId: "page" },
      clientSecret: "canary",
      collection: { url: "https://llp.example.org/items/deployments" },
      collectionToken: "canary",
      exposure: { domain: "apps.example.org", className: "nginx", issuer: "i" },
      quota: { cpu: "32", gpus: { a100: 1 } },
      limits: { maxCpu: 16 },
      expose: BASE.expose,
      gpus: GPUS,
      nodes: NODES,
    });
  });

  it("is of the cluster that it names, with its domain and nodes", () => {
    const { args, lines } = argsOf({ ...LEAST, cluster: "b", hostname: "s.b.example.org" });
    assert.deepEqual(lines, []);
    const { nodes, expose } = args as { nodes: object; expose: object };
    assert.deepEqual(Object.keys(nodes), ["gpu-b"]);
    assert.equal(Reflect.get(expose, "domain"), "b.example.org");
    const problems = new Problems("x");
    const config = parseConfig(BASE, "/", problems)!;
    assert.equal(endpointCluster(config), "a");
  });

  it("exposes services in a way of their own where it says so", () => {
    const gateway = { name: "g", namespace: "gateways" };
    const exposure = { domain: "apps.example.org", kind: "gateway", gateway };
    const { args, lines } = argsOf({ ...LEAST, exposure });
    assert.deepEqual(lines, []);
    assert.deepEqual((args as { exposure: object }).exposure, exposure);
  });

  it("has every problem said at its path, and no secret in any", () => {
    const { lines } = argsOf({
      ...LEAST,
      cluster: "c",
      hostname: "services.other.org",
      image: "endpoint",
      login: { clientId: "page", clientSecret: "canary" },
      collection: { url: "http://llp.example.org", token: "canary" },
      tenants: ["alice"],
      exposure: { domain: "apps" },
      tenantQuotas: { alice: { gpus: { h100: 1 } } },
      algorithms: ["HS256"],
    });
    assert.deepEqual(
      lines.map((line) => /^Pulumi.x.yaml: ([^:]+):/.exec(line)?.[1]),
      [
        "endpoint.cluster",
        "endpoint.hostname",
        "endpoint.image",
        "endpoint.tenants",
        "endpoint.algorithms[0]",
        "endpoint.exposure.domain",
        "endpoint.collection.url",
      ],
    );
    assert.doesNotMatch(lines.join("\n"), /canary/);
  });

  it("refuses what it does not know, and never repeats a secret", () => {
    const { lines } = argsOf({
      ...LEAST,
      hostnam: "x",
      login: { clientId: "page", clientSecret: ["canary"] },
      collection: { url: "https://llp.example.org", token: { canary: 1 } },
    });
    assert.equal(lines.length, 3, lines.join("\n"));
    assert.match(lines.join("\n"), /endpoint.hostnam: unknown key.*Did you mean hostname\?/);
    assert.doesNotMatch(lines.join("\n"), /canary/);
  });
});
