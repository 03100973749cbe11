/** Many at once, over two replicas of the endpoint: what stays is what one of them asked for, whole. */
import assert from "node:assert/strict";
import type { FastifyInstance } from "fastify";
import { EndpointClient, EndpointError } from "../../endpoint/client/client";
import { start, type Endpoint } from "../../endpoint/start";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../support/engine";
import { EndpointScene } from "../support/endpointScene";
import { GPUS, NODES, settings } from "../support/endpointSettings";
import { FULL } from "../support/seed";

const AT_ONCE = 50;

describe("two replicas of the endpoint", function () {
  this.timeout(ENGINE_TIMEOUT_MS * (FULL ? 3 : 1));
  let scene: EndpointScene;
  let other: Endpoint;
  let second: EndpointClient;

  before(async function () {
    const stand = standOrSkip(this);
    scene = await EndpointScene.open(stand);
    const { issuer, domain } = scene.endpoint;
    const same = settings({
      listen: { host: "127.0.0.1", port: 0 },
      issuer: issuer.url,
      audience: issuer.audience,
      namespace: "default",
      namespacePrefix: scene.endpoint.namespace(""),
      exposure: { domain },
      gpus: GPUS,
      nodes: NODES,
      rateLimit: { reads: 100_000, writes: 100_000, refused: 100_000 },
      drainSeconds: 0,
    });
    const { kubeconfig } = stand.clusters["local"]!;
    other = await start(same, { KUBECONFIG: kubeconfig, LOG_LEVEL: "silent" });
    await isReady(other.app);
    second = new EndpointClient({
      url: `http://127.0.0.1:${other.port}`,
      token: () => issuer.token({ claims: { sub: "alice" } }),
    });
  });
  after(async () => {
    await other?.stop();
    await scene?.close();
  });

  async function isReady(app: FastifyInstance): Promise<void> {
    while ((await app.inject("/readyz")).statusCode !== 200) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Documents that differ in their Services, so that a mixture shows. */
  function variant(i: number): ReturnType<EndpointScene["record"]> {
    const container = (name: string, port: number): object => ({
      name,
      image: "nginx:1.27",
      args: [`v${i}`],
      ports: [{ name: "http", port }],
    });
    const containers = [
      container("web", 8000 + i),
      ...(i % 2 ? [container(`c${i % 6}`, 9000 + i)] : []),
    ];
    return {
      title: `v${i}`,
      data: JSON.stringify({ containers }),
      ...(i % 3 === 0 ? { exposed_hostname: `h${i}`, exposed_service: "web" } : {}),
    };
  }

  function live<T>(kind: string): Promise<T> {
    const at = `${kind.replace("NS", scene.endpoint.namespace("alice"))}`;
    return scene.endpoint.kubernetes.request("GET", at).then(({ body }) => body as T);
  }

  it("E2: of 50 PUTs of one id at once, one stays whole", async () => {
    const results = await Promise.allSettled(
      Array.from({ length: AT_ONCE }, (_, i) =>
        (i % 2 === 0 ? scene.alice : second).put("same", variant(i)),
      ),
    );
    for (const result of results) {
      if (result.status === "rejected") {
        const error: unknown = result.reason;
        assert.ok(error instanceof EndpointError && error.status === 409, String(error));
      }
    }
    assert.equal(results.filter(({ status }) => status === "rejected").length, 0);
    const deployment = await live<{
      spec: { template: { spec: { containers: { args: string[] }[] } } };
    }>("/apis/apps/v1/namespaces/NS/deployments/sd-same");
    const [value] = deployment.spec.template.spec.containers[0]!.args;
    const i = Number(value!.slice(1));
    assert.deepEqual(await scene.objects("same"), [
      "ConfigMap/sd-same-record",
      "Deployment/sd-same",
      ...(i % 3 === 0 ? ["Ingress/sd-same"] : []),
      ...(i % 2 ? [`Service/sd-same-c${i % 6}`] : []),
      "Service/sd-same-web",
    ]);
    const service = await live<{ spec: { ports: { port: number }[] } }>(
      "/api/v1/namespaces/NS/services/sd-same-web",
    );
    assert.equal(service.spec.ports[0]?.port, 8000 + i);
    const record = await live<{ data: { title: string } }>(
      "/api/v1/namespaces/NS/configmaps/sd-same-record",
    );
    assert.equal(record.data.title, `v${i}`);
  });

  it("E3: a PUT that races with a DELETE is there whole, or not at all", async () => {
    for (let round = 0; round < (FULL ? 40 : 8); round++) {
      const id = `race${round}`;
      if (round % 2 === 0) {
        await scene.alice.put(id, scene.record());
      }
      const [put] = await Promise.allSettled([
        scene.alice.put(id, scene.record({ args: ["new"] })),
        second.remove(id).catch((error: unknown) => {
          assert.ok(
            error instanceof EndpointError && [404, 409].includes(error.status),
            String(error),
          );
        }),
      ]);
      assert.equal(put.status, "fulfilled", JSON.stringify(put));
      await scene.eventually(async () => {
        const objects = await scene.objects(id);
        const whole = [`ConfigMap/sd-${id}-record`, `Deployment/sd-${id}`, `Service/sd-${id}-web`];
        assert.ok(objects.length === 0 || objects.join() === whole.join(), objects.join());
      });
    }
  });

  it("a change through one is known to the other, for whoever brings its version", async () => {
    for (let i = 0; i < 10; i++) {
      const { resourceVersion } = await scene.alice.put("seen", scene.record({ args: [`${i}`] }));
      await second.get("seen", resourceVersion);
      const scaled = await second.scale("seen", i % 3);
      assert.equal((await scene.alice.get("seen", scaled.resourceVersion)).replicas, i % 3);
    }
  });

  it("a scale set through one is kept by a PUT through the other, at once", async () => {
    await scene.alice.put("handed", scene.record());
    for (const replicas of [0, 3, 0, 2]) {
      await scene.alice.scale("handed", replicas);
      const { resourceVersion } = await second.put(
        "handed",
        scene.record({ args: [`${replicas}`] }),
      );
      assert.equal((await second.get("handed", resourceVersion)).replicas, replicas);
    }
  });
});
