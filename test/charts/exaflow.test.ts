/** Our values with both generations of Exaflow's chart: the stand-ins always, the real ones with CHARTS_DIR. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { load } from "js-yaml";
import { POST_RENDERER } from "../../components/mip/postRenderer";
import { exaflowGeneration, exaflowWorkloads } from "../../components/model/exaflowGeneration";
import type { ExaflowSettings } from "../../components/model/exaflowTypes";
import { exaflowValues } from "../../components/model/exaflowValues";
import type { KubernetesObject } from "../../components/model/kubernetesObject";
import { Problems } from "../../components/model/problems";
import {
  MANAGED,
  MINIMAL,
  SEED,
  SEED_VERSION,
  TODAYS_VERSION,
  unknownIn,
  UNMANAGED,
} from "../support/exaflow";
import { gitChartOrSkip } from "../support/gitChart";
import { helmOrSkip, objectOf, renderChart, TRIED } from "../support/helm";

interface Workload extends KubernetesObject {
  spec: {
    replicas: number;
    template: {
      spec: {
        nodeSelector?: Record<string, string>;
        tolerations?: object[];
        volumes: { name: string; hostPath?: { path: string } }[];
        containers: { name: string; image: string; env?: { name: string; value?: string }[] }[];
        affinity?: {
          podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: object[] };
        };
      };
    };
    volumeClaimTemplates?: { metadata: { name: string }; spec: object }[];
  };
}

interface Service extends KubernetesObject {
  spec: { type?: string; ports: { port: number; nodePort?: number }[] };
}

for (const which of TRIED) {
  describe(`the ${which} charts of Exaflow with our values`, function () {
    this.timeout(30_000);
    let helm: string;
    const charts: Record<string, string> = {};

    before(async function () {
      helm = await helmOrSkip(this);
      for (const version of [TODAYS_VERSION, SEED_VERSION]) {
        charts[version] = gitChartOrSkip(this, which, "exaflow", version);
      }
    });

    const render = (
      settings: ExaflowSettings,
      version: string,
      postRenderer?: string,
    ): KubernetesObject[] => {
      const generation = exaflowGeneration(version, new Problems("test"))!;
      const namespace = settings.namespace ?? "exaflow";
      const objects = renderChart(
        helm,
        charts[version]!,
        { name: "exaflow", namespace },
        exaflowValues(settings, generation),
        postRenderer,
      );
      for (const { kind, name } of exaflowWorkloads(settings, generation)) {
        objectOf(objects, kind, name);
      }
      const workloads = objects
        .filter(({ kind }) =>
          ["Deployment", "StatefulSet", "Pod", "DaemonSet", "Job"].includes(kind),
        )
        .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
      const ours = exaflowWorkloads(settings, generation).map(
        ({ kind, name }) => `${kind} ${name}`,
      );
      assert.deepEqual(workloads.sort(), ours.sort(), "each workload is waited for");
      for (const { kind, metadata } of objects) {
        // The players have none: they go where the release is.
        assert.equal(metadata.namespace ?? namespace, namespace, `${kind} ${metadata.name}`);
      }
      return objects;
    };
    const workload = (objects: KubernetesObject[], kind: string, name: string): Workload =>
      objectOf(objects, kind, name) as unknown as Workload;
    const service = (objects: KubernetesObject[], name: string): Service =>
      objectOf(objects, "Service", name) as unknown as Service;

    it("unmanaged: nodes by role, folders of nodes, and a Service that waits for a load balancer", () => {
      const objects = render(UNMANAGED, TODAYS_VERSION);
      const local = workload(objects, "StatefulSet", "exaflow-localworker").spec;
      assert.equal(local.replicas, 3);
      assert.deepEqual(local.template.spec.nodeSelector, { worker: "true" });
      assert.ok(
        local.template.spec.affinity!.podAntiAffinity
          .requiredDuringSchedulingIgnoredDuringExecution,
      );
      const folder = (spec: Workload["spec"]): string | undefined =>
        spec.template.spec.volumes.find(({ name }) => name === "csv-data")?.hostPath?.path;
      assert.equal(folder(local), "/srv/local/csvs");
      const global = workload(objects, "StatefulSet", "exaflow-globalworker").spec;
      assert.equal(folder(global), "/srv/global/csvs");
      assert.deepEqual(global.template.spec.nodeSelector, { master: "true" });
      const { spec } = service(objects, "exaflow-controller-service");
      assert.equal(spec.type, "LoadBalancer");
      assert.deepEqual(
        spec.ports.map(({ port, nodePort }) => ({ port, nodePort })),
        [{ port: 5000, nodePort: 30_000 }],
      );
      const controller = workload(objects, "Deployment", "exaflow-controller-deployment").spec;
      const { containers } = controller.template.spec;
      assert.equal(containers[0]!.image, "registry.example.org/madgik/exaflow_controller:1.0.1");
      const value = (name: string): string | undefined =>
        containers[0]!.env!.find((it) => it.name === name)?.value;
      assert.equal(value("LOCALWORKERS_DNS"), "exaflow-workers-service,workers.site-b.example.org");
      assert.equal(value("AGGREGATION_SERVER_DNS"), "aggregation.site-a.example.org");
      assert.equal(value("FLOWER_ENABLED"), "false");
      assert.equal(value("SMPC_OPTIONAL"), "true");
    });

    it("managed: any node, volumes, no load balancer but for secure computation", () => {
      const objects = render(MANAGED, TODAYS_VERSION);
      const local = workload(objects, "StatefulSet", "exaflow-localworker").spec;
      assert.equal(local.template.spec.nodeSelector, undefined);
      assert.deepEqual(
        local.volumeClaimTemplates!.map(({ metadata, spec }) => [metadata.name, spec]),
        [
          [
            "csv-data",
            {
              storageClassName: "cephfs",
              accessModes: ["ReadWriteOnce"],
              resources: { requests: { storage: "8Gi" } },
            },
          ],
        ],
      );
      const { type, ports } = service(objects, "exaflow-controller-service").spec;
      assert.equal(type ?? "ClusterIP", "ClusterIP");
      assert.equal(ports[0]!.nodePort, undefined);
      assert.equal(service(objects, "exaflow-smpc-coordinator-service").spec.type, "LoadBalancer");
      const server = workload(objects, "Deployment", "exaflow-aggregation-server-deployment");
      assert.equal(server.spec.template.spec.containers.length, 1);
    });

    it("of the seed: its folders, and no tolerations or strategies that ours would clash with", () => {
      const objects = render(SEED, SEED_VERSION);
      const local = workload(objects, "Deployment", "exareme2-localworker-deployment").spec;
      assert.deepEqual(
        local.template.spec.volumes.map(({ name, hostPath }) => [name, hostPath?.path]),
        [
          ["db-data", "/srv/db"],
          ["csv-data", "/srv/csvs"],
          ["credentials", "/srv/credentials"],
        ],
      );
      const controller = workload(objects, "Deployment", "exareme2-controller-deployment").spec;
      assert.equal(controller.template.spec.volumes[0]!.hostPath!.path, "/srv/cleanup");
      const memory = local.template.spec.containers[0]!.env!.find(
        ({ name }) => name === "MAX_MEMORY",
      );
      assert.equal(memory?.value, String(2048 * 1024 * 1024));
      for (const object of objects.filter(({ kind }) => kind === "Deployment")) {
        const { spec } = object as unknown as Workload;
        assert.equal(spec.template.spec.tolerations, undefined);
        assert.equal(Object.hasOwn(spec, "strategy"), false);
      }
    });

    it("differs after our post-renderer in the tolerations of Deployments alone", () => {
      for (const [settings, version] of [
        [MANAGED, TODAYS_VERSION],
        [UNMANAGED, TODAYS_VERSION],
        [SEED, SEED_VERSION],
      ] as const) {
        const plain = render(settings, version);
        const changed = render(settings, version, POST_RENDERER);
        const deployments = changed.filter(({ kind }) => kind === "Deployment");
        assert.ok(deployments.length > 0);
        for (const object of deployments) {
          const pod = (object as unknown as Workload).spec.template.spec;
          assert.equal(pod.tolerations?.length, 2, object.metadata.name);
          delete pod.tolerations;
        }
        assert.deepEqual(changed, plain);
      }
    });

    it("has the keys that our values set", () => {
      for (const [settings, version] of [
        [MANAGED, TODAYS_VERSION],
        [UNMANAGED, TODAYS_VERSION],
        [SEED, SEED_VERSION],
        [MINIMAL, TODAYS_VERSION],
        [MINIMAL, SEED_VERSION],
      ] as const) {
        const file = path.join(charts[version]!, "values.yaml");
        if (!fs.existsSync(file)) {
          continue; // Packed.
        }
        const known = load(fs.readFileSync(file, "utf8")) as object;
        const generation = exaflowGeneration(version, new Problems("test"))!;
        assert.deepEqual(unknownIn(exaflowValues(settings, generation), known), [], version);
        render(settings, version);
      }
    });
  });
}
