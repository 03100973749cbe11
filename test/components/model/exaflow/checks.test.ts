import assert from "node:assert/strict";
import { checkedExaflow } from "../../../../components/model/exaflowChecks";
import type { ExaflowSettings } from "../../../../components/model/exaflowTypes";
import { Problems } from "../../../../components/model/problems";
import {
  MANAGED,
  MINIMAL,
  SEED,
  SEED_VERSION,
  TODAYS_VERSION,
  UNMANAGED,
} from "../../../support/exaflow";

interface Checked {
  lines: readonly string[];
  warnings: string[];
}

function check(settings: ExaflowSettings, version = TODAYS_VERSION, values: object = {}): Checked {
  const problems = new Problems("");
  const checked = checkedExaflow(settings, version, values, problems);
  return { lines: problems.list(), warnings: checked?.warnings ?? [] };
}

/** One problem and no more. */
function only(settings: ExaflowSettings, version?: string, values?: object): string {
  const { lines } = check(settings, version, values);
  assert.equal(lines.length, 1, lines.join("\n"));
  return lines[0]!;
}

describe("an engine's settings", () => {
  it("are taken when they are sound: everything of each generation, without a warning", () => {
    for (const [settings, version] of [
      [MINIMAL, TODAYS_VERSION],
      [MINIMAL, SEED_VERSION],
      [UNMANAGED, TODAYS_VERSION],
      [MANAGED, TODAYS_VERSION],
      [SEED, SEED_VERSION],
    ] as const) {
      assert.deepEqual(check(settings, version), { lines: [], warnings: [] });
    }
  });

  it("belong to a version whose keys are known", () => {
    for (const version of ["0.24.0", "0.24.1", "1.0.0", "1.2.0-rc1", "12.0.0+site"]) {
      assert.deepEqual(check(MINIMAL, version).lines, [], version);
    }
    for (const version of ["0.23.1", "0.25.0", "0.28.0", "latest", "1.0", "v1.0.0"]) {
      assert.equal(
        only(MINIMAL, version),
        `charts.versions.exaflow: a version of the chart whose values are not known here (found "${version}"; ` +
          "allowed: 0.24.0 (the seed's keys), or 1.0.0 and later). Choose one of these.",
      );
    }
  });

  it("of the seed's generation are refused with today's chart", () => {
    const { controller, database, storage } = SEED;
    for (const [settings, path] of [
      [
        { storage: { credentialsLocation: storage!.credentialsLocation } },
        "storage.credentialsLocation",
      ],
      [{ storage: { databaseLocation: storage!.databaseLocation } }, "storage.databaseLocation"],
      [{ storage: { csvsLocation: storage!.csvsLocation } }, "storage.csvsLocation"],
      [{ storage: { cleanupLocation: storage!.cleanupLocation } }, "storage.cleanupLocation"],
      [{ database }, "database"],
      [
        { controller: { cleanupIntervalSeconds: controller!.cleanupIntervalSeconds } },
        "controller.cleanupIntervalSeconds",
      ],
    ] as [Partial<ExaflowSettings>, string][]) {
      assert.equal(
        only({ ...MINIMAL, ...settings }),
        `${path}: chart 1.0.0 has no key for it, only that of another generation (0.24.0). ` +
          "Remove it, or set charts.versions.exaflow.",
      );
    }
  });

  it("of today's generation are refused with the seed's chart: all at once", () => {
    const { lines } = check({ ...MINIMAL, ...UNMANAGED, managedCluster: true }, SEED_VERSION);
    assert.deepEqual(
      lines.map((line) => line.split(":")[0]),
      [
        "controller.workersDns",
        "aggregationServer",
        "flower.enabled",
        "flower.serverPort",
        "storage.localWorkerPath",
        "storage.globalWorkerPath",
        "managedCluster",
      ],
    );
    assert.match(lines[0]!, /chart 0\.24\.0 has no key for it, only that of another generation/);
  });

  it("are refused where the kind of the cluster makes them mean nothing", () => {
    assert.equal(
      only({ ...MANAGED, storage: { ...MANAGED.storage, localWorkerPath: "/srv" } }),
      "storage.localWorkerPath: chart 1.0.0 does not read it on managed clusters. Remove it.",
    );
    assert.equal(
      only({ ...UNMANAGED, storage: { storageClass: "cephfs" } }),
      "storage.storageClass: chart 1.0.0 does not read it on unmanaged clusters. Remove it.",
    );
    assert.equal(
      only({ ...MINIMAL, managedCluster: true }),
      "storage.storageClass: required on managed clusters, but missing: the chart's default is a class of its " +
        "authors. Name the class of the workers' volumes.",
    );
  });

  it("allow secure computation from three workers on", () => {
    const smpc = { enabled: true };
    assert.deepEqual(check({ ...MINIMAL, localWorkers: 3, smpc }).lines, []);
    for (const localWorkers of [1, 2]) {
      assert.equal(
        only({ ...MINIMAL, localWorkers, smpc }),
        "smpc.enabled: secure computation is for federations of 3 workers or more, and there are " +
          `${localWorkers} (found true). Turn it off, or raise localWorkers.`,
      );
    }
  });

  it("may have all workers in other clusters, where they are named", () => {
    const elsewhere = { controller: { workersDns: ["workers.site-b.example.org"] } };
    assert.deepEqual(check({ ...MINIMAL, localWorkers: 0, ...elsewhere }).lines, []);
    assert.match(
      only({ ...MINIMAL, localWorkers: 0 }),
      /^localWorkers: no worker here, and none elsewhere/,
    );
    assert.match(only({ ...MINIMAL, localWorkers: 0 }, SEED_VERSION), /allowed: 1 or more\)/);
  });

  it("must be of their form", () => {
    const cases: [Partial<ExaflowSettings>, string][] = [
      [{ namespace: "My_Federation" }, "namespace"],
      [{ namespace: "a".repeat(64) }, "namespace"],
      [{ releaseName: "a".repeat(54) }, "releaseName"],
      [{ federation: "" }, "federation"],
      [{ federation: "1st" }, "federation"],
      [{ federation: "true" }, "federation"],
      [{ federation: "No" }, "federation"],
      [{ federation: "a/../b" }, "federation"],
      [{ federation: "a".repeat(64) }, "federation"],
      [{ globalWorkerIdentifier: "null" }, "globalWorkerIdentifier"],
      [{ controller: { workersDns: ["https://site.example.org"] } }, "controller.workersDns[0]"],
      [{ controller: { workersDns: ["a", "b:5672"] } }, "controller.workersDns[1]"],
      [{ controller: { workersDns: [] } }, "controller.workersDns"],
      [{ aggregationServer: { dns: "http://a.example.org" } }, "aggregationServer.dns"],
      [{ storage: { localWorkerPath: "data" } }, "storage.localWorkerPath"],
      [{ storage: { globalWorkerPath: "/data/../etc" } }, "storage.globalWorkerPath"],
      [{ storage: { globalWorkerPath: "/" } }, "storage.globalWorkerPath"],
      [{ smpc: { image: "coordinator" } }, "smpc.image"],
      [{ images: { repository: "madgik/" } }, "images.repository"],
      [{ images: { repository: "madgik/x:1" } }, "images.repository"],
      [{ images: { version: "a b" } }, "images.version"],
      [{ logLevel: "info" }, "logLevel"],
      [{ podSecurity: "none" }, "podSecurity"],
      [{ localWorkers: -1 }, "localWorkers"],
      [{ localWorkers: 1.5 }, "localWorkers"],
      [{ maxConcurrentExperiments: 0 }, "maxConcurrentExperiments"],
      [{ flower: { serverPort: 70_000 } }, "flower.serverPort"],
      [{ evictionSeconds: -1 }, "evictionSeconds"],
    ];
    for (const [settings, path] of cases) {
      const line = only({ ...MINIMAL, ...settings });
      assert.ok(line.startsWith(`${path}: `), `${path}: ${line}`);
    }
    for (const [volume, path] of [
      [{ size: "4 GB" }, "storage.localWorkerVolume.size"],
      [{ accessModes: ["RWX"] }, "storage.localWorkerVolume.accessModes[0]"],
      [{ accessModes: [] }, "storage.localWorkerVolume.accessModes"],
    ] as const) {
      const storage = { ...MANAGED.storage, localWorkerVolume: { ...volume } };
      const line = only({ ...MANAGED, storage: storage as ExaflowSettings["storage"] });
      assert.ok(line.startsWith(`${path}: `), line);
    }
  });
});

