import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { load } from "js-yaml";
import { exaflowGeneration } from "../../../../components/model/exaflowGeneration";
import { exaflowValues } from "../../../../components/model/exaflowValues";
import type { ExaflowSettings } from "../../../../components/model/exaflowTypes";
import { checkedExaflow } from "../../../../components/model/exaflowChecks";
import { Problems } from "../../../../components/model/problems";
import {
  MANAGED,
  MINIMAL,
  SEED,
  SEED_VERSION,
  TODAYS_VERSION,
  unknownIn,
  UNMANAGED,
} from "../../../support/exaflow";

const SMPC = {
  enabled: true,
  optional: true,
  image: "registry.example.org/coordinator:v7",
  db_image: "mongo:6.0.1",
  queue_image: "redis:7",
  get_result_interval: 6,
  get_result_max_retries: 90,
};

function values(settings: ExaflowSettings, version: string): Record<string, unknown> {
  return exaflowValues(settings, exaflowGeneration(version, new Problems("test"))!);
}

describe("the values of today's chart", () => {
  it("are few where little is set: folders of the federation's own", () => {
    assert.deepEqual(values(MINIMAL, TODAYS_VERSION), {
      namespace: "exaflow",
      managed_cluster: false,
      localnodes: 1,
      exaflow_images: { version: "1.0.0" },
      federation: "dementia",
      log_level: "INFO",
      framework_log_level: "ERROR",
      smpc: { enabled: false },
      flower: { enabled: true },
      controller: {},
      aggregation_server: { enabled: true },
      storage: {
        hostPath: {
          db: {
            localworker: "/data/dementia",
            globalworker: "/opt/exaflow/dementia/globalworker",
          },
        },
      },
    });
  });

  const everything = {
    namespace: "dementia",
    localnodes: 3,
    exaflow_images: { repository: "registry.example.org/madgik", version: "1.0.1" },
    federation: "dementia",
    log_level: "DEBUG",
    framework_log_level: "WARNING",
    max_concurrent_experiments: 8,
    globalworker_identifier: "hub",
    smpc: SMPC,
    flower: { enabled: false, execution_timeout: 32, server_port: 8081 },
    controller: {
      workers_dns: "exaflow-workers-service,workers.site-b.example.org",
      worker_landscape_aggregator_update_interval: 31,
      worker_tasks_timeout: 301,
    },
    aggregation_server: {
      enabled: true,
      dns: "aggregation.site-a.example.org",
      max_wait_for_aggregation_inputs: 61,
    },
  };

  it("hold every setting on an unmanaged cluster", () => {
    assert.deepEqual(values(UNMANAGED, TODAYS_VERSION), {
      ...everything,
      managed_cluster: false,
      storage: { hostPath: { db: { localworker: "/srv/local", globalworker: "/srv/global" } } },
    });
  });

  it("hold every setting on a managed cluster", () => {
    assert.deepEqual(values(MANAGED, TODAYS_VERSION), {
      ...everything,
      managed_cluster: true,
      storage: {
        cephfs: {
          storageClassName: "cephfs",
          localworker: { csvs: { size: "8Gi", accessModes: ["ReadWriteOnce"] } },
          globalworker: { csvs: { size: "2Gi", accessModes: ["ReadWriteMany"] } },
        },
      },
    });
  });
});

describe("the values of the seed's chart", () => {
  it("are the seed's folders where little is set", () => {
    assert.deepEqual(values(MINIMAL, SEED_VERSION), {
      namespace: "exaflow",
      localnodes: 1,
      exareme2_images: { version: "0.24.0" },
      federation: "dementia",
      log_level: "INFO",
      framework_log_level: "ERROR",
      smpc: { enabled: false },
      db: {
        credentials_location: "/opt/exaflow/credentials",
        storage_location: "/opt/exaflow/.stored_data/db",
        csvs_location: "/data/dementia",
      },
      controller: { cleanup_file_folder: "/opt/exaflow/.stored_data/cleanup" },
    });
  });

  it("hold every setting", () => {
    assert.deepEqual(values(SEED, SEED_VERSION), {
      namespace: "dementia",
      localnodes: 3,
      exareme2_images: { repository: "madgik", version: "0.24.1" },
      federation: "dementia",
      log_level: "DEBUG",
      framework_log_level: "WARNING",
      max_concurrent_experiments: 8,
      globalworker_identifier: "hub",
      smpc: SMPC,
      db: {
        credentials_location: "/srv/credentials",
        storage_location: "/srv/db",
        csvs_location: "/srv/csvs",
        max_memory: 2048,
        percentage_soft_memory_limit: 60,
        percentage_hard_memory_limit: 80,
      },
      controller: {
        cleanup_file_folder: "/srv/cleanup",
        worker_landscape_aggregator_update_interval: 31,
        workers_cleanup_interval: 61,
        celery_tasks_timeout: 301,
        flower_execution_timeout: 32,
      },
    });
  });
});

describe("the values of each chart", () => {
  const CASES = [
    ["exaflow", UNMANAGED, TODAYS_VERSION],
    ["exaflow", MANAGED, TODAYS_VERSION],
    ["exaflow", MINIMAL, TODAYS_VERSION],
    ["exaflow-0.24.0", SEED, SEED_VERSION],
    ["exaflow-0.24.0", MINIMAL, SEED_VERSION],
  ] as const;

  it("are keys that it reads, by our own table and by the stand-in's values", () => {
    for (const [chart, settings, version] of CASES) {
      const file = path.resolve(__dirname, "../../../../local/charts", chart, "values.yaml");
      const known = load(fs.readFileSync(file, "utf8")) as object;
      const rendered = values(settings, version);
      assert.deepEqual(unknownIn(rendered, known), [], `${chart} of the stand`);
      const problems = new Problems("");
      // As if a user had set them: only the keys that are ours to set are refused.
      checkedExaflow(settings, version, rendered, problems);
      const refused = problems.list().filter((line) => !line.includes("set by an argument"));
      assert.deepEqual(refused, [], chart);
    }
  });
});
