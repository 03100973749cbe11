import assert from "node:assert/strict";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { CertManager } from "../../../components/addons/certManager";
import type { CertManagerArgs } from "../../../components/addons/certManager";
import { CHARTS } from "../../../components/charts/chart";
import { newAuthority } from "../../../local/cluster/certificates";
import { acceptHooks } from "../../support/mockCluster";
import { created, find, isSecret, plain, recorded, reset, valueOf } from "../../support/mocks";

const MIRROR = path.resolve(__dirname, "../../../local/charts");

function make(args: CertManagerArgs): Promise<CertManager> {
  return created((opts) => new CertManager("c", args, opts));
}

function names(): string[] {
  return recorded()
    .map(({ name }) => name)
    .sort();
}

describe("CertManager", () => {
  let pair: { certificate: string; key: string };

  before(async () => {
    acceptHooks();
    pair = await newAuthority("lab authority");
  });

  beforeEach(reset);

  it("is a namespace and a release with CRDs, and waits for the chart's own check", async () => {
    const made = await make({});
    assert.deepEqual(names(), ["c", "c-namespace", "c-release"]);
    assert.deepEqual(plain(find("c-namespace").inputs), {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "cert-manager" },
    });
    const release = find("c-release");
    assert.equal(release.type, "kubernetes:helm.sh/v3:Release");
    assert.deepEqual(plain(release.inputs), {
      chart: "cert-manager",
      compat: "true",
      name: "cert-manager",
      namespace: "cert-manager",
      repositoryOpts: { repo: "https://charts.jetstack.io" },
      timeout: 600,
      values: {
        crds: { enabled: true, keep: true },
        startupapicheck: { enabled: true, timeout: "5m" },
      },
      version: CHARTS["cert-manager"].version,
    });
    assert.ok(release.dependsOn.includes(find("c-namespace").urn));
    assert.deepEqual(await valueOf(made.issuerNames), []);
    assert.equal(await valueOf(made.ready), true);
  });

  it("makes every issuer after the release, awaited until it is Ready", async () => {
    const made = await make({
      namespace: "certs",
      issuers: {
        own: { selfSigned: true },
        lab: { ca: { existingSecret: "lab-authority" } },
        letsencrypt: { acme: { email: "it@example.org", ingressClass: "public" } },
      },
    });
    const issuer = find("c-issuer-letsencrypt");
    assert.equal(issuer.type, "kubernetes:cert-manager.io/v1:ClusterIssuer");
    assert.deepEqual(plain(issuer.inputs), {
      apiVersion: "cert-manager.io/v1",
      kind: "ClusterIssuer",
      metadata: {
        name: "letsencrypt",
        labels: { "app.kubernetes.io/managed-by": "science-platform" },
        annotations: {
          "pulumi.com/waitFor": "condition=Ready",
          "pulumi.com/deletionPropagationPolicy": "background",
        },
      },
      spec: {
        acme: {
          email: "it@example.org",
          server: "https://acme-v02.api.letsencrypt.org/directory",
          privateKeySecretRef: { name: "letsencrypt-account" },
          solvers: [
            { http01: { ingress: { ingressClassName: "public", serviceType: "ClusterIP" } } },
          ],
        },
      },
    });
    assert.deepEqual((find("c-issuer-own").inputs["spec"] as object) ?? {}, { selfSigned: {} });
    assert.deepEqual(find("c-issuer-lab").inputs["spec"], {
      ca: { secretName: "lab-authority" },
    });
    for (const name of ["own", "lab", "letsencrypt"]) {
      assert.ok(find(`c-issuer-${name}`).dependsOn.includes(find("c-release").urn), name);
    }
    assert.deepEqual(await valueOf(made.issuerNames), ["lab", "letsencrypt", "own"]);
  });

  it("leaves the check to the gate where it has a kubeconfig, and there is something to gate", async () => {
    const check = (): unknown =>
      (plain(find("c-release").inputs["values"]) as Record<string, unknown>)["startupapicheck"];
    const issuers = { own: { selfSigned: true } };
    await make({ issuers, kubeconfig: "k" });
    assert.deepEqual(check(), { enabled: false });
    reset();
    await make({ issuers });
    assert.deepEqual(check(), { enabled: true, timeout: "5m" });
    reset();
    await make({ kubeconfig: "k" });
    assert.deepEqual(check(), { enabled: true, timeout: "5m" });
  });

  it("takes the chart from a mirror, and the user's values last", async () => {
    await make({
      charts: { mirror: MIRROR },
      keepCrds: false,
      timeoutSeconds: 60,
      values: { crds: { keep: true }, replicaCount: 2, startupapicheck: { enabled: false } },
    });
    const { inputs } = find("c-release");
    assert.equal(inputs["chart"], path.join(MIRROR, "cert-manager"));
    assert.equal(inputs["timeout"], 60);
    assert.equal("repositoryOpts" in inputs, false);
    assert.deepEqual(plain(inputs["values"]), {
      crds: { enabled: true, keep: true },
      replicaCount: 2,
      startupapicheck: { enabled: false, timeout: "5m" },
    });
  });

  it("keeps a pair in a Secret of its own, as a secret, before the issuer", async () => {
    await make({ issuers: { lab: { ca: { ...pair, key: pulumi.secret(pair.key) } } } });
    const secret = find("c-authority-lab");
    assert.deepEqual(plain(secret.inputs["metadata"]), {
      name: "lab-ca",
      namespace: "cert-manager",
      labels: { "app.kubernetes.io/managed-by": "science-platform" },
    });
    assert.ok(isSecret(secret.inputs["stringData"]));
    assert.deepEqual(plain(secret.inputs["stringData"]), {
      "tls.crt": pair.certificate,
      "tls.key": pair.key,
    });
    assert.ok(find("c-issuer-lab").dependsOn.includes(secret.urn));
    assert.deepEqual(find("c-issuer-lab").inputs["spec"], { ca: { secretName: "lab-ca" } });
    const others = recorded().filter(({ name }) => name !== "c-authority-lab");
    assert.equal(JSON.stringify(others).includes("PRIVATE KEY"), false);
  });

  it("refuses, before anything is registered, all that is wrong at once", async () => {
    const other = await newAuthority("another authority");
    const issuers = {
      lab: { ca: { certificate: pair.certificate, key: other.key } },
      letsencrypt: { acme: { email: "" } },
    };
    await assert.rejects(make({ issuers }), (error: Error) => {
      assert.match(error.message, /^2 problems:/);
      assert.match(error.message, /c: issuers\.lab\.ca\.key: does not belong to the certificate\./);
      assert.match(error.message, /c: issuers\.letsencrypt\.acme\.email: required, but missing/);
      assert.equal(error.message.includes(other.key.split("\n")[1]!), false);
      return true;
    });
    await assert.rejects(make({ charts: { mirror: __dirname } }), /charts\.mirror/);
    assert.deepEqual(recorded(), []);
  });
});
