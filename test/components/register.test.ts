import assert from "node:assert/strict";
import type { KubernetesObject } from "../../components/model/kubernetesObject";
import { registerObject, registerSecret } from "../../components/register";
import { created, find, isSecret, plain, recorded, reset } from "../support/mocks";

function object(apiVersion: string, kind: string): KubernetesObject {
  return { apiVersion, kind, metadata: { name: "x", namespace: "ml" }, spec: {} };
}

describe("registerObject", () => {
  beforeEach(reset);

  for (const [apiVersion, kind, type] of [
    ["v1", "ConfigMap", "kubernetes:core/v1:ConfigMap"],
    ["v1", "LimitRange", "kubernetes:core/v1:LimitRange"],
    ["v1", "PersistentVolume", "kubernetes:core/v1:PersistentVolume"],
    ["v1", "PersistentVolumeClaim", "kubernetes:core/v1:PersistentVolumeClaim"],
    ["v1", "ResourceQuota", "kubernetes:core/v1:ResourceQuota"],
    ["v1", "Secret", "kubernetes:core/v1:Secret"],
    ["v1", "Service", "kubernetes:core/v1:Service"],
    ["v1", "ServiceAccount", "kubernetes:core/v1:ServiceAccount"],
    ["apps/v1", "Deployment", "kubernetes:apps/v1:Deployment"],
    ["batch/v1", "Job", "kubernetes:batch/v1:Job"],
    ["networking.k8s.io/v1", "Ingress", "kubernetes:networking.k8s.io/v1:Ingress"],
    ["networking.k8s.io/v1", "NetworkPolicy", "kubernetes:networking.k8s.io/v1:NetworkPolicy"],
    ["cert-manager.io/v1", "Certificate", "kubernetes:cert-manager.io/v1:Certificate"],
  ] as const) {
    it(`registers ${apiVersion} ${kind} as ${type}`, async () => {
      await created((opts) => registerObject(object(apiVersion, kind), "a", opts));
      const { inputs, ...record } = find("a");
      assert.equal(record.type, type);
      assert.equal(inputs["kind"], kind);
      assert.deepEqual(inputs["metadata"], { name: "x", namespace: "ml" });
      const keeps = kind.startsWith("PersistentVolume");
      assert.equal(record.protect, keeps);
      assert.equal(record.retainOnDelete, keeps);
    });
  }

  it("marks what is not awaited, and leaves the object as it was", async () => {
    const service = object("v1", "Service");
    service.metadata.annotations = { own: "1" };
    const before = structuredClone(service);
    await created((opts) => registerObject(service, "a", opts, { awaited: false }));
    assert.deepEqual(find("a").inputs["metadata"], {
      name: "x",
      namespace: "ml",
      annotations: { own: "1", "pulumi.com/skipAwait": "true" },
    });
    assert.deepEqual(service, before);
  });

  for (const [apiVersion, kind] of [
    ["batch/v1", "Job"],
    ["apps/v1", "Deployment"],
  ] as const) {
    it(`goes on at once after a ${kind}, but waits for its end`, async () => {
      const job = object(apiVersion, kind);
      await created((opts) => registerObject(job, "a", opts, { awaited: false }));
      assert.deepEqual((find("a").inputs["metadata"] as { annotations: object }).annotations, {
        "pulumi.com/waitFor": "jsonpath={.metadata.uid}",
      });
    });
  }
});

describe("registerSecret", () => {
  beforeEach(reset);

  it("keeps its values secret", async () => {
    await created((opts) =>
      registerSecret(
        { name: "s", namespace: "ml", labels: { a: "b" }, values: { k: "v" } },
        "a",
        opts,
      ),
    );
    const { inputs } = find("a");
    assert.ok(isSecret(inputs["stringData"]));
    assert.deepEqual(plain(inputs), {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "s", namespace: "ml", labels: { a: "b" } },
      type: "Opaque",
      stringData: { k: "v" },
    });
    assert.equal(recorded().length, 1);
  });
});
