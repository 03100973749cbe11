/** Each request of a PUT and of a DELETE fails once in each way: the call is answered well, and does what it says. */
import assert from "node:assert/strict";
import { EndpointError } from "../../endpoint/client/client";
import { ENGINE_TIMEOUT_MS, standOrSkip } from "../support/engine";
import { FaultScene, type Choice } from "../support/endpointTrustFaults";
import { FAULTS, type FaultKind } from "../support/faultProxy";
import { FULL, seed } from "../support/seed";

/** More requests than a PUT or a DELETE has. */
const POSITIONS = 14;
const AT_ONCE = 14;

interface Case {
  id: string;
  position: number;
  kind: FaultKind;
}

/** Every position with every kind; in short runs a third of them, spread over both. */
const CASES: Case[] = FAULTS.flatMap((kind, k) =>
  Array.from({ length: POSITIONS }, (_, position) => ({
    id: `case${k * POSITIONS + position}x`,
    position,
    kind,
  })),
).filter(({ position }, i) => FULL || (position + Math.floor(i / POSITIONS)) % 3 === 0);

describe("one fault of the API server", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  let faults: FaultScene;
  before(async function () {
    faults = await FaultScene.open(standOrSkip(this));
  });
  after(() => faults?.close());

  /** Faults at the position of each case, and how many requests of each there were. */
  function armed(): { choose: Choice; met: Set<string>; counts: Map<string, number> } {
    const byId = new Map(CASES.map((one) => [one.id, one]));
    const counts = new Map<string, number>();
    const met = new Set<string>();
    const choose: Choice = (method, at) => {
      const one = byId.get(/case\d+x/.exec(at)?.[0] ?? "");
      if (one === undefined) {
        return undefined;
      }
      const count = counts.get(one.id) ?? 0;
      counts.set(one.id, count + 1);
      if (count !== one.position || (one.kind === "409" && method === "GET")) {
        return undefined;
      }
      met.add(one.id);
      return one.kind;
    };
    return { choose, met, counts };
  }

  /** Runs all cases, some at once; what failed, in words. */
  async function all(work: (id: string) => Promise<unknown>): Promise<string[]> {
    const failed: string[] = [];
    let next = 0;
    const some = async (): Promise<void> => {
      while (next < CASES.length) {
        const { id, kind, position } = CASES[next++]!;
        await work(id).catch((error: unknown) =>
          failed.push(`${kind} at request ${position + 1}: ${String(error)}`),
        );
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, some));
    return failed;
  }

  const document = (id: string, value: string, volume = true) => ({
    ...faults.scene.record(
      {
        args: [value],
        ...(volume ? { volumeMounts: [{ name: "data", mountPath: "/data" }] } : {}),
      },
      { replicas: 0, ...(volume ? { volumes: [{ name: "data", size: "32Mi" }] } : {}) },
    ),
    exposed_hostname: id,
  });

  const whole = (id: string): string[] => [
    `ConfigMap/sd-${id}-record`,
    `Deployment/sd-${id}`,
    `Ingress/sd-${id}`,
    `PersistentVolumeClaim/sd-${id}-data`,
    `Service/sd-${id}-web`,
  ];

  async function argsOf(id: string): Promise<string | undefined> {
    const namespace = faults.scene.endpoint.namespace("alice");
    const at = `/apis/apps/v1/namespaces/${namespace}/deployments/sd-${id}`;
    const { body } = await faults.scene.endpoint.kubernetes.request("GET", at);
    const { spec } = body as {
      spec?: { template: { spec: { containers: { args: string[] }[] } } };
    };
    return spec?.template.spec.containers[0]?.args[0];
  }

  for (const [what, value] of [
    ["a first PUT", "new"],
    ["a PUT that changes it", "changed"],
    ["the same PUT again", "changed"],
  ] as const) {
    it(`does not keep ${what} from being done whole`, async () => {
      const { choose, met, counts } = armed();
      faults.choose = choose;
      const failed = await all((id) => faults.scene.alice.put(id, document(id, value)));
      faults.choose = () => undefined;
      assert.deepEqual(failed, [], `SEED=${seed}`);
      // Each request had its turn: none comes after the last position.
      const most = Math.max(...counts.values());
      assert.ok(
        met.size > CASES.length / 4,
        `${met.size} of ${CASES.length} met, ${most} requests`,
      );
      for (const { id } of CASES) {
        assert.equal(await argsOf(id), value, id);
        assert.deepEqual(await faults.scene.objects(id), whole(id));
      }
    });
  }

  it("does not keep DELETE from leaving nothing", async () => {
    const { choose, met } = armed();
    faults.choose = choose;
    const failed = await all((id) =>
      faults.scene.alice.remove(id).catch((error: unknown) => {
        // Its answer was lost, and somebody asked again: it is gone by then.
        if (!(error instanceof EndpointError && error.status === 404)) {
          throw error;
        }
      }),
    );
    faults.choose = () => undefined;
    assert.deepEqual(failed, [], `SEED=${seed}`);
    assert.ok(met.size > CASES.length / 4);
    for (const { id } of CASES) {
      await faults.scene.eventually(async () =>
        assert.deepEqual(await faults.scene.objects(id), []),
      );
    }
  });

  for (const [collection, path] of [
    ["namespace", /^\/api\/v1\/namespaces(\?|$)/],
    ["host name", /\/leases(\?|$)/],
  ] as const) {
    it(`does not keep a tenant's first ${collection} from being made`, async () => {
      // 409 is the truth where somebody was faster: for a host name that is looked at.
      const kinds = FAULTS.filter((kind) => kind !== "409" || collection === "host name");
      for (const kind of kinds) {
        let met = 0;
        faults.choose = (method, at) =>
          method === "POST" && path.test(at) && met++ === 0 ? kind : undefined;
        const tenant = `${collection.replace(" ", "")}${kind}`;
        const body = { ...faults.scene.record({}, { replicas: 0 }), exposed_hostname: tenant };
        const at = "/kubernetes/deployments/first";
        const answer = await faults.scene.endpoint.call(tenant, "PUT", at, body);
        assert.equal(answer.status, 201, `${kind}: ${JSON.stringify(answer.body)}`);
        assert.ok(met > 0, `${kind} was not met`);
      }
      faults.choose = () => undefined;
    });
  }

  it("of watches: a version that they keep back is waited for, then 503, and known when they go on", async () => {
    await faults.scene.alice.put("held", faults.scene.record({}, { replicas: 0 }));
    faults.proxy.hold(true);
    const record = faults.scene.record({ args: ["held back"] }, { replicas: 0 });
    const { resourceVersion } = await faults.scene.alice.put("held", record);
    const start = Date.now();
    const refused = await faults.scene.alice.get("held", resourceVersion).then(
      () => assert.fail("it was known"),
      (error: unknown) => error as EndpointError,
    );
    assert.deepEqual([refused.status, refused.retryAfter], [503, 1], refused.message);
    const waited = Date.now() - start;
    assert.ok(waited >= 4_500 && waited < 8_000, `${waited} ms`);
    faults.proxy.hold(false);
    await faults.scene.alice.get("held", resourceVersion);
  });
});
