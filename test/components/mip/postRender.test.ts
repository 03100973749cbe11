import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { dump, loadAll } from "js-yaml";
import { exaflowGeneration } from "../../../components/model/exaflowGeneration";
import { exaflowPatches } from "../../../components/model/exaflowPatches";
import { Problems } from "../../../components/model/problems";

const SCRIPT = path.resolve(__dirname, "../../../components/mip/postRender.sh");

interface Made {
  kind: string;
  metadata: { name: string; annotations?: Record<string, string>; labels?: object };
  spec?: Record<string, unknown>;
  data?: Record<string, string>;
}

function run(text: string): { objects: Made[]; status: number | null; said: string } {
  const { stdout, stderr, status } = spawnSync(SCRIPT, { input: text, encoding: "utf8" });
  const objects = status === 0 ? (loadAll(stdout) as Made[]) : [];
  return { objects, status, said: stderr };
}

function rendered(...objects: object[]): Made[] {
  const { objects: made, status, said } = run(objects.map((it) => `---\n${dump(it)}`).join(""));
  assert.equal(status, 0, said);
  return made;
}

const CLAIM = {
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "db-claim0", namespace: "dementia" },
  spec: {
    selector: { matchLabels: { storage: "portalbackend-db-storage0" } },
    resources: { requests: { storage: "1Gi" } },
  },
};

const VOLUME = {
  apiVersion: "v1",
  kind: "PersistentVolume",
  metadata: { name: "db-vol0", labels: { storage: "portalbackend-db-storage0" } },
  spec: { capacity: { storage: "1Gi" }, persistentVolumeReclaimPolicy: "Delete" },
};

const DEPLOYMENT = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "backend" },
  spec: {
    template: {
      metadata: { labels: { app: "backend" } },
      spec: { containers: [{ name: "backend" }] },
    },
  },
};

describe("the platform's post-renderer", () => {
  it("keeps claims, with and without annotations of their own", () => {
    const [plainClaim, annotated] = rendered(CLAIM, {
      ...CLAIM,
      metadata: { ...CLAIM.metadata, annotations: { "argocd.example/keep": "yes" } },
    });
    const keep = { "helm.sh/resource-policy": "keep" };
    assert.deepEqual(plainClaim!.metadata.annotations, keep);
    assert.deepEqual(annotated!.metadata.annotations, { ...keep, "argocd.example/keep": "yes" });
  });

  it("gives volumes names and labels of the namespace, and keeps what is in them", () => {
    const [volume, claim] = rendered(VOLUME, CLAIM);
    assert.deepEqual(volume!.metadata, {
      annotations: { "helm.sh/resource-policy": "keep" },
      name: "dementia-db-vol0",
      labels: { storage: "dementia-portalbackend-db-storage0" },
    });
    assert.deepEqual(volume!.spec, {
      capacity: { storage: "1Gi" },
      persistentVolumeReclaimPolicy: "Retain",
    });
    assert.deepEqual(claim!.spec, {
      selector: { matchLabels: { storage: "dementia-portalbackend-db-storage0" } },
      resources: { requests: { storage: "1Gi" } },
    });
    assert.equal(claim!.metadata.name, "db-claim0");
  });

  it("leaves out the chart's Ingress and storage class, and no other Ingress", () => {
    const ingress = (name: string): object => ({ kind: "Ingress", metadata: { name } });
    const made = rendered(
      ingress("platform-ui-ingress"),
      ingress("frontend-ingress"),
      ingress("jupyterhub"),
      { kind: "StorageClass", metadata: { name: "local" } },
    );
    assert.deepEqual(
      made.map(({ metadata }) => metadata.name),
      ["jupyterhub"],
    );
  });

  it("lets pods leave a lost node after a minute", () => {
    const [made] = rendered(DEPLOYMENT);
    const tolerations = ["unreachable", "not-ready"].map((key) => ({
      key: `node.kubernetes.io/${key}`,
      operator: "Exists",
      effect: "NoExecute",
      tolerationSeconds: 60,
    }));
    const { template } = DEPLOYMENT.spec;
    assert.deepEqual(made!.spec, {
      template: { ...template, spec: { tolerations, ...template.spec } },
    });
    // Word for word what the engine's patches say, or these would restart its pods.
    const today = exaflowGeneration("1.0.0", new Problems("test"))!;
    const [controller] = exaflowPatches({ federation: "lab", managedCluster: true }, today).filter(
      ({ name }) => name === "exaflow-controller-deployment",
    );
    assert.deepEqual(controller!.spec, { template: { spec: { tolerations } } });
  });

  it("passes everything else as it is, text that looks like an object among it", () => {
    const text = "kind: Deployment\nmetadata:\n---\nspec:\n";
    const map = { kind: "ConfigMap", metadata: { name: "c", namespace: "x" }, data: { a: text } };
    assert.deepEqual(rendered(map), [map]);
    assert.deepEqual(run("").objects, []);
  });

  it("fails at what is not of the charts' form, and does not pass it", () => {
    for (const [text, reason] of [
      ["kind: PersistentVolumeClaim\nmetadata: { namespace: x }\n", /names the namespace/],
      [
        "kind: PersistentVolumeClaim\nmetadata:\n  namespace: x\n  annotations: { a: b }\n",
        /annotations are not a block/,
      ],
      ["kind: PersistentVolume\nmetadata:\n  name: v\n", /no object names the namespace/],
      ["kind: Deployment\nmetadata:\n  name: d\nspec: {}\n", /Deployment d: has no template/],
      [
        "kind: Deployment\nmetadata:\n  name: d\nspec:\n  template:\n    spec:\n      tolerations: []\n",
        /has tolerations already/,
      ],
    ] as const) {
      const { status, said } = run(text);
      assert.equal(status, 1, text);
      assert.match(said, reason);
    }
  });
});