describe("values of one's own", () => {
  it("are taken where the chart reads them", () => {
    assert.deepEqual(check(MINIMAL, "1.0.0", { controller: { workers_dns: "a" } }).lines, []);
    assert.deepEqual(check(MINIMAL, "0.24.0", { db: { max_memory: 4096 } }).lines, []);
    const modes = {
      storage: { cephfs: { localworker: { csvs: { accessModes: ["ReadWriteOnce"] } } } },
    };
    assert.deepEqual(check(MANAGED, "1.0.0", modes).lines, []);
  });

  it("of another generation are refused", () => {
    const other = (chart: string, of: string): string =>
      `a key of another generation (${of}), which chart ${chart} would silently ignore. ` +
      "Remove it, or set charts.versions.exaflow.";
    assert.equal(
      only(MINIMAL, "1.0.0", { db: { storage_location: "/srv" } }),
      `values.db.storage_location: ${other("1.0.0", "0.24.0")}`,
    );
    assert.equal(
      only(MINIMAL, "1.0.0", { controller: { cleanup_file_folder: "/srv" } }),
      `values.controller.cleanup_file_folder: ${other("1.0.0", "0.24.0")}`,
    );
    assert.equal(
      only(MINIMAL, "0.24.0", { storage: { hostPath: { db: { localworker: "/srv" } } } }),
      `values.storage.hostPath.db.localworker: ${other("0.24.0", "1.0.0 and later")}`,
    );
    assert.equal(
      only(MINIMAL, "0.24.0", { managed_cluster: true }),
      `values.managed_cluster: ${other("0.24.0", "1.0.0 and later")}`,
    );
  });

  it("that lie in the chart's values without being read, or are read on other clusters, are refused", () => {
    for (const values of [
      { storage: { type: "cephfs" } },
      { storage: { cephfs: { localworker: { db: { size: "4Gi" } } } } },
      { storage: { cephfs: { controller: { size: "4Gi" } } } },
    ]) {
      assert.match(only(MANAGED, "1.0.0", values), /no template of chart 1\.0\.0 reads it/);
    }
    const hostPath = { storage: { hostPath: { db: { localworker: "/srv" } } } };
    assert.match(only(MANAGED, "1.0.0", hostPath), /does not read it on managed clusters/);
    const cephfs = { storage: { cephfs: { storageClassName: "a" } } };
    assert.match(only(MINIMAL, "1.0.0", cephfs), /does not read it on unmanaged clusters/);
  });

  it("that no generation knows are refused, with the nearest that there is", () => {
    assert.equal(
      only(MINIMAL, "0.24.0", { credentials_location: "/srv" }),
      "values.credentials_location: unknown to chart 0.24.0, which would silently ignore it. " +
        "Did you mean db.credentials_location?",
    );
    assert.equal(
      only(MINIMAL, "1.0.0", { federaton: "x" }),
      "values.federaton: unknown to chart 1.0.0, which would silently ignore it. Did you mean federation?",
    );
    assert.match(only(MINIMAL, "1.0.0", { nodeSelector: { a: "b" } }), /ignore it\. Remove it\.$/);
    // A scalar where the chart has a tree.
    assert.match(only(MINIMAL, "1.0.0", { flower: true }), /^values\.flower: unknown to chart/);
  });

  it("that checks rest on are set by arguments alone", () => {
    assert.equal(
      only(MINIMAL, "1.0.0", { localnodes: 3 }),
      "values.localnodes: set by an argument that much is checked against. Set localWorkers instead.",
    );
    assert.match(only(MINIMAL, "1.0.0", { smpc: { enabled: true } }), /Set smpc\.enabled instead/);
    assert.match(only(MINIMAL, "1.0.0", { namespace: "a" }), /Set namespace instead/);
  });
});
