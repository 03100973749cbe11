/** Both generations of the engine through Pulumi and Helm, with the stand-in charts. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as kubernetes from "@pulumi/kubernetes";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { Exaflow, type ExaflowArgs } from "../../components/mip/exaflow";
import type { ChartSettings } from "../../components/charts/chart";
import { exaflowGeneration, exaflowWorkloads } from "../../components/model/exaflowGeneration";
import type { DeclaredNode } from "../../components/model/gpuTypes";
import { Problems } from "../../components/model/problems";
import { NodeLabels } from "../../components/nodes/nodeLabels";
import { changesIn, setProgram, useStand, withStack } from "../support/engine";
import { hasObject, live, removeNamespace } from "../support/liveObjects";

const CHARTS = path.resolve(__dirname, "../../local/charts");

const NODES: Record<string, DeclaredNode> = {
  "mip-master": { roles: ["master"] },
  "mip-worker-1": { roles: ["worker", "smpc_player"] },
  "mip-worker-2": { roles: ["worker", "smpc_player"] },
  "mip-worker-3": { roles: ["worker", "smpc_player"] },
};

interface Live {
  metadata: { name: string; labels?: Record<string, string>; uid: string };
  spec: {
    nodeName?: string;
    type?: string;
    tolerations?: { key?: string; tolerationSeconds?: number }[];
    containers?: { name: string; env?: { name: string; value?: string }[] }[];
  };
  status: {
    replicas?: number;
    readyReplicas?: number;
    updatedReplicas?: number;
    phase?: string;
    loadBalancer?: { ingress?: object[] };
  };
}

const PATHS = { Deployment: "/apis/apps/v1", StatefulSet: "/apis/apps/v1", Pod: "/api/v1" };

describe("Exaflow on the stand", function () {
  // Twice a release, its pods and their end, on a busy machine.
  this.timeout(300_000);
  const found = useStand();
  const namespaces: string[] = [];

  after(async () => {
    await Promise.all(namespaces.map((namespace) => removeNamespace(found.api, namespace)));
  });

  const ownNamespace = (): string => {
    const namespace = `exaflow-${randomBytes(4).toString("hex")}`;
    namespaces.push(namespace);
    return namespace;
  };
  const program =
    (args: ExaflowArgs): PulumiFn =>
    () => {
      const kubeconfig = fs.readFileSync(found.stand.clusters["local"]!.kubeconfig, "utf8");
      const provider = new kubernetes.Provider("stand", { kubeconfig });
      const labels = new NodeLabels("nodes", { nodes: NODES }, { provider });
      const engine = new Exaflow("e", args, { provider, dependsOn: [labels] });
      return Promise.resolve({ url: engine.url });
    };
  const workloads = (args: ExaflowArgs): { path: string; kind: string; name: string }[] => {
    const version = args.charts?.versions?.["exaflow"] ?? "1.0.0";
    const generation = exaflowGeneration(version, new Problems("test"))!;
    return exaflowWorkloads(args, generation).map(({ kind, name }) => ({
      kind,
      name,
      path: `${PATHS[kind]}/namespaces/${args.namespace!}/${kind.toLowerCase()}s/${name}`,
    }));
  };
  const pods = async (namespace: string): Promise<Live[]> => {
    const list = await live(found.api, `/api/v1/namespaces/${namespace}/pods`);
    const { items } = list as { items: (Live & { metadata: { deletionTimestamp?: string } })[] };
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  };
  const assertReady = async (args: ExaflowArgs): Promise<void> => {
    for (const { kind, name, path: at } of workloads(args)) {
      const { status } = (await live(found.api, at)) as Live;
      if (kind === "Pod") {
        assert.equal(status.phase, "Running", name);
      } else {
        assert.ok(status.replicas! > 0, name);
        assert.equal(status.readyReplicas, status.replicas, name);
        assert.equal(status.updatedReplicas, status.replicas, name);
      }
    }
  };
  const assertGone = async (args: ExaflowArgs): Promise<void> => {
    const end = Date.now() + 60_000;
    for (const { path: at } of workloads(args)) {
      while (await hasObject(found.api, at)) {
        assert.ok(Date.now() < end, `${at} is still there`);
        await sleep(500);
      }
    }
  };

  /** Up, no change, an edit, destroy; the pods are where they must be. */
  async function lives(args: ExaflowArgs): Promise<void> {
    await withStack(program(args), async (stack) => {
      const { outputs } = await stack.up();
      const prefix = args.charts?.versions?.["exaflow"] === "0.24.0" ? "exareme2" : "exaflow";
      assert.equal(
        outputs["url"]!.value,
        `http://${prefix}-controller-service.${args.namespace!}:5000`,
      );
      await assertReady(args);
      const all = await pods(args.namespace!);
      const localWorkers = all.filter(
        ({ metadata }) => metadata.labels?.["nodeType"] === "localworker",
      );
      assert.deepEqual(localWorkers.map(({ spec }) => spec.nodeName).sort(), [
        "mip-worker-1",
        "mip-worker-2",
        "mip-worker-3",
      ]);
      const controller = all.find(
        ({ metadata }) => metadata.labels?.["app"] === `${prefix}-controller`,
      );
      assert.equal(controller!.spec.nodeName, "mip-master");
      assert.deepEqual(
        controller!.spec.tolerations!.map(({ key, tolerationSeconds }) => [key, tolerationSeconds]),
        [
          ["node.kubernetes.io/unreachable", 60],
          ["node.kubernetes.io/not-ready", 60],
        ],
      );
      const at = `/apis/apps/v1/namespaces/${args.namespace!}/replicasets`;
      const { items } = (await found.api.request("GET", at)).body as { items: object[] };
      const deployments = workloads(args).filter(({ kind }) => kind === "Deployment");
      assert.equal(items.length, deployments.length, "no Deployment was rolled out twice");

      assert.deepEqual(changesIn((await stack.up()).summary), {});
      const unchanged = await pods(args.namespace!);
      assert.deepEqual(
        unchanged.map(({ metadata }) => metadata.uid).sort(),
        all.map(({ metadata }) => metadata.uid).sort(),
        "nothing was restarted",
      );

      const edited = { ...args, logLevel: "DEBUG" };
      setProgram(stack, program(edited));
      const { summary } = await stack.up();
      assert.deepEqual(changesIn(summary), { update: 1 + workloads(args).length });
      // Not a moment before the new pods are ready.
      await assertReady(edited);
      const levels = (await pods(args.namespace!)).flatMap(({ spec }) =>
        spec.containers!.flatMap(({ env = [] }) =>
          env.filter(({ name }) => name === "LOG_LEVEL").map(({ value }) => value),
        ),
      );
      assert.ok(levels.length > 0);
      assert.deepEqual([...new Set(levels)], ["DEBUG"]);

      await stack.destroy();
      await assertGone(args);
      assert.ok(await hasObject(found.api, `/api/v1/namespaces/${args.namespace!}`));
    });
  }

  it("is up in one go, changes what was edited, and goes: today's chart with secure computation", async () => {
    await lives({
      federation: "dementia",
      namespace: ownNamespace(),
      localWorkers: 3,
      nodes: NODES,
      smpc: { enabled: true },
      charts: { mirror: CHARTS },
    });
  });

  it("is up in one go, changes what was edited, and goes: the seed's chart", async () => {
    await lives({
      federation: "dementia",
      namespace: ownNamespace(),
      localWorkers: 3,
      nodes: NODES,
      charts: { mirror: CHARTS, versions: { exaflow: "0.24.0" } },
    });
  });

  it("has the controller's Service before any worker", async () => {
    const args = {
      federation: "dementia",
      namespace: ownNamespace(),
      localWorkers: 3,
      charts: { mirror: CHARTS },
    };
    await withStack(program(args), async (stack) => {
      await stack.up();
      const { auditLog } = found.stand.clusters["local"]!;
      const isWorker = (it: string): boolean => it.startsWith("pods exaflow-");
      let created: string[];
      // The API server writes its log in batches.
      const end = Date.now() + 90_000;
      do {
        await sleep(1000);
        created = creations(auditLog, args.namespace);
      } while (created.filter(isWorker).length < 4 && Date.now() < end);
      const service = created.indexOf("services exaflow-controller-service");
      const worker = created.findIndex(isWorker);
      assert.ok(service >= 0 && worker >= 0, created.join(", "));
      assert.ok(service < worker, created.join(", "));
    });
  });

  it("is up although nothing gives its Service an address", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "exaflow-chart-"));
    try {
      const args = {
        federation: "dementia",
        namespace: ownNamespace(),
        charts: withoutAddress(folder),
      };
      await withStack(program(args), async (stack) => {
        await stack.up();
        const at = `/api/v1/namespaces/${args.namespace}/services/exaflow-controller-service`;
        const { spec, status } = (await live(found.api, at)) as Live;
        assert.equal(spec.type, "LoadBalancer");
        assert.equal(status.loadBalancer?.ingress, undefined);
        await assertReady(args);
        // Helm itself would have waited for the address.
        assert.deepEqual(changesIn((await stack.up()).summary), {});
        await stack.destroy();
        await assertGone(args);
      });
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

/** What was created in a namespace, in the order of the requests, as `services name`. */
function creations(auditLog: string, namespace: string): string[] {
  interface Event {
    verb: string;
    stage: string;
    requestReceivedTimestamp: string;
    objectRef?: { resource: string; name?: string; subresource?: string };
    responseStatus?: { code: number };
  }
  return fs
    .readFileSync(auditLog, "utf8")
    .split("\n")
    .filter((line) => line.includes(`"namespace":"${namespace}"`) && line.endsWith("}"))
    .map((line) => JSON.parse(line) as Event)
    .filter(
      ({ verb, stage, objectRef, responseStatus }) =>
        verb === "create" &&
        stage === "ResponseComplete" &&
        responseStatus?.code === 201 &&
        objectRef?.subresource === undefined,
    )
    .sort((a, b) => (a.requestReceivedTimestamp < b.requestReceivedTimestamp ? -1 : 1))
    .map(({ objectRef }) => `${objectRef!.resource} ${objectRef!.name ?? ""}`);
}

/** The stand-in chart whose Service is left without an address, as on a cluster without load balancers. */
function withoutAddress(folder: string): ChartSettings {
  const copy = path.join(folder, "exaflow");
  fs.cpSync(path.join(CHARTS, "exaflow"), copy, { recursive: true });
  const file = path.join(copy, "templates", "controller.yaml");
  const text = fs.readFileSync(file, "utf8");
  const changed = text.replace(
    "  name: exaflow-controller-service\n",
    "  name: exaflow-controller-service\n  annotations: { science-platform/simulate: pending }\n",
  );
  assert.notEqual(changed, text);
  fs.writeFileSync(file, changed);
  return { mirror: folder };
}
