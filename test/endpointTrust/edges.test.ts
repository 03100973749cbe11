/** E4 to E6: volumes that PUT must leave, names that come too close, and refusals of the cluster itself. */
import assert from "node:assert/strict";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../support/engine";
import { EndpointScene } from "../support/endpointScene";

interface Claim {
  metadata: { name: string; uid: string };
  spec: { accessModes: string[]; resources: { requests: { storage: string } } };
}

describe("at the edges of the endpoint", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  let scene: EndpointScene;
  before(async function () {
    scene = await EndpointScene.open(standOrSkip(this));
  });
  after(() => scene?.close());

  function path(kind: string, tenant = "alice"): string {
    return `/api/v1/namespaces/${scene.endpoint.namespace(tenant)}/${kind}`;
  }

  async function claims(id: string): Promise<Claim[]> {
    const selector = encodeURIComponent(`science-platform/deployment=${id}`);
    const at = `${path("persistentvolumeclaims")}?labelSelector=${selector}`;
    const { body } = await scene.endpoint.kubernetes.request("GET", at);
    return (body as { items: Claim[] }).items;
  }

  describe("volumes (E4)", () => {
    const mounted = (volumes: { name: string; size: string; type?: string }[]) =>
      scene.record(
        { volumeMounts: volumes.map(({ name }) => ({ name, mountPath: `/${name}` })) },
        { volumes, replicas: 0 },
      );
    const both = [
      { name: "data", size: "64Mi" },
      { name: "more", size: "64Mi" },
    ];

    const uids = async (id: string): Promise<string[]> =>
      (await claims(id)).map(({ metadata }) => metadata.uid).sort();

    it("that PUT drops, all or one, stay as they are, and come back with the next", async () => {
      await scene.alice.put("e4", mounted(both));
      const before = await uids("e4");
      assert.equal(before.length, 2);
      for (const volumes of [both.slice(0, 1), [], both]) {
        await scene.alice.put("e4", mounted(volumes));
        assert.deepEqual(await uids("e4"), before);
      }
    });

    it("that PUT would shrink or share otherwise are refused with 422, and nothing changes", async () => {
      await scene.alice.put("e4same", mounted(both));
      // What was just made is known to everyone, with its claims.
      await scene.until("e4same", ({ volumes }) => volumes.length === 2);
      const before = await uids("e4same");
      const versions = await scene.versions("e4same");
      const [data, more] = both as [object, object];
      for (const [change, words] of [
        [{ size: "32Mi" }, /cannot shrink/],
        [{ type: "ReadWriteMany" }, /type/],
      ] as const) {
        const volumes = [{ ...data, ...change }, more] as typeof both;
        await scene.refused(scene.alice.put("e4same", mounted(volumes)), 422, words);
      }
      assert.deepEqual(await uids("e4same"), before);
      assert.deepEqual(await scene.versions("e4same"), versions);
    });

    it("go with DELETE: this deployment's alone", async () => {
      await scene.alice.put("e4gone", mounted(both));
      await scene.alice.put("e4gone2", mounted(both));
      const neighbours = await uids("e4gone2");
      const own = path("persistentvolumeclaims/by-hand");
      const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Mi" } } };
      const body = {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "by-hand", namespace: scene.endpoint.namespace("alice") },
        spec,
      };
      await scene.endpoint.kubernetes.request("POST", path("persistentvolumeclaims"), { body });
      await scene.alice.remove("e4gone");
      await scene.eventually(async () => assert.deepEqual(await claims("e4gone"), []));
      assert.deepEqual(await uids("e4gone2"), neighbours);
      assert.equal((await scene.endpoint.kubernetes.request("GET", own)).status, 200);
    });
  });

  describe("names (E5)", () => {
    it("of ids that look alike are different objects, each its own deployment's", async () => {
      const long = "a".repeat(62);
      const ids = ["Lab", "lab", "LAB", "l-ab", "l.ab", "l_ab", `${long}x`, `${long}y`, "la--b"];
      for (const id of ids) {
        await scene.alice.put(id, scene.record({ args: [id] }, { replicas: 0 }));
      }
      const names = new Set<string>();
      for (const id of ids) {
        const objects = await scene.objects(id);
        assert.equal(objects.length, 3, `${id}: ${objects.join()}`);
        objects.forEach((name) => names.add(name));
        objects.forEach((name) => assert.ok(name.split("/")[1]!.length <= 63, name));
      }
      assert.equal(names.size, 3 * ids.length);
      await scene.alice.remove("lab");
      assert.equal((await scene.objects("Lab")).length, 3);
    });

    it("of parts and of other deployments do not meet: `a` with container `b-c`, `a-b` with `c`", async () => {
      await scene.alice.put("a", scene.record({ name: "b-c" }, { replicas: 0 }));
      await scene.alice.put("a-b", scene.record({ name: "c" }, { replicas: 0 }));
      const [one, two] = [await scene.objects("a"), await scene.objects("a-b")];
      assert.equal(new Set([...one, ...two]).size, 6, [...one, ...two].join());
    });

    it("of hosts are had once, and who is refused learns nothing of who has it", async () => {
      const exposed = { ...scene.record({}, { replicas: 0 }), exposed_hostname: "e5" };
      await scene.alice.put("e5-secret-id", exposed);
      const error = (await scene.bob
        .put("e5", exposed)
        .catch((reason: unknown) => reason)) as Error;
      await scene.refused(Promise.reject(error), 409, /taken/);
      assert.doesNotMatch(error.message, /alice|e5-secret-id/);
      assert.deepEqual(await scene.objects("e5", "bob"), []);
      // Not even whether the other deployment is of the same tenant.
      await scene.refused(scene.alice.put("e5", exposed), 409, /taken/);
    });
  });

  describe("refusals of the cluster (E6)", () => {
    const nothingOf = async (id: string): Promise<void> => {
      assert.deepEqual(await scene.objects(id), []);
      await scene.refused(scene.alice.item(id), 404, /no record/);
    };

    it("for a quota of claims: in plain words, with nothing half-made", async () => {
      await scene.quota("alice", { persistentvolumeclaims: "0" });
      const volumes = [{ name: "data", size: "64Mi" }];
      const body = scene.record(
        { volumeMounts: [{ name: "data", mountPath: "/data" }] },
        { volumes },
      );
      await scene.refused(scene.alice.put("e6", body), 403, /volume data: .*more than your quota/);
      await nothingOf("e6");
      const quota = path("resourcequotas/test");
      await scene.endpoint.kubernetes.request("DELETE", quota);
    });

    it("for a Service that is too many: what was there before stays as it was", async () => {
      await scene.alice.put("e6more", scene.record({}, { replicas: 0 }));
      const before = await scene.versions("e6more");
      const quota = `${path("resourcequotas")}/e6`;
      const { body: found } = await scene.endpoint.kubernetes.request("GET", path("services"));
      const { items } = found as { items: object[] };
      await scene.endpoint.kubernetes.apply(quota, {
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { name: "e6", namespace: scene.endpoint.namespace("alice") },
        spec: { hard: { services: String(items.length) } },
      });
      await scene.eventually(async () => {
        const { body } = await scene.endpoint.kubernetes.request("GET", quota);
        const { status } = body as { status?: { used?: { services?: string } } };
        assert.equal(status?.used?.services, String(items.length));
      });
      const web = { name: "web", image: "nginx:1.27", ports: [{ name: "http", port: 8080 }] };
      const two = { containers: [web, { ...web, name: "two", ports: [{ name: "b", port: 1 }] }] };
      const body = { title: "Two", data: JSON.stringify({ ...two, replicas: 0 }) };
      await scene.refused(scene.alice.put("e6more", body), 403, /more than your quota/);
      assert.equal((await scene.versions("e6more")).service, before.service);
      assert.deepEqual(await scene.objects("e6more"), [
        "ConfigMap/sd-e6more-record",
        "Deployment/sd-e6more",
        "Service/sd-e6more-web",
      ]);
      assert.equal((await scene.alice.item("e6more")).title, "A service");
      await scene.endpoint.kubernetes.request("DELETE", quota);
    });

    it("by a policy of its operator: said in the operator's words, and what was made goes again", async () => {
      const name = `${scene.endpoint.namespace("bob")}-policy`;
      const registration = "/apis/admissionregistration.k8s.io/v1";
      const policies = `${registration}/validatingadmissionpolicies/${name}`;
      const bindings = `${registration}/validatingadmissionpolicybindings/${name}`;
      const { kubernetes } = scene.endpoint;
      const object = (kind: string, spec: object): object => ({
        apiVersion: "admissionregistration.k8s.io/v1",
        kind,
        metadata: { name },
        spec,
      });
      const rule = {
        apiGroups: ["apps"],
        apiVersions: ["v1"],
        operations: ["CREATE"],
        resources: ["deployments"],
      };
      const labels = { "kubernetes.io/metadata.name": scene.endpoint.namespace("bob") };
      try {
        await kubernetes.apply(
          policies,
          object("ValidatingAdmissionPolicy", {
            matchConstraints: { resourceRules: [rule] },
            validations: [{ expression: "false", message: "closed for the holidays" }],
          }),
        );
        await kubernetes.apply(
          bindings,
          object("ValidatingAdmissionPolicyBinding", {
            policyName: name,
            validationActions: ["Deny"],
            matchResources: { namespaceSelector: { matchLabels: labels } },
          }),
        );
        let i = 0;
        // It holds a moment later.
        await scene.eventually(async () => {
          const put = scene.bob.put(`e6${(i += 1)}`, scene.record({}, { replicas: 0 }));
          await scene.refused(put, 422, /closed for the holidays/);
        });
        assert.deepEqual(await scene.objects(`e6${i}`, "bob"), []);
        await scene.refused(scene.bob.item(`e6${i}`), 404, /no record/);
      } finally {
        await kubernetes.request("DELETE", bindings);
        await kubernetes.request("DELETE", policies);
      }
    });
  });

  it("a pod that the cluster refuses is missing in the status, and the deployment is there (E6)", async () => {
    const namespace = scene.endpoint.namespace("alice");
    await scene.endpoint.kubernetes.apply(path("limitranges/e6"), {
      apiVersion: "v1",
      kind: "LimitRange",
      metadata: { name: "e6", namespace },
      spec: { limits: [{ type: "Container", max: { memory: "64Mi" } }] },
    });
    const { resourceVersion } = await scene.alice.put("e6range", scene.record({ memory: 1 }));
    const status = await scene.alice.get("e6range", resourceVersion);
    assert.deepEqual([status.replicas, status.pods], [1, []]);
    await scene.endpoint.kubernetes.request("DELETE", path("limitranges/e6"));
  });
});
