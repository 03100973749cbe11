import assert from "node:assert/strict";
import * as path from "node:path";
import { Exaflow, type ExaflowArgs } from "../../../components/mip/exaflow";
import { POST_RENDERER } from "../../../components/mip/postRenderer";
import { MANAGED, MINIMAL, NODES, SEED, UNMANAGED } from "../../support/exaflow";
import { acceptHooks } from "../../support/mockCluster";
import { created, find, plain, recorded, reset, valueOf, type Recorded } from "../../support/mocks";

const MIRROR = path.resolve(__dirname, "../../../local/charts");
const TODAY = { mirror: MIRROR };
const OLDER = { mirror: MIRROR, versions: { exaflow: "0.24.0" } };

const RELEASE = "kubernetes:helm.sh/v3:Release";

const TOLERATIONS = (seconds: number): object[] =>
  ["node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready"].map((key) => ({
    key,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: seconds,
  }));

interface Patch {
  metadata: { name: string; namespace: string; annotations: Record<string, string> };
  spec?: object;
}

function make(args: ExaflowArgs): Promise<Exaflow> {
  return created((opts) => new Exaflow("e", args, opts));
}

/** Those of workloads, sorted: what is side by side is registered in any order. */
function patches(): Recorded[] {
  return recorded()
    .filter(({ type }) => /:(Deployment|StatefulSet|Pod)Patch$/.test(type))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function patchOf(name: string): Patch {
  return plain(find(name).inputs) as Patch;
}

describe("Exaflow", () => {
  before(acceptHooks);
  beforeEach(reset);

  it("is a release that Helm does not wait for, in its namespace", async () => {
    const engine = await make({ ...UNMANAGED, charts: TODAY, timeoutSeconds: 90 });
    const namespace = find("e-namespace");
    assert.deepEqual(namespace.inputs["metadata"], {
      name: "dementia",
      labels: {
        "pod-security.kubernetes.io/enforce": "privileged",
        "pod-security.kubernetes.io/warn": "privileged",
      },
    });
    const release = find("e-release");
    assert.equal(release.type, RELEASE);
    assert.deepEqual(release.dependsOn, [namespace.urn]);
    const { values, ...inputs } = plain(release.inputs) as { values: { localnodes: number } };
    assert.deepEqual(inputs, {
      chart: path.join(MIRROR, "exaflow"),
      name: "engine",
      namespace: "dementia",
      timeout: 90,
      skipAwait: true,
      // The SDK's own.
      compat: "true",
    });
    assert.equal(values.localnodes, 3);
    assert.equal(await valueOf(engine.url), "http://exaflow-controller-service.dementia:5000");
    assert.equal(await valueOf(engine.controllerService), "exaflow-controller-service");
    assert.equal(await valueOf(engine.namespace), "dementia");
    assert.equal(await valueOf(engine.version), "1.0.0");
  });

  it("waits for every workload, by a patch that restarts none but Deployments", async () => {
    await make({ ...UNMANAGED, charts: TODAY });
    const release = find("e-release");
    const deployments = patches().filter(({ type }) => type.endsWith(":DeploymentPatch"));
    for (const patch of patches()) {
      const after = deployments.includes(patch) ? [] : deployments;
      const expected = [release, ...after].map(({ urn }) => urn);
      assert.deepEqual([...patch.dependsOn].sort(), expected.sort(), patch.name);
      assert.equal(patch.parent, release.parent, patch.name);
    }
    assert.deepEqual(
      patches().map(({ type, name }) => [type.split(":").at(-1), name]),
      [
        ["DeploymentPatch", "e-exaflow-aggregation-server-deployment"],
        ["DeploymentPatch", "e-exaflow-controller-deployment"],
        ["StatefulSetPatch", "e-exaflow-globalworker"],
        ["StatefulSetPatch", "e-exaflow-localworker"],
        ["PodPatch", "e-exaflow-smpc-player0"],
        ["PodPatch", "e-exaflow-smpc-player1"],
        ["PodPatch", "e-exaflow-smpc-player2"],
      ],
    );
    const { metadata, spec } = patchOf("e-exaflow-controller-deployment");
    assert.equal(metadata.name, "exaflow-controller-deployment");
    assert.equal(metadata.namespace, "dementia");
    assert.deepEqual(spec, { template: { spec: { tolerations: TOLERATIONS(45) } } });
    assert.deepEqual(Object.keys(patchOf("e-exaflow-localworker")).sort(), [
      "apiVersion",
      "kind",
      "metadata",
    ]);
  });

  it("of the seed's chart has Deployments alone, which are never two on one folder", async () => {
    const engine = await make({ ...SEED, charts: OLDER, evictionSeconds: undefined });
    assert.equal(find("e-release").inputs["postrender"], POST_RENDERER);
    assert.equal(
      (find("e-release").inputs as { chart: string }).chart,
      path.join(MIRROR, "exaflow-0.24.0"),
    );
    assert.deepEqual(
      patches().map(({ name }) => name),
      [
        "e-exareme2-controller-deployment",
        "e-exareme2-globalworker-deployment",
        "e-exareme2-localworker-deployment",
        "e-exareme2-smpc-player0",
        "e-exareme2-smpc-player1",
        "e-exareme2-smpc-player2",
      ],
    );
    assert.deepEqual(patchOf("e-exareme2-localworker-deployment").spec, {
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: "100%" } },
      template: { spec: { tolerations: TOLERATIONS(60) } },
    });
    assert.equal(await valueOf(engine.url), "http://exareme2-controller-service.dementia:5000");
  });

  it("leaves out what does not run", async () => {
    await make({
      ...MINIMAL,
      localWorkers: 0,
      controller: { workersDns: ["workers.site-b.example.org"] },
      aggregationServer: { enabled: false },
      charts: TODAY,
    });
    assert.deepEqual(
      patches().map(({ name }) => name),
      ["e-exaflow-controller-deployment", "e-exaflow-globalworker"],
    );
  });

  it("waits again after a change of the values, and after no other", async () => {
    const annotation = async (args: ExaflowArgs): Promise<unknown> => {
      reset();
      await make(args);
      return patchOf("e-exaflow-globalworker").metadata.annotations["science-platform/values"];
    };
    const first = await annotation({ ...MINIMAL, charts: TODAY });
    assert.match(String(first), /^[0-9a-f]{16}$/);
    assert.equal(await annotation({ ...MINIMAL, charts: TODAY, timeoutSeconds: 5 }), first);
    assert.notEqual(await annotation({ ...MINIMAL, charts: TODAY, logLevel: "DEBUG" }), first);
    const values = { flower: { server_port: 8090 } };
    assert.notEqual(await annotation({ ...MINIMAL, charts: TODAY, values }), first);
  });

  it("merges values of one's own over ours", async () => {
    await make({ ...MINIMAL, charts: TODAY, values: { flower: { server_port: 8090 } } });
    const { values } = plain(find("e-release").inputs) as { values: { flower: object } };
    assert.deepEqual(values.flower, { enabled: true, server_port: 8090 });
  });

  it("on a managed cluster is in a namespace without privileges", async () => {
    await make({ ...MANAGED, charts: TODAY });
    const { labels } = find("e-namespace").inputs["metadata"] as { labels: Record<string, string> };
    assert.equal(labels["pod-security.kubernetes.io/enforce"], "baseline");
  });

  it("registers nothing when something is wrong, and says all of it at once", async () => {
    await assert.rejects(
      make({
        federation: "dementia",
        localWorkers: 9,
        nodes: NODES,
        smpc: { enabled: true },
        storage: { csvsLocation: "/data/dementia" },
        values: { db: { storage_location: "/srv" } },
        charts: { mirror: __dirname },
      }),
      (error: Error) => {
        assert.equal(error.name, "ProblemsError");
        const lines = error.message.split("\n").slice(1);
        assert.deepEqual(
          lines.map((line) => line.trim().split(": ").slice(0, 2).join(": ")),
          [
            "exaflow dementia: storage.csvsLocation",
            "exaflow dementia: values.db.storage_location",
            "exaflow dementia: nodes",
            "exaflow dementia: charts.mirror",
          ],
        );
        return true;
      },
    );
    assert.deepEqual(recorded(), []);
  });
});
