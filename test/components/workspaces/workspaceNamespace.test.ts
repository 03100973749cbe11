import assert from "node:assert/strict";
import { WorkspaceNamespace } from "../../../components/workspaces/workspaceNamespace";
import type { WorkspaceNamespaceArgs } from "../../../components/workspaces/workspaceNamespace";
import { created, find, isSecret, plain, recorded, reset, valueOf } from "../../support/mocks";

function make(args: WorkspaceNamespaceArgs): Promise<WorkspaceNamespace> {
  return created((opts) => new WorkspaceNamespace("n", args, opts));
}

describe("WorkspaceNamespace", () => {
  beforeEach(reset);

  it("is a patch of the namespace alone where nothing is asked for", async () => {
    const namespace = await make({ namespace: "ml" });
    assert.deepEqual(
      recorded().map(({ name }) => name),
      ["n", "n-namespace"],
    );
    const patch = find("n-namespace");
    assert.equal(patch.type, "kubernetes:core/v1:NamespacePatch");
    assert.equal(patch.parent, find("n").urn);
    // Giving it up relinquishes our labels; it need be neither protected nor retained.
    assert.equal(patch.protect, false);
    assert.equal(patch.retainOnDelete, false);
    assert.deepEqual(patch.inputs, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "ml", labels: {} },
    });
    assert.equal(await valueOf(namespace.namespace), "ml");
  });

  it("labels it for Pod Security as asked", async () => {
    await make({ namespace: "ml", podSecurity: "baseline" });
    assert.deepEqual(find("n-namespace").inputs["metadata"], {
      name: "ml",
      labels: {
        "pod-security.kubernetes.io/enforce": "baseline",
        "pod-security.kubernetes.io/warn": "baseline",
      },
    });
  });

  it("makes the policies after it, each below itself", async () => {
    await make({
      namespace: "ml",
      policy: { quota: { pods: 5 }, limits: { cpu: "1" }, networkPolicy: {} },
    });
    const patch = find("n-namespace").urn;
    const policies = recorded().slice(2);
    assert.deepEqual(policies.map(({ name }) => name).sort(), [
      "n-limitrange-workspaces",
      "n-networkpolicy-allow-dns",
      "n-networkpolicy-allow-ingress-controller",
      "n-networkpolicy-allow-internet",
      "n-networkpolicy-allow-same-namespace",
      "n-networkpolicy-default-deny",
      "n-resourcequota-workspaces",
    ]);
    for (const policy of policies) {
      assert.deepEqual(policy.dependsOn, [patch], policy.name);
      assert.equal(policy.parent, find("n").urn, policy.name);
      assert.deepEqual(
        (policy.inputs["metadata"] as { annotations: object }).annotations,
        { "pulumi.com/skipAwait": "true" },
        policy.name,
      );
    }
  });

  it("makes Secrets that several workspaces share", async () => {
    await make({ namespace: "ml", userSecretValues: { "user-1": { user: "u", password: "p" } } });
    const secret = find("n-user-user-1");
    assert.ok(isSecret(secret.inputs["stringData"]));
    assert.deepEqual(plain(secret.inputs), {
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        name: "user-1",
        namespace: "ml",
        labels: { "app.kubernetes.io/managed-by": "science-platform" },
      },
      type: "Opaque",
      stringData: { user: "u", password: "p" },
    });
    assert.deepEqual(secret.dependsOn, [find("n-namespace").urn]);
  });

  it("refuses a quota of an unknown class before anything is registered", async () => {
    const policy = { quota: { gpus: { a100: 1 } } };
    await assert.rejects(make({ namespace: "ml", policy }), /quota\.gpus\.a100: no such GPU class/);
    assert.deepEqual(recorded(), []);
  });
});
