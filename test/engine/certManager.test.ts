/** cert-manager through the real engine: the first `up` passes in one go, however late its webhook is. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import * as pulumi from "@pulumi/pulumi";
import * as fc from "fast-check";
import { CertManager } from "../../components/addons/certManager";
import type { CertManagerArgs } from "../../components/addons/certManager";
import type { ApiClient } from "../../components/cluster/apiClient";
import { KubeconfigCluster } from "../../components/cluster/kubeconfigCluster";
import { newAuthority } from "../../local/cluster/certificates";
import {
  changesIn,
  ENGINE_TIMEOUT_MS,
  setProgram,
  standClient,
  standOrSkip,
  withStack,
  type Stand,
} from "../support/engine";
import { FULL, seed } from "../support/seed";

/** Seconds by which the webhook is late in one way or another. */
interface Late {
  route: number;
  caBundle: number;
  answer: number;
}

interface Listed {
  items: {
    metadata: { name: string; annotations?: Record<string, string> };
    status?: { conditions?: { type: string; status: string }[] };
  }[];
}

/** A cluster of its own: cert-manager's resources are cluster-wide, and a stack may use the first one. */
const CLUSTER = "local-2";
const PREFIX = "certs-";
const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const ISSUERS = "/apis/cert-manager.io/v1/clusterissuers";
const CHARTS = process.env["CHARTS_DIR"] ?? path.resolve(__dirname, "../../local/charts");
const RUNS = FULL ? 20 : 3;

const lateness = fc.record({
  route: fc.integer({ min: 0, max: 3 }),
  caBundle: fc.integer({ min: 0, max: 5 }),
  answer: fc.constantFrom(0, 0.3, 1),
});

