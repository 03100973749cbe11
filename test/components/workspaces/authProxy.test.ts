import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { AuthProxy } from "../../../components/workspaces/authProxy";
import type { AuthProxyArgs } from "../../../components/workspaces/authProxy";
import {
  created,
  find,
  inPreview,
  isSecret,
  isUnknown,
  plain,
  recorded,
  reset,
  valueOf,
} from "../../support/mocks";

const SETTINGS = {
  namespace: "ml",
  host: "oauth.ml.example.org",
  issuer: "https://keycloak.example.org/realms/lab",
  clientId: "workspaces",
  groups: ["MAIA:ml"],
  ingress: { domain: "example.org" },
};
const ARGS: AuthProxyArgs = { ...SETTINGS, clientSecret: "canary-2" };
const COOKIE = "p".repeat(32);

function make(args: AuthProxyArgs): Promise<AuthProxy> {
  return created((opts) => new AuthProxy("a", args, opts));
}

function digest(): unknown {
  const spec = find("a-deployment").inputs["spec"] as {
    template: { metadata: { annotations?: Record<string, unknown> } };
  };
  return spec.template.metadata.annotations?.["science-platform/credentials-digest"];
}

describe("AuthProxy", () => {
  beforeEach(reset);

  it("makes its Secret first, of the client's secret and a random key for cookies", async () => {
    await make(ARGS);
    assert.deepEqual(
      recorded()
        .map(({ name }) => name)
        .sort(),
      ["a", "a-cookie", "a-deployment", "a-ingress", "a-secret", "a-service"],
    );
    const cookie = find("a-cookie");
    assert.equal(cookie.type, "random:index/randomPassword:RandomPassword");
    assert.deepEqual(cookie.inputs, { length: 32, special: false });
    assert.ok(cookie.additionalSecretOutputs.includes("result"));
    const secret = find("a-secret");
    assert.ok(isSecret(secret.inputs["stringData"]));
    assert.deepEqual(plain(secret.inputs["stringData"]), {
      "client-secret": "canary-2",
      "cookie-secret": COOKIE,
    });
    assert.ok(find("a-deployment").dependsOn.includes(secret.urn));
  });

  it("keeps the client's secret out of everything else", async () => {
    await make({ ...ARGS, clientSecret: pulumi.secret("canary-2") });
    const others = recorded().filter(({ name }) => name !== "a-secret");
    assert.equal(others.length, 5);
    assert.equal(JSON.stringify(others).includes("canary-2"), false);
  });

  it("restarts with its credentials, by a digest that is keyed and no secret", async () => {
    await make(ARGS);
    assert.equal(digest(), createHmac("sha256", COOKIE).update("canary-2").digest("hex"));
  });

  it("uses an existing Secret, and makes none", async () => {
    await make({ ...SETTINGS, existingSecret: "login" });
    assert.deepEqual(
      recorded()
        .map(({ name }) => name)
        .sort(),
      ["a", "a-deployment", "a-ingress", "a-service"],
    );
    assert.equal(digest(), undefined);
    assert.deepEqual(find("a-deployment").dependsOn, []);
  });

  it("waits for the proxy, and for nothing else", async () => {
    await make(ARGS);
    const annotations = (name: string): unknown =>
      (find(name).inputs["metadata"] as { annotations?: object }).annotations;
    assert.equal(annotations("a-deployment"), undefined);
    assert.deepEqual(annotations("a-service"), { "pulumi.com/skipAwait": "true" });
    assert.deepEqual(annotations("a-ingress"), { "pulumi.com/skipAwait": "true" });
    for (const child of recorded().filter(({ name }) => name !== "a")) {
      assert.equal(child.parent, find("a").urn, child.name);
    }
  });

  it("can be previewed while the key for cookies is not known", async () => {
    await inPreview(() => make(ARGS));
    assert.ok(isUnknown(find("a-secret").inputs["stringData"]));
    assert.ok(isUnknown(digest()));
    const { containers } = (
      find("a-deployment").inputs["spec"] as { template: { spec: { containers: object[] } } }
    ).template.spec;
    assert.equal(containers.length, 1);
    assert.equal(JSON.stringify(containers).includes("__pulumiUnknown"), false);
  });

  it("tells where it is", async () => {
    const proxy = await make(ARGS);
    assert.equal(await valueOf(proxy.host), "oauth.ml.example.org");
    assert.equal(
      await valueOf(proxy.authUrl),
      "http://oauth2-proxy.ml.svc.cluster.local:80/oauth2/auth",
    );
  });

  it("wants one source of credentials, before anything is registered", async () => {
    for (const args of [SETTINGS, { ...ARGS, existingSecret: "login" }]) {
      await assert.rejects(make(args), (error) => {
        assert.ok(pulumi.InputPropertiesError.isInstance(error));
        assert.deepEqual(error.errors, [
          {
            propertyPath: "clientSecret",
            reason: "give exactly one of clientSecret and existingSecret",
          },
        ]);
        return true;
      });
    }
    await assert.rejects(make({ ...ARGS, groups: [] }), /groups: required, but missing/);
    assert.deepEqual(recorded(), []);
  });
});
