/** E2 to E4 while the API server fails now and then: what stays is whole all the same. */
import assert from "node:assert/strict";
import { EndpointError } from "../../endpoint/client/client";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../support/engine";
import { FaultScene } from "../support/endpointTrustFaults";
import { FAULTS } from "../support/faultProxy";
import { FULL } from "../support/seed";

const PROBABILITY = 0.05;
const AT_ONCE = 50;
const ROUNDS = FULL ? 40 : 6;

describe("races while the API server fails", function () {
  this.timeout(ENGINE_TIMEOUT_MS * (FULL ? 3 : 1));
  let faults: FaultScene;
  before(async function () {
    faults = await FaultScene.open(standOrSkip(this));
  });
  after(() => faults?.close());

  function fail(probability: number): void {
    faults.choose = () =>
      Math.random() < probability ? FAULTS[Math.floor(Math.random() * FAULTS.length)] : undefined;
  }

  function facts(): string {
    return `${faults.proxy.requests} requests, faults ${JSON.stringify(faults.proxy.met)}`;
  }

  /** Documents that differ in their Services and their host, so that a mixture shows. */
  function variant(i: number): { title: string; data: string; exposed_hostname?: string } {
    const container = (name: string, port: number): object => ({
      name,
      image: "nginx:1.27",
      args: [`v${i}`],
      ports: [{ name: "http", port }],
    });
    const more = i % 2 === 1 ? [container(`c${i % 6}`, 9000 + i)] : [];
    const containers = [container("web", 8000 + i), ...more];
    const host = i % 3 === 0 ? { exposed_hostname: `h${i}`, exposed_service: "web" } : {};
    return { title: `v${i}`, data: JSON.stringify({ containers, replicas: 0 }), ...host };
  }

  async function live<T>(path: string): Promise<T> {
    const at = path.replace("NS", faults.scene.endpoint.namespace("alice"));
    return (await faults.scene.endpoint.kubernetes.request("GET", at)).body as T;
  }

  it("E2: of 50 PUTs of one id at once, one stays whole", async () => {
    fail(PROBABILITY);
    const results = await Promise.allSettled(
      Array.from({ length: AT_ONCE }, (_, i) => faults.scene.alice.put("same", variant(i))),
    );
    fail(0);
    for (const result of results) {
      if (result.status === "rejected") {
        const error: unknown = result.reason;
        const isGood = error instanceof EndpointError && [409, 503].includes(error.status);
        assert.ok(isGood, `${String(error)}; ${facts()}`);
      }
    }
    const done = results.filter(({ status }) => status === "fulfilled").length;
    assert.ok(done >= AT_ONCE - 1, `${done} of ${AT_ONCE} done; ${facts()}`);
    const { data } = await live<{ data: { title: string } }>(
      "/api/v1/namespaces/NS/configmaps/sd-same-record",
    );
    const i = Number(data.title.slice(1));
    const deployment = await live<{
      spec: { template: { spec: { containers: { args: string[] }[] } } };
    }>("/apis/apps/v1/namespaces/NS/deployments/sd-same");
    assert.deepEqual(deployment.spec.template.spec.containers[0]?.args, [`v${i}`], facts());
    const expected = [
      "ConfigMap/sd-same-record",
      "Deployment/sd-same",
      ...(i % 3 === 0 ? ["Ingress/sd-same"] : []),
      ...(i % 2 === 1 ? [`Service/sd-same-c${i % 6}`] : []),
      "Service/sd-same-web",
    ];
    assert.deepEqual(await faults.scene.objects("same"), expected, facts());
  });

  it("E3: PUT and DELETE, again and again: whole or not there at all", async () => {
    fail(PROBABILITY);
    for (let round = 0; round < ROUNDS; round++) {
      const id = `race${round}`;
      const record = { ...variant(0), exposed_hostname: id };
      if (round % 2 === 0) {
        await faults.scene.alice.put(id, record);
      }
      const tolerated = (error: unknown): void => {
        const isGood = error instanceof EndpointError && [404, 409, 503].includes(error.status);
        assert.ok(isGood, `${String(error)}; ${facts()}`);
      };
      await Promise.all([
        faults.scene.alice.put(id, record).catch(tolerated),
        faults.scene.alice.remove(id).catch(tolerated),
        faults.scene.alice.remove(id).catch(tolerated),
      ]);
    }
    fail(0);
    for (let round = 0; round < ROUNDS; round++) {
      const id = `race${round}`;
      await faults.scene.eventually(async () => {
        const objects = await faults.scene.objects(id);
        const whole = ["ConfigMap", "Deployment", "Ingress", "Service"];
        const kinds = objects.map((name) => name.split("/")[0]!);
        assert.ok(kinds.length === 0 || kinds.join() === whole.join(), `${id}: ${objects.join()}`);
      });
      // One retry makes it whole, whatever there was.
      await faults.scene.alice.put(id, { ...variant(0), exposed_hostname: id });
      assert.equal((await faults.scene.objects(id)).length, 4);
    }
  });

  it("E4: no claim goes with PUT, whatever fails", async () => {
    const mounted = (names: string[]) =>
      faults.scene.record(
        { volumeMounts: names.map((name) => ({ name, mountPath: `/${name}` })) },
        { volumes: names.map((name) => ({ name, size: "32Mi" })), replicas: 0 },
      );
    const uids = async (): Promise<string[]> => {
      const selector = encodeURIComponent("science-platform/deployment=volumes");
      const { items } = await live<{ items: { metadata: { uid: string } }[] }>(
        `/api/v1/namespaces/NS/persistentvolumeclaims?labelSelector=${selector}`,
      );
      return items.map(({ metadata }) => metadata.uid).sort();
    };
    await faults.scene.alice.put("volumes", mounted(["one", "two"]));
    const before = await uids();
    assert.equal(before.length, 2);
    fail(4 * PROBABILITY);
    for (let round = 0; round < ROUNDS; round++) {
      const names = [["one"], [], ["two"], ["one", "two"]][round % 4]!;
      await faults.scene.alice.put("volumes", mounted(names)).catch((error: unknown) => {
        assert.ok(error instanceof EndpointError && error.status === 503, String(error));
      });
      assert.deepEqual(await uids(), before, facts());
    }
    fail(0);
  });
});
