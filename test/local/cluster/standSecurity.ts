/** Who may do what on a cluster of the stand, and that it dials nobody; registered by `stand.test.ts`. */
import assert from "node:assert/strict";
import { request } from "node:https";
import { join } from "node:path";
import { ApiClient, ApiError } from "../../../local/cluster/api";
import type { ApiObject } from "../../../local/cluster/api";
import { readCredentials } from "../../../local/cluster/kubeconfig";
import { clusterPaths } from "../../../local/cluster/paths";
import { NAMESPACE, eventually, podSpec } from "./standFixture";
import type { TestStand } from "./standFixture";

async function refusal(work: Promise<unknown>): Promise<ApiError> {
  const error = await work.then(
    () => assert.fail("it was accepted"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ApiError, String(error));
  return error;
}

/** Registers the tests; `stand` is up when they run. */
export function testSecurity(stand: TestStand): void {
  it("knows nobody without credentials", async () => {
    const { apiserver } = JSON.parse(stand.read("clusters", "local", "ports.json")) as {
      apiserver: number;
    };
    const ca = stand.read("clusters", "local", "pki", "ca.crt");
    for (const path of ["/api/v1/namespaces", "/version", "/readyz"]) {
      const status = await new Promise((resolve, reject) => {
        request({ host: "127.0.0.1", port: apiserver, path, ca, agent: false }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on("error", reject)
          .end();
      });
      assert.equal(status, 401, path);
    }
  });

  it("lets its own components do no more than their work", async () => {
    const { config } = clusterPaths(stand.paths, "local");
    const kwok = new ApiClient(readCredentials(join(config, "kwok.kubeconfig")));
    try {
      assert.equal((await refusal(kwok.get("/api/v1/secrets"))).status, 403);
    } finally {
      kwok.close();
    }
  });

  it("enforces the restricted Pod Security Standard where a namespace asks for it", async () => {
    await stand.post("/api/v1/namespaces", {
      metadata: {
        name: "strict",
        labels: { "pod-security.kubernetes.io/enforce": "restricted" },
      },
    });
    await eventually("its service account", () =>
      stand.api.find("/api/v1/namespaces/strict/serviceaccounts/default"),
    );
    const error = await refusal(
      stand.post("/api/v1/namespaces/strict/pods", {
        metadata: { name: "root" },
        spec: podSpec({}, { securityContext: { privileged: true } }),
      }),
    );
    assert.equal(error.status, 403);
    assert.match(error.message, /violates PodSecurity "restricted:latest": privileged/);
  });

  it("dials nobody: a webhook on a simulated Service fails at once, by our refusal", async () => {
    const service = await stand.post<ApiObject & { spec: { clusterIP: string } }>(
      `${NAMESPACE}/services`,
      { metadata: { name: "webhook" }, spec: { ports: [{ port: 443 }] } },
    );
    const address = `${service.spec.clusterIP}:443`;
    assert.match(address, /^198\.18\./);
    const path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
    await stand.post(path, {
      metadata: { name: "unreachable" },
      webhooks: [
        {
          name: "unreachable.example.org",
          clientConfig: { service: { namespace: "default", name: "webhook" } },
          rules: [
            {
              apiGroups: [""],
              apiVersions: ["v1"],
              operations: ["CREATE"],
              resources: ["configmaps"],
            },
          ],
          objectSelector: { matchLabels: { hooked: "true" } },
          failurePolicy: "Fail",
          sideEffects: "None",
          admissionReviewVersions: ["v1"],
          timeoutSeconds: 30,
        },
      ],
    });
    try {
      const error = await eventually("the webhook to be called", async () => {
        const body = { metadata: { generateName: "hooked-", labels: { hooked: "true" } } };
        const started = Date.now();
        const reason = await stand.post(`${NAMESPACE}/configmaps`, body).then(
          () => undefined,
          (failure: unknown) => failure as ApiError,
        );
        return reason === undefined ? undefined : { reason, took: Date.now() - started };
      });
      assert.equal(error.reason.status, 500);
      assert.match(error.reason.message, /failed calling webhook "unreachable\.example\.org"/);
      assert.match(error.reason.message, /403 Refused by the local stand/);
      assert.ok(error.took < 5000, `${error.took} ms`);
      assert.ok(
        stand.read("log", "local-egress.log").includes(`refused ${address}: it is simulated`),
      );
    } finally {
      await stand.api.call("DELETE", `${path}/unreachable`);
    }
  });

  it("writes down who did what, without bodies", () => {
    const events = stand
      .read("clusters", "local", "audit.log")
      .trimEnd()
      .split("\n")
      // The last line may be half-written: the server is at work.
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown> & { user: { username: string } });
    assert.ok(events.length > 0);
    assert.deepEqual([...new Set(events.map((event) => event["level"]))], ["Metadata"]);
    assert.ok(events.every((event) => !("requestObject" in event)));
    assert.ok(events.some((event) => event.user.username === "kubernetes-admin"));
    assert.equal(
      events.some((event) => event["stage"] === "RequestReceived"),
      false,
    );
  });
}
