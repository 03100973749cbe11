import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mutate, validate } from "../../../local/webhook/admission";
import type { AdmissionRequest } from "../../../local/webhook/admission";
import { readyStatus } from "../../../local/webhook/conditions";
import type { Conditioned } from "../../../local/webhook/conditions";
import { asksForAuthority, servicesOf, withAuthority } from "../../../local/webhook/configurations";
import type { WebhookConfiguration } from "../../../local/webhook/configurations";
import { latenessOf, remaining } from "../../../local/webhook/lateness";
import { setRoutes } from "../../../local/webhook/routes";

const CSR = Buffer.from("-----BEGIN CERTIFICATE REQUEST-----\nAA==\n").toString("base64");

function request(changes: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    uid: "u-1",
    operation: "CREATE",
    resource: { group: "cert-manager.io", resource: "certificaterequests" },
    userInfo: { username: "ada", uid: "7", groups: ["lab"], extra: { scopes: ["a"] } },
    object: { spec: { request: CSR, username: "ada" } },
    ...changes,
  };
}

describe("the stand's webhook decides", () => {
  it("to write the requester into a CertificateRequest, whatever stood there", () => {
    const answer = mutate(request());
    assert.equal(answer.allowed, true);
    assert.equal(answer.patchType, "JSONPatch");
    assert.deepEqual(JSON.parse(Buffer.from(answer.patch ?? "", "base64").toString()), [
      { op: "add", path: "/spec/username", value: "ada" },
      { op: "add", path: "/spec/uid", value: "7" },
      { op: "add", path: "/spec/groups", value: ["lab"] },
      { op: "add", path: "/spec/extra", value: { scopes: ["a"] } },
    ]);
  });

  it("to leave all else as it is", () => {
    const issuer = { group: "cert-manager.io", resource: "clusterissuers" };
    const foreign = { group: "example.org", resource: "certificaterequests" };
    for (const other of [
      request({ resource: issuer }),
      request({ resource: foreign }),
      request({ operation: "UPDATE" }),
      request({ object: null }),
    ]) {
      assert.deepEqual(mutate(other), { uid: "u-1", allowed: true });
    }
    assert.deepEqual(validate(request({ resource: issuer, object: { spec: {} } })), {
      uid: "u-1",
      allowed: true,
    });
  });

  it("to refuse a CertificateRequest without a request, or of somebody else", () => {
    assert.deepEqual(validate(request()), { uid: "u-1", allowed: true });
    const nonsense = Buffer.from("nonsense").toString("base64");
    const refused = validate(request({ object: { spec: { request: nonsense, username: "ada" } } }));
    assert.deepEqual(refused, {
      uid: "u-1",
      allowed: false,
      status: {
        code: 403,
        message: "spec.request: Invalid value: it is not a certificate request in PEM form",
      },
    });
    const stolen = validate(request({ object: { spec: { request: CSR, username: "eve" } } }));
    assert.match(stolen.status?.message ?? "", /^spec\.username: Forbidden/);
  });

  it("whom to give its authority: those who ask, each Service once, and only where it changes", () => {
    const service = { namespace: "cm", name: "hook" };
    const configuration: WebhookConfiguration = {
      metadata: { name: "x", annotations: { "cert-manager.io/inject-ca-from-secret": "cm/ca" } },
      webhooks: [
        { clientConfig: { service } },
        { clientConfig: { service, caBundle: "b2xk" } },
        { clientConfig: {} },
      ],
    };
    assert.equal(asksForAuthority(configuration), true);
    assert.equal(asksForAuthority({ metadata: { name: "x" } }), false);
    assert.deepEqual(servicesOf(configuration), [service]);
    const changed = withAuthority(configuration, "PEM");
    assert.deepEqual(
      changed?.webhooks?.map(({ clientConfig }) => clientConfig),
      [{ service, caBundle: "UEVN" }, { service, caBundle: "UEVN" }, { caBundle: "UEVN" }],
    );
    assert.equal(withAuthority(changed ?? configuration, "PEM"), undefined);
  });

  it("how late it is by the Service's annotations", () => {
    const metadata = {
      name: "hook",
      annotations: {
        "science-platform/late-route": "1.5",
        "science-platform/late-ca-bundle": "soon",
        "science-platform/late-answer": "-3",
      },
    };
    assert.deepEqual(latenessOf({ metadata }), { route: 1500, caBundle: 0, answer: 0 });
    assert.deepEqual(latenessOf({ metadata: { name: "x" } }), { route: 0, caBundle: 0, answer: 0 });
    const created = "2026-01-01T00:00:00Z";
    assert.equal(remaining(5000, created, Date.parse(created) + 2000), 3000);
    assert.equal(remaining(5000, created, Date.parse(created) + 9000), 0);
  });

  it("what is ready: each generation once, and what says pending never", () => {
    const now = new Date("2026-01-01T00:00:00.500Z");
    const object: Conditioned = { metadata: { name: "x", generation: 2 } };
    const status = readyStatus(object, now) as { conditions: [Record<string, unknown>] };
    const { message, ...condition } = status.conditions[0];
    assert.match(String(message), /^Simulated by the local stand/);
    assert.deepEqual(condition, {
      type: "Ready",
      status: "True",
      reason: "Simulated",
      lastTransitionTime: "2026-01-01T00:00:00Z",
      observedGeneration: 2,
    });
    const conditions = [{ type: "Ready", status: "True", observedGeneration: 2 }];
    assert.equal(readyStatus({ ...object, status: { conditions } }, now), undefined);
    const older = [{ type: "Ready", status: "True", observedGeneration: 1 }];
    assert.notEqual(readyStatus({ ...object, status: { conditions: older } }, now), undefined);
    const annotations = { "science-platform/simulate": "pending" };
    assert.equal(readyStatus({ metadata: { name: "x", annotations } }, now), undefined);
  });
});

describe("the ways to the stand's webhook", () => {
  const TARGET = "127.0.0.1:8443";
  let folder: string;
  let file: string;
  const routes = (): unknown => JSON.parse(readFileSync(file, "utf8"));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "stand-webhook-"));
    file = join(folder, "egress-routes.json");
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("cost no file while nobody needs one", () => {
    setRoutes(file, TARGET, []);
    assert.equal(existsSync(file), false);
  });

  it("are those wanted, for several releases at once, and then none", () => {
    setRoutes(file, TARGET, ["198.18.0.5:443", "198.18.0.6:443"]);
    assert.deepEqual(routes(), { "198.18.0.5:443": TARGET, "198.18.0.6:443": TARGET });
    setRoutes(file, TARGET, ["198.18.0.6:443"]);
    assert.deepEqual(routes(), { "198.18.0.6:443": TARGET });
    setRoutes(file, TARGET, []);
    assert.deepEqual(routes(), {});
  });

  it("leave those of others alone, and mend a broken file", () => {
    writeFileSync(file, '{"198.18.9.9:443": "127.0.0.1:1", "198.18.0.1:443": "127.0.0.1:8443"}');
    setRoutes(file, TARGET, ["198.18.0.5:443"]);
    assert.deepEqual(routes(), { "198.18.9.9:443": "127.0.0.1:1", "198.18.0.5:443": TARGET });
    writeFileSync(file, '{"198.18.9.9');
    setRoutes(file, TARGET, ["198.18.0.5:443"]);
    assert.deepEqual(routes(), { "198.18.0.5:443": TARGET });
  });
});
