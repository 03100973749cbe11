import assert from "node:assert/strict";
import type { ApiAnswer, ApiClient } from "../../../components/cluster/apiClient";
import { Mip, type MipArgs } from "../../../components/mip/mip";
import { changedDigest, restart } from "../../../components/mip/mipRestart";
import { settingsDigest } from "../../../components/model/mipCredentials";
import { mipValues } from "../../../components/model/mipValues";
import { COMMON, generationOf, STAND_INS } from "../../support/mip";
import { acceptHooks } from "../../support/mockCluster";
import { created, find, isSecret, plain, reset } from "../../support/mocks";

const FACTS = { namespace: "dementia", deployment: "platform-backend", timeoutSeconds: 5 };
const PATH = "/apis/apps/v1/namespaces/dementia/deployments/platform-backend";

interface Asked {
  method: string;
  path: string;
  body?: unknown;
  type?: string;
}

/** A cluster that gives these answers one after the other, the last for ever. */
function cluster(...answers: ApiAnswer[]): { client: ApiClient; asked: Asked[] } {
  const asked: Asked[] = [];
  const client: ApiClient = {
    request: (method, path, content) => {
      asked.push({ method, path, ...content });
      return Promise.resolve(answers.length > 1 ? answers.shift()! : answers[0]!);
    },
    close: () => undefined,
  };
  return { client, asked };
}

function deployment(generation: number, status: object, type = "Recreate"): ApiAnswer {
  const body = { metadata: { generation }, spec: { replicas: 1, strategy: { type } }, status };
  return { status: 200, body };
}

const READY = { updatedReplicas: 1, availableReplicas: 1 };

describe("the backend's restart", () => {
  it("changes an annotation of the pods, and waits for the new one", async () => {
    const { client, asked } = cluster(
      deployment(1, { observedGeneration: 1, ...READY }),
      deployment(2, { observedGeneration: 1, ...READY }),
      deployment(2, { observedGeneration: 2, updatedReplicas: 1 }),
      deployment(2, { observedGeneration: 2, ...READY }),
    );
    await restart(client, FACTS, "digest-2");
    assert.deepEqual(asked, [
      { method: "GET", path: PATH },
      {
        method: "PATCH",
        path: PATH,
        type: "application/merge-patch+json",
        body: {
          spec: {
            template: {
              metadata: { annotations: { "science-platform/settings-digest": "digest-2" } },
            },
          },
        },
      },
      { method: "GET", path: PATH },
      { method: "GET", path: PATH },
    ]);
  });

  it("is refused where two databases would run on one volume", async () => {
    const { client, asked } = cluster(deployment(1, READY, "RollingUpdate"));
    await assert.rejects(restart(client, FACTS, "d"), /strategy is not Recreate/);
    assert.equal(asked.length, 1);
  });

  it("says what the cluster says", async () => {
    const { client } = cluster({ status: 403, body: { message: "may not" } });
    await assert.rejects(
      restart(client, FACTS, "d"),
      /dementia\/platform-backend cannot be restarted: may not\. Then run this again/,
    );
  });

  it("ends when the new pod does not come", async () => {
    const { client } = cluster(deployment(2, { observedGeneration: 1 }));
    await assert.rejects(
      restart(client, { ...FACTS, timeoutSeconds: 0.1 }, "d"),
      /was not available again within 0\.1 s/,
    );
  });
});

/** Of a workload's patch. */
interface MarkedMetadata {
  annotations: Record<string, string>;
}

describe("the mark of the backend's Deployment", () => {
  const CLIENT_SECRET = "client-secret";
  const ARGS: MipArgs = {
    ...COMMON,
    clientSecret: CLIENT_SECRET,
    kubeconfig: "k",
    charts: { mirror: STAND_INS, versions: { mip: "9.0.2" } },
  };
  /** As the mocks generate them. */
  const GENERATED = "p".repeat(32);
  const KEY = "p".repeat(64);

  const make = (args: MipArgs): Promise<Mip> => created((opts) => new Mip("m", args, opts));
  const annotationsOf = (name: string): Record<string, string> =>
    (find(name).inputs as { metadata: MarkedMetadata }).metadata.annotations;
  const digestOf = (key: string, password: string): string => {
    const read = ["portal", password, "portal", password, "mip", CLIENT_SECRET];
    const generation = generationOf("9.0.2");
    return settingsDigest(key, read, mipValues(ARGS, generation), generation);
  };

  before(acceptHooks);
  beforeEach(reset);

  it("is a digest of what it reads at its start", async () => {
    await make(ARGS);
    assert.match(digestOf(GENERATED, GENERATED), /^[0-9a-f]{64}$/);
    const annotations = annotationsOf("m-platform-backend");
    assert.deepEqual(plain(annotations), {
      "science-platform/values": annotations["science-platform/values"],
      "science-platform/settings-digest": digestOf(GENERATED, GENERATED),
    });
    assert.equal(isSecret(annotations), false);
    assert.deepEqual(Object.keys(annotationsOf("m-platform-ui")), ["science-platform/values"]);
  });

  it("has a key of its own where somebody may know the password", async () => {
    await make({ ...ARGS, databasePassword: "given-password" });
    assert.equal(
      annotationsOf("m-platform-backend")["science-platform/settings-digest"],
      digestOf(KEY, "given-password"),
    );
    assert.equal(find("m-digest-key").inputs["length"], 64);
  });

  it("restarts it when the digest changes, and at no other change of the patch", () => {
    const inputs = (values: string, digest?: string): object => ({
      metadata: {
        name: "platform-backend",
        annotations: {
          "science-platform/values": values,
          ...(digest && { "science-platform/settings-digest": digest }),
        },
      },
    });
    assert.equal(changedDigest(inputs("1", "a"), inputs("2", "b")), "b");
    assert.equal(changedDigest(inputs("1", "a"), inputs("2", "a")), undefined);
    assert.equal(changedDigest(inputs("1"), inputs("2", "b")), undefined);
    assert.equal(changedDigest(inputs("1", "a"), inputs("2")), undefined);
  });
});
