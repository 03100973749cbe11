import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Mip, type MipArgs } from "../../../components/mip/mip";
import { checkedPasswords } from "../../../components/mip/mipCredentials";
import { COMMON, MINIMAL, STAND_INS } from "../../support/mip";
import { acceptHooks } from "../../support/mockCluster";
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

const charts = (version = "9.0.2"): MipArgs["charts"] => ({
  mirror: STAND_INS,
  versions: { mip: version },
});
const CANARY = "canary-client-secret";
/** What is waited for by a patch. */
const WORKLOADS = ["m-platform-backend", "m-platform-ui"];
const ARGS: MipArgs = { ...COMMON, clientSecret: CANARY, charts: charts() };
const GENERATED = "p".repeat(32);
const KEY = "p".repeat(64);

function make(args: MipArgs): Promise<Mip> {
  return created((opts) => new Mip("m", args, opts));
}

function names(): string[] {
  return recorded()
    .map(({ name }) => name)
    .sort();
}

function secretOf(name: string): unknown {
  const { stringData } = find(name).inputs;
  assert.ok(isSecret(stringData), name);
  return plain(stringData);
}

/** All that was registered besides Secrets. */
function otherText(): string {
  return JSON.stringify(recorded().filter(({ type }) => type !== "kubernetes:core/v1:Secret"));
}

