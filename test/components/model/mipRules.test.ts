import assert from "node:assert/strict";
import { MIP_GENERATIONS, mipGeneration } from "../../../components/model/mipGenerations";
import type { MipSettings } from "../../../components/model/mipTypes";
import { Problems } from "../../../components/model/problems";
import { COMMON, MINIMAL, OLDER, problemsOf } from "../../support/mip";

/** One problem, which begins so. */
function isRefused(change: Partial<MipSettings>, begins: string, version = "9.0.2"): void {
  const lines = problemsOf({ ...MINIMAL, ...change }, version);
  assert.equal(lines.length, 1, lines.join("\n"));
  assert.ok(lines[0]!.startsWith(`mip: ${begins}`), `${lines[0]!}\nshould begin: ${begins}`);
}

const keycloak = (change: object): Partial<MipSettings> => ({
  keycloak: { ...MINIMAL.keycloak, ...change },
});

describe("rules of the platform", () => {
  it("take the least and the most of every generation", () => {
    for (const { version, hasNetwork } of MIP_GENERATIONS) {
      assert.deepEqual(problemsOf(MINIMAL, version), [], version);
      assert.deepEqual(problemsOf({ ...COMMON, ...(hasNetwork && OLDER) }, version), [], version);
    }
  });

  it("refuse a version that has no known generation, with a near one", () => {
    const problems = new Problems("mip");
    assert.equal(mipGeneration("9.0.1", problems), undefined);
    assert.deepEqual(problems.list(), [
      'mip: charts.versions.mip: no known version of the chart: which values it takes is not known (found "9.0.1"; ' +
        "allowed: 9c325ef, 6f8b2c7, 9.0.2, 9.2.0). Did you mean 9.0.2?",
    ]);
  });

  it("refuse hosts with a scheme in them, and say what to write", () => {
    assert.deepEqual(problemsOf({ ...MINIMAL, publicHost: "https://mip.example.org/home" }), [
      'mip: publicHost: has a scheme in it (found "https://mip.example.org/home"; allowed: a host name such as ' +
        "mip.lab.example.org: no scheme, port, path or *). Write mip.example.org.",
    ]);
    isRefused(keycloak({ host: "https://iam.example.org" }), "keycloak.host: has a scheme in it");
    isRefused(keycloak({ host: "iam.example.org/auth" }), "keycloak.host: not a host");
    isRefused(
      { dataCatalogue: { host: "https://c.example.org" } },
      "dataCatalogue.host: has a scheme in it",
    );
    assert.deepEqual(problemsOf({ ...MINIMAL, ...keycloak({ host: "iam.example.org:8443" }) }), []);
  });

  it("refuse a missing realm, client or client's secret", () => {
    isRefused(keycloak({ realm: undefined }), "keycloak.realm: required, but missing");
    isRefused(keycloak({ clientId: " " }), "keycloak.clientId: required, but missing");
    isRefused(keycloak({ host: "" }), "keycloak.host: required, but missing");
    assert.deepEqual(problemsOf(MINIMAL, "9.0.2", { clientSecret: false }), [
      "mip: clientSecret: required, but missing: the secret of keycloak.clientId. " +
        "Give it, or set keycloak.existingSecret.",
    ]);
    isRefused(
      keycloak({ existingSecret: true }),
      "clientSecret: given, and keycloak.existingSecret",
    );
    isRefused(keycloak({ protocol: "ldap" }), "keycloak.protocol: no such protocol");
  });

  it("refuse names that Kubernetes or Helm would, alone or once composed", () => {
    isRefused({ namespace: "Dementia" }, "namespace: not a name");
    isRefused({ releaseName: "r".repeat(54) }, "releaseName: not a name");
    assert.deepEqual(problemsOf({ ...MINIMAL, releaseName: "r".repeat(53) }), []);
    isRefused({ namespace: "n".repeat(33) }, "namespace: too long: a volume would be labelled nnn");
    assert.deepEqual(problemsOf({ ...MINIMAL, namespace: "n".repeat(32) }), []);
    // Without folders there is no such label.
    assert.deepEqual(problemsOf({ ...MINIMAL, namespace: "n".repeat(63) }, "9.2.0"), []);
  });

  it("refuse a key that the generation lacks", () => {
    for (const key of ["displayName", "dataCatalogue", "engineVersion"] as const) {
      isRefused({ [key]: OLDER[key] }, `${key}: chart 9.2.0 has no key for it`, "9.2.0");
    }
    isRefused({ guide: {} }, "guide: chart 9.0.2 has no key for it");
    isRefused({ storage: { folder: "/srv" } }, "storage.folder: chart 9.2.0 has no key", "9.2.0");
    isRefused(
      { storage: { folder: "/srv" }, managedCluster: true },
      "storage.folder: chart 9.0.2 has no key for it",
    );
    isRefused({ storage: { folder: "srv" } }, "storage.folder: not an absolute path");
  });

  it("refuse a redirect that only a snippet could make", () => {
    isRefused({ redirectRootTo: "home" }, "redirectRootTo: not a path below /");
    isRefused(
      { redirectRootTo: "/home", expose: { className: "traefik" } },
      "redirectRootTo: only ingress-nginx can do it",
    );
    const gateway = { name: "g", namespace: "g" };
    isRefused(
      { redirectRootTo: "/home", expose: { kind: "gateway", gateway } },
      "redirectRootTo: only ingress-nginx can do it",
    );
    assert.deepEqual(problemsOf({ ...MINIMAL, redirectRootTo: "/home" }), []);
  });

  it("refuse what cannot be exposed", () => {
    isRefused({ expose: { kind: "door" } }, "expose.kind: not a way to expose");
    isRefused({ expose: { kind: "gateway" } }, "expose.gateway: required with kind gateway");
    isRefused({ expose: { domain: "other.example.org" } }, "publicHost: not within the domain");
    isRefused({ engineUrl: "engine:5000" }, "engineUrl: not an address");
  });

  it("refuse an unmanaged cluster without a master", () => {
    const nodes = { a: { roles: ["worker"] } };
    isRefused({ nodes }, "nodes: none has the role master");
    assert.deepEqual(problemsOf({ ...MINIMAL, nodes, managedCluster: true }), []);
    assert.deepEqual(problemsOf({ ...MINIMAL, nodes: { a: { roles: ["master"] } } }), []);
  });

  it("refuse sizes, images and levels that are none", () => {
    isRefused({ database: { size: "much" } }, "database.size: not a size");
    isRefused({ storage: { logsSize: "0" } }, "storage.logsSize: not a size");
    isRefused({ storage: { storageClass: "Fast!" } }, "storage.storageClass: not a name");
    isRefused({ images: { ui: "lab/ui" } }, "images.ui: not an image with a tag");
    isRefused({ database: { image: ":1" } }, "database.image: not an image with a tag");
    isRefused({ logLevel: "LOUD" }, "logLevel: no such log level");
    isRefused({ algorithmUpdateSeconds: 0 }, "algorithmUpdateSeconds: not a whole number");
  });

  it("refuse roles, revisions and passwords that contradict each other", () => {
    isRefused({ database: { user: "Portal User" } }, "database.user: not a role's name");
    isRefused({ database: { adminUser: "x;" } }, "database.adminUser: not a role's name");
    isRefused({ database: { passwordRevision: 0 } }, "database.passwordRevision: not a revision");
    const database = { passwordRevision: 2 };
    assert.match(
      problemsOf({ ...MINIMAL, database }, "9.0.2", { databasePassword: true }).join(),
      /^mip: database.passwordRevision: given, and databasePassword too/,
    );
    assert.match(
      problemsOf(MINIMAL, "9.0.2", { adminPassword: true }).join(),
      /^mip: adminPassword: of the role portal, whose password is databasePassword/,
    );
    const existing = { database: { existingSecret: true } };
    assert.match(
      problemsOf({ ...MINIMAL, ...existing }, "9.0.2", { databasePassword: true }).join(),
      /^mip: database.existingSecret: given, and passwords too/,
    );
  });

  it("refuse notebooks on a chart without keys for them", () => {
    for (const version of ["9c325ef", "9.0.2"]) {
      isRefused(
        { notebook: {} },
        `notebook: chart ${version} has no keys for notebooks, and would ignore them ` +
          "(allowed: with chart 6f8b2c7, 9.2.0)",
        version,
      );
    }
    assert.deepEqual(problemsOf({ ...MINIMAL, notebook: {} }, "6f8b2c7"), []);
    assert.deepEqual(problemsOf({ ...MINIMAL, notebook: {} }, "9.2.0"), []);
  });

  it("refuse settings of notebooks that their hub has not", () => {
    isRefused(
      { notebook: { allowedGroups: ["ml"] } },
      "notebook.allowedGroups: chart 9.2.0 brings its own hub",
      "9.2.0",
    );
    isRefused(
      { notebook: {}, managedCluster: true },
      "storage.storageClass: required, but missing",
      "9.2.0",
    );
    isRefused({ notebook: { cpuLimit: "all" } }, "notebook.cpuLimit: not a quantity", "6f8b2c7");
    isRefused({ notebook: { image: "lab" } }, "notebook.image: not an image", "6f8b2c7");
    isRefused(
      { notebook: {}, ...keycloak({ protocol: "http" }) },
      "keycloak.protocol: notebooks are handed tokens",
      "6f8b2c7",
    );
  });

  it("tell everything at once", () => {
    const bad = { ...MINIMAL, publicHost: "x", namespace: "X", logLevel: "x", notebook: {} };
    assert.equal(problemsOf(bad).length, 4);
  });
});
