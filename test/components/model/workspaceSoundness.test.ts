/** A workspace with something wrong is checked against the clusters all the same, as far as it can be relied on. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Problems } from "../../../components/model/problems";
import { checkWorkspaces } from "../../../components/model/workspaceChecks";
import { parseWorkspaceParts } from "../../../components/model/workspaceSpec";
import { GENERATED_SITE, workspaceConfig } from "../../support/workspaceConfigs";
import { BASE } from "../../support/workspaceFixtures";

const SITES = { local: GENERATED_SITE, "local-2": { ...GENERATED_SITE, cluster: "local-2" } };

/** The problems of the files' own rules, and those that the sites add. */
function lines(...values: unknown[]): { own: string[]; further: string[] } {
  const read = values.map((value, i) => {
    const problems = new Problems(`${i}.json`);
    const { parts, isSound } = parseWorkspaceParts(value, problems);
    return { spec: parts, isSound, problems, own: problems.count };
  });
  checkWorkspaces(read, SITES, "local");
  return {
    own: read.flatMap(({ problems, own }) => problems.list().slice(0, own)),
    further: read.flatMap(({ problems, own }) => problems.list().slice(own)),
  };
}

/** `<file>: <path>` of each problem that the sites add. */
function further(...values: unknown[]): string[] {
  return lines(...values).further.map((line) => line.split(": ").slice(0, 2).join(": "));
}

const H100 = { gpu_request: 1, gpu_selector: { type: "H100" } };
const WEB = { ports: { web: [80] }, ingress: { host: "a.elsewhere.org", port: 80 } };

describe("a workspace whose JSON breaks its own rules", () => {
  it("is told of its site in the same round", () => {
    const { own, further: added } = lines({
      ...BASE,
      ...H100,
      docker_image: "not an image",
      clusters: ["local", "lokal-2"],
      persistent_volume: [
        { mountPath: "/etc", size: "1Gi", access_mode: "RWO", pvc_type: "No Class" },
      ],
      ports: { web: [0] },
      ingress: { host: "a.elsewhere.org", port: 80 },
    });
    assert.deepEqual(
      own.map((line) => line.split(": ")[1]),
      [
        "docker_image",
        "ports.web[0]",
        "ingress.port",
        "persistent_volume[0].access_mode",
        "persistent_volume[0].mountPath",
      ],
    );
    assert.deepEqual(
      added.map((line) => line.split(": ")[1]),
      ["clusters[1]", "gpu_selector", "persistent_volume[0].pvc_type", "ingress.host", "ingress"],
    );
  });

  it("is told of a key with the right type while another has a wrong one", () => {
    assert.deepEqual(further({ ...BASE, ...H100, ports: "80" }), ["0.json: gpu_selector"]);
    assert.deepEqual(further({ ...BASE, cpu_request: [], memory_request: "513Gi" }), [
      "0.json: memory_request",
    ]);
    assert.deepEqual(further({ ...H100 }), ["0.json: gpu_selector"]);
  });

  it("is told once of what is wrong with one key", () => {
    assert.deepEqual(further({ ...BASE, ...H100, gpu_request: -1 }), []);
    assert.deepEqual(further({ ...BASE, cpu_request: "9e99" }), []);
    assert.deepEqual(further({ ...BASE, ...WEB, ingress: { host: "A B", port: 80 } }), []);
  });

  const follow: [title: string, config: object][] = [
    ["sizes, where the GPUs are not known", { gpu_request: "x", memory_request: "300Gi" }],
    ["sizes, where the GPUs' key is misspelt", { gpu_reqest: 1, memory_request: "513Gi" }],
    ["the selector, where the GPUs' key is misspelt", { gpu_reqest: 1, gpu_selector: {} }],
    ["the limit, where the request is wrong", { memory_request: 7e99, memory_limit: "513Gi" }],
    ["the default cluster, where clusters is wrong", { ...H100, clusters: "local-2" }],
    ["a cluster named twice", { clusters: ["local", "local"] }],
    [
      "authentication, where the form is open",
      {
        ports: { web: [80] },
        ingress: {
          host: "a.lab.example.org",
          port: 80,
          oauth_url: "oauth.vision",
          nginx_issuer: "a",
          traefik_resolver: "b",
        },
      },
    ],
    ["anything, where there is no object", [{ ...BASE, ...H100 }]],
  ];
  for (const [title, config] of follow) {
    it(`is told nothing false of ${title}`, () => {
      const value: unknown = Array.isArray(config) ? config : { ...BASE, ...config };
      const { own, further: added } = lines(value);
      assert.ok(own.length > 0);
      assert.deepEqual(added, []);
    });
  }

  it("does not miss a key that is only misspelt", () => {
    const { own } = lines({
      namespace: "vision",
      chart_name: "a",
      docker_image: "nginx",
      alocationTime: 2,
    });
    assert.equal(own.length, 1);
    assert.match(own[0]!, /alocationTime: unknown key .*Did you mean allocationTime\?$/);
  });

  it("takes names, hosts and node ports from others only where they can be relied on", () => {
    const first = { ...BASE, tag: "no tag" };
    assert.deepEqual(further(first, BASE), ["1.json: chart_name"]);
    assert.deepEqual(further({ ...first, namespace: "V" }, { ...BASE, namespace: "V" }), []);
    const host = {
      ports: { web: [80, 30_080] },
      service_type: "NodePort",
      ingress: { host: "a.lab.example.org", port: 80, oauth_url: "oauth.vision" },
    };
    assert.deepEqual(further({ ...first, ...host }, { ...BASE, ...host, chart_name: "b" }), [
      "1.json: ingress.host",
      "1.json: ports.web[1]",
    ]);
    const wrong = { ...host, ports: { web: [80, 80] } };
    assert.deepEqual(further({ ...BASE, ...wrong }, { ...BASE, ...wrong, chart_name: "b" }), [
      "1.json: ingress.host",
    ]);
  });

  it("has no further problem once that is mended, wherever it had none before", () => {
    fc.assert(
      fc.property(workspaceConfig(), ({ config }) => {
        const { own, further: added } = lines(config);
        // Each generated config has one thing wrong: in its own rules, or with the site.
        assert.ok(own.length === 0 || added.length === 0, [...own, ...added].join("\n"));
      }),
      { numRuns: 1000 },
    );
  });
});
