/** A deployment's objects against the real API server: strict field validation, and Pod Security `restricted`. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { messageOf, type ApiAnswer, type ApiClient } from "../../components/cluster/apiClient";
import type { KubernetesObject } from "../../components/model/kubernetesObject";
import { configObject, secretObject } from "../../components/model/serviceData";
import { SERVICE_MANAGER } from "../../components/model/serviceNames";
import { serviceObjects } from "../../components/model/serviceObjects";
import * as fc from "fast-check";
import { standClient, standOrSkip } from "../support/engine";
import { makeRestrictedNamespace } from "../support/liveObjects";
import { validDocument } from "../support/serviceDocuments";
import { one, SEED_REST, SEED_YAML, SITE, SMALL, valid } from "../support/services";

const namespace = `service-dry-run-${randomBytes(4).toString("hex")}`;
const TENANT = { name: "dry-run", namespace };
const UUID = "5f0c2a4e-9c1d-4e0b-8a55-0c6f3f3a7b11";

const PATHS: Record<string, string> = {
  ConfigMap: `/api/v1/namespaces/${namespace}/configmaps`,
  Secret: `/api/v1/namespaces/${namespace}/secrets`,
  PersistentVolumeClaim: `/api/v1/namespaces/${namespace}/persistentvolumeclaims`,
  Service: `/api/v1/namespaces/${namespace}/services`,
  Deployment: `/apis/apps/v1/namespaces/${namespace}/deployments`,
  Ingress: `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`,
};

const STRICT = `fieldValidation=Strict&fieldManager=${SERVICE_MANAGER}&force=true`;

const EVERYTHING = {
  containers: [
    {
      name: "web",
      image: `ghcr.io/lab/web@sha256:${"a".repeat(64)}`,
      ports: [
        { name: "http", port: 80 },
        { name: "metrics", port: 9090 },
      ],
      cpu: 0.25,
      memory: 0.1,
      gpu: "medium",
      gpuCount: 2,
      command: ["sh", "-c"],
      args: ["echo $(A)"],
      environment: [
        { name: "A", value: "" },
        { name: "B", fromSecret: "token" },
        { name: "C", fromConfig: "url" },
      ],
      user: 7,
      group: 8,
      fsGroup: 9,
      volumeMounts: [
        { name: "data", mountPath: "/data", type: "ReadWriteMany" },
        { name: "data", mountPath: "/again", readOnly: true },
        { name: "shm", mountPath: "/dev/shm" },
      ],
    },
    { name: "helper", image: "helper:1", ports: [{ name: "grpc", port: 8081 }], gpu: "small" },
  ],
  initContainers: [
    {
      name: "prepare",
      image: "busybox:1.36",
      volumeMounts: [{ name: "data", mountPath: "/data" }],
    },
  ],
  volumes: [
    { name: "data", size: "10Gi" },
    { name: "shm", emptyDir: { sizeLimit: 64 } },
  ],
  replicas: 3,
};

function objects(document: unknown, id = "x", rest = {}): KubernetesObject[] {
  return serviceObjects({ tenant: TENANT, id, service: valid(document, SITE, rest) }, SITE);
}

/** The pod that a Deployment would make. */
function podOf(object: KubernetesObject): object | undefined {
  const { template } = (object.spec ?? {}) as { template?: { metadata: object; spec: object } };
  return (
    template && {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...template.metadata, name: "the-pod", namespace },
      spec: template.spec,
    }
  );
}

describe("a deployment's objects and the API server", function () {
  this.timeout(60_000);
  let client: ApiClient | undefined;

  const apply = (object: KubernetesObject, query = "&dryRun=All"): Promise<ApiAnswer> =>
    client!.request("PATCH", `${PATHS[object.kind]}/${object.metadata.name}?${STRICT}${query}`, {
      body: object,
      type: "application/apply-patch+yaml",
    });
  const takes = async (all: KubernetesObject[]): Promise<void> => {
    for (const object of all) {
      const answer = await apply(object);
      assert.equal(answer.status, 201, `${object.kind}: ${messageOf(answer)}`);
      const pod = podOf(object);
      if (pod !== undefined) {
        const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All&fieldValidation=Strict`;
        const started = await client!.request("POST", path, { body: pod });
        assert.equal(started.status, 201, `pod: ${messageOf(started)}`);
      }
    }
  };

  before(async function () {
    client = await standClient(standOrSkip(this));
    await makeRestrictedNamespace(client, namespace);
  });

  after(async () => {
    await client?.request("DELETE", `/api/v1/namespaces/${namespace}`);
    client?.close();
  });

  it("are taken: the seed's example, and its pod in a restricted namespace", () =>
    takes(objects(SEED_YAML, UUID, SEED_REST)));

  it("are taken: the smallest, and one with every key, under ids of every form", async () => {
    await takes(objects(SMALL));
    for (const id of ["x", "My_App.2", "9", "a".repeat(63)]) {
      await takes(objects(EVERYTHING, id));
    }
    await takes([
      configObject(TENANT, "x", { url: "https://example.org" }),
      secretObject(TENANT, "x", { token: "t" }),
    ]);
  });

  it("are taken: generated ones", async () => {
    for (const document of fc.sample(validDocument, 25)) {
      await takes(objects(document));
    }
  });

  it("are not written a second time where nothing has changed", async () => {
    const versions = new Map<string, unknown>();
    for (let round = 0; round < 2; round++) {
      for (const object of objects(EVERYTHING)) {
        const { status, body } = await apply(object, "");
        assert.equal(status, round === 0 ? 201 : 200, object.kind);
        const { uid, generation } = (body as { metadata: Record<string, unknown> }).metadata;
        const name = `${object.kind}/${object.metadata.name}`;
        const seen = JSON.stringify({ uid, generation });
        assert.equal(versions.get(name) ?? seen, seen, name);
        versions.set(name, seen);
      }
    }
  });

  it("change what they must: a rolling update becomes Recreate, and fields go", async () => {
    const both = one({ volumeMounts: [{ name: "own", mountPath: "/own" }], ports: [] });
    const changed = objects({ ...both, volumes: [{ name: "own", size: "1Gi" }] });
    for (const object of changed) {
      const answer = await apply(object, "");
      assert.ok(answer.status < 300, `${object.kind}: ${messageOf(answer)}`);
      if (object.kind === "Deployment") {
        const { spec } = answer.body as { spec: Record<string, unknown> };
        assert.deepEqual(spec["strategy"], { type: "Recreate" });
        const pod = (spec["template"] as { spec: { containers: object[]; initContainers?: [] } })
          .spec;
        assert.equal(pod.containers.length, 1);
        assert.equal(pod.initContainers, undefined);
      }
    }
  });

  it("would be refused if a field were not known, or a pod not restricted", async () => {
    const app = objects(SMALL).find(({ kind }) => kind === "Deployment")!;
    const misspelt = await apply({ ...app, spec: { ...app.spec, replcas: 1 } });
    assert.ok(misspelt.status >= 400);
    assert.match(messageOf(misspelt), /replcas/);
    const pod = podOf(app) as { spec: Record<string, unknown> };
    const rootly = { ...pod, spec: { ...pod.spec, securityContext: {} } };
    const refused = await client!.request(
      "POST",
      `/api/v1/namespaces/${namespace}/pods?dryRun=All`,
      { body: rootly },
    );
    assert.equal(refused.status, 403);
    assert.match(messageOf(refused), /violates PodSecurity "restricted/);
  });
});
