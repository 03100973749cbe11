import assert from "node:assert/strict";
import type { ApiAnswer, ApiClient } from "../../../components/cluster/apiClient";
import { restart } from "../../../components/mip/mipRestart";

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
