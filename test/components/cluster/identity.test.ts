import assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi";
import { assertSameCluster, WrongClusterError } from "../../../components/cluster/identity";

describe("assertSameCluster", () => {
  it("lets the same cluster pass", () => {
    assertSameCluster("lab", "uid-1", "uid-1", "context lab");
  });

  it("says which cluster, both uids, how it was reached and what to do", () => {
    assert.throws(
      () => assertSameCluster("lab", "uid-1", "uid-2", "context b, https://b.example.org"),
      (error: unknown) => {
        assert.ok(error instanceof WrongClusterError);
        assert.ok(RunError.isInstance(error), "it would be shown with a stack trace");
        assert.equal(
          error.message,
          "cluster lab: this is another cluster than the one this stack was made with. " +
            "The first one's kube-system namespace has uid uid-1; the one reached now (context b, https://b.example.org) has uid-2. " +
            "Nothing was written to it. Point the kubeconfig and context back at the first cluster, or use another stack for this one " +
            "(`pulumi stack init <name>`). If the first cluster is gone for good, and all that was in it, " +
            "drop this stack (`pulumi stack rm --force`) and begin a new one.",
        );
        return true;
      },
    );
  });
});
