/** Generated workspace configs: either refused with a problem, or every object passes the API server's strict dry-run. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { messageOf, type ApiClient } from "../../components/cluster/apiClient";
import type { KubernetesObject } from "../../components/model/kubernetesObject";
import { Problems } from "../../components/model/problems";
import { checkWorkspaces } from "../../components/model/workspaceChecks";
import { workspaceObjects } from "../../components/model/workspaceObjects";
import { parseWorkspace } from "../../components/model/workspaceSpec";
import { standClient, standOrSkip } from "../support/engine";
import { FULL } from "../support/seed";
import { GENERATED_SITE, workspaceConfig } from "../support/workspaceConfigs";

/** Not the one of a developer's stack, which may have the ports. */
const CLUSTER = "local-2";

const COUNT = FULL ? 20_000 : 5000;

const QUERY = "dryRun=All&fieldValidation=Strict&fieldManager=generated&force=true";
const PARALLEL = 16;

const COLLECTIONS: Record<string, string> = {
  ConfigMap: "/api/v1/namespaces/NS/configmaps",
  PersistentVolume: "/api/v1/persistentvolumes",
  PersistentVolumeClaim: "/api/v1/namespaces/NS/persistentvolumeclaims",
  Service: "/api/v1/namespaces/NS/services",
  Job: "/apis/batch/v1/namespaces/NS/jobs",
  Deployment: "/apis/apps/v1/namespaces/NS/deployments",
  Ingress: "/apis/networking.k8s.io/v1/namespaces/NS/ingresses",
};

/** The objects of a config, or the problems that it has. */
function rendered(config: unknown): { objects: KubernetesObject[]; lines: readonly string[] } {
  const problems = new Problems("generated.json");
  const spec = parseWorkspace(config, problems);
  if (spec !== undefined) {
    checkWorkspaces([{ spec, problems }], { local: GENERATED_SITE }, "local");
  }
  if (spec === undefined || problems.count > 0) {
    return { objects: [], lines: problems.list() };
  }
  const files = Object.fromEntries((spec.files ?? []).map(({ name }) => [name, { text: "x\n" }]));
  return { objects: workspaceObjects(spec, GENERATED_SITE, files), lines: [] };
}

describe("generated configs and the API server", function () {
  this.timeout(20 * 60_000);
  const namespace = `generated-${randomBytes(4).toString("hex")}`;
  let client: ApiClient | undefined;

  before(async function () {
    client = await standClient(standOrSkip(this, [CLUSTER]), CLUSTER);
    const body = { metadata: { name: namespace } };
    assert.equal((await client.request("POST", "/api/v1/namespaces", { body })).status, 201);
  });

  after(async () => {
    await client?.request("DELETE", `/api/v1/namespaces/${namespace}`);
    client?.close();
  });

  /** Every object goes into the one namespace that exists; names and the rest stay as generated. */
  const dryRun = async (object: KubernetesObject): Promise<string | undefined> => {
    const { kind, metadata } = object;
    const moved =
      metadata.namespace === undefined
        ? object
        : { ...object, metadata: { ...metadata, namespace } };
    const path = COLLECTIONS[kind]!.replace("NS", namespace);
    const answer = await client!.request("PATCH", `${path}/${metadata.name}?${QUERY}`, {
      body: moved,
      type: "application/apply-patch+yaml",
    });
    return answer.status === 200 || answer.status === 201
      ? undefined
      : `${kind} ${metadata.name}: ${messageOf(answer)}`;
  };

  it(`refuses or passes each of ${COUNT}`, async () => {
    const configs = fc.sample(workspaceConfig(), COUNT);
    const valid = configs.filter(({ expected }) => expected === "valid").length;
    assert.ok(valid >= 0.4 * COUNT, `only ${valid} valid configs`);
    const queue: KubernetesObject[] = [];
    for (const { config, expected } of configs) {
      const { objects, lines } = rendered(config);
      assert.equal(lines.length > 0, expected !== "valid", `${expected}: ${lines.join("\n")}`);
      queue.push(...objects);
    }
    const refused: string[] = [];
    const worker = async (): Promise<void> => {
      for (let object = queue.pop(); object !== undefined; object = queue.pop()) {
        const problem = await dryRun(object);
        if (problem !== undefined) {
          refused.push(`${problem}\n${JSON.stringify(object)}`);
        }
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
    assert.deepEqual(refused.slice(0, 3), []);
  });
});
