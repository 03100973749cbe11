/** The seed's contract on a real API server, through the generated client: what each call does and answers. */
import assert from "node:assert/strict";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../support/engine";
import { EndpointScene } from "../support/endpointScene";

describe("deployments over REST", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  let scene: EndpointScene;

  before(async function () {
    scene = await EndpointScene.open(standOrSkip(this));
  });
  after(() => scene?.close());

  const web = (over: object = {}, document: object = {}) => scene.record(over, document);

  it("PUT makes it and answers 201 with the document; again it is 200, and nothing changes", async () => {
    const first = await scene.alice.put("first", web());
    assert.equal(first.created, true);
    const [container] = first.spec.containers;
    assert.deepEqual([container?.name, container?.cpu, first.spec.replicas], ["web", 0.1, 1]);
    const status = await scene.ready("first", 1, first.resourceVersion);
    const before = await scene.versions("first");
    const again = await scene.alice.put("first", web());
    assert.equal(again.created, false);
    assert.deepEqual(await scene.versions("first"), before);
    assert.deepEqual(await scene.alice.get("first"), status);
  });

  it("GET has the seed's status object, volumes with it", async () => {
    const { resourceVersion } = await scene.alice.put(
      "volumes",
      web(
        { volumeMounts: [{ name: "mydata", mountPath: "/data" }] },
        { volumes: [{ name: "mydata", size: "64Mi" }] },
      ),
    );
    const status = await scene.ready("volumes", 1, resourceVersion);
    const [pod] = status.pods;
    assert.deepEqual(status, {
      replicas: 1,
      currentReplicas: 1,
      pods: [
        {
          name: pod!.name,
          phase: "Running",
          containers: [{ name: "web", ready: true, started: true }],
        },
      ],
      volumes: [{ name: "mydata", phase: "Bound", capacity: "64Mi", type: "ReadWriteOnce" }],
    });
    await scene.refused(scene.alice.scale("volumes", 2), 422, /ReadWriteOnce/);
    const smaller = web(
      { volumeMounts: [{ name: "mydata", mountPath: "/data" }] },
      { volumes: [{ name: "mydata", size: "32Mi" }] },
    );
    await scene.refused(
      scene.alice.put("volumes", smaller),
      422,
      /volumes\[0\]\.size.*cannot shrink/,
    );
  });

  it("PATCH sets the scale, which PUT keeps until the document says another number", async () => {
    await scene.alice.put("scaled", web());
    const { resourceVersion } = await scene.alice.scale("scaled", 3);
    await scene.ready("scaled", 3, resourceVersion);
    const kept = await scene.alice.put("scaled", web({ args: ["changed"] }));
    assert.equal((await scene.alice.get("scaled", kept.resourceVersion)).replicas, 3);
    await scene.alice.scale("scaled", 0);
    const stopped = await scene.alice.put("scaled", web({ args: ["again"] }));
    assert.equal((await scene.alice.get("scaled", stopped.resourceVersion)).replicas, 0);
    const said = await scene.alice.put("scaled", web({}, { replicas: 2 }));
    assert.equal((await scene.alice.get("scaled", said.resourceVersion)).replicas, 2);
  });

  it("a document's own number of replicas is there from the start, and stays with the next PUT", async () => {
    const { resourceVersion } = await scene.alice.put("three", web({}, { replicas: 3 }));
    assert.equal((await scene.alice.get("three", resourceVersion)).replicas, 3);
    const again = await scene.alice.put("three", web({ args: ["x"] }, { replicas: 3 }));
    assert.equal((await scene.alice.get("three", again.resourceVersion)).replicas, 3);
    const still = await scene.alice.put("off", web({}, { replicas: 0 }));
    assert.equal((await scene.alice.get("off", still.resourceVersion)).replicas, 0);
  });

  it("restart replaces the pods, and the next PUT does not", async () => {
    const { resourceVersion } = await scene.alice.put("again", web());
    const [old] = (await scene.ready("again", 1, resourceVersion)).pods;
    const restarted = await scene.alice.restart("again");
    await scene.until("again", ({ pods }) => pods.length === 1 && pods[0]!.name !== old!.name);
    const before = await scene.versions("again");
    assert.equal(before.generation, 2);
    await scene.alice.put("again", web());
    assert.equal((await scene.versions("again")).generation, 2);
    assert.ok(BigInt(restarted.resourceVersion) > BigInt(resourceVersion));
  });

  it("makes Services and an Ingress of what is exposed, and removes those that are not any more", async () => {
    const two = {
      containers: [
        { name: "web", image: "nginx:1.27", ports: [{ name: "http", port: 8080 }] },
        { name: "db", image: "postgres:17", ports: [{ name: "sql", port: 5432 }] },
      ],
    };
    const host = { exposed_service: "web", exposed_port: 8080, exposed_hostname: "shown" };
    await scene.alice.put("shown", { title: "Shown", data: JSON.stringify(two), ...host });
    assert.deepEqual(await scene.objects("shown"), [
      "ConfigMap/sd-shown-record",
      "Deployment/sd-shown",
      "Ingress/sd-shown",
      "Service/sd-shown-db",
      "Service/sd-shown-web",
    ]);
    const [summary] = (await scene.alice.list()).filter(({ id }) => id === "shown");
    assert.equal(summary?.url, `https://shown.${scene.domain}`);
    const one = { containers: [two.containers[0]] };
    await scene.alice.put("shown", { title: "Shown", data: JSON.stringify(one) });
    assert.deepEqual(await scene.objects("shown"), [
      "ConfigMap/sd-shown-record",
      "Deployment/sd-shown",
      "Service/sd-shown-web",
    ]);
  });

  it("a host name is one deployment's, in all the cluster", async () => {
    const host = { exposed_hostname: "mine" };
    await scene.alice.put("host", { ...web(), ...host });
    await scene.refused(scene.bob.put("host", { ...web(), ...host }), 409, /taken/);
    assert.deepEqual(await scene.objects("host", "bob"), []);
    await scene.alice.remove("host");
    await scene.bob.put("host", { ...web(), ...host });
  });

  it("DELETE leaves nothing behind at scale 0 either, says what went, and is 404 the second time", async () => {
    const volume = [
      { volumeMounts: [{ name: "data", mountPath: "/data" }] },
      { volumes: [{ name: "data", size: "32Mi" }] },
    ] as const;
    await scene.alice.put("gone", { ...web(...volume), exposed_hostname: "gone" });
    await scene.alice.setValues("gone", "secret", { TOKEN: "x" });
    await scene.alice.scale("gone", 0);
    const { removed, kept } = await scene.alice.remove("gone");
    assert.deepEqual([...removed].sort(), [
      "Deployment/sd-gone",
      "Ingress/sd-gone",
      "PersistentVolumeClaim/sd-gone-data",
      "Record/gone",
      "Secret/sd-gone-secret",
      "Service/sd-gone-web",
    ]);
    assert.deepEqual(kept, []);
    await scene.eventually(async () => assert.deepEqual(await scene.objects("gone"), []));
    await scene.refused(scene.alice.remove("gone"), 404, /no deployment gone/);
    await scene.eventually(() => scene.refused(scene.alice.get("gone"), 404, /no deployment gone/));
  });

  it("DELETE keeps volumes where it is told to, and a later one takes them", async () => {
    const document = { volumes: [{ name: "data", size: "32Mi" }] };
    const record = web({ volumeMounts: [{ name: "data", mountPath: "/data" }] }, document);
    await scene.alice.put("keep", record);
    const { kept } = await scene.alice.remove("keep", { keepVolumes: true });
    assert.deepEqual(kept, ["PersistentVolumeClaim/sd-keep-data"]);
    assert.deepEqual(await scene.objects("keep"), kept);
    const { removed } = await scene.alice.remove("keep");
    assert.deepEqual(removed, ["PersistentVolumeClaim/sd-keep-data"]);
  });

  it("a PUT that is refused by the cluster leaves nothing half-made", async () => {
    await scene.quota("bob", { "count/deployments.apps": "0" });
    const refused = scene.bob.put("refused", web());
    await scene.refused(refused, 403, /more than your quota leaves.*deployments\.apps/);
    assert.deepEqual(await scene.objects("refused", "bob"), []);
  });

  it("keeps records apart from deployments, and a PUT without body applies the kept one", async () => {
    const item = await scene.alice.createItem({ ...web(), title: "Kept" });
    assert.match(item.id, /^[0-9a-f-]{36}$/);
    await scene.refused(scene.alice.createItem({ id: item.id, ...web() }), 409, /have a record/);
    await scene.refused(scene.alice.get(item.id), 404, /no deployment/);
    const changed = await scene.alice.updateItem(item.id, { title: "Renamed" });
    assert.deepEqual(changed, { ...item, title: "Renamed" });
    assert.equal((await scene.alice.put(item.id)).created, true);
    await scene.refused(scene.alice.removeItem(item.id), 409, /It is deployed/);
    assert.ok((await scene.alice.items()).some(({ id }) => id === item.id));
    await scene.refused(scene.alice.put("never"), 404, /no deployment never/);
    const other = await scene.alice.createItem({ id: "other", ...web() });
    await scene.alice.removeItem("other");
    await scene.refused(scene.alice.item("other"), 404, /no record other/);
    assert.equal(other.id, "other");
  });

  it("keeps configs and secrets, all values as text", async () => {
    await scene.refused(scene.alice.setValues("none", "config", { A: "1" }), 404, /no deployment/);
    await scene.alice.createItem({ id: "values", ...web() });
    await scene.refused(scene.alice.values("values", "secret"), 404, /no secret/);
    const first = await scene.alice.setValues("values", "secret", "key: asdf\nother: 010\n");
    assert.deepEqual(first, { created: true, data: { key: "asdf", other: "010" } });
    const second = await scene.alice.setValues("values", "secret", { number: 5, truth: true });
    assert.deepEqual(second, { created: false, data: { number: "5", truth: "true" } });
    assert.deepEqual(await scene.alice.values("values", "secret"), { number: "5", truth: "true" });
    await scene.alice.setValues("values", "config", { A: "1" });
    assert.deepEqual(await scene.alice.values("values", "config"), { A: "1" });
  });

  it("shows events of a pod, and deletes one, which another replaces", async () => {
    const { resourceVersion } = await scene.alice.put("pods", web());
    const [pod] = (await scene.ready("pods", 1, resourceVersion)).pods;
    await scene.eventually(async () => {
      const [event] = await scene.alice.events("pods", pod!.name);
      assert.deepEqual(Object.keys(event ?? {}).sort(), [
        "creationTimestamp",
        "note",
        "reason",
        "type",
      ]);
      assert.equal(event?.reason, "Scheduled");
      assert.match(event.creationTimestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
    });
    await scene.alice.deletePod("pods", pod!.name);
    await scene.until("pods", ({ pods }) => pods.length === 1 && pods[0]!.name !== pod!.name);
    await scene.refused(scene.alice.deletePod("pods", "sd-other-1"), 404, /no pod/);
    await scene.refused(scene.alice.deletePod("first", pod!.name), 404, /no pod/);
  });

  it("says soon that there is no such version, where no change has had it yet", async () => {
    const start = Date.now();
    await scene.refused(scene.alice.get("first", "99999999999999"), 400, /There is no version/);
    assert.ok(Date.now() - start < 4_500);
  });
});
