/** A stack whose config has the section `endpoint`: from the text to the pods, and what people are told. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as path from "node:path";
import { runStack } from "../../stacks/run";
import { changesIn, ENGINE_TIMEOUT_MS, setSections, useStand, withStack } from "../support/engine";
import { GPUS, NODES } from "../support/endpointSettings";

const ROOT = path.resolve(__dirname, "../..");

describe("the section endpoint on the stand", function () {
  this.timeout(2 * ENGINE_TIMEOUT_MS);
  const use = useStand();
  const id = randomBytes(3).toString("hex");
  const namespace = `endpoint-${id}`;
  const sections = (): Record<string, unknown> => ({
    layers: ["platform"],
    clusters: { local: { kubeconfig: use.stand.clusters["local"]!.kubeconfig } },
    expose: { className: "nginx", issuer: "lab-issuer", domain: "lab.example.org" },
    gpus: GPUS,
    nodes: NODES,
    endpoint: {
      hostname: `services-${id}.lab.example.org`,
      image: "registry.example.org/endpoint:1.0.0",
      namespace,
      namespacePrefix: `t${id}-`,
      issuer: "https://iam.lab.example.org/",
      audience: "services",
      login: { clientId: "services-page" },
      exposure: { domain: `${id}.example.net` },
    },
  });

  after(async () => {
    await use.api?.request("DELETE", `/api/v1/namespaces/${namespace}`);
  });

  it("is up in one pass, tells where it is, and stays as it is", async () => {
    await withStack(
      () => runStack(ROOT, { preflight: false }),
      async (stack) => {
        await setSections(stack, sections());
        const { outputs } = await stack.up();
        const told = outputs["endpoint"]?.value as Record<string, string>;
        const url = `https://services-${id}.lab.example.org`;
        assert.equal(told["url"], url);
        assert.equal(told["namespace"], namespace);
        assert.ok(told["login"]!.startsWith(`Open ${url}/ and log in.`), told["login"]);

        const ingress = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/endpoint`;
        const { body } = await use.api.request("GET", ingress);
        const { spec } = body as { spec: { ingressClassName: string; rules: { host: string }[] } };
        assert.equal(spec.ingressClassName, "nginx");
        assert.deepEqual(
          spec.rules.map(({ host }) => host),
          [`services-${id}.lab.example.org`],
        );
        assert.deepEqual(changesIn((await stack.up()).summary), {}, "a second run changes nothing");
      },
    );
  });
});
