/** Federations on the stand: up in one go, what returns when nodes are lost, and that nothing is left to do. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import * as kubernetes from "@pulumi/kubernetes";
import { Federation, type FederationArgs } from "../../components/mip/federation";
import { changesIn, stand, useStand, withStack } from "../support/engine";
import { MANAGED, PLATFORM, UNMANAGED } from "../support/federations";
import { LiveFederation, Nodes } from "../support/liveFederation";
import { pythonOrSkip, RecoveryPod } from "../support/recoveryPod";

/** The cluster without a developer's stack: nodes of it are lost here. */
const CLUSTER = "local-2";

/** Five releases with everything in them, then nodes that are lost, on a busy machine. */
const TIMEOUT_MS = 900_000;

/** What the seed promises at most. */
const RETURN_MS = 300_000;

/** What goes on once a node is heard of again. */
const BACK_MS = 120_000;

const MACHINES = ["mip-master", "mip-worker-1", "mip-worker-2", "mip-worker-3"];

describe("Federations on the stand", function () {
  this.timeout(TIMEOUT_MS);
  const used = useStand(CLUSTER);
  const id = randomBytes(4).toString("hex");
  /** Machines, with one worker to spare and one master alone. */
  const onMachines: FederationArgs = {
    ...UNMANAGED,
    ...PLATFORM,
    federation: "machines",
    namespace: `machines-${id}`,
    platform: { ...PLATFORM.platform, notebook: { storageClass: "local-hostpath" } },
    charts: { ...UNMANAGED.charts, versions: { mip: "6f8b2c7" } },
    localWorkers: 2,
    recovery: { outOfServiceAfterSeconds: 30 },
  };
  /** A provider's cluster: any node will do, and volumes move. */
  const inCloud: FederationArgs = {
    ...MANAGED,
    ...PLATFORM,
    federation: "cloud",
    namespace: `cloud-${id}`,
    platform: {
      ...PLATFORM.platform,
      publicHost: "cloud.lab.example.org",
      storage: { storageClass: "standard" },
    },
    localWorkers: 1,
  };
  const kubeconfig = (): string => fs.readFileSync(stand()!.clusters[CLUSTER]!.kubeconfig, "utf8");
  const program: PulumiFn = () => {
    const provider = new kubernetes.Provider("stand", { kubeconfig: kubeconfig() });
    const machines = new Federation("machines", onMachines, { provider });
    const cloud = new Federation("cloud", inCloud, { provider });
    return Promise.resolve({ url: machines.url, cloudUrl: cloud.url });
  };
  let nodes: Nodes;
  let machines: LiveFederation;
  let cloud: LiveFederation;

  before(function () {
    pythonOrSkip(this);
    nodes = new Nodes(used.api);
    machines = new LiveFederation(used.api, onMachines.namespace!);
    cloud = new LiveFederation(used.api, inCloud.namespace!);
  });

  after(async () => {
    await nodes?.restore();
    for (const { namespace } of [onMachines, inCloud]) {
      await used.api?.request("DELETE", `/api/v1/namespaces/${namespace!}`);
    }
  });

  it("are up in one go, and what was on lost nodes is back within five minutes", async () => {
    await withStack(program, async (stack) => {
      let printed = "";
      // The machines' pods wait, so that what may go anywhere leaves their nodes to them.
      await nodes.cordon(MACHINES);
      const up = stack.up({ onOutput: (text) => (printed += text) });
      let over = false;
      const ends = (): void => void (over = true);
      up.then(ends, ends);
      await cloud.until(
        "the cloud's platform has nodes",
        TIMEOUT_MS,
        async () => over || ["exaflow-controller", "platform-backend"].every(await cloud.runs()),
      );
      await nodes.uncordon(MACHINES);
      const { outputs } = await up;
      assert.equal(outputs["url"]!.value, "https://mip.lab.example.org/");
      assert.equal(outputs["cloudUrl"]!.value, "https://cloud.lab.example.org/");
      assert.match(printed, /only mip-master can carry the role master: when it is lost, what/);
      assert.match(printed, /the platform and its database are on node mip-master, and return/);
      await machines.assertReady();
      await cloud.assertReady();
      const services = await machines.names("services");
      assert.ok(services.includes("exaflow-controller-service"));
      assert.ok(services.includes("proxy-public"));
      assert.ok((await machines.policies()).includes("federation-isolation"));
      const volumes = { ...(await machines.volumes()), ...(await cloud.volumes()) };
      assert.equal(Object.keys(volumes).length, 9);

      const worker = await machines.nodeOf("exaflow-localworker-0");
      const elsewhere = [
        await cloud.nodeOf("exaflow-controller"),
        await cloud.nodeOf("platform-backend"),
      ];
      const lost = [...new Set(["mip-master", worker, ...elsewhere])];
      // Kubernetes evicts nothing while more than half of a cluster's nodes are gone.
      assert.ok(lost.length <= 4, lost.join());
      const pod = await RecoveryPod.open(used.api, kubeconfig(), onMachines.namespace!);
      try {
        pod.start();
        await nodes.lose(lost);
        const stays = async (federation: LiveFederation, name: string): Promise<boolean> =>
          !lost.includes((await federation.running(name))?.spec.nodeName ?? lost[0]!);
        await machines.until("both local workers run on remaining nodes", RETURN_MS, async () =>
          (await Promise.all([0, 1].map((i) => stays(machines, `exaflow-localworker-${i}`)))).every(
            (it) => it,
          ),
        );
        for (const name of ["exaflow-controller", "platform-backend"]) {
          await cloud.until(`${name} runs on a remaining node`, RETURN_MS - nodes.lostFor(), () =>
            stays(cloud, name),
          );
        }
        await machines.until(
          "what the lost master holds waits",
          RETURN_MS - nodes.lostFor(),
          async () =>
            (
              await Promise.all(
                ["exaflow-controller", "exaflow-globalworker", "platform-backend"].map((name) =>
                  machines.missing(name),
                ),
              )
            ).every((missing) => /didn't match Pod's node affinity\/selector/.test(missing)),
        );
        const within = Math.round(nodes.lostFor() / 1000);
        assert.ok(within * 1000 < RETURN_MS, `${within} s`);
        assert.deepEqual(await nodes.outOfService(), ["mip-master", worker].sort());
        process.stdout.write(`      returned within ${within} s\n`);

        await nodes.restore();
        await nodes.until(
          "all nodes are in service",
          BACK_MS,
          async () => (await nodes.outOfService()).length === 0 && (await nodes.areReady(lost)),
        );
        for (const name of ["exaflow-controller", "exaflow-globalworker", "platform-backend"]) {
          await machines.until(
            `${name} is back`,
            BACK_MS,
            async () => (await machines.running(name))?.spec.nodeName === "mip-master",
          );
        }
        await machines.untilReady(BACK_MS);
        await cloud.untilReady(BACK_MS);
      } catch (error) {
        throw new Error(`${(error as Error).message}\n${pod.output}`, { cause: error });
      } finally {
        pod.close();
      }
      assert.deepEqual({ ...(await machines.volumes()), ...(await cloud.volumes()) }, volumes);
      assert.deepEqual(changesIn((await stack.up()).summary), {});
    });
  });
});
