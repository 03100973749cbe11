import assert from "node:assert/strict";
import {
  exaflowGeneration,
  type ExaflowGeneration,
} from "../../../components/model/exaflowGeneration";
import { federationParts, type FederationParts } from "../../../components/model/mipFederation";
import { checkedFederation } from "../../../components/model/mipFederationChecks";
import { federationWarnings } from "../../../components/model/mipFederationRules";
import type { FederationSettings } from "../../../components/model/mipFederationTypes";
import { Problems } from "../../../components/model/problems";
import { MANAGED, PLATFORM, settingsOf, UNMANAGED } from "../../support/federations";

const TODAY = "1.0.0";
const SEED = "0.24.0";

const unmanaged = settingsOf(UNMANAGED);
const managed = settingsOf(MANAGED);

function generation(version: string): ExaflowGeneration {
  return exaflowGeneration(version, new Problems(""))!;
}

function parts(settings: FederationSettings, version = TODAY): FederationParts {
  return federationParts(settings, generation(version));
}

function problemsOf(
  settings: FederationSettings,
  versions: Partial<{ exaflow: string; mip: string }> = {},
  values: Record<string, unknown> = {},
): string[] {
  const problems = new Problems("f");
  checkedFederation(
    settings,
    {
      versions: { exaflow: TODAY, mip: "9.0.2", ...versions },
      secrets: { clientSecret: true, databasePassword: false, adminPassword: false },
      values,
      platformValues: {},
    },
    problems,
  );
  return problems.list().map((line) => line.replace(/^f: /, ""));
}

describe("federationParts", () => {
  it("gives the engine of machines the data folder, and each node its roles", () => {
    const { engine, namespace, labelled } = parts(unmanaged);
    assert.equal(namespace, "lab");
    assert.deepEqual(engine, {
      federation: "lab",
      namespace: "lab",
      localWorkers: 3,
      storage: {
        localWorkerPath: "/opt/exaflow/lab/localworker",
        globalWorkerPath: "/opt/exaflow/lab/globalworker",
      },
      nodes: {
        "mip-master": { roles: ["master"] },
        "mip-worker-1": { roles: ["worker"] },
        "mip-worker-2": { roles: ["worker"] },
        "mip-worker-3": { roles: ["worker"] },
      },
    });
    assert.deepEqual(labelled, engine.nodes);
  });

  it("gives the seed's engine its own keys for the same folders", () => {
    const { engine, setup } = parts(unmanaged, SEED);
    assert.deepEqual(engine.storage, {
      csvsLocation: "/data/lab",
      credentialsLocation: "/opt/exaflow/lab/credentials",
      databaseLocation: "/opt/exaflow/lab/.stored_data/db",
      cleanupLocation: "/opt/exaflow/lab/.stored_data/cleanup",
    });
    assert.equal(setup!.csvsLink, "");
    assert.deepEqual(setup!.masterFolders, [
      "/opt/exaflow/lab/credentials",
      "/opt/exaflow/lab/.stored_data/db",
      "/opt/exaflow/lab/.stored_data/cleanup",
    ]);
  });

  it("gives the engine of a provider's cluster volumes", () => {
    const { engine, setup } = parts(managed);
    assert.deepEqual(engine.storage, {
      storageClass: "standard",
      localWorkerVolume: { size: "8Gi" },
    });
    assert.equal(engine.localWorkers, 2);
    assert.equal(engine.nodes, undefined);
    assert.equal(setup, undefined);
  });

  it("keeps what the nodes have, and counts those that have the role already", () => {
    const nodes = {
      a: { roles: ["worker", "gpu"], cpu: "8" },
      b: { roles: ["worker"] },
      m: { roles: ["master"], memory: "64Gi" },
    };
    const all = { ...unmanaged, roles: { smpcPlayer: ["a"] }, nodes };
    const { engine, labelled } = parts(all);
    assert.equal(engine.localWorkers, 2);
    assert.deepEqual(engine.nodes!["a"], { roles: ["worker", "gpu", "smpc_player"], cpu: "8" });
    assert.deepEqual(labelled, { a: { roles: ["smpc_player"] } });
    assert.deepEqual(nodes.a.roles, ["worker", "gpu"]);
  });

  it("tells the platform where it is and where its engine is", () => {
    const { platform } = parts({ ...unmanaged, ...PLATFORM }, SEED);
    assert.deepEqual(platform, {
      ...PLATFORM.platform,
      engineUrl: "http://exareme2-controller-service.lab:5000",
      namespace: "lab",
      managedCluster: false,
      nodes: parts(unmanaged).engine.nodes,
    });
    const engineUrl = "http://elsewhere:5000";
    const own = parts({ ...unmanaged, platform: { ...PLATFORM.platform, engineUrl } }).platform;
    assert.equal(own!.engineUrl, engineUrl);
  });

  it("tells the scripts for machines what is in the settings", () => {
    const { setup } = parts({
      ...unmanaged,
      nodeSetup: { user: "mip" },
      data: { folder: "/mnt/a" },
    });
    assert.deepEqual(setup, {
      user: "mip",
      groups: ["sudo", "microk8s"],
      channel: "1.32/stable",
      addons: ["dns", "helm3", "ingress", "hostpath-storage"],
      federation: "lab",
      dataFolder: "/mnt/a",
      pathologies: ["dementia", "tbi"],
      masterFolders: ["/opt/exaflow/lab/globalworker/csvs"],
      workerFolders: [],
      csvsLink: "/opt/exaflow/lab/localworker/csvs",
    });
  });
});

