import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import {
  ServiceEndpoint,
  type ServiceEndpointArgs,
} from "../../../components/endpoint/serviceEndpoint";
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

const ARGS: ServiceEndpointArgs = {
  hostname: "services.lab.example.org",
  image: "registry.example.org/endpoint:1.0.0",
  issuer: "https://iam.example.org/",
  audience: "services",
};
const LOGIN: ServiceEndpointArgs = {
  ...ARGS,
  login: { clientId: "page" },
  clientSecret: "canary-1",
  collection: { url: "https://llp.example.org/items/deployments" },
  collectionToken: pulumi.secret("canary-2"),
};
const KEY = "p".repeat(64);

function make(args: ServiceEndpointArgs): Promise<ServiceEndpoint> {
  return created((opts) => new ServiceEndpoint("e", args, opts));
}

function annotation(name: string): unknown {
  const { template } = find(name).inputs["spec"] as {
    template: { metadata: { annotations: Record<string, unknown> } };
  };
  return template.metadata.annotations["science-platform/config-digest"];
}

describe("ServiceEndpoint", () => {
  beforeEach(reset);

  it("makes a namespace that it shares, and what it needs in it", async () => {
    await make(ARGS);
    assert.deepEqual(
      recorded()
        .map(({ name }) => name)
        .sort(),
      [
        "e",
        "e-clusterrole-endpoint-endpoint",
        "e-clusterrole-endpoint-endpoint-tenant",
        "e-clusterrolebinding-endpoint-endpoint",
        "e-configmap-endpoint-dashboard",
        "e-configmap-endpoint-settings",
        "e-deployment-endpoint",
        "e-ingress-endpoint",
        "e-namespace",
        "e-networkpolicy-endpoint",
        "e-poddisruptionbudget-endpoint",
        "e-role-endpoint",
        "e-rolebinding-endpoint",
        "e-service-endpoint",
        "e-serviceaccount-endpoint",
        "e-validatingadmissionpolicy-endpoint-endpoint",
        "e-validatingadmissionpolicybinding-endpoint-endpoint",
      ],
    );
    const namespace = find("e-namespace");
    assert.equal(namespace.type, "kubernetes:core/v1:NamespacePatch");
    assert.deepEqual(namespace.inputs["metadata"], {
      name: "endpoint",
      labels: {
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/warn": "restricted",
      },
    });
    for (const child of recorded().filter(({ name }) => name !== "e")) {
      assert.equal(child.parent, find("e").urn, child.name);
    }
  });

  it("starts its pods once their rights are guarded, and waits for them alone", async () => {
    await make(LOGIN);
    const { dependsOn } = find("e-deployment-endpoint");
    for (const name of [
      "e-validatingadmissionpolicybinding-endpoint-endpoint",
      "e-clusterrolebinding-endpoint-endpoint",
      "e-configmap-endpoint-settings",
      "e-secret",
    ]) {
      assert.ok(dependsOn.includes(find(name).urn), name);
    }
    const metadata = (name: string): { annotations?: Record<string, string> } =>
      find(name).inputs["metadata"] as { annotations?: Record<string, string> };
    assert.equal(metadata("e-deployment-endpoint").annotations, undefined);
    for (const { name, type } of recorded()) {
      if (/^e-(configmap|role|service|ingress|cluster|validating|network|pod)/.test(name)) {
        assert.equal(metadata(name).annotations?.["pulumi.com/skipAwait"], "true", type);
      }
    }
  });

  it("keeps its secrets in one Secret, and a digest that says nothing of them", async () => {
    await make(LOGIN);
    const secret = find("e-secret");
    assert.ok(isSecret(secret.inputs["stringData"]));
    assert.deepEqual(plain(secret.inputs["stringData"]), {
      "client-secret": "canary-1",
      "collection-token": "canary-2",
      "cookie-key": KEY,
    });
    assert.ok(find("e-cookie-key").additionalSecretOutputs.includes("result"));
    const others = recorded().filter(({ name }) => name !== "e-secret");
    assert.doesNotMatch(JSON.stringify(others), /canary/);
    const { data } = find("e-configmap-endpoint-settings").inputs as {
      data: Record<string, string>;
    };
    const expected = createHmac("sha256", KEY)
      .update(JSON.stringify([data["settings.json"], "canary-1", "canary-2"]))
      .digest("hex");
    assert.equal(annotation("e-deployment-endpoint"), expected);
  });

  it("has a key for cookies of its own even where the page's client is public", async () => {
    await make({ ...ARGS, login: { clientId: "page" } });
    assert.deepEqual(plain(find("e-secret").inputs["stringData"]), { "cookie-key": KEY });
  });

  it("can be previewed while the key is not known", async () => {
    await inPreview(() => make(LOGIN));
    assert.ok(isUnknown(find("e-secret").inputs["stringData"]));
    assert.ok(isUnknown(annotation("e-deployment-endpoint")));
    const never = pulumi.output(new Promise<string>(() => undefined));
    reset();
    await inPreview(() => make({ ...ARGS, exposeAfter: [never] }));
    find("e-ingress-endpoint");
  });

  it("is exposed after what exposes it", async () => {
    let ready: (value: string) => void = () => undefined;
    const controller = new Promise<string>((resolve) => (ready = resolve));
    const made = make({ ...ARGS, exposeAfter: [pulumi.output(controller)] });
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.ok(recorded().some(({ name }) => name === "e-deployment-endpoint"));
    assert.ok(!recorded().some(({ name }) => name === "e-ingress-endpoint"));
    ready("nginx");
    await made;
    find("e-ingress-endpoint");
  });

  it("makes the namespaces of tenants that are named, as patches, with what is in them", async () => {
    await make({ ...ARGS, createNamespaces: false, tenants: ["alice"] });
    const namespace = find("e-tenant-alice");
    assert.equal(namespace.type, "kubernetes:core/v1:NamespacePatch");
    const binding = find("e-tenant-alice-rolebinding-tenant");
    assert.deepEqual(binding.dependsOn, [namespace.urn]);
    find("e-tenant-alice-resourcequota-tenant");
    find("e-tenant-alice-networkpolicy-default-deny");
  });

  it("tells where it is", async () => {
    const endpoint = await make(ARGS);
    assert.equal(await valueOf(endpoint.url), "https://services.lab.example.org");
    assert.equal(await valueOf(endpoint.namespace), "endpoint");
  });

  it("refuses bad args before anything is registered", async () => {
    await assert.rejects(make({ ...ARGS, hostname: "x", image: "y" }), /2 problems/);
    await assert.rejects(make({ ...ARGS, clientSecret: "canary-1" }), (error: Error) => {
      assert.match(error.message, /clientSecret: given without login/);
      assert.doesNotMatch(error.message, /canary/);
      return true;
    });
    assert.deepEqual(recorded(), []);
  });
});
