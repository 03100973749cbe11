/** The endpoint's component through the real engine: up, no change, an edit, destroy. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as kubernetes from "@pulumi/kubernetes";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import {
  ServiceEndpoint,
  type ServiceEndpointArgs,
} from "../../components/endpoint/serviceEndpoint";
import {
  changesIn,
  ENGINE_TIMEOUT_MS,
  setProgram,
  stand,
  useStand,
  withStack,
} from "../support/engine";
import { GPUS, NODES } from "../support/endpointSettings";

interface Live {
  metadata: { name: string; uid: string; generation: number; labels?: Record<string, string> };
  data?: Record<string, string>;
  status?: { readyReplicas?: number };
}

describe("ServiceEndpoint on the stand", function () {
  this.timeout(2 * ENGINE_TIMEOUT_MS);
  const use = useStand();
  const id = randomBytes(3).toString("hex");
  const namespace = `endpoint-${id}`;
  const prefix = `t${id}-`;
  const args: ServiceEndpointArgs = {
    hostname: `services-${id}.lab.example.org`,
    image: "registry.example.org/endpoint:1.0.0",
    issuer: "https://iam.example.org/",
    audience: "services",
    namespace,
    namespacePrefix: prefix,
    login: { clientId: "page" },
    clientSecret: "canary-engine",
    exposure: { domain: `${id}.example.net` },
    gpus: GPUS,
    nodes: NODES,
    reservations: [{ tenant: "alice", class: "a100", count: 1 }],
    createNamespaces: false,
    tenants: ["alice"],
    quota: { cpu: "8" },
  };

  const program =
    (wanted: ServiceEndpointArgs): PulumiFn =>
    () => {
      const kubeconfig = fs.readFileSync(stand()!.clusters["local"]!.kubeconfig, "utf8");
      const provider = new kubernetes.Provider("stand", { kubeconfig });
      const { url } = new ServiceEndpoint("e", wanted, { provider });
      return Promise.resolve({ url });
    };

  after(async () => {
    for (const name of [namespace, `${prefix}alice`]) {
      await use.api?.request("DELETE", `/api/v1/namespaces/${name}`);
    }
  });

  async function read(path: string): Promise<Live | undefined> {
    const { status, body } = await use.api.request("GET", path);
    return status === 404 ? undefined : (body as Live);
  }

  it("is up in one go, changes what was edited, and leaves tenants' namespaces", async () => {
    const inNamespace = (api: string, rest: string): Promise<Live | undefined> =>
      read(`${api}/namespaces/${namespace}/${rest}`);
    const deployment = (): Promise<Live | undefined> =>
      inNamespace("/apis/apps/v1", "deployments/endpoint");
    const tenant = `/api/v1/namespaces/${prefix}alice`;

    await withStack(program(args), async (stack) => {
      const { outputs } = await stack.up();
      assert.equal(outputs["url"]!.value, `https://${args.hostname}`);
      const first = (await deployment())!;
      assert.equal(first.status?.readyReplicas, 2);
      assert.equal((await read(tenant))?.metadata.labels?.["science-platform/tenant"], "alice");
      assert.ok(await read(`${tenant}/resourcequotas/tenant`));
      const secret = (await inNamespace("/api/v1", "secrets/endpoint"))!;
      const text = Buffer.from(secret.data!["client-secret"]!, "base64").toString();
      assert.equal(text, "canary-engine");
      const { deployment: state } = await stack.exportStack();
      assert.doesNotMatch(JSON.stringify(state), /canary-engine/);

      assert.deepEqual(changesIn((await stack.up()).summary), {}, "a second run changes nothing");

      // Reservations change without a restart, settings with one. The provider replaces ConfigMaps; pods keep theirs.
      const more = { ...args, reservations: [{ tenant: "alice", class: "a100", count: 2 }] };
      setProgram(stack, program(more));
      assert.deepEqual(changesIn((await stack.up()).summary), { replace: 1 });
      assert.equal((await deployment())!.metadata.generation, first.metadata.generation);
      setProgram(stack, program({ ...more, keepVolumes: true }));
      assert.deepEqual(changesIn((await stack.up()).summary), { replace: 1, update: 1 });
      const edited = (await deployment())!;
      assert.equal(edited.metadata.uid, first.metadata.uid);
      assert.equal(edited.metadata.generation, first.metadata.generation + 1);

      await stack.destroy();
      assert.equal(await deployment(), undefined);
      const policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies";
      assert.equal(await read(`${policies}/${namespace}-endpoint`), undefined);
      assert.ok(await read(tenant), "the namespace of a tenant stays");
      assert.ok(await read(`/api/v1/namespaces/${namespace}`));
    });
  });
});
