import assert from "node:assert/strict";
import { gpuDemand, gpuNames } from "../../../components/model/serviceGpu";
import { servicePod } from "../../../components/model/servicePod";
import { one, parse, SITE, TENANT, valid } from "../../support/services";

const TAINT = { key: "gpu", operator: "Equal", value: "a100", effect: "NoSchedule" };
const on = (className: string): Record<string, string> => ({
  [`science-platform/gpu-class.${className}`]: "true",
});
const pair = (a: object, b: object, init?: object): object => ({
  containers: [
    { name: "a", image: "a:1", ...a },
    { name: "b", image: "b:1", ...b },
  ],
  ...(init === undefined ? {} : { initContainers: [{ name: "c", image: "c:1", ...init }] }),
});

describe("GPUs of a deployment", () => {
  it("are called by the seed's names, and by our classes", () => {
    assert.deepEqual(gpuNames(SITE), [
      "nvidia.com/gpu",
      "nvidia.com/gpu-remote",
      "nvidia.com/mig-1g.10gb",
      "nvidia.com/mig-2g.20gb",
      "nvidia.com/mig-3g.40gb",
      "a100",
      "large",
      "medium",
      "remote",
      "small",
    ]);
    for (const gpu of gpuNames(SITE)) {
      assert.equal(valid(one({ gpu })).spec.containers[0]?.gpu?.name, gpu);
    }
  });

  it("of a resource run on any node that has it, those of a class on the class's nodes", () => {
    assert.deepEqual(valid(one({ gpu: "nvidia.com/gpu" })).spec.placement, {
      nodeSelector: {},
      tolerations: [TAINT],
    });
    const { spec } = valid(one({ gpu: "a100", gpuCount: 2 }));
    assert.deepEqual(spec.placement, { nodeSelector: on("a100"), tolerations: [TAINT] });
    assert.deepEqual(spec.containers[0]?.gpu, {
      name: "a100",
      resource: "nvidia.com/gpu",
      count: 2,
    });
    const slice = valid(one({ gpu: "small" })).spec;
    assert.deepEqual(slice.placement, { nodeSelector: on("small"), tolerations: [] });
    assert.equal(slice.containers[0]?.gpu?.resource, "nvidia.com/mig-1g.10gb");
  });

  it("of virtual nodes alone need their toleration, and take no volume that lasts", () => {
    const { placement } = valid(one({ gpu: "remote" })).spec;
    assert.deepEqual(placement.tolerations, [
      { key: "virtual-node.interlink/no-schedule", operator: "Exists" },
    ]);
    const volumes = [{ name: "data", size: "1Gi" }];
    const mounted = one({ gpu: "remote", volumeMounts: [{ name: "data", mountPath: "/data" }] });
    assert.match(
      parse({ ...mounted, volumes }).lines[0]!,
      /^containers\[0\]\.gpu: offered by virtual nodes alone/,
    );
    valid({ ...one({ gpu: "remote" }), volumes });
  });

  it("that nobody offers are refused, with what there is", () => {
    assert.match(
      parse(one({ gpu: "nvidia.com/mig-1g.10g" })).lines[0]!,
      /^containers\[0\]\.gpu: a GPU that this cluster does not offer .*Did you mean nvidia.com\/mig-1g.10gb\?$/,
    );
    assert.match(
      parse(one({ gpu: "nvidia.com/gpu" }), { ...SITE, gpus: {}, nodes: {} }).lines[0]!,
      /allowed: nothing is defined/,
    );
    assert.match(parse(one({ gpu: "constructor" })).lines[0]!, /does not offer/);
  });

  it("are counted: by the operator's limit, and by what one node has", () => {
    assert.match(
      parse(one({ gpu: "a100", gpuCount: 3 })).lines[0]!,
      /gpuCount: out of range.*1 to 2/,
    );
    assert.match(parse(one({ gpu: "a100", gpuCount: 0 })).lines[0]!, /gpuCount: out of range/);
    assert.match(
      parse(one({ gpu: "large", gpuCount: 2 })).lines[0]!,
      /gpuCount: more GPUs than any one node has: gpu-mig offers 1 of large/,
    );
    assert.match(parse(one({ gpuCount: 1 })).lines[0]!, /gpuCount: of no use without gpu/);
    assert.match(
      parse(pair({ gpu: "medium", gpuCount: 2 }, { gpu: "medium" })).lines[0]!,
      /more GPUs than any one node has/,
    );
  });

  it("of several kinds must be on one node", () => {
    const { placement } = valid(pair({ gpu: "small" }, { gpu: "medium", gpuCount: 2 })).spec;
    assert.deepEqual(placement.nodeSelector, { ...on("small"), ...on("medium") });
    assert.match(
      parse(pair({ gpu: "small" }, { gpu: "a100" })).lines[0]!,
      /^containers\[1\]\.gpu: no node has 1 of small and 1 of a100 together/,
    );
    const both = pair({ gpu: "medium", gpuCount: 2 }, { gpu: "nvidia.com/mig-2g.20gb" });
    assert.match(parse(both).lines[0]!, /no node has 2 of medium and 1 of nvidia.com\/mig-2g.20gb/);
  });

  it("of init containers are taken before the others run", () => {
    valid(pair({ gpu: "medium", gpuCount: 2 }, {}, { gpu: "medium", gpuCount: 2 }));
  });
});

describe("the GPUs that a deployment has in all", () => {
  const demand = (document: object, replicas: number): object[] =>
    gpuDemand(servicePod(TENANT, "x", valid(document).spec).spec, replicas);

  it("are those of its containers, times its replicas", () => {
    assert.deepEqual(demand(pair({ gpu: "a100", gpuCount: 2 }, { gpu: "nvidia.com/gpu" }), 3), [
      { resource: "nvidia.com/gpu", count: 9 },
    ]);
    assert.deepEqual(demand(pair({ gpu: "small" }, { gpu: "medium" }), 2), [
      { resource: "nvidia.com/mig-1g.10gb", count: 2 },
      { resource: "nvidia.com/mig-2g.20gb", count: 2 },
    ]);
    assert.deepEqual(demand(pair({}, {}), 2), []);
    assert.deepEqual(demand(pair({ gpu: "a100" }, {}), 0), []);
  });

  it("are as many as an init container alone needs, where that is more", () => {
    const document = pair({ gpu: "a100" }, {}, { gpu: "a100", gpuCount: 2 });
    assert.deepEqual(demand(document, 2), [{ resource: "nvidia.com/gpu", count: 4 }]);
  });
});
