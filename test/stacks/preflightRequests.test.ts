import assert from "node:assert/strict";
import { NODES } from "../support/preflightReads";
import { CLEAN, run, workspace } from "../support/preflightRun";
import { useFakeApi } from "../support/fakeApi";

describe("preflight requests", () => {
  const api = useFakeApi();

  function many(namespaceOf: (i: number) => string): ReturnType<typeof workspace>[] {
    return Array.from({ length: 100 }, (_, i) =>
      workspace(`ws-${i}`, {
        namespace: namespaceOf(i),
        ports: [{ name: "web", port: 80, nodePort: 30000 + i }],
        serviceType: "NodePort",
        volumes: [{ mountPath: "/a", size: "1Gi", accessMode: "ReadWriteOnce", storage: "fast" }],
        existingVolumes: [{ claim: `shared-${i}`, mountPath: "/b" }],
        ingress: { host: `ws-${i}.lab.example.org`, port: 80 },
        userSecrets: [`user-${i}`],
      }),
    );
  }

  function fill(specs: ReturnType<typeof workspace>[]): void {
    api.lists = {
      "/apis/storage.k8s.io/v1/storageclasses": [{ metadata: { name: "fast" } }],
      "/api/v1/persistentvolumeclaims": specs.map(({ namespace, existingVolumes }) => ({
        metadata: { namespace, name: existingVolumes![0]!.claim },
        spec: { accessModes: ["ReadWriteOnce"] },
      })),
      "/api/v1/secrets": specs.map(({ namespace, userSecrets }) => ({
        metadata: { namespace, name: userSecrets![0]! },
      })),
      [NODES]: [{ metadata: { name: "cpu-1" } }],
    };
  }

  it("are one for each kind with 100 workspaces in 100 namespaces, and only ever GET", async () => {
    const specs = many((i) => `team-${i}`);
    fill(specs);
    assert.deepEqual(await run(api, specs, { nodes: { "cpu-1": {} } }), CLEAN);
    assert.deepEqual(api.paths, [
      "/api/v1/namespaces",
      "/api/v1/nodes",
      "/api/v1/persistentvolumeclaims",
      "/api/v1/pods",
      "/api/v1/secrets",
      "/api/v1/services",
      "/apis/apps/v1/deployments",
      "/apis/batch/v1/jobs",
      "/apis/networking.k8s.io/v1/ingresses",
      "/apis/storage.k8s.io/v1/storageclasses",
    ]);
    assert.deepEqual([...new Set(api.seen.map(({ method }) => method))], ["GET"]);
  });

  it("stay within the namespace with 100 workspaces in one", async () => {
    const specs = many(() => "team");
    fill(specs);
    assert.deepEqual(await run(api, specs), CLEAN);
    assert.deepEqual(api.paths, [
      "/api/v1/namespaces",
      "/api/v1/namespaces/team/persistentvolumeclaims",
      "/api/v1/namespaces/team/pods",
      "/api/v1/namespaces/team/secrets",
      "/api/v1/services",
      "/apis/apps/v1/namespaces/team/deployments",
      "/apis/batch/v1/namespaces/team/jobs",
      "/apis/networking.k8s.io/v1/ingresses",
      "/apis/storage.k8s.io/v1/storageclasses",
    ]);
  });

  it("are four for a workspace that asks for nothing", async () => {
    assert.deepEqual(await run(api, [workspace("a")]), CLEAN);
    assert.deepEqual(api.paths, [
      "/api/v1/namespaces",
      "/api/v1/namespaces/team/persistentvolumeclaims",
      "/apis/apps/v1/namespaces/team/deployments",
      "/apis/batch/v1/namespaces/team/jobs",
    ]);
  });

  it("never ask for what is in a Secret", async () => {
    api.lists = { "/api/v1/secrets": [{ metadata: { namespace: "team", name: "ann" } }] };
    assert.deepEqual(await run(api, [workspace("a", { userSecrets: ["ann"] })]), CLEAN);
    const asked = api.seen.filter(({ path: asked }) => asked.endsWith("/secrets"));
    assert.deepEqual(
      asked.map(({ headers }) => headers.accept),
      ["application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"],
    );
  });

  it("go namespace by namespace where the user has rights in those alone", async () => {
    const specs = many((i) => `team-${i % 6}`);
    fill(specs);
    api.refusals = { "/apis/batch/v1/jobs": { status: 403 } };
    assert.deepEqual(await run(api, specs), CLEAN);
    assert.deepEqual(
      api.paths.filter((asked) => asked.endsWith("/jobs")),
      [
        "/apis/batch/v1/jobs",
        ...[0, 1, 2, 3, 4, 5].map((i) => `/apis/batch/v1/namespaces/team-${i}/jobs`),
      ],
    );
  });
});
