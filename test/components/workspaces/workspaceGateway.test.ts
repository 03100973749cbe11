import assert from "node:assert/strict";
import type { ExposeSettings } from "../../../components/model/exposureObjects";
import { Workspace } from "../../../components/workspaces/workspace";
import { created, find, recorded, reset, valueOf } from "../../support/mocks";

const EXPOSE: ExposeSettings = {
  kind: "gateway",
  gateway: { name: "lab", namespace: "gateway" },
  domain: "example.org",
  logins: {
    ml: { issuer: "https://id.example.org", clientId: "workspaces", groups: ["ml"] },
  },
};

describe("Workspace behind a Gateway", () => {
  beforeEach(reset);

  it("registers its proxy beside the workload, and tells its own Service and address", async () => {
    const site = { cluster: "lab", ingress: EXPOSE };
    const workspace = await created(
      (opts) =>
        new Workspace(
          "w",
          {
            namespace: "ml",
            name: "notebook",
            image: "img",
            deployment: true,
            ports: [{ name: "jupyter", port: 8888 }],
            ingress: { host: "notebook.example.org", port: 8888, oauthUrl: "oauth.ml" },
            site,
          },
          opts,
        ),
    );
    assert.deepEqual(
      recorded()
        .map(({ name }) => name)
        .sort(),
      ["w", "w-auth-deployment", "w-auth-service", "w-deployment", "w-httproute", "w-service"],
    );
    for (const [name, object] of [
      ["w-deployment", "notebook-mkg"],
      ["w-service", "notebook-mkg"],
      ["w-auth-deployment", "notebook-mkg-auth"],
      ["w-auth-service", "notebook-mkg-auth"],
      ["w-httproute", "notebook-mkg"],
    ] as const) {
      assert.equal((find(name).inputs["metadata"] as { name: string }).name, object);
    }
    assert.equal(find("w-httproute").type, "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute");
    assert.equal(await valueOf(workspace.service!), "notebook-mkg.ml.svc");
    assert.equal(await valueOf(workspace.url!), "https://notebook.example.org/");
    assert.equal(await valueOf(workspace.workload), "notebook-mkg");
  });
});