describe("Mip", () => {
  before(acceptHooks);
  beforeEach(reset);

  it("makes namespace and Secrets before the release, and exposes it beside", async () => {
    await make(ARGS);
    const before = ["m-namespace", "m-database-credentials", "m-keycloak-credentials"];
    assert.deepEqual(
      names(),
      ["m", ...before, "m-database-password", "m-ingress", "m-release", ...WORKLOADS].sort(),
    );
    for (const name of before) {
      assert.ok(find("m-release").dependsOn.includes(find(name).urn), name);
    }
    assert.ok(!find("m-ingress").dependsOn.includes(find("m-release").urn));
    for (const child of recorded().filter(({ name }) => name !== "m")) {
      assert.equal(child.parent, find("m").urn, child.name);
    }
    assert.deepEqual(find("m-namespace").inputs["metadata"], { name: "dementia" });
  });

  it("installs the chart of the version, through our post-renderer", async () => {
    await make({ ...ARGS, charts: charts("9c325ef"), timeoutSeconds: 90 });
    const { values, ...release } = find("m-release").inputs;
    const postrender = path.resolve(__dirname, "../../../components/mip/postRender.sh");
    assert.deepEqual(release, {
      chart: path.join(STAND_INS, "mip-9c325ef"),
      name: "platform",
      namespace: "dementia",
      postrender,
      timeout: 90,
      skipAwait: true,
      compat: "true",
    });
    assert.ok(Object.hasOwn(values as object, "portalbackend"));
    fs.accessSync(postrender, fs.constants.X_OK);
  });

  for (const [version, prefix, role] of [
    ["9c325ef", "portalbackend-db", "PORTAL_DB"],
    ["6f8b2c7", "platform-backend-db", "PLATFORM_DB"],
    ["9.0.2", "platform-backend-db", "PLATFORM_DB"],
    ["9.2.0", "platform-backend-db", "PLATFORM_DB"],
  ] as const) {
    it(`gives the Secrets all the keys of ${version}`, async () => {
      await make({ ...ARGS, charts: charts(version) });
      assert.deepEqual(secretOf("m-database-credentials"), {
        [`${prefix}.DB_ADMIN_USER`]: "portal",
        [`${prefix}.DB_ADMIN_PASSWORD`]: GENERATED,
        [`${prefix}.${role}_USER`]: "portal",
        [`${prefix}.${role}_PASSWORD`]: GENERATED,
      });
      assert.deepEqual(secretOf("m-keycloak-credentials"), {
        "client-id": "mip",
        "client-secret": CANARY,
      });
      const secrets = recorded().filter(({ type }) => type === "kubernetes:core/v1:Secret");
      assert.deepEqual(
        secrets.map(({ inputs }) => (inputs["metadata"] as { name: string }).name).sort(),
        ["keycloak-credentials", "mip-secret"],
      );
    });
  }

  it("makes the key of the hub that 9.2.0 brings, and no other chart's", async () => {
    await make({ ...ARGS, notebook: {}, charts: charts("9.2.0") });
    assert.deepEqual(secretOf("m-notebook-credentials"), { "crypt-key": KEY });
    assert.equal(JSON.stringify(find("m-release").inputs).includes(KEY), false);
    reset();
    await make({ ...ARGS, notebook: {}, charts: charts("6f8b2c7") });
    assert.equal(names().includes("m-notebook-credentials"), false);
  });

  it("takes given passwords, a role for the set-up among them", async () => {
    await make({
      ...ARGS,
      database: { user: "app", adminUser: "postgres" },
      databasePassword: pulumi.output("canary-database"),
      adminPassword: "canary-admin",
    });
    assert.deepEqual(secretOf("m-database-credentials"), {
      "platform-backend-db.DB_ADMIN_USER": "postgres",
      "platform-backend-db.DB_ADMIN_PASSWORD": "canary-admin",
      "platform-backend-db.PLATFORM_DB_USER": "app",
      "platform-backend-db.PLATFORM_DB_PASSWORD": "canary-database",
    });
    assert.equal(names().includes("m-database-password"), false);
    assert.doesNotMatch(otherText(), /canary/);
  });

  it("leaves Secrets alone that are there already", async () => {
    await make({
      ...MINIMAL,
      keycloak: { ...MINIMAL.keycloak, existingSecret: true },
      database: { existingSecret: true },
      charts: charts(),
    });
    assert.deepEqual(names(), ["m", "m-ingress", "m-namespace", ...WORKLOADS, "m-release"]);
  });

  it("has another password for another revision, and never another for the set-up", async () => {
    await make({ ...ARGS, database: { adminUser: "postgres", passwordRevision: 3 } });
    assert.deepEqual(find("m-database-password").inputs, {
      length: 32,
      special: false,
      keepers: { revision: "3" },
    });
    assert.equal(find("m-admin-password").inputs["keepers"], undefined);
    for (const name of ["m-database-password", "m-admin-password"]) {
      assert.ok(find(name).additionalSecretOutputs.includes("result"), name);
    }
  });

  it("refuses a given password that the chart's script would break on, now or once it is known", async () => {
    const refusal = (error: Error): true => {
      assert.match(error.message, /^(mip )?m: databasePassword: not a password that the chart's/);
      assert.doesNotMatch(error.message, /canary/);
      return true;
    };
    const known = { ...ARGS, databasePassword: "canary-$$-quoted" };
    await assert.rejects(make(known), refusal);
    assert.deepEqual(recorded(), []);
    const later = { ...ARGS, databasePassword: pulumi.secret("canary 'quoted'") };
    const checked = checkedPasswords("m", later) as unknown as { promise(): Promise<unknown> };
    await assert.rejects(checked.promise(), refusal);
  });

  it("keeps secrets out of everything but Secrets", async () => {
    await make({ ...ARGS, kubeconfig: "canary-kubeconfig" });
    assert.doesNotMatch(otherText(), /canary/);
    assert.equal(otherText().includes(GENERATED), false);
  });

  it("exposes the user interface with TLS, and redirects without a snippet", async () => {
    await make({ ...ARGS, redirectRootTo: "/home" });
    const { metadata, spec } = plain(find("m-ingress").inputs) as {
      metadata: { name: string; annotations: object };
      spec: { ingressClassName: string; tls: object[] };
    };
    assert.equal(metadata.name, "platform-ui");
    assert.deepEqual(metadata.annotations, {
      "cert-manager.io/cluster-issuer": "lab-issuer",
      "nginx.ingress.kubernetes.io/app-root": "/home",
      "pulumi.com/skipAwait": "true",
    });
    assert.equal(spec.ingressClassName, "nginx");
    assert.deepEqual(spec.tls, [{ hosts: ["mip.lab.example.org"], secretName: "platform-ui-tls" }]);
    assert.doesNotMatch(JSON.stringify(find("m-release").inputs), /\/home/);
  });

  it("uses microk8s's ingress class on an unmanaged cluster, and routes of a Gateway", async () => {
    await make({ ...MINIMAL, clientSecret: "s", charts: charts("9c325ef") });
    const { spec } = find("m-ingress").inputs as { spec: { ingressClassName: string } };
    assert.equal(spec.ingressClassName, "public");
    reset();
    const gateway = { name: "g", namespace: "gateways" };
    await make({ ...ARGS, expose: { kind: "gateway", gateway } });
    assert.equal(find("m-httproute").inputs["kind"], "HTTPRoute");
  });

  it("merges further values over its own", async () => {
    await make({ ...ARGS, values: { keycloak: { sslRequired: "all" } } });
    const { keycloak } = find("m-release").inputs["values"] as { keycloak: object };
    assert.deepEqual(keycloak, {
      enabled: true,
      host: "iam.example.org",
      protocol: "https",
      realm: "lab",
      clientId: "mip",
      sslRequired: "all",
    });
  });

  it("tells where it is", async () => {
    const mip = await make(ARGS);
    const outputs = [mip.url, mip.namespace, mip.backendService, mip.version];
    assert.deepEqual(await Promise.all(outputs.map((output) => valueOf(output))), [
      "https://mip.lab.example.org/",
      "dementia",
      "platform-backend-service",
      "9.0.2",
    ]);
  });

  it("can be previewed while its passwords are not known", async () => {
    await inPreview(() => make({ ...ARGS, kubeconfig: "k" }));
    assert.ok(isUnknown(find("m-database-credentials").inputs["stringData"]));
    assert.ok(!JSON.stringify(find("m-release").inputs).includes("__pulumiUnknown"));
  });

  it("refuses everything that is wrong before anything is registered", async () => {
    const bad = { ...ARGS, publicHost: "https://x.lab.example.org", values: { portalbackend: 1 } };
    const mirror = path.join(STAND_INS, "nowhere");
    await assert.rejects(make({ ...bad, charts: { mirror } }), (error: Error) => {
      assert.match(error.message, /^3 problems:/);
      assert.match(error.message, /publicHost: [^]*values\.portalbackend: [^]*charts\.mirror: /);
      return true;
    });
    await assert.rejects(make({ ...ARGS, charts: charts("8.0.0") }), /charts\.versions\.mip: /);
    assert.deepEqual(recorded(), []);
  });

  it("refuses the seed's chart as it lies in git, which Helm cannot parse", async () => {
    await assert.rejects(make({ ...ARGS, charts: { versions: { mip: "9c325ef" } } }), {
      message:
        "mip m: charts.versions.mip: the chart cannot be installed as it lies in git: templates/frontend.yaml has " +
        'one end too many, so Helm cannot parse it (found "9c325ef"). ' +
        "Name a repaired copy in charts.mirror or charts.git.mip (docs/mip/mip.md says how).",
    });
    assert.deepEqual(recorded(), []);
  });
});