describe("checkedFederation", () => {
  it("takes federations of every generation", () => {
    const exaflow = SEED;
    assert.deepEqual(problemsOf({ ...unmanaged, ...PLATFORM }), []);
    assert.deepEqual(problemsOf({ ...unmanaged, ...PLATFORM }, { exaflow, mip: "9c325ef" }), []);
    assert.deepEqual(problemsOf({ ...managed, ...PLATFORM }, { mip: "9.2.0" }), []);
  });

  it("finds everything at once, each at its place, what parts share once", () => {
    const bad: FederationSettings = {
      ...unmanaged,
      ...PLATFORM,
      federation: "Lab_1",
      pathologies: ["dementia", "dementia", "../x"],
      roles: { worker: ["w1", "w1", "Node_2"] },
      data: { folder: "/etc", size: "1Gi" },
      platform: { ...PLATFORM.platform, publicHost: "https://mip.example.org" },
      nodes: { w1: { virtual: true } },
      smpc: { enabled: true },
      localWorkers: 2,
    };
    const told = problemsOf(bad, {}, { db: { csvs_location: "/x" } });
    for (const pattern of [
      /^federation: names the namespace, and cannot .*Or set namespace\./,
      /^pathologies\[1\]: is named twice/,
      /^pathologies\[2\]: not the name of a folder/,
      /^roles\.worker\[0\]: a virtual kubelet's node/,
      /^roles\.worker\[1\]: is named twice/,
      /^roles\.worker\[2\]: not the name of a node/,
      /^data\.size: is for managed clusters/,
      /^data\.folder: a folder that the machine needs for itself/,
      /^smpc\.enabled: /,
      /^nodes: too few nodes with the role master/,
      /^values\.db\.csvs_location: a key of another generation/,
      /^platform\.publicHost: has a scheme in it/,
    ]) {
      assert.equal(
        told.filter((line) => pattern.test(line)).length,
        1,
        `${pattern}\n${told.join("\n")}`,
      );
    }
    assert.equal(told.filter((line) => line.startsWith("namespace")).length, 1, told.join("\n"));
    assert.equal(told.filter((line) => line.startsWith("nodes:")).length, 3, told.join("\n"));
  });

  it("refuses what the platform takes from the federation, and versions that are not known", () => {
    const platform = { ...PLATFORM.platform, namespace: "x", managedCluster: true, nodes: {} };
    assert.deepEqual(
      problemsOf({ ...unmanaged, platform }).map((line) => line.split(":")[0]),
      ["platform.namespace", "platform.managedCluster", "platform.nodes"],
    );
    assert.deepEqual(
      problemsOf({ ...unmanaged, ...PLATFORM }, { exaflow: "0.25.0", mip: "1" }).map(
        (line) => line.split(":")[0],
      ),
      ["charts.versions.exaflow", "charts.versions.mip"],
    );
  });

  it("refuses folders on a provider's cluster, and volumes on machines", () => {
    assert.deepEqual(
      problemsOf({ ...managed, data: { folder: "/data/x", storageClass: "s" }, nodeSetup: {} }).map(
        (line) => line.split(":")[0],
      ),
      ["data.folder", "nodeSetup"],
    );
    assert.deepEqual(
      problemsOf({ ...unmanaged, data: { storageClass: "s" } }).map((line) => line.split(":")[0]),
      ["data.storageClass"],
    );
    assert.match(problemsOf({ ...managed, data: {} })[0]!, /^storage\.storageClass: required/);
  });
});

describe("federationWarnings", () => {
  it("say what does not return by itself", () => {
    assert.deepEqual(federationWarnings(managed), []);
    assert.deepEqual(federationWarnings(unmanaged), []);
    const [first, ...more] = federationWarnings({ ...unmanaged, ...PLATFORM });
    assert.match(
      first!,
      /platform and its database are on node mip-master, and return only with it/,
    );
    assert.deepEqual(more, []);
    const two = { ...unmanaged, roles: { ...unmanaged.roles, master: ["a", "b"] } };
    assert.match(federationWarnings(two)[0]!, /nodes a, b have the role master, but folders stay/);
    const players = federationWarnings({ ...unmanaged, smpc: { enabled: true } });
    assert.match(players[0]!, /pods that nothing makes anew/);
  });
});