describe("CertManager on the stand", function () {
  this.timeout(ENGINE_TIMEOUT_MS);
  let stand: Stand;
  let api: ApiClient;
  let pair: { certificate: string; key: string };
  let namespace: string;

  before(async function () {
    stand = standOrSkip(this, [CLUSTER]);
    api = await standClient(stand, CLUSTER);
    pair = await newAuthority("lab authority");
  });

  beforeEach(async () => {
    namespace = `${PREFIX}${randomBytes(4).toString("hex")}`;
    await removeCrds();
  });

  afterEach(async () => {
    await removeCrds();
    await api.request("DELETE", `/api/v1/namespaces/${namespace}`);
  });

  after(() => api?.close());

  async function list(at: string): Promise<Listed["items"]> {
    const { status, body } = await api.request("GET", at);
    return status === 404 ? [] : (body as Listed).items;
  }

  function crds(): Promise<Listed["items"]> {
    return list(CRDS).then((items) =>
      items.filter(({ metadata }) => metadata.name.endsWith("cert-manager.io")),
    );
  }

  /** A release keeps them, so a test that was killed may have left them. */
  async function removeCrds(): Promise<void> {
    for (const { metadata } of await crds()) {
      const owner = metadata.annotations?.["meta.helm.sh/release-namespace"] ?? "";
      assert.ok(owner.startsWith(PREFIX), `${metadata.name} on ${CLUSTER} belongs to ${owner}`);
      await api.request("DELETE", `${CRDS}/${metadata.name}`);
    }
    while ((await crds()).length > 0) {
      await sleep(100);
    }
  }

  function program(late: Partial<Late>, args: Partial<CertManagerArgs> = {}): PulumiFn {
    const serviceAnnotations = {
      "science-platform/late-route": String(late.route ?? 0),
      "science-platform/late-ca-bundle": String(late.caBundle ?? 0),
      "science-platform/late-answer": String(late.answer ?? 0),
    };
    return () => {
      const cluster = new KubeconfigCluster("lab", { path: stand.clusters[CLUSTER]!.kubeconfig });
      const made = new CertManager(
        "certificates",
        {
          namespace,
          issuers: {
            letsencrypt: { acme: { email: "it@lab.example.org", staging: true } },
            "self-signed": { selfSigned: true },
            lab: { ca: { certificate: pair.certificate, key: pulumi.secret(pair.key) } },
          },
          kubeconfig: cluster.kubeconfig,
          charts: { mirror: CHARTS },
          values: { webhook: { serviceAnnotations } },
          ...args,
        },
        { provider: cluster.provider },
      );
      return Promise.resolve({ issuers: made.issuerNames, ready: made.ready });
    };
  }

  async function readyIssuers(): Promise<string[]> {
    const items = await list(ISSUERS);
    return items
      .filter(({ status }) =>
        status?.conditions?.some((it) => it.type === "Ready" && it.status === "True"),
      )
      .map(({ metadata }) => metadata.name);
  }

  fc.sample(lateness, { seed, numRuns: RUNS }).forEach((late, run) => {
    it(`is up in one go, run ${run + 1} of ${RUNS}: ${JSON.stringify(late)}`, async () => {
      await withStack(program(late), async (stack) => {
        const { outputs } = await stack.up();
        assert.deepEqual(outputs["issuers"]?.value, ["lab", "letsencrypt", "self-signed"]);
        assert.equal(outputs["ready"]?.value, true);
        assert.deepEqual(await readyIssuers(), ["lab", "letsencrypt", "self-signed"]);
      });
    });
  });

  it("changes nothing the second time, and leaves nothing but its CRDs and namespace", async () => {
    const secrets = `/api/v1/namespaces/${namespace}/secrets`;
    const routes = path.join(
      path.dirname(stand.clusters[CLUSTER]!.kubeconfig),
      "egress-routes.json",
    );
    const routed = (): string[] =>
      Object.keys(JSON.parse(fs.readFileSync(routes, "utf8")) as Record<string, string>);
    await withStack(program({}), async (stack) => {
      await stack.up();
      assert.deepEqual(changesIn((await stack.up()).summary), {});
      assert.equal(
        (await list(secrets)).some(({ metadata }) => metadata.name === "lab-ca"),
        true,
      );
      assert.equal(routed().length, 1);
      const exported = JSON.stringify(await stack.exportStack());
      assert.equal(exported.includes("PRIVATE KEY"), false);
      await stack.destroy();
      assert.deepEqual(await list(ISSUERS), []);
      assert.deepEqual(await list(secrets), []);
      assert.deepEqual(await list(`/apis/apps/v1/namespaces/${namespace}/deployments`), []);
      assert.ok((await crds()).length >= 4, "keepCrds");
      // A stack that is made anew takes the CRDs over.
      await stack.up();
      assert.equal((await readyIssuers()).length, 3);
    });
    await sleep(500);
    assert.deepEqual(routed(), []);
  });

  it("takes its CRDs with it when told so", async () => {
    await withStack(program({}, { issuers: {}, keepCrds: false }), async (stack) => {
      await stack.up();
      assert.ok((await crds()).length >= 4);
    });
    assert.deepEqual(await crds(), []);
  });

  it("fails without the gate where the webhook is late: what the gate is for", async () => {
    await withStack(program({ caBundle: 600 }, { kubeconfig: undefined }), async (stack) => {
      await assert.rejects(stack.up(), /failed calling webhook/);
    });
  });

  it("names the cause when the time is over, and goes on from there", async () => {
    await withStack(program({ caBundle: 600 }, { gateTimeoutSeconds: 2 }), async (stack) => {
      await assert.rejects(stack.up(), (error: Error) => {
        assert.match(
          error.message,
          /cert-manager's webhook did not serve within 2 s, and no issuer can be made before: the API server does not trust the webhook/,
        );
        assert.match(error.message, /x509: certificate signed by unknown authority/);
        assert.match(error.message, /kubectl -n \S+ logs deployment\/cert-manager-cainjector/);
        return true;
      });
      assert.deepEqual(await list(ISSUERS), []);
      setProgram(stack, program({}));
      await stack.up();
      assert.equal((await readyIssuers()).length, 3);
    });
  });

  it("writes nothing where a pair that comes late does not belong together", async () => {
    const other = await newAuthority("another authority");
    const ca = { certificate: pair.certificate, key: pulumi.secret(other.key) };
    await withStack(program({}), async (stack) => {
      setProgram(stack, program({}, { issuers: { lab: { ca } } }));
      for (const run of [() => stack.preview(), () => stack.up()]) {
        await assert.rejects(
          run(),
          /certificates: issuers\.lab\.ca\.key: does not belong to the certificate/,
        );
      }
      const { status } = await api.request("GET", `/api/v1/namespaces/${namespace}`);
      assert.equal(status, 404);
    });
  });

  it("says which issuer does not get ready", async () => {
    const pending: pulumi.ResourceTransformation = ({ type, props, opts }) => {
      if (type !== "kubernetes:cert-manager.io/v1:ClusterIssuer") {
        return undefined;
      }
      const { annotations } = (props as { metadata: { annotations: object } }).metadata;
      Object.assign(annotations, { "science-platform/simulate": "pending" });
      return { props, opts };
    };
    const stuck: PulumiFn = async () => {
      pulumi.runtime.registerStackTransformation(pending);
      const args = { issuers: { late: { selfSigned: true } }, issuerTimeoutSeconds: 3 };
      return program({}, args)();
    };
    await withStack(program({}, { issuers: {} }), async (stack) => {
      setProgram(stack, stuck);
      await assert.rejects(stack.up(), /late.*(timed out|condition=Ready)/is);
    });
  });
});
